"""Sessions on the server's side: shown and ended by their user, over with the password, the user and their time."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from asset_service.accounts import access, account_pages, jobs, operations, queries
from asset_service.accounts.browsers import browser_name
from asset_service.accounts.models import ApiToken, Role, UserSession
from asset_service.app import create_app
from asset_service.core.db import db, transaction, utc_now

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
NEW_PASSWORD = "een heel ander wachtwoord"


def _post(client, form_token, path, **form):
    return client.post(path, data={**form, "csrf_token": form_token(client)})


def _log_in(app, form_token, user, user_agent=FIREFOX):
    """A browser that logs in by the form."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = user_agent
    answer = _post(client, form_token, "/login", email=user.email, password=user.password)
    assert answer.status_code == 302
    return client


def _copy_of(app, client):
    """Somebody else's browser with the same cookie."""
    copied = app.test_client()
    copied.set_cookie("herstart", client.get_cookie("herstart").value)
    return copied


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}


def _token(app, user, **options):
    with app.app_context(), transaction():
        return operations.create_token(user.access, name="script", **options)[1]


def _count(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(UserSession))


def _age(app, **values):
    with app.app_context(), transaction():
        db.session.execute(update(UserSession).values(**values))


def test_a_copied_cookie_opens_nothing_after_logout(app, make_user, form_token):
    client = _log_in(app, form_token, make_user(Role.DESK))
    copied = _copy_of(app, client)
    assert copied.get("/api/v1/me").status_code == 200
    assert _post(client, form_token, "/logout").status_code == 302
    assert copied.get("/api/v1/me").status_code == 401
    assert copied.get("/devices").headers["Location"].startswith("/login")
    assert _count(app) == 0


def test_a_login_gives_a_new_token_and_ends_the_session_before(app, make_user, form_token):
    user = make_user(Role.DESK)
    client = _log_in(app, form_token, user)
    planted = _copy_of(app, client)
    again = _post(client, form_token, "/login", email=user.email, password=user.password)
    assert again.status_code == 302
    assert planted.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/me").status_code == 200
    assert _count(app) == 1


def test_only_a_hash_of_the_token_is_kept_and_nothing_of_the_user_is_in_the_cookie(app, make_user, form_token):
    user = make_user(Role.DESK)
    client = _log_in(app, form_token, user)
    with client.session_transaction() as stored:
        token = stored["_user_id"]
        assert str(user.id) not in str(dict(stored))
    assert len(token) >= 43
    with app.app_context():
        assert token not in str(db.session.scalars(select(UserSession)).one().__dict__)
        assert token not in repr(queries.access_of_session(token))


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "10.0.0.1, 203.0.113.9"])
def test_a_made_up_forwarded_address_neither_opens_nor_ends_a_session(app, make_user, form_token, forwarded):
    """A phone changes networks; and who copied a cookie can write any address into a header."""
    client = _log_in(app, form_token, make_user(Role.DESK))
    for headers in ({"X-Forwarded-For": forwarded}, {"User-Agent": PHONE}):
        assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert client.get("/api/v1/me", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


@pytest.mark.parametrize("over", ["absolute", "idle", "clock"])
def test_a_session_has_an_end_however_it_is_used(app, make_user, form_token, settings, over):
    client = _log_in(app, form_token, make_user(Role.DESK))
    now = utc_now()
    ends = {
        "absolute": {"expires_at": now - timedelta(seconds=1)},
        "idle": {"last_seen_at": now - timedelta(minutes=settings.session_idle_minutes, seconds=1)},
        "clock": {"created_at": now + timedelta(days=3), "last_seen_at": now + timedelta(days=3)},
    }
    _age(app, **ends[over])
    assert client.get("/api/v1/me").status_code == 401


def test_the_settings_say_how_long(settings, make_user):
    app = create_app(replace(settings, session_hours=3))
    with app.test_request_context():
        access.start_session(make_user(Role.DESK).access)
        row = db.session.scalars(select(UserSession)).one()
        assert row.expires_at - row.created_at == timedelta(hours=3)
        db.session.remove()
        db.engine.dispose()


def test_use_is_written_down_now_and_then(app, make_user, form_token, settings):
    client = _log_in(app, form_token, make_user(Role.DESK))
    before = utc_now() - timedelta(minutes=settings.session_idle_minutes - 1)
    _age(app, last_seen_at=before)
    assert client.get("/api/v1/me").status_code == 200
    with app.app_context():
        seen = db.session.scalars(select(UserSession.last_seen_at)).one()
    assert seen > before + timedelta(minutes=1)
    assert client.get("/api/v1/me").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(UserSession.last_seen_at)).one() == seen


def test_a_page_shows_where_one_is_logged_in_and_ends_each(app, make_user, form_token):
    user = make_user(Role.DESK)
    here, phone = _log_in(app, form_token, user), _log_in(app, form_token, user, PHONE)
    stranger = _log_in(app, form_token, make_user(Role.DESK))
    shown = here.get("/account").text
    assert "Waar je aangemeld bent" in shown
    assert ("Firefox, Linux" in shown, "Chrome, Android" in shown) == (True, True)
    assert shown.count("hier en nu") == 1
    addresses = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', shown)
    assert len(addresses) == 2
    for address in addresses:
        assert _post(stranger, form_token, address).status_code == 404
    with app.app_context():
        row = db.session.scalars(select(UserSession.id).where(UserSession.user_agent == PHONE)).one()
    assert _post(here, form_token, f"/account/sessions/{row}/end").status_code == 302
    assert phone.get("/api/v1/me").status_code == 401
    assert here.get("/api/v1/me").status_code == 200


def test_one_button_ends_all_others(app, make_user, form_token):
    user = make_user(Role.DESK)
    here, *others = (_log_in(app, form_token, user) for _ in range(3))
    stranger = _log_in(app, form_token, make_user(Role.DESK))
    assert _post(here, form_token, "/account/sessions/end-others").status_code == 302
    assert [one.get("/api/v1/me").status_code for one in (here, *others, stranger)] == [200, 401, 401, 200]


def test_a_changed_password_ends_every_other_session_and_every_token(app, make_user, form_token):
    user = make_user(Role.DESK)
    here, other, token = _log_in(app, form_token, user), _log_in(app, form_token, user), _token(app, user)
    copied = _copy_of(app, here)
    sent = {"present": user.password, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert _post(here, form_token, "/account/password", **sent).status_code == 302
    assert here.get("/api/v1/me").status_code == 200
    assert copied.get("/api/v1/me").status_code == 401
    assert other.get("/api/v1/me").status_code == 401
    assert app.test_client().get("/api/v1/me", headers=_bearer(token)).status_code == 401


NEW_PASSWORD = "acht-gele-printers-op-een-hoop"


def _changed_by_another(app, user):
    """The user's password is changed in another browser, meanwhile."""

    def change():
        with app.app_context(), transaction():
            operations.set_password(user.access, user.id, password=NEW_PASSWORD, present=user.password)

    with ThreadPoolExecutor() as pool:
        pool.submit(change).result()


def test_a_password_that_changes_during_a_login_ends_that_login(app, make_user, form_token, monkeypatch):
    """Before, the session was opened after that change, by the old password, and lived on."""
    user, find = make_user(Role.DESK), queries.access_of_user
    client = app.test_client()

    def slow(user_id):
        monkeypatch.setattr(queries, "access_of_user", find)
        _changed_by_another(app, user)
        return find(user_id)

    monkeypatch.setattr(queries, "access_of_user", slow)
    _post(client, form_token, "/login", email=user.email, password=user.password)
    assert client.get("/api/v1/me").status_code == 401


def test_a_password_that_changes_while_a_token_is_made_leaves_no_token(app, make_user, form_token, monkeypatch):
    user = make_user(Role.DESK)
    client = _log_in(app, form_token, user)

    @contextmanager
    def late():
        monkeypatch.undo()
        _changed_by_another(app, user)
        with transaction():
            yield

    monkeypatch.setattr(account_pages, "transaction", late)
    _post(client, form_token, "/account/tokens", name="script", valid_days=30)
    with app.app_context():
        live = db.session.scalar(select(func.count()).select_from(ApiToken).where(ApiToken.revoked_at.is_(None)))
    assert live == 0


def test_an_admins_new_password_and_a_deactivation_end_everything(app, make_user, form_token):
    for end in (
        lambda user: operations.set_password(access.SYSTEM, user.id, password=NEW_PASSWORD),
        lambda user: operations.deactivate_user(access.SYSTEM, user.id),
    ):
        user = make_user(Role.DESK)
        client, _ = _log_in(app, form_token, user), _token(app, user)
        with app.app_context():
            with transaction():
                end(user)
            live = select(func.count()).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
            assert db.session.scalar(live) == 0
        assert client.get("/api/v1/me").status_code == 401
    assert _count(app) == 0


def test_a_token_makes_no_token(app, make_user):
    user = make_user(Role.DESK)
    token = _token(app, user, valid_for=timedelta(days=3))
    answer = app.test_client().post("/api/v1/tokens", json={"name": "jaar", "valid_days": 366}, headers=_bearer(token))
    assert (answer.status_code, answer.json["code"]) == (403, "token_makes_token")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ApiToken)) == 1


def test_a_page_shows_makes_and_revokes_tokens(app, make_user, form_token):
    user = make_user(Role.DESK)
    client = _log_in(app, form_token, user)
    old = _token(app, user)
    assert "script" in client.get("/account").text
    made = _post(client, form_token, "/account/tokens", name="uitvoer", valid_days="30")
    assert made.status_code == 201
    token = re.search(r"herstart_[\w-]{43}", made.text)[0]
    assert app.test_client().get("/api/v1/me", headers=_bearer(token)).status_code == 200
    assert token not in client.get("/account").text
    for address in re.findall(r'action="(/account/tokens/[0-9a-f-]{36}/revoke)"', made.text):
        assert _post(client, form_token, address).status_code == 302
    for one in (old, token):
        assert app.test_client().get("/api/v1/me", headers=_bearer(one)).status_code == 401
    assert "uitvoer" not in client.get("/account").text


def test_ended_sessions_are_forgotten_by_a_job_that_may_run_twice(app, make_user, form_token, settings):
    live = _log_in(app, form_token, make_user(Role.DESK))
    with app.app_context():
        keep = db.session.scalars(select(UserSession.id)).one()
    for _ in range(2):
        _log_in(app, form_token, make_user(Role.DESK))
    past, long_ago = utc_now() - timedelta(seconds=1), utc_now() - timedelta(minutes=settings.session_idle_minutes + 1)
    with app.app_context(), transaction():
        first, second = db.session.scalars(select(UserSession.id).where(UserSession.id != keep)).all()
        db.session.execute(update(UserSession).where(UserSession.id == first).values(expires_at=past))
        db.session.execute(update(UserSession).where(UserSession.id == second).values(last_seen_at=long_ago))
    with app.app_context():
        assert (jobs.delete_ended_sessions(), jobs.delete_ended_sessions()) == (2, 0)
    assert live.get("/api/v1/me").status_code == 200


def test_who_asks_costs_one_statement(app, make_user, form_token):
    client = _log_in(app, form_token, make_user(Role.DESK))
    statements = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *asked: statements.append(asked[2]))
    assert client.get("/api/v1/me").status_code == 200
    asked = [one for one in statements if "app_user" in one or "user_session" in one]
    assert len(asked) == 1, asked


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Chrome, Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari, iPhone"),
    ],
)
def test_a_browser_is_named_shortly(header, said):
    assert browser_name(header) == said
