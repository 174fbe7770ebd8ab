"""Short codes: readable, scanner-friendly, and a misread one is no code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asset_service.devices import codes

bodies = st.text(codes.ALPHABET, min_size=codes.RANDOM_CHARACTERS, max_size=codes.RANDOM_CHARACTERS)


def made(body: str) -> str:
    return f"{codes.PREFIX}-{body}{codes.check_character(body)}"


def test_a_new_code_is_a_code():
    drawn = {codes.new_code() for _ in range(200)}
    assert len(drawn) > 190
    assert all(codes.parse(code) == code for code in drawn)


@given(bodies)
def test_a_code_is_read_however_it_is_typed_or_scanned(body):
    code = made(body)
    for spelling in (
        code.lower(),
        code.replace("-", ""),
        f"  {code} ",
        f"https://dienst.voorbeeld.be/d/{code}",
        code.replace("-", "–"),
    ):
        assert codes.parse(spelling) == code


@given(bodies, st.data())
def test_one_wrong_character_is_never_another_code(body, data):
    code = made(body)
    at = data.draw(st.integers(len(codes.PREFIX) + 1, len(code) - 1))
    other = data.draw(st.sampled_from([one for one in codes.ALPHABET if one != code[at]]))
    assert codes.parse(code[:at] + other + code[at + 1 :]) is None


@given(bodies, st.data())
def test_two_swapped_neighbours_are_never_another_code(body, data):
    code = made(body)
    at = data.draw(st.integers(len(codes.PREFIX) + 1, len(code) - 2))
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert swapped == code or codes.parse(swapped) is None


@given(st.text(max_size=600))
def test_any_text_is_a_code_or_none(text):
    assert codes.parse(text) is None or codes.parse(codes.parse(text)) == codes.parse(text)


def test_no_character_that_people_misread():
    assert not set("IOLUZ01") & set(codes.ALPHABET)
