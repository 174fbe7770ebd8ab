"""Enrolment codes: typable, once, until they expire or are revoked, and right under a rush."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from asset_service.accounts import access, numbers, operations, queries
from asset_service.accounts.models import EnrolmentCode, RevocationReason, Role, Station
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.errors import Forbidden, Invalid, Refused
from wipe_reports import signing


@pytest.fixture
def partner(app_context, make_partner):
    return make_partner()


def _code(partner, **options) -> tuple[EnrolmentCode, str]:
    with transaction():
        row, code = operations.create_enrolment_code(access.SYSTEM, partner.id, partner.site_id, **options)
        return row.id, code


def _enrol(code: str, key: signing.Key | None = None, name: str = "Werkbank"):
    with transaction():
        jwk = signing.public_jwk(key or signing.generate_key())
        station, is_new = operations.enrol_station(code, name=name, public_key=jwk)
        return station.id, is_new


def test_a_code_can_be_typed_in_any_way(partner):
    _, code = _code(partner)
    assert len(code.replace("-", "")) == 16
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert _enrol(typed)[1]


@given(st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16))
def test_look_alikes_read_as_the_code(symbols):
    misread = symbols.replace("0", "O").replace("1", "I").lower()
    assert numbers.code_digest(misread) == numbers.code_digest(symbols)


def test_only_a_hash_of_the_code_is_kept(partner):
    code_id, code = _code(partner)
    row = db.session.get(EnrolmentCode, code_id)
    assert code.replace("-", "") not in str({name: getattr(row, name) for name in row.__table__.columns.keys()})  # noqa: SIM118


def test_a_bench_code_enrols_as_many_stations_as_it_says(partner):
    _, code = _code(partner, max_uses=3)
    for _ in range(3):
        _enrol(code)
    with pytest.raises(Forbidden):
        _enrol(code)


def test_the_same_key_again_is_the_same_station_also_when_the_code_is_used_up(partner):
    _, code = _code(partner)
    key = signing.generate_key()
    first, again = _enrol(code, key), _enrol(code, key, name="Another name")
    assert first[0] == again[0]
    assert (first[1], again[1]) == (True, False)
    assert queries.station_by_key_id(signing.key_id(key)).name == "Werkbank"


def test_an_expired_or_revoked_code_enrols_nobody(partner):
    expired, code = _code(partner)
    with transaction():
        db.session.execute(
            update(EnrolmentCode).where(EnrolmentCode.id == expired).values(expires_at=utc_now() - timedelta(seconds=1))
        )
    with pytest.raises(Forbidden):
        _enrol(code)
    revoked, code = _code(partner)
    with transaction():
        operations.revoke_enrolment_code(access.SYSTEM, revoked)
    with pytest.raises(Forbidden):
        _enrol(code)


def test_every_refused_code_gets_the_same_answer(partner):
    _, used = _code(partner)
    _enrol(used)
    refusals = set()
    for code in (used, "0000-0000-0000-0000", "x", ""):
        with pytest.raises(Forbidden) as refused:
            _enrol(code)
        refusals.add((refused.value.code, refused.value.detail))
    assert len(refusals) == 1


def test_a_key_enrols_once(partner):
    key = signing.generate_key()
    _enrol(_code(partner)[1], key)
    with pytest.raises(Refused) as refused:
        _enrol(_code(partner)[1], key)
    assert refused.value.code == "key_known"


def test_a_revoked_station_does_not_come_back_with_its_old_key(partner):
    _, code = _code(partner)
    key = signing.generate_key()
    station_id, _ = _enrol(code, key)
    with transaction():
        operations.revoke_station(access.SYSTEM, station_id, reason=RevocationReason.LOST)
    assert queries.station_by_key_id(signing.key_id(key)).revoked_at is not None
    with pytest.raises(Refused):
        _enrol(code, key)


@pytest.mark.parametrize("spoil", ["private", "rsa", "short", "empty", "text"])
def test_what_is_no_public_ed25519_key_is_refused(partner, spoil):
    jwk = {
        "private": signing.generate_key().as_dict(private=True),
        "rsa": {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        "short": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        "empty": {},
        "text": {"kty": "OKP", "crv": "Ed25519", "x": 7},
    }[spoil]
    with pytest.raises(Invalid) as refused, transaction():
        operations.enrol_station("0000", name="x", public_key=jwk)
    assert refused.value.errors[0].field == "public_key"


@pytest.mark.parametrize("options", [{"max_uses": 0}, {"max_uses": 1001}, {"valid_for": timedelta(days=32)}])
def test_a_code_has_its_bounds(partner, options):
    with pytest.raises(Invalid):
        _code(partner, **options)


def test_a_code_for_another_partners_site_is_refused(partner, make_partner):
    other = make_partner()
    with pytest.raises(Invalid), transaction():
        operations.create_enrolment_code(access.SYSTEM, partner.id, other.site_id)


def test_in_a_rush_no_code_is_used_too_often(app, make_partner):
    where = make_partner()
    with app.app_context():
        _, code = _code(where, max_uses=5)
    outcomes, start = [], threading.Barrier(8)

    def rush() -> None:
        with app.app_context():
            start.wait()
            for _ in range(2):
                try:
                    outcomes.append(_enrol(code)[1])
                except Forbidden:
                    outcomes.append("refused")
                except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
                    outcomes.append(error)

    _together(rush, 8)
    assert sorted(map(str, outcomes)) == ["True"] * 5 + ["refused"] * 11
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Station)) == 5
        assert db.session.scalars(select(EnrolmentCode.uses)).one() == 5


def test_one_station_that_knocks_twice_at_once_is_one_station(app, make_partner):
    where, key = make_partner(), signing.generate_key()
    with app.app_context():
        _, code = _code(where)
    outcomes, start = [], threading.Barrier(4)

    def knock() -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes.append(_enrol(code, key))
            except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
                outcomes.append(error)

    _together(knock, 4)
    assert len({outcome[0] for outcome in outcomes}) == 1
    assert sorted(outcome[1] for outcome in outcomes) == [False, False, False, True]


def _together(work, count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_partners_admin_makes_codes_for_their_own_partner_only(partner, make_partner, make_user):
    other = make_partner()
    admin = make_user(Role.PARTNER_ADMIN, partner).access
    with transaction():
        operations.create_enrolment_code(admin, partner.id, partner.site_id)
    with pytest.raises(Forbidden), transaction():
        operations.create_enrolment_code(admin, other.id, other.site_id)
    technician = make_user(Role.TECHNICIAN, partner).access
    with pytest.raises(Forbidden), transaction():
        operations.create_enrolment_code(technician, partner.id, partner.site_id)
