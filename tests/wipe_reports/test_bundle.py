"""Evidence bundles and their place in the ledger: read within bounds, and verified as one whole."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import zipfile

import pytest

from wipe_reports import bundle, merkle, pdf_signature, signing
from wipe_reports.verify import verify
from wipe_reports.verify_ledger import printed_head, verify_ledger


def rezipped(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in {**files, **changes}.items():
            if inside is not None:
                archive.writestr(name, inside)
    return file.getvalue()


def test_a_bundle_whose_files_differ_from_its_manifest_fails(evidence, bad):
    whole = evidence.bundled()
    added = rezipped(whole, {"attest.pdf": b"%PDF-1.7 other"})
    assert ("manifest", "fails.manifest") in bad(verify(added, evidence.trusted()))
    lost = rezipped(whole, {"receipt.jws": None})
    assert bad(verify(lost, evidence.trusted())) == {("manifest", "fails.manifest")}


@pytest.mark.parametrize(("changes", "key"), [
    ({"../evil": b"x"}, "bundle.name"),
    ({"/etc/passwd": b"x"}, "bundle.name"),
    ({"notes.txt": b"x"}, "bundle.name"),
    ({"attest.pdf": b"\0" * (17 * 1024 * 1024)}, "bundle.size"),
    ({"proof.jws": None}, "bundle.missing"),
    ({"manifest.json": None}, "bundle.missing"),
    ({"manifest.json": b"[]"}, "bundle.manifest_form"),
    ({"manifest.json": b"{"}, "bundle.manifest_form"),
])  # fmt: skip
def test_an_archive_that_is_no_plain_bundle_is_not_unpacked(evidence, changes, key, bad):
    assert bad(verify(rezipped(evidence.bundled(), changes), evidence.trusted())) == {("file", key)}


def test_a_name_given_twice_in_an_archive_is_refused(evidence, bad):
    file = io.BytesIO(evidence.bundled())
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("proof.jws", evidence.proof)
    assert bad(verify(file.getvalue(), evidence.trusted())) == {("file", "bundle.name")}


def test_a_bundle_is_the_same_bytes_for_the_same_content(evidence):
    assert evidence.bundled() == evidence.bundled()
    read = bundle.read(io.BytesIO(evidence.bundled()))
    assert (read.proof, read.receipt, read.attest) == (evidence.proof.encode(), evidence.receipt.encode(), None)
    assert read.ledger is not None
    assert bundle.LedgerProof.from_json(read.ledger) == evidence.ledger


def test_a_place_in_the_ledger_that_is_not_there_fails(evidence, pdf, bad):
    ledger = evidence.ledger
    elsewhere = dataclasses.replace(ledger, leaf_index=5)
    assert bad(verify(evidence.bundled(ledger=elsewhere), evidence.trusted())) == {
        ("ledger_inclusion", "fails.ledger_inclusion")
    }
    other_event = dataclasses.replace(ledger, event=b'{"kind":"ReportAccepted","report_sha256":"00"}')
    assert bad(verify(evidence.bundled(ledger=other_event), evidence.trusted())) == {
        ("ledger_event", "fails.ledger_event"),
        ("ledger_inclusion", "fails.ledger_inclusion"),
    }
    by_station = signing.sign(signing.peek(ledger.head_jws)[1], evidence.station_key, bundle.LEDGER_HEAD_TYPE)
    forged = dataclasses.replace(ledger, head_jws=by_station)
    assert bad(verify(evidence.bundled(ledger=forged), evidence.trusted())) == {("ledger_head", "fails.signer_role")}


def test_a_printed_head_that_was_never_signed_fails(evidence, bad):
    head = dataclasses.replace(evidence.content.ledger_head, root_hash="11" * 32)
    lying = evidence.bundled(attest=evidence.pdf(ledger_head=head))
    assert bad(verify(lying, evidence.trusted())) == {("printed_head", "fails.printed_head")}


def test_an_attest_of_another_report_in_the_bundle_fails(evidence, make_evidence, make_report, bad):
    other = make_evidence(make_report(station="Werkbank 9"))
    findings = verify(evidence.bundled(attest=other.pdf()), evidence.trusted())
    assert ("same_proof", "fails.same_proof") in bad(findings)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"event": 5}',
        b'{"event":"{}","leaf_index":"0","tree_size":1,"inclusion_path":[],"head":""}',
    ],
)
def test_a_ledger_file_that_cannot_be_read_is_refused(raw):
    with pytest.raises(bundle.BundleInvalid):
        bundle.LedgerProof.from_json(raw)


def test_leaf_hashes_are_those_of_the_ledger(evidence):
    head = json.loads(signing.peek(evidence.ledger.head_jws)[1])
    assert merkle.verify_inclusion(
        merkle.leaf_hash(evidence.ledger.event), 6, 7, evidence.ledger.inclusion_path, bytes.fromhex(head["root_hash"])
    )


DEEP_JSON = b"[" * 10_000


def test_a_head_that_is_nested_too_deeply_to_read_fails(evidence, pdf, bad, monkeypatch):
    header, _, signature = evidence.ledger.head_jws.split(".")
    payload = base64.urlsafe_b64encode(DEEP_JSON).rstrip(b"=").decode()
    deep = dataclasses.replace(evidence.ledger, head_jws=f"{header}.{payload}.{signature}")
    findings = verify(evidence.bundled(ledger=deep), evidence.trusted())
    assert bad(findings) == {("ledger_head", "fails.ledger_head_form")}
    head, _ = verify_ledger(evidence.ledger.to_json(), evidence.proof.encode(), evidence.trusted())
    monkeypatch.setattr(pdf_signature, "attachments", lambda pdf: {"attest.json": DEEP_JSON})
    (printed,) = printed_head(pdf, head)
    assert (printed.state, printed.key) == ("fails", "fails.attest_form")


def test_a_ledger_file_of_another_form_fails_its_check(evidence):
    head, checks = verify_ledger(b"[]", evidence.proof.encode(), evidence.trusted())
    assert head is None
    assert [(one.name, one.state) for one in checks] == [("ledger_event", "fails")]


def test_a_head_whose_numbers_are_none_fails(evidence):
    members = {**json.loads(signing.peek(evidence.ledger.head_jws)[1]), "tree_size": "7"}
    signed = signing.sign(json.dumps(members).encode(), evidence.service_key, bundle.LEDGER_HEAD_TYPE)
    raw = dataclasses.replace(evidence.ledger, head_jws=signed).to_json()
    head, checks = verify_ledger(raw, evidence.proof.encode(), evidence.trusted())
    assert head is None
    assert ("ledger_head", "fails.ledger_head_form") in {(one.name, one.key) for one in checks}


def test_an_attest_from_before_the_seal_shows_no_head_to_compare(evidence):
    findings = verify(evidence.bundled(attest=evidence.pdf(ledger_head=None)), evidence.trusted())
    assert findings.ok
    assert ("printed_head", "unknown.printed_head") in {(one.name, one.key) for one in findings.checks}
