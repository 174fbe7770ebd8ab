"""Verification of a signed report and of the service's receipt for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from wipe_reports import contradictions, moments, schema, signing
from wipe_reports import standing as standings
from wipe_reports.bundle import BundleInvalid
from wipe_reports.checks import Check, fails, holds, unknown
from wipe_reports.document import MEDIA_TYPE, VERSION, Carrier, WipeReport
from wipe_reports.receipt import Receipt, ReceiptInvalid
from wipe_reports.receipt import read as read_receipt
from wipe_reports.standing import ServiceWord, Standing
from wipe_reports.trust import Role, TrustedKey, TrustedKeys
from wipe_reports.words import Language

MAX_ERRORS_TOLD = 20


@dataclass(slots=True)
class Findings:
    """What was found of one file. ``report`` is there where it could be read, whatever the checks say.

    ``words`` is what an attest in the file says of the disks (by index) in the service's name.
    """

    kind: str
    checks: list[Check] = field(default_factory=list)
    report: WipeReport | None = None
    proof: bytes | None = None
    words: dict[int, ServiceWord] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing fails, and nothing that must be known is unknown."""
        return bool(self.checks) and all(one.good for one in self.checks)

    def to_json(self, language: Language) -> dict[str, object]:
        """As ``--json`` prints it; ``carriers`` tells a true report of a failed wipe from proof of a good one.

        ``standings``, parallel to it, is what each wipe is worth by the file, and why where it waits for a person.
        """
        return {
            "kind": self.kind,
            "ok": self.ok,
            "report_id": None if self.report is None else self.report.report_id,
            "test": None if self.report is None else self.report.test,
            "carriers": [] if self.report is None else [_carrier_json(one) for one in self.report.carriers],
            "standings": [] if self.report is None else [*map(self._standing_json, range(len(self.report.carriers)))],
            "checks": [one.to_json(language) for one in self.checks],
        }

    def word(self, index: int) -> ServiceWord | None:
        """What the service says of the disk's wipe, or what must stand in for it; ``None`` where it was not wiped."""
        wipe = None if self.report is None else self.report.carriers[index].wipe
        return None if wipe is None else self.words.get(index) or standings.word_of_report(wipe)

    def standing(self, index: int) -> Standing | None:
        """What the disk's wipe is worth by this file; ``None`` where it was not wiped."""
        word, report = self.word(index), self.report
        wipe = None if report is None else report.carriers[index].wipe
        if word is None or report is None or wipe is None:
            return None
        return standings.standing(wipe.outcome, test=report.test, word=word)

    def _standing_json(self, index: int) -> dict[str, object]:
        word, standing = self.word(index), self.standing(index)
        return {
            "standing": None if standing is None else standing.value,
            "reasons": list(word.reasons) if word is not None and standing is Standing.UNCONFIRMED else [],
            "service": self.words[index].to_json() if index in self.words else None,
        }


def _carrier_json(carrier: Carrier) -> dict[str, str | None]:
    wipe = carrier.wipe
    return {
        "serial": carrier.serial,
        "outcome": None if wipe is None else wipe.outcome.value,
        "level": None if wipe is None else wipe.level.value,
    }


def verify_report(proof: bytes, receipt: bytes | None, trusted: TrustedKeys | None) -> Findings:
    """Check a signed report and, where there is one, the service's receipt for it."""
    findings = Findings("report", proof=proof)
    try:
        header, payload = signing.peek(proof)
    except signing.SignatureInvalid as error:
        kind = fails("file", "fails.file_kind") if error.key == "jws.form" else refused("signature", error)
        return Findings("unreadable", [kind])
    signer, checks = verify_signature("signature", proof, header, MEDIA_TYPE, trusted)
    findings.checks += checks
    findings.checks += _document(payload, findings)
    accepted = None
    if receipt is not None:
        accepted, receipt_checks = _receipt(receipt, proof, str(header.get("kid")), findings.report, trusted)
        findings.checks += receipt_checks
        if accepted is not None and findings.report is not None:
            findings.checks.append(_times(findings.report, accepted))
    made_at = None if findings.report is None else findings.report.created_at
    findings.checks.append(_signer(signer, header, made_at, accepted, trusted))
    return findings


def refused(name: str, error: signing.SignatureInvalid | BundleInvalid) -> Check:
    """The failed check for an error that knows its own words."""
    return fails(name, error.key, **error.facts)


def verify_signature(
    name: str, compact: bytes | str, header: dict[str, object], typ: str, trusted: TrustedKeys | None
) -> tuple[TrustedKey | None, list[Check]]:
    """Check a JWS with the key it names, where that key is trusted; the key comes back only if the signature holds."""
    if trusted is None:
        return None, [unknown(name, "unknown.signature", required=True)]
    signer = trusted.keys.get(str(header.get("kid")))
    if signer is None:
        return None, [fails(name, "fails.signer_unknown", key_id=signing.shown(header.get("kid")))]
    try:
        signing.verify(compact, signer.key, typ)
    except signing.SignatureInvalid as error:
        return None, [refused(name, error)]
    return signer, [holds(name, "holds.signature", key_id=signer.key_id)]


def _document(payload: bytes, findings: Findings) -> Iterator[Check]:
    try:
        findings.report = schema.from_bytes(payload)
    except schema.ReportInvalid as error:
        for one in error.errors[:MAX_ERRORS_TOLD]:
            yield Check("document", "fails", "fails.field", {"field": one.field or "JSON"}, message=one)
        return
    yield holds("document", "holds.document", version=VERSION)
    found = contradictions.find(findings.report)
    for one in found[:MAX_ERRORS_TOLD]:
        yield Check("contradictions", "fails", "fails.field", {"field": one.field}, message=one)
    if not found:
        yield holds("contradictions", "holds.contradictions")


def _signer(
    signer: TrustedKey | None,
    header: dict[str, object],
    made_at: datetime | None,
    accepted: Receipt | None,
    trusted: TrustedKeys | None,
) -> Check:
    if trusted is None:
        return unknown("signer", "unknown.signer", required=True)
    if signer is None:
        return fails("signer", "fails.signer_unknown", key_id=signing.shown(header.get("kid")))
    return wrong_role("signer", signer, "station") or _standing(signer, made_at, accepted)


def _standing(signer: TrustedKey, made_at: datetime | None, accepted: Receipt | None) -> Check:
    """Did the station's key still count? Only a receipt can say that a report is older than a revocation."""
    when = made_at if accepted is None else accepted.received_at
    if signer.revoked_at is None or (accepted is not None and accepted.received_at < signer.revoked_at):
        return holds("signer", "holds.signer", name=signer.name, role="role.station")
    if when is None or when >= signer.revoked_at:
        return fails("signer", "fails.signer_revoked", name=signer.name)
    return unknown("signer", "unknown.signer_revoked", required=True, name=signer.name)


def wrong_role(name: str, signer: TrustedKey, role: Role) -> Check | None:
    """The failed check for a key that is trusted, but not for this."""
    if signer.role == role:
        return None
    return fails(name, "fails.signer_role", name=signer.name, role=f"role.{role}")


def _receipt(
    compact: bytes, proof: bytes, station_key_id: str, report: WipeReport | None, trusted: TrustedKeys | None
) -> tuple[Receipt | None, list[Check]]:
    try:
        header, payload = signing.peek(compact)
        receipt = read_receipt(payload)
    except (signing.SignatureInvalid, ReceiptInvalid):
        return None, [fails("receipt", "fails.receipt_form")]
    signer, checks = verify_signature("receipt", compact, header, Receipt.TYPE, trusted)
    if signer is None:
        return None, checks
    objection = wrong_role("receipt", signer, "service") or _receipt_objection(receipt, signer)
    same = (receipt.report_sha256, receipt.station_key_id) == (signing.fingerprint(proof), station_key_id)
    if not same or (report is not None and receipt.report_id != report.report_id):
        objection = objection or fails("receipt", "fails.receipt_other")
    if objection is not None:
        return None, [objection]
    return receipt, [holds("receipt", "holds.receipt", name=signer.name, received=receipt.received_at)]


def _times(report: WipeReport, accepted: Receipt) -> Check:
    """Can the report's own clock have stood right? The service's word is the only one to hold it against."""
    impossible = [path for path, one in moments.within(report) if not moments.can_be_true(one, accepted.received_at)]
    if impossible:
        return fails("times", "fails.times", field=impossible[0], received=accepted.received_at)
    return holds("times", "holds.times", received=accepted.received_at)


def _receipt_objection(receipt: Receipt, signer: TrustedKey) -> Check | None:
    if signer.revoked_at is not None and receipt.received_at >= signer.revoked_at:
        return fails("receipt", "fails.signer_revoked", name=signer.name)
    return None
