"""Merkle trees of the ledger's seals (RFC 9162 §2.1, SHA-256): heads, inclusion paths and their check."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry's canonical bytes: SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    above = [_node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def tree_head(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root hash over the leaves in their order; of no leaves it is SHA-256 of nothing (RFC 9162 §2.1.1)."""
    if not leaf_hashes:
        return sha256().digest()
    level = leaf_hashes
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes from leaf ``index`` (counted from 0) up to the root (RFC 9162 §2.1.3.1).

    Raises :class:`IndexError` where there is no such leaf.
    """
    if not 0 <= index < len(leaf_hashes):
        raise IndexError(f"no leaf {index} in a tree of {len(leaf_hashes)}")
    path = []
    level = leaf_hashes
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _level_above(level)
        index //= 2
    return path


def verify_inclusion(leaf: bytes, index: int, tree_size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Does ``path`` lead from the leaf hash at ``index`` to ``head`` of a tree of ``tree_size`` (RFC 9162 §2.1.3.2)?"""
    if not 0 <= index < tree_size or len(leaf) != HASH_BYTES:
        return False
    place, last, root = index, tree_size - 1, leaf
    for sibling in path:
        if last == 0 or len(sibling) != HASH_BYTES:
            return False
        if place % 2 or place == last:
            root = _node_hash(sibling, root)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            root = _node_hash(root, sibling)
        place, last = place // 2, last // 2
    return last == 0 and root == head
