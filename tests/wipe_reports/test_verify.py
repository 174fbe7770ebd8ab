"""Offline verification of a signed report: what is whole holds, and every way to bend it is found by its check."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wipe_reports import receipt, schema, signing, trust
from wipe_reports.document import MEDIA_TYPE
from wipe_reports.verify import verify, verify_report


def names(findings) -> set[str]:
    return {one.name for one in findings.checks}


def test_a_report_an_attest_and_a_bundle_hold(evidence, pdf, bad):
    trusted = evidence.trusted()
    report = verify(evidence.proof.encode() + b"\n", trusted)
    assert report.ok
    assert report.report == evidence.report
    attest = verify(pdf, trusted)
    assert attest.ok, bad(attest)
    assert {"pdf_signature", "pdf_signer", "proof", "receipt", "attest_data", "page"} <= names(attest)
    whole = verify(evidence.bundled(attest=pdf), trusted)
    assert whole.ok, bad(whole)
    assert {"manifest", "ledger_event", "ledger_inclusion", "ledger_head", "same_proof", "printed_head"} <= names(whole)
    assert all(one.state == "holds" for one in whole.checks)


def test_without_trusted_keys_nothing_is_proved(evidence, pdf, bad):
    for content in (evidence.proof.encode(), pdf, evidence.bundled(attest=pdf)):
        findings = verify(content, None)
        assert not findings.ok
        assert ("signer", "unknown.signer") in bad(findings)


def test_a_stranger_is_not_believed(evidence, pdf, bad):
    strangers = trust.TrustedKeys({}, ())
    assert ("signature", "fails.signer_unknown") in bad(verify(evidence.proof.encode(), strangers))
    assert ("pdf_signer", "fails.pdf_signer") in bad(verify(pdf, strangers))


def test_a_key_counts_only_for_its_own_role(evidence, bad):
    trusted = evidence.trusted_but(0, herstart_role="service")
    assert ("signer", "fails.signer_role") in bad(verify(evidence.proof.encode(), trusted))
    trusted = evidence.trusted_but(1, herstart_role="station")
    findings = verify_report(evidence.proof.encode(), evidence.receipt.encode(), trusted)
    assert bad(findings) == {("receipt", "fails.signer_role")}


def test_a_revoked_station_is_believed_only_for_what_the_service_received_before(evidence, bad):
    proof, receipt_jws = evidence.proof.encode(), evidence.receipt.encode()
    earlier = evidence.trusted_but(0, revoked_at="2026-11-21T10:00:00Z")
    assert bad(verify_report(proof, None, earlier)) == {("signer", "fails.signer_revoked")}
    assert bad(verify_report(proof, receipt_jws, earlier)) == {("signer", "fails.signer_revoked")}
    later = evidence.trusted_but(0, revoked_at="2026-11-30T10:00:00Z")
    assert bad(verify_report(proof, None, later)) == {("signer", "unknown.signer_revoked")}
    assert verify_report(proof, receipt_jws, later).ok
    between = evidence.trusted_but(0, revoked_at="2026-11-21T13:32:00Z")
    assert bad(verify_report(proof, receipt_jws, between)) == {("signer", "fails.signer_revoked")}


def test_a_revoked_service_key_gives_no_receipt(evidence, bad):
    trusted = evidence.trusted_but(1, revoked_at="2026-11-21T10:00:00Z")
    findings = verify_report(evidence.proof.encode(), evidence.receipt.encode(), trusted)
    assert bad(findings) == {("receipt", "fails.signer_revoked")}


def test_a_report_that_contradicts_itself_fails_though_well_signed(evidence, make_report, make_carrier, make_wipe):
    report = make_report((make_carrier(wipe=make_wipe(unreadable_sectors=3)),))
    proof = signing.sign(schema.to_bytes(report), evidence.station_key, MEDIA_TYPE)
    findings = verify(proof.encode(), evidence.trusted())
    (check,) = [one for one in findings.checks if not one.good]
    assert check.name == "contradictions"
    assert check.to_json("en") == {
        "name": "contradictions",
        "state": "fails",
        "code": "erased.unreadable",
        "message": "carriers[0].wipe.unreadable_sectors: The outcome is erased, but 3 sectors cannot be read.",
        "field": "carriers[0].wipe.unreadable_sectors",
    }


def test_a_report_of_a_future_version_fails_by_its_version(evidence):
    members = {**schema.dump(evidence.report), "version": 2, "more": True}
    proof = signing.sign(json.dumps(members).encode(), evidence.station_key, MEDIA_TYPE)
    findings = verify(proof.encode(), evidence.trusted())
    assert {one.message.key for one in findings.checks if one.message} == {"version.future"}
    assert findings.report is None


def test_a_receipt_for_another_report_fails(evidence, bad):
    signed = dataclasses.replace(
        receipt.read(signing.peek(evidence.receipt)[1]), report_sha256=signing.fingerprint("another.report.entirely")
    )
    findings = verify_report(
        evidence.proof.encode(), receipt.sign(signed, evidence.service_key).encode(), evidence.trusted()
    )
    assert bad(findings) == {("receipt", "fails.receipt_other")}
    assert bad(verify_report(evidence.proof.encode(), b"junk", evidence.trusted())) == {
        ("receipt", "fails.receipt_form")
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefix=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04"]), content=st.binary(max_size=300))
def test_any_bytes_get_an_answer(evidence, prefix, content):
    assert not verify(prefix + content, evidence.trusted()).ok


def test_the_receipt_tells_when_and_what_was_received(evidence):
    found = receipt.read(signing.verify(evidence.receipt, evidence.service_key, receipt.Receipt.TYPE))
    assert found.report_sha256 == signing.fingerprint(evidence.proof)
    assert found.received_at - evidence.report.created_at == timedelta(minutes=5)
    for broken in (
        b"",
        b"[]",
        b"{}",
        b'{"report_id":1,"report_sha256":"","station_key_id":"","received_at":"2026-11-21T14:00:00Z"}',
    ):
        with pytest.raises(receipt.ReceiptInvalid):
            receipt.read(broken)


@pytest.mark.parametrize(("position", "changes", "key"), [
    (0, {"herstart_name": None}, "trust.name"),
    (0, {"herstart_role": "boss"}, "trust.role"),
    (0, {"kid": "other"}, "trust.kid"),
    (0, {"x": "AA"}, "trust.key"),
    (0, {"d": "AA"}, "trust.private"),
    (0, {"revoked_at": "yesterday"}, "trust.revoked_at"),
    (2, {"x5c": []}, "trust.certificate"),
    (2, {"x5c": ["AAAA"]}, "trust.certificate"),
    (2, {"x": "AAAA"}, "trust.certificate"),
    (2, {"herstart_role": "station"}, "trust.role"),
])  # fmt: skip
def test_a_list_of_keys_with_one_bad_key_is_refused_whole(evidence, position, changes, key):
    with pytest.raises(trust.TrustInvalid) as caught:
        evidence.trusted_but(position, **changes)
    assert caught.value.key == key
    assert caught.value.in_language("en")


@pytest.mark.parametrize("evil", ["\x1b]0;x\x07", "\ud800", "\u202e"])
def test_a_key_id_that_hides_or_breaks_is_told_in_plain_characters(evidence, evil):
    _, payload, signature = evidence.proof.split(".")
    header = json.dumps({"alg": "EdDSA", "typ": "wipe-report+jws", "kid": evil}).encode()
    head = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
    findings = verify(f"{head}.{payload}.{signature}".encode(), evidence.trusted())
    assert not findings.ok
    assert all(one.in_language(language).isprintable() for one in findings.checks for language in ("nl", "en"))
