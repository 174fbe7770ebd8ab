"""The list of devices: right, by key, and served by an index whatever it is narrowed to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert, select, text

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM, Access, Scope
from asset_service.accounts.models import Partner, Role
from asset_service.core.db import db, new_id, transaction
from asset_service.devices import queries
from asset_service.devices.models import DataStatus, Device, DeviceKind, DeviceTerm, State
from asset_service.devices.queries import Filters

EACH = 1500
NOW = datetime(2026, 11, 22, tzinfo=UTC)
STATES, STATUSES, KINDS = list(State), list(DataStatus), list(DeviceKind)


def access_to(*scopes: Scope) -> Access:
    return Access(user_id=new_id(), name="Test", grants=tuple(scopes))


@pytest.fixture
def stock(app_context, make_partner):
    """Two partners, the first with two sites, each partner with :data:`EACH` devices spread over everything."""
    partners = [make_partner("Werkplaats"), make_partner("Digibank")]
    with transaction():
        depot = accounts.create_site(SYSTEM, partners[0].id, name="Depot").id
        for number, partner in enumerate(partners):
            rows = [
                _row(number * EACH + at, at, partner, depot if not number and at % 2 else partner.site_id)
                for at in range(EACH)
            ]
            db.session.execute(insert(Device), rows)
            terms = [{"device_id": row["id"], "term": term} for row in rows for term in ("LENOVO", row["serial"])]
            db.session.execute(insert(DeviceTerm), terms)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return partners, depot


def _row(number, at, partner, site_id):
    return {
        "id": new_id(), "code": f"HS-T{number:05d}", "kind": KINDS[at % len(KINDS)], "state": STATES[at % len(STATES)],
        "data_status": STATUSES[at % len(STATUSES)], "partner_id": partner.id, "site_id": site_id,
        "manufacturer": "LENOVO", "product": "20AQ", "serial": f"SN{number:06d}", "summary": "", "minimum_reasons": [],
        "defects": [], "created_at": NOW, "changed_at": NOW, "version": 1,
    }  # fmt: skip


def everything(access, filters=None, limit=200):
    found, after = [], None
    while True:
        part = queries.devices(access, filters, after, limit)
        found += part.items
        if part.next_cursor is None:
            return found
        after = part.next_cursor


def test_every_page_together_is_the_list_once_and_latest_first(stock):
    partners, depot = stock
    whole = access_to(Scope(Role.TECHNICIAN, partners[0].id))
    both = access_to(*(Scope(Role.TECHNICIAN, one.id) for one in partners))
    site = access_to(Scope(Role.DESK, partners[0].id, depot))
    for access, count in ((whole, EACH), (both, 2 * EACH), (site, EACH // 2), (SYSTEM, 2 * EACH)):
        ids = [one.id for one in everything(access)]
        assert len(ids) == len(set(ids)) == count
        assert ids == sorted(ids, reverse=True)


def test_the_filters_narrow_together(stock):
    partners, depot = stock
    access = access_to(*(Scope(Role.TECHNICIAN, one.id) for one in partners))
    filters = Filters(state=State.READY, data_status=DataStatus.WIPED, kind=DeviceKind.LAPTOP, site_id=depot)
    expected = db.session.scalars(
        select(Device.id).where(
            Device.state == State.READY,
            Device.data_status == DataStatus.WIPED,
            Device.kind == DeviceKind.LAPTOP,
            Device.site_id == depot,
        )
    ).all()
    assert {one.id for one in everything(access, filters)} == set(expected)


def test_counts_agree_with_the_list_and_stop_at_their_bound(stock):
    access = access_to(Scope(Role.TECHNICIAN, stock[0][0].id))
    assert queries.count(access, Filters(state=State.READY)) == len(everything(access, Filters(state=State.READY)))
    assert queries.count(access) == queries.COUNT_LIMIT
    assert sum(queries.state_counts(access).values()) == EACH


def test_text_finds_by_the_start_of_words_all_of_them(stock):
    access = access_to(Scope(Role.TECHNICIAN, stock[0][0].id))
    assert [one.serial for one in everything(access, Filters(text="sn000042"))] == ["SN000042"]
    assert len(everything(access, Filters(text="sn00004 leno"))) == 10
    assert everything(access, Filters(text="sn000042 dell")) == []


def test_who_has_no_role_sees_nothing(stock):
    nobody = access_to()
    assert (queries.devices(nobody).items, queries.count(nobody), queries.state_counts(nobody)) == ([], 0, {})


FILTERS = {
    "none": Filters(),
    "state": Filters(state=State.READY),
    "data status": Filters(data_status=DataStatus.EXPOSED),
    "kind": Filters(kind=DeviceKind.LAPTOP),
    "state and kind": Filters(state=State.READY, kind=DeviceKind.LAPTOP),
    "all": Filters(state=State.READY, data_status=DataStatus.WIPED, kind=DeviceKind.LAPTOP),
    "text": Filters(text="SN0001"),
}


def plans(run):
    """The plans of every SELECT on devices that ``run`` sends."""
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "FROM device" in statement and not statement.startswith("EXPLAIN"):
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    prefix = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Of so few rows PostgreSQL rather reads all; the question is whether an index could serve.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return ["\n".join(str(row[-1]) for row in connection.exec_driver_sql(prefix + sql, args)) for sql, args in seen]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("who", ["one partner", "one site", "all partners"])
def test_no_list_walks_or_sorts_all_devices(stock, name, who):
    partners, depot = stock
    access = {
        "one partner": access_to(Scope(Role.TECHNICIAN, partners[0].id)),
        "one site": access_to(Scope(Role.TECHNICIAN, partners[0].id, depot)),
        "all partners": SYSTEM,
    }[who]
    cursor = queries.devices(access, limit=50).next_cursor
    for after in (None, cursor):
        found = plans(lambda after=after: queries.devices(access, FILTERS[name], after, 50))
        assert found
        for plan in found:
            assert "Seq Scan on device " not in plan, plan
            assert "Seq Scan on device_term" not in plan, plan
            # SQLite's word for a walk over a whole table; "SCAN device USING INDEX" would walk a whole index.
            assert "SCAN device" not in plan, plan


@pytest.mark.parametrize("name", ["none", "state", "data status", "kind"])
def test_a_page_is_read_in_order_without_sorting(stock, name):
    access = access_to(Scope(Role.TECHNICIAN, stock[0][0].id))
    (plan,) = plans(lambda: queries.devices(access, FILTERS[name], None, 50))
    assert "TEMP B-TREE FOR ORDER BY" not in plan
    assert "Sort Key: device" not in plan, plan


def test_the_scan_box_is_served_by_an_index(stock):
    assert db.session.scalar(select(Partner.id)) is not None
    access = access_to(Scope(Role.TECHNICIAN, stock[0][0].id))
    for plan in plans(lambda: queries.scan(access, "SN000042")):
        assert "Seq Scan on device" not in plan
        assert "SCAN device" not in plan
