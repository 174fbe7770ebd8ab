"""argon2 takes a tenth of a second: never while this process holds the right to write."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from asset_service.accounts import passwords
from asset_service.accounts.models import Role, User
from asset_service.core.db import db, in_transaction, transaction

NEW = "negen-blauwe-schermen-op-zolder"


class Watched:
    """The hasher, which notes whether a transaction was open at each piece of work."""

    def __init__(self) -> None:
        self.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.within: list[bool] = []

    def hash(self, password):
        self.within.append(in_transaction())
        return self.hasher.hash(password)

    def verify(self, password_hash, password):
        self.within.append(in_transaction())
        return self.hasher.verify(password_hash, password)

    def check_needs_rehash(self, password_hash):
        return self.hasher.check_needs_rehash(password_hash)


@pytest.fixture
def watched(monkeypatch):
    hasher = Watched()
    monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords._nobody.cache_clear()
    yield hasher
    passwords._nobody.cache_clear()


def _log_in(client, form_token, email, password):
    token = form_token(client)
    return client.post("/login", data={"csrf_token": token, "email": email, "password": password})


def test_a_login_works_its_hash_out_before_it_writes(app, client, make_user, form_token, watched):
    user = make_user(Role.TECHNICIAN)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(user.password)
    with app.app_context(), transaction():
        db.session.execute(update(User).where(User.id == user.id).values(password_hash=weak))
    watched.within.clear()
    assert _log_in(client, form_token, user.email, user.password).status_code == 302
    assert _log_in(app.test_client(), form_token, user.email, "fout wachtwoord").status_code == 422
    assert _log_in(app.test_client(), form_token, "niemand@voorbeeld.be", "fout wachtwoord").status_code == 422
    assert watched.within
    assert not any(watched.within)
    with app.app_context():
        assert db.session.scalars(select(User.password_hash).where(User.id == user.id)).one() != weak


@pytest.fixture
def admin(client, make_user, login, form_token):
    """An admin who is logged in with the client, and the token for its forms."""
    user = make_user(Role.ADMIN)
    login(client, user)
    return user, form_token(client)


def test_a_new_password_works_its_hash_out_before_it_is_written(client, admin, watched):
    user, token = admin
    told = {"csrf_token": token, "present": user.password, "password": NEW, "again": NEW}
    assert client.post("/account/password", data=told).status_code == 302
    assert watched.within
    assert not any(watched.within)


def test_a_new_user_has_a_hash_worked_out_before_they_are_written(client, admin, make_partner, watched):
    partner = make_partner()
    colleague = {"email": "an@voorbeeld.be", "name": "An", "password": "drie-rode-muizen-in-de-kast"}
    where = {"csrf_token": admin[1], "role": "technician", "place": str(partner.id)}
    assert client.post("/admin/users", data={**colleague, **where}).status_code == 302
    assert watched.within
    assert not any(watched.within)
