"""Paging by key: every row once, in order, and no cursor from elsewhere."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from asset_service.accounts.models import Partner, User
from asset_service.core.db import db, new_id, transaction, utc_now
from asset_service.core.errors import Invalid
from asset_service.core.paging import Key, page

NOW = utc_now()


@pytest.fixture
def users(app_context):
    rows = [
        {
            "id": new_id(),
            "email": f"gebruiker{number}@voorbeeld.be",
            "name": "ABC"[number % 3],
            "password_hash": "",
            "language": "nl",
            "active": number % 2 == 0,
            "created_at": NOW - timedelta(minutes=number // 4),
        }
        for number in range(25)
    ]
    with transaction():
        db.session.execute(insert(User), rows)
    return app_context


def _all_pages(keys, limit):
    found, cursor = [], None
    while True:
        one = page(select(User), keys, cursor, limit)
        assert len(one.items) <= limit
        found += one.items
        cursor = one.next_cursor
        if cursor is None:
            return found


ORDERS = [
    [User.id],
    [Key(User.id, descending=True)],
    [User.name, User.id],
    [Key(User.created_at, descending=True), User.id],
    [User.active, Key(User.name, descending=True), User.email],
]


@pytest.mark.parametrize("keys", ORDERS, ids=range(len(ORDERS)))
@pytest.mark.parametrize("limit", [1, 7, 25, 200])
def test_every_row_comes_once_and_in_order(users, keys, limit):
    order = [
        (key.column.desc() if key.descending else key.column.asc()) if isinstance(key, Key) else key for key in keys
    ]
    expected = db.session.scalars(select(User).order_by(*order)).all()
    assert _all_pages(keys, limit) == expected


def test_a_page_of_columns_continues_by_their_names(users):
    statement = select(User.email, User.id)
    first = page(statement, [User.email, User.id], None, 20)
    second = page(statement, [User.email, User.id], first.next_cursor, 20)
    assert len({row.email for row in [*first.items, *second.items]}) == 25


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.one_of(st.text(), st.binary().map(lambda raw: urlsafe_b64encode(raw).decode())))
def test_a_cursor_from_elsewhere_is_refused(users, cursor):
    if not cursor:
        return
    with pytest.raises(Invalid) as refused:
        page(select(User), [User.created_at, User.id], cursor, 10)
    assert refused.value.errors[0].field == "after"


def test_a_cursor_of_another_list_is_refused(users):
    cursor = page(select(User), [User.name, User.id], None, 5).next_cursor
    for keys in ([User.id], [User.created_at, User.id], [User.active, User.id]):
        with pytest.raises(Invalid):
            page(select(User), keys, cursor, 5)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_its_bounds(app_context, limit):
    with pytest.raises(Invalid):
        page(select(Partner), [Partner.id], None, limit)
