"""Numbers from outside are checked before anything is kept."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asset_service.accounts import numbers
from asset_service.core.errors import Invalid

EIGHT = st.integers(min_value=1_000_000, max_value=19_999_999)


def _number(first_eight: int) -> str:
    return f"{first_eight:08d}{97 - first_eight % 97:02d}"


@given(EIGHT)
def test_an_enterprise_number_is_read_however_it_is_written(first_eight):
    digits = _number(first_eight)
    dotted = f"BE {digits[:4]}.{digits[4:7]}.{digits[7:]}"
    assert numbers.enterprise_number(dotted) == numbers.enterprise_number(digits) == digits


@given(EIGHT, st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=9))
def test_one_wrong_digit_is_noticed(first_eight, place, digit):
    right = _number(first_eight)
    assume(right[place] != str(digit))
    wrong = right[:place] + str(digit) + right[place + 1 :]
    with pytest.raises(Invalid):
        numbers.enterprise_number(wrong)


@given(st.text())
def test_other_text_is_no_enterprise_number(text):
    try:
        assert numbers.enterprise_number(text).isdigit()
    except Invalid as refused:
        assert refused.errors[0].field == "enterprise_number"


@pytest.mark.parametrize("text", ["0123.456.749", "BE0123456749", "be 0123 456 749"])
def test_the_example_of_the_message_is_one(text):
    assert numbers.enterprise_number(text) == "0123456749"


@pytest.mark.parametrize("text", ["2406", "240620", "0406x", "", "04062", "٢٤٠٦٢"])
def test_what_is_no_nis_code_is_refused(text):
    with pytest.raises(Invalid):
        numbers.nis_code(text)


@pytest.mark.parametrize("text", ["", "noor", "noor@", "@voorbeeld.be", "a b@voorbeeld.be", "noor@huis", "n@x..be"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(Invalid):
        numbers.email(text)


def test_an_address_is_kept_in_lower_case():
    assert numbers.email(" Noor.Peeters@Voorbeeld.BE ") == "noor.peeters@voorbeeld.be"


def test_codes_and_tokens_are_never_the_same_twice():
    assert len({numbers.new_code() for _ in range(500)}) == 500
    assert len({numbers.new_token() for _ in range(500)}) == 500
