"""Is the report's event in the ledger, under a head that the service signed and the attest shows?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from wipe_reports import bundle, merkle, pdf_signature, signing
from wipe_reports.checks import Check, fails, holds, unknown
from wipe_reports.trust import TrustedKeys
from wipe_reports.verify_report import refused, verify_signature, wrong_role


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head as signed: the seal's number, how many events, and the root over them."""

    seal: int
    tree_size: int
    root_hash: bytes


def verify_ledger(raw: bytes, proof: bytes, trusted: TrustedKeys | None) -> tuple[Head | None, list[Check]]:
    """The checks of ``ledger.json`` against the report in ``proof``, and the head where its signature holds."""
    try:
        ledger = bundle.LedgerProof.from_json(raw)
    except bundle.BundleInvalid as error:
        return None, [refused("ledger_event", error)]
    named = _names(ledger.event, signing.fingerprint(proof))
    event = holds("ledger_event", "holds.ledger_event") if named else fails("ledger_event", "fails.ledger_event")
    try:
        header, payload = signing.peek(ledger.head_jws)
        head = _head(payload)
    except (signing.SignatureInvalid, ValueError, KeyError, TypeError, RecursionError):
        return None, [event, fails("ledger_head", "fails.ledger_head_form")]
    signed, head_check = _signed_head(ledger.head_jws, header, head, trusted)
    return (head if signed else None), [event, _inclusion(ledger, head), head_check]


def _names(event: bytes, fingerprint: str) -> bool:
    try:
        waiting = [json.loads(event)]
    except (ValueError, RecursionError):
        return False
    while waiting:
        value = waiting.pop()
        if value == fingerprint:
            return True
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _head(payload: bytes) -> Head:
    members = json.loads(payload)
    seal, size, root = members["seal"], members["tree_size"], members["root_hash"]
    if type(seal) is not int or type(size) is not int:
        raise TypeError("seal and tree_size are whole numbers")
    return Head(seal, size, bytes.fromhex(root))


def _inclusion(ledger: bundle.LedgerProof, head: Head) -> Check:
    leaf = merkle.leaf_hash(ledger.event)
    path = ledger.inclusion_path
    same_size = ledger.tree_size == head.tree_size
    if same_size and merkle.verify_inclusion(leaf, ledger.leaf_index, head.tree_size, path, head.root_hash):
        return holds("ledger_inclusion", "holds.ledger_inclusion", index=ledger.leaf_index + 1, size=head.tree_size)
    return fails("ledger_inclusion", "fails.ledger_inclusion")


def _signed_head(
    compact: str, header: dict[str, object], head: Head, trusted: TrustedKeys | None
) -> tuple[bool, Check]:
    signer, checks = verify_signature("ledger_head", compact, header, bundle.LEDGER_HEAD_TYPE, trusted)
    if signer is None:
        return False, checks[0]
    wrong = wrong_role("ledger_head", signer, "service")
    if wrong is not None:
        return False, wrong
    return True, holds("ledger_head", "holds.ledger_head", seal=head.seal, name=signer.name)


def printed_head(pdf: bytes, head: Head | None) -> Iterator[Check]:
    """Does the attest show the head that the service signed? Says nothing where there is no such head."""
    if head is None:
        return
    try:
        shown = json.loads(pdf_signature.attachments(pdf)["attest.json"])["ledger_head"]
        if shown is None:
            yield unknown("printed_head", "unknown.printed_head")
            return
        same = (bytes.fromhex(shown["root_hash"]), shown["tree_size"]) == (head.root_hash, head.tree_size)
    except (pdf_signature.PdfInvalid, ValueError, KeyError, TypeError, RecursionError):
        yield fails("printed_head", "fails.attest_form")
        return
    yield holds("printed_head", "holds.printed_head") if same else fails("printed_head", "fails.printed_head")
