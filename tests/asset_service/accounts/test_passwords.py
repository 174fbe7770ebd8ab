"""Passwords: long enough, not the first thing that somebody would try, and never told apart by time."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from asset_service.accounts import passwords
from asset_service.core.errors import Invalid

EMAIL, NAME = "noor.peeters@kringwinkel.be", "Noor Peeters"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "korter",
        "elf-tekens!",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "wachtwoord123",
        "Wachtwoord2026!",
        "noorpeeters2026",
        "kringwinkel1234",
        "123456789012345",
        "passwordpassword",
        "abcdefghijklmnop",
        "qwertyazerty12",
        "x" * 5 + "y" * 300,
    ],
)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(Invalid) as refused:
        passwords.check(password, EMAIL, NAME)
    assert refused.value.errors[0].field == "password"


@pytest.mark.parametrize(
    "password", ["zeven groene laptops", "Ijsbeer-Trommel-42", "correct horse battery", "Ω≈ç√∫˜µ≤≥÷åß∂"]
)
def test_a_few_words_of_ones_own_will_do(password):
    passwords.check(password, EMAIL, NAME)


@given(st.text(max_size=11))
def test_under_twelve_characters_never_does(password):
    with pytest.raises(Invalid):
        passwords.check(password, EMAIL, NAME)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_only_the_password_itself_matches(password, other):
    kept = passwords.hashed(password)
    assert passwords.matches(password, kept)
    assert passwords.matches(other, kept) == (other == password)


def test_for_nobody_the_same_work_is_done(monkeypatch):
    worked = []
    real = passwords._hasher

    class Counting:
        def verify(self, kept, password):
            worked.append(kept)
            return real.verify(kept, password)

        hash = real.hash

    monkeypatch.setattr(passwords, "_hasher", Counting())
    passwords._nobody.cache_clear()
    assert not passwords.matches("whatever it is", None)
    assert not passwords.matches("nobody has this password", None)
    assert len(worked) == 2
    passwords._nobody.cache_clear()


def test_a_hash_of_weaker_parameters_is_outdated():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash("zeven groene laptops")
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("zeven groene laptops"))
