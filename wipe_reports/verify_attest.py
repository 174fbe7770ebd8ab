"""Verification of an attest: its PDF signature, the report inside it, and that the page says what the report says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wipe_reports import attest, pdf_signature, signing
from wipe_reports.checks import Check, fails, holds, unknown
from wipe_reports.document import WipeReport
from wipe_reports.fields import FieldRefused, Moment
from wipe_reports.standing import ServiceWord
from wipe_reports.trust import TrustedKeys
from wipe_reports.verify_report import Findings, verify_report
from wipe_reports.words import LANGUAGES

_MOMENT = Moment()
_VERSIONS = (1, attest.VERSION)
_LANGUAGE_CODE = re.compile(r"[a-z]{2}", re.ASCII)


def verify_attest(pdf: bytes, trusted: TrustedKeys | None) -> Findings:
    """Check one attest. Raises ImportError where the ``attest`` extra is not installed."""
    try:
        signatures = pdf_signature.check(
            pdf, [] if trusted is None else [one.certificate for one in trusted.certificates]
        )
        attached = pdf_signature.attachments(pdf)
    except pdf_signature.PdfInvalid:
        return Findings("attest", [fails("file", "fails.pdf_form")])
    proof = attached.get(attest.PROOF)
    if proof is None:
        return Findings("attest", [*_signatures(signatures, trusted), fails("proof", "fails.proof_absent")])
    findings = verify_report(proof, attached.get(attest.RECEIPT), trusted)
    findings.kind = "attest"
    findings.checks[:0] = [*_signatures(signatures, trusted), holds("proof", "holds.proof")]
    if attest.RECEIPT not in attached:
        findings.checks.append(unknown("receipt", "unknown.receipt_absent"))
    if findings.report is not None:
        findings.checks += _page(pdf, attached, proof, findings)
    return findings


def _signatures(signatures: list[pdf_signature.PdfSignature], trusted: TrustedKeys | None) -> Iterator[Check]:
    if not signatures:
        yield fails("pdf_signature", "fails.pdf_unsigned")
        return
    for one in signatures:
        yield _intact(one, covers_all=one is signatures[-1])
        yield _signer(one, trusted)


def _intact(signature: pdf_signature.PdfSignature, *, covers_all: bool) -> Check:
    if not signature.intact:
        return fails("pdf_signature", "fails.pdf_broken")
    if not signature.pades:
        return fails("pdf_signature", "fails.pdf_not_pades")
    if covers_all and not signature.whole:
        return fails("pdf_signature", "fails.pdf_partial")
    return holds("pdf_signature", "holds.pdf_signature")


def _signer(signature: pdf_signature.PdfSignature, trusted: TrustedKeys | None) -> Check:
    if trusted is None:
        return unknown("pdf_signer", "unknown.signer", required=True)
    pinned = next(
        (
            one
            for one in trusted.certificates
            if pdf_signature.certificate_fingerprint(one.certificate) == signature.certificate_sha256
        ),
        None,
    )
    if pinned is None:
        return fails("pdf_signer", "fails.pdf_signer", name=signature.signer)
    if pinned.revoked_at is None:
        return holds("pdf_signer", "holds.signer", name=pinned.name, role="role.attest")
    if signature.signed_at is None or signature.signed_at >= pinned.revoked_at:
        return fails("pdf_signer", "fails.pdf_signer_revoked", name=pinned.name)
    return unknown("pdf_signer", "unknown.pdf_signer_revoked", required=True, name=pinned.name)


def _page(pdf: bytes, attached: Mapping[str, bytes], proof: bytes, findings: Findings) -> Iterator[Check]:
    report = findings.report
    if report is None:
        return
    raw = attached.get(attest.METADATA)
    if raw is None:
        yield fails("attest_data", "fails.attest_absent")
        return
    try:
        data = json.loads(raw)
        content = _content(data, report, proof, attached.get(attest.RECEIPT))
        says = content.standing.value
    except (ValueError, KeyError, TypeError, RecursionError, FieldRefused):
        yield fails("attest_data", "fails.attest_form")
        return
    if (data["report_sha256"], data["report_id"]) != (signing.fingerprint(proof), report.report_id):
        yield fails("attest_data", "fails.attest_other")
        return
    if data.get("standing", says) != says:
        yield fails("attest_data", "fails.attest_form")
        return
    findings.words[content.carrier_index] = content.said
    yield holds("attest_data", "holds.attest_data", attest_id=content.attest_id)
    yield _made_again(pdf, data, content)


def _content(data: Mapping[str, Any], report: WipeReport, proof: bytes, receipt: bytes | None) -> attest.AttestContent:
    head, version = data["ledger_head"], data["version"]
    if data["format"] != attest.FORMAT or version not in _VERSIONS or not _LANGUAGE_CODE.fullmatch(data["language"]):
        raise ValueError("another format or version, or no language")
    # Before version 2 an attest held no word of the service, and took the place of no other.
    service = None if version == 1 else data["service"]
    if type(data["carrier_index"]) is not int or not 0 <= data["carrier_index"] < len(report.carriers):
        raise ValueError("no such carrier")
    return attest.AttestContent(
        report=report,
        proof_jws=proof.decode("ascii"),
        receipt_jws=None if receipt is None else receipt.decode("ascii"),
        issued_at=_MOMENT.parse(data["issued_at"]),
        issuer=attest.Issuer(**data["issuer"]),
        ledger_head=None
        if head is None
        else attest.LedgerHead(**{**head, "sealed_at": _MOMENT.parse(head["sealed_at"])}),
        word=None if service is None else ServiceWord.from_json(service),
        **{name: data[name] for name in attest.PLAIN_NAMES if version != 1 or name != "replaces"},
    )


def _made_again(pdf: bytes, data: Mapping[str, Any], content: attest.AttestContent) -> Check:
    """The page is a function of the report and ``attest.json``: make it once more and compare the bytes.

    A page in a language that a later version added is none the worse for it: without its words it cannot be made here.
    """
    if content.language not in LANGUAGES:
        return unknown("page", "unknown.page_language", language=content.language)
    if data.get("made_with") != attest.made_with(content.language):
        return unknown("page", "unknown.page")
    try:
        again = attest.render(content)
        same = pdf_signature.signed_part(pdf) == again
    except (ValueError, TypeError, AttributeError):
        same = False
    return holds("page", "holds.page") if same else fails("page", "fails.page")
