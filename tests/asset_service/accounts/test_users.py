"""Users, roles, sessions and tokens."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from asset_service.accounts import access, operations, pages, queries
from asset_service.accounts.models import ApiToken, Grant, Role, User
from asset_service.core.db import db, new_id, transaction, utc_now
from asset_service.core.errors import Forbidden, Invalid, NotFound, Refused
from asset_service.ledger.models import LedgerEvent

DIGIBANK = {
    "name": "Digibank Testdorp",
    "call": "Digibanken",
    "period_start": date(2026, 1, 1),
    "period_end": date(2027, 12, 31),
}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _token(app, user, **options) -> tuple[uuid.UUID, str]:
    with app.app_context(), transaction():
        row, token = operations.create_token(user.access, name="script", **options)
        return row.id, token


def test_a_right_password_logs_in_and_a_wrong_one_does_not(app_context, make_user):
    user = make_user(Role.TECHNICIAN)
    with transaction():
        assert operations.authenticate(f" {user.email.upper()} ", user.password).id == user.id
    refusals = set()
    for email, password in [
        (user.email, "x"),
        (user.email, user.password + " "),
        ("niemand@voorbeeld.be", "x"),
        ("", ""),
    ]:
        with pytest.raises(Forbidden) as refused, transaction():
            operations.authenticate(email, password)
        refusals.add((refused.value.code, refused.value.detail))
    assert len(refusals) == 1


def test_a_weaker_hash_is_renewed_at_login(app_context, make_user):
    user = make_user()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(user.password)
    with transaction():
        db.session.execute(update(User).where(User.id == user.id).values(password_hash=weak))
    with transaction():
        operations.authenticate(user.email, user.password)
    assert db.session.get(User, user.id).password_hash != weak
    with transaction():
        operations.authenticate(user.email, user.password)


def test_an_address_belongs_to_one_user(app_context, make_user):
    make_user(email="noor@voorbeeld.be")
    with pytest.raises(Refused):
        make_user(email="Noor@Voorbeeld.be")


def test_a_session_ends_with_the_password_it_was_made_with(app, client, make_user, login):
    user = make_user(Role.DESK)
    login(client, user)
    assert client.get("/api/v1/me").status_code == 200
    with app.app_context(), transaction():
        operations.set_password(user.access, user.id, password="een heel ander wachtwoord", present=user.password)
    assert client.get("/api/v1/me").status_code == 401


def test_a_deactivated_user_is_out_at_once(app, client, make_user, login):
    user = make_user(Role.DESK)
    login(client, user)
    _, token = _token(app, user)
    with app.app_context(), transaction():
        operations.deactivate_user(access.SYSTEM, user.id)
    assert client.get("/api/v1/me").status_code == 401
    assert app.test_client().get("/api/v1/me", headers=_bearer(token)).status_code == 401
    with app.app_context(), pytest.raises(Forbidden), transaction():
        operations.authenticate(user.email, user.password)


def test_the_last_admin_who_may_log_in_stays(app_context, make_user):
    last, gone = make_user(Role.ADMIN), make_user(Role.ADMIN)
    with transaction():
        operations.deactivate_user(access.SYSTEM, gone.id)
    (grant,) = db.session.get(User, last.id).grants
    for remove in (
        lambda: operations.deactivate_user(access.SYSTEM, last.id),
        lambda: operations.withdraw_role(access.SYSTEM, grant.id),
    ):
        with pytest.raises(Refused) as refused, transaction():
            remove()
        assert refused.value.code == "last_admin"
    make_user(Role.ADMIN)
    with transaction():
        operations.withdraw_role(access.SYSTEM, grant.id)
    assert queries.access_of_user(last.id).grants == ()


def test_two_admins_who_deactivate_each_other_at_once_leave_one(app, make_user):
    admins, both_ready = [make_user(Role.ADMIN), make_user(Role.ADMIN)], Barrier(2)

    def deactivate(other):
        with app.app_context():
            both_ready.wait(timeout=30)
            try:
                with transaction():
                    operations.deactivate_user(access.SYSTEM, other.id)
            except Refused as error:
                return error.code
            return "done"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(deactivate, admins)) == ["done", "last_admin"]


def test_a_partners_admin_gives_a_role_to_a_user_of_another_partner_and_takes_it_back(
    app, make_user, make_partner, login, form_token
):
    own, other = make_partner("Kringwinkel Hier"), make_partner("Digibank Elders")
    admin, noor = make_user(Role.PARTNER_ADMIN, own), make_user(Role.TECHNICIAN, other, name="Noor Elders")
    client = login(app.test_client(), admin)
    sent = {"email": noor.email.upper(), "role": "desk", "place": str(own.id), "csrf_token": form_token(client)}
    unknown = client.post("/admin/users/roles", data={**sent, "email": "wie@voorbeeld.be"})
    assert (unknown.status_code, "geen gebruiker met dit e-mailadres" in unknown.text) == (422, True)
    assert client.post("/admin/users/roles", data={**sent, "place": str(other.id)}).status_code == 422
    assert client.post("/admin/users/roles", data={**sent, "role": "admin"}).status_code == 422
    assert client.post("/admin/users/roles", data=sent).status_code == 302
    shown = client.get("/admin/users").text
    assert "baliemedewerker (Kringwinkel Hier)" in shown
    assert "Digibank Elders" not in shown
    with app.app_context():
        granted = {one.role: one.id for one in db.session.get(User, noor.id).grants}
        last = db.session.scalars(select(LedgerEvent).order_by(LedgerEvent.id.desc())).first()
        assert (last.kind, last.subject_id) == ("RoleGranted", noor.id)
    theirs = f"/admin/users/roles/{granted[Role.TECHNICIAN]}/withdraw"
    assert client.post(theirs, data={"csrf_token": sent["csrf_token"]}).status_code == 403
    assert f"/admin/users/roles/{granted[Role.DESK]}/withdraw" in shown
    assert theirs not in shown
    answer = client.post(f"/admin/users/roles/{granted[Role.DESK]}/withdraw", data={"csrf_token": sent["csrf_token"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/users")
    with app.app_context():
        assert [one.role for one in db.session.get(User, noor.id).grants] == [Role.TECHNICIAN]
        own_grant = db.session.get(User, admin.id).grants[0].id
    answer = client.post(f"/admin/users/roles/{own_grant}/withdraw", data={"csrf_token": sent["csrf_token"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/admin/users").status_code == 403


@pytest.mark.parametrize(
    ("role", "at_partner", "says"),
    [
        ("admin", True, "Een beheerder heeft geen partner."),
        ("desk", False, "Kies bij welke partner deze rol geldt."),
    ],
)
def test_a_role_that_does_not_hold_at_the_chosen_place_is_refused_in_words(
    app, make_user, make_partner, login, form_token, *, role, at_partner, says
):
    partner, noor = make_partner(), make_user()
    client = login(app.test_client(), make_user(Role.ADMIN))
    place = str(partner.id) if at_partner else "everywhere"
    sent = {"email": noor.email, "role": role, "place": place, "csrf_token": form_token(client)}
    answer = client.post("/admin/users/roles", data=sent)
    assert (answer.status_code, says in answer.text) == (422, True)


def test_logging_in_leaves_nothing_of_the_session_before(app, make_user):
    user = make_user()
    with app.test_request_context():
        from flask import session  # noqa: PLC0415

        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
        access.start_session(user.access)
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"
        access.end_session()
        assert "_user_id" not in session


def test_a_password_is_changed_with_the_present_one_or_by_an_admin(app_context, make_user):
    user, other = make_user(), make_user()
    with pytest.raises(Invalid) as refused, transaction():
        operations.set_password(user.access, user.id, password="een heel ander wachtwoord", present="fout")
    assert refused.value.errors[0].field == "present"
    with pytest.raises(Forbidden), transaction():
        operations.set_password(other.access, user.id, password="een heel ander wachtwoord", present=user.password)
    with transaction():
        operations.set_password(access.SYSTEM, user.id, password="een heel ander wachtwoord")


def test_a_token_opens_the_api_until_it_is_revoked_or_expires(app, make_user):
    user = make_user(Role.REPORTER)
    client = app.test_client()
    row_id, token = _token(app, user)
    me = client.get("/api/v1/me", headers=_bearer(token)).json
    assert (me["id"], me["grants"][0]["role"]) == (str(user.id), "reporter")
    with app.app_context(), transaction():
        operations.revoke_token(user.access, row_id)
    assert client.get("/api/v1/me", headers=_bearer(token)).status_code == 401
    row_id, token = _token(app, user, valid_for=timedelta(minutes=5))
    with app.app_context(), transaction():
        past = utc_now() - timedelta(seconds=1)
        db.session.execute(update(ApiToken).where(ApiToken.id == row_id).values(expires_at=past))
    assert client.get("/api/v1/me", headers=_bearer(token)).status_code == 401


def test_a_wrong_token_is_refused_even_beside_a_good_session(client, make_user, login):
    login(client, make_user(Role.DESK))
    for header in ("Bearer wrong", "Basic bm9vcjp4", "Bearer"):
        answer = client.get("/api/v1/me", headers={"Authorization": header})
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_only_a_hash_of_a_token_is_kept(app, make_user):
    row_id, token = _token(app, make_user())
    with app.app_context():
        assert token not in str(db.session.get(ApiToken, row_id).__dict__)


def test_tokens_are_made_listed_and_revoked_over_http(app, make_user, login, form_token):
    user = make_user(Role.REPORTER)
    client, (_, first) = app.test_client(), _token(app, user)
    browser = login(app.test_client(), user)
    headers = {"X-CSRFToken": form_token(browser)}
    made = browser.post("/api/v1/tokens", json={"name": "tweede", "valid_days": 10}, headers=headers)
    assert made.status_code == 201
    assert client.get("/api/v1/me", headers=_bearer(made.json["token"])).status_code == 200
    listed = client.get("/api/v1/tokens?limit=1", headers=_bearer(first)).json
    assert [one["name"] for one in listed["items"]] == ["tweede"]
    assert "token" not in listed["items"][0]
    rest = client.get(f"/api/v1/tokens?after={listed['next_cursor']}", headers=_bearer(first)).json
    assert [one["name"] for one in rest["items"]] == ["script"]
    assert client.delete(f"/api/v1/tokens/{made.json['id']}", headers=_bearer(first)).status_code == 204
    assert client.get("/api/v1/me", headers=_bearer(made.json["token"])).status_code == 401


def test_nobody_revokes_the_token_of_somebody_else(app, make_user):
    row_id, _ = _token(app, make_user())
    other = make_user(Role.PARTNER_ADMIN).access
    with app.app_context(), pytest.raises(NotFound), transaction():
        operations.revoke_token(other, row_id)


def test_a_role_is_granted_once(app_context, make_user, make_partner):
    partner, user = make_partner(), make_user()
    with transaction():
        first = operations.grant_role(access.SYSTEM, user.id, Role.DESK, partner_id=partner.id)
        again = operations.grant_role(access.SYSTEM, user.id, Role.DESK, partner_id=partner.id)
        assert first is again


@pytest.mark.parametrize("shape", ["admin", "partner", "site", "project"])
def test_the_database_refuses_a_second_grant_of_the_same_role(app_context, make_user, make_partner, shape):
    partner, user = make_partner(), make_user()
    with transaction():
        project_id = operations.create_project(access.SYSTEM, **DIGIBANK).id
    where = {
        "admin": {"role": Role.ADMIN},
        "project": {"role": Role.REPORTER, "project_id": project_id},
        "partner": {"role": Role.DESK, "partner_id": partner.id},
        "site": {"role": Role.DESK, "partner_id": partner.id, "site_id": partner.site_id},
    }[shape]
    with pytest.raises(IntegrityError), transaction():
        for _ in range(2):
            db.session.add(Grant(id=new_id(), user_id=user.id, **where))
        db.session.flush()


def test_a_partners_admin_grants_within_their_partner_and_never_admin(app_context, make_user, make_partner):
    mine, other, user = make_partner(), make_partner(), make_user()
    admin = make_user(Role.PARTNER_ADMIN, mine).access
    with transaction():
        operations.grant_role(admin, user.id, Role.TECHNICIAN, partner_id=mine.id, site_id=mine.site_id)
    for role, partner_id, site_id in [
        (Role.TECHNICIAN, other.id, None),
        (Role.ADMIN, None, None),
        (Role.ADMIN, mine.id, None),
    ]:
        with pytest.raises((Forbidden, Invalid)), transaction():
            operations.grant_role(admin, user.id, role, partner_id=partner_id, site_id=site_id)
    with pytest.raises(Invalid), transaction():
        operations.grant_role(admin, user.id, Role.DESK, partner_id=mine.id, site_id=other.site_id)


def test_an_admin_of_one_site_grants_at_that_site_only(app_context, make_user, make_partner):
    partner, user = make_partner(), make_user()
    admin = make_user(Role.PARTNER_ADMIN, partner, site_id=partner.site_id).access
    with transaction():
        operations.grant_role(admin, user.id, Role.DESK, partner_id=partner.id, site_id=partner.site_id)
    with pytest.raises(Forbidden), transaction():
        operations.grant_role(admin, user.id, Role.DESK, partner_id=partner.id)


def test_a_withdrawn_role_stops_at_the_next_request(app, make_user):
    user = make_user(Role.DESK)
    with app.app_context():
        with transaction():
            grant = db.session.get(User, user.id).grants[0]
            operations.withdraw_role(access.SYSTEM, grant.id)
        assert queries.access_of_user(user.id).grants == ()


def test_the_last_admin_stays(app_context, make_user):
    first, second = make_user(Role.ADMIN), make_user(Role.ADMIN)
    with transaction():
        operations.withdraw_role(access.SYSTEM, db.session.get(User, first.id).grants[0].id)
    with pytest.raises(Refused) as refused, transaction():
        operations.withdraw_role(access.SYSTEM, db.session.get(User, second.id).grants[0].id)
    assert refused.value.code == "last_admin"


def test_people_are_ids_in_the_ledger(app_context, make_user):
    from asset_service.ledger import queries as ledger  # noqa: PLC0415

    user = make_user(Role.DESK, name="Wilhelmina Uniekenaam", email="uniek@voorbeeld.be")
    events = ledger.of_subject(user.id).items
    assert {event.kind for event in events} == {"UserCreated", "RoleGranted"}
    for event in events:
        assert b"niek" not in event.canonical


@pytest.mark.parametrize(
    "wanted", ["///kwaad.example", "/\\/kwaad.example", "//kwaad.example", "/\\kwaad.example", " //kwaad"]
)
def test_what_a_browser_takes_for_another_server_is_no_path_of_ours(app, wanted):
    with app.test_request_context():
        assert pages._own_address(wanted) == "/"
        assert pages._own_address("/devices?q=x") == "/devices?q=x"
