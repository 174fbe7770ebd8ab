"""The QR code on the screen is the very code, in half blocks that fit beside the words."""

from __future__ import annotations

import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_agent.console.qr import qr_lines

PAIRS = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}


def modules(lines: list[str]) -> list[list[int]]:
    return [[PAIRS[block][half] for block in line] for line in lines for half in (0, 1)]


@settings(deadline=None)
@given(st.from_regex(r"https://[a-z]{1,20}\.example/d/HS-[0-9A-Z]{6}", fullmatch=True))
def test_the_half_blocks_are_the_codes_own_modules_within_a_quiet_zone(address: str) -> None:
    lines = qr_lines(address, columns=41, lines=19)
    code = [[int(bool(module)) for module in row] for row in segno.make_qr(address, error="l").matrix]
    shown = modules(lines)
    quiet = (len(shown[0]) - len(code[0])) // 2
    assert quiet >= 1
    inner = [row[quiet : quiet + len(code[0])] for row in shown[quiet : quiet + len(code)]]
    assert [len(row) for row in inner] == [len(row) for row in code]
    assert sum(map(sum, shown)) == sum(map(sum, inner))
    assert len(lines) <= 19
    assert {len(line) for line in lines} == {len(shown[0])}


def test_what_does_not_fit_is_not_drawn_at_all() -> None:
    assert qr_lines("https://herstart.example/" + "x" * 300, columns=41, lines=19) == []
    assert qr_lines("x" * 10_000, columns=41, lines=19) == []


def test_a_device_page_keeps_the_quiet_zone_that_scanners_ask() -> None:
    lines = qr_lines("https://herstart.voorbeeld.be/d/HS-7K3M9P", columns=41, lines=19)
    assert all(line.startswith("    ") for line in lines)
    assert lines[0].strip() == lines[1].strip() == ""
