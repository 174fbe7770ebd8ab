"""An event's canonical bytes are RFC 8785's, although a faster library writes them."""

from __future__ import annotations

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from asset_service.ledger.operations import canonical_json

# Lone surrogates are no Unicode text: both libraries refuse them.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
plain = words | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none()
values = plain | st.lists(plain, max_size=4) | st.dictionaries(keys, plain, max_size=4)


@given(st.dictionaries(keys, values, max_size=6))
def test_the_bytes_are_those_of_rfc_8785(event):
    assert canonical_json(event) == rfc8785.dumps(event)
