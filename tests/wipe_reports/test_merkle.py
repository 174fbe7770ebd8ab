"""RFC 9162 trees: known roots, and every leaf proved by its path and by no other."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import merkle

ENTRIES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ENTRIES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))


def test_roots_are_those_of_the_certificate_transparency_reference():
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES]
    assert merkle.tree_head([]) == sha256().digest()
    assert merkle.tree_head(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.tree_head(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.tree_head(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1 word for word: split at the largest power of two below the size."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_every_leaf_is_proved_by_its_own_path_only(entries, data):
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    head = merkle.tree_head(leaves)
    assert head == by_definition(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.inclusion_path(leaves, index)
    assert merkle.verify_inclusion(leaves[index], index, len(leaves), path, head)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other entry"), index, len(leaves), path, head)
    assert not merkle.verify_inclusion(leaves[index], index, len(leaves), [*path, head], head)
    assert not merkle.verify_inclusion(leaves[index], len(leaves), len(leaves), path, head)
    if path:
        assert not merkle.verify_inclusion(leaves[index], index, len(leaves), path[:-1], head)
        bent = bytes([path[0][0] ^ 1]) + path[0][1:]
        assert not merkle.verify_inclusion(leaves[index], index, len(leaves), [bent, *path[1:]], head)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_for_a_leaf_that_is_not_there(index):
    with pytest.raises(IndexError):
        merkle.inclusion_path([merkle.leaf_hash(b"x")] * 3, index)
