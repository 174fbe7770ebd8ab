"""Verification without a network: what holds, what fails and what cannot be known of a report, attest or bundle.

Every check has a name, a state and a sentence. A file is good only where nothing fails and whoever signed it is
known: without trusted keys the signer is *unknown*, and an unknown signer proves nothing.
"""

from __future__ import annotations

import io

from wipe_reports import bundle
from wipe_reports.checks import fails, holds, unknown
from wipe_reports.trust import TrustedKeys
from wipe_reports.verify_attest import verify_attest
from wipe_reports.verify_ledger import printed_head, verify_ledger
from wipe_reports.verify_report import Findings, refused, verify_report
from wipe_reports.words import Language, say

__all__ = ["MAX_FILE_BYTES", "Findings", "verdict", "verify", "verify_attest", "verify_bundle", "verify_report"]

MAX_FILE_BYTES = 32 * 1024 * 1024


def verify(data: bytes, trusted: TrustedKeys | None) -> Findings:
    """Look at one file's content, whichever of the three kinds it is. Never raises for what a file may hold.

    Raises ImportError for a PDF, or a bundle with one, where the ``attest`` extra is not installed.
    """
    if len(data) > MAX_FILE_BYTES:
        return Findings("unreadable", [fails("file", "fails.file_size", mebibytes=MAX_FILE_BYTES // 1024**2)])
    if data.startswith(b"%PDF-"):
        return verify_attest(data, trusted)
    if data.startswith(b"PK"):
        return verify_bundle(data, trusted)
    return verify_report(data.strip(), None, trusted)


def verify_bundle(data: bytes, trusted: TrustedKeys | None) -> Findings:
    """Check all of a bundle: its manifest, the report, the attest, the place in the ledger, and that they agree."""
    try:
        content = bundle.read(io.BytesIO(data))
    except bundle.BundleInvalid as error:
        return Findings("bundle", [refused("file", error)])
    findings = verify_report(content.proof, content.receipt, trusted)
    findings.kind = "bundle"
    names = ", ".join(content.disagreeing)
    manifest = fails("manifest", "fails.manifest", names=names) if names else holds("manifest", "holds.manifest")
    findings.checks.insert(0, manifest)
    if content.receipt is None:
        findings.checks.append(unknown("receipt", "unknown.receipt_absent"))
    head = None
    if content.ledger is None:
        findings.checks.append(unknown("ledger_event", "unknown.ledger_absent"))
    else:
        head, checks = verify_ledger(content.ledger, content.proof, trusted)
        findings.checks += checks
    if content.attest is not None:
        _add_attest(findings, content.attest, trusted)
        findings.checks += printed_head(content.attest, head)
    return findings


def _add_attest(findings: Findings, pdf: bytes, trusted: TrustedKeys | None) -> None:
    """The attest's checks, save those that say again what the bundle's own report already said well."""
    attest = verify_attest(pdf, trusted)
    if attest.proof == findings.proof:
        findings.checks.append(holds("same_proof", "holds.same_proof"))
    else:
        findings.checks.append(fails("same_proof", "fails.same_proof"))
    findings.words |= attest.words
    checked = {one.name for one in findings.checks}
    findings.checks += [one for one in attest.checks if one.name not in checked or not one.good]


def verdict(findings: Findings, language: Language) -> str:
    """The last word on one file: all holds, something fails, or something could not be checked."""
    if findings.ok:
        return say("verdict.ok", language)
    failed = not findings.checks or any(one.state == "fails" for one in findings.checks)
    return say("verdict.not_ok" if failed else "verdict.unchecked", language)
