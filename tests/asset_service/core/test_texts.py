"""Names in every script are names; what hides or turns text around is not."""

from __future__ import annotations

import pytest

from asset_service.core.texts import is_readable


@pytest.mark.parametrize(
    "name",
    ["", "Noor Peeters", "می‌خواهم", "क्‍ष", "Familie 👩‍👩‍👧", "Siân Łukasz Ægir", "김민준", "O’Neill"],
)
def test_names_as_people_write_them(name):
    assert is_readable(name)


HIDDEN = ("\0", "\n", "\x7f", "\u202e", "\u2066", "\ud800", "\u2028", "\u200b", "\xad", "\ufeff")
JOINERS_ASTRAY = ("\u200d", "\u200c\u200d", "naam\u200d", "\u200dnaam")


@pytest.mark.parametrize("name", [*(f"a{one}b" for one in HIDDEN), *JOINERS_ASTRAY])
def test_what_hides_or_turns_text_around(name):
    assert not is_readable(name)
