"""What is read of JSON that somebody sent, and what is refused before anything believes it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_service.core.input import MAX_DEPTH, MAX_NUMBER, Unreadable, read_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.integers(-MAX_NUMBER, MAX_NUMBER) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def _within(levels: int, what: str) -> str:
    return "[" * levels + what + "]" * levels


@pytest.fixture(autouse=True)
def _in_a_request(app):
    with app.test_request_context():
        yield


@given(VALUES, st.booleans())
def test_what_every_column_can_keep_is_read_as_it_was_written(value, in_ascii):
    text = json.dumps(value, ensure_ascii=in_ascii)
    assert read_json(text) == read_json(text.encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "NaN", "-Infinity", "1e999", '{"a": [1e999]}', str(MAX_NUMBER + 1), f'[{{"a": {-MAX_NUMBER - 1}}}]', "9" * 5001,
        '{"a": 1, "a": 1}', '[{"b": {"a": 1, "a": 2}}]', '"\\u0000"', '{"\\u0000": 1}', '[["\\ud800"]]',
        '{"a": {"\\udfff": 1}}',
        '"\\ud83d x"', _within(MAX_DEPTH + 1, "1"), _within(MAX_DEPTH, '{"a": 1}'), _within(100_000, ""), "[" * 100_000,
        "", "{", "[1] 2", '"\0"', "'a'", '{"a": 1,}', b"\xff", b'"\xed\xa0\x80"', '"\ud800"', b'\xef\xbb\xbf"a"',
    ],
)  # fmt: skip
def test_what_no_column_keeps_or_is_no_json_is_refused(text):
    with pytest.raises(Unreadable):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (_within(MAX_DEPTH, "7"), 7),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\u0000"', "\\u0000"),
        (str(MAX_NUMBER), MAX_NUMBER),
        ('{"a": {"a": 1}, "b": [{"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 2}]}),
    ],
)
def test_what_only_looks_like_it_is_read(text, value):
    read = read_json(text)
    while isinstance(read, list):
        read = read[0]
    assert read == value
