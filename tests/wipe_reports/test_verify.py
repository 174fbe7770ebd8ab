"""Offline verification: what is whole holds, and every way to bend it is found by the check it belongs to."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wipe_reports import bundle, cli, merkle, pdf_signature, receipt, schema, signing, trust
from wipe_reports.document import MEDIA_TYPE, Level, Outcome
from wipe_reports.verify import verify, verify_report


def bad(findings) -> set[tuple[str, str]]:
    return {(one.name, one.key) for one in findings.checks if not one.good}


def names(findings) -> set[str]:
    return {one.name for one in findings.checks}


@pytest.fixture(scope="module")
def pdf(evidence) -> bytes:
    return evidence.pdf()


def bundled(evidence, **changes) -> bytes:
    parts = {"proof": evidence.proof, "receipt": evidence.receipt, "ledger": evidence.ledger, **changes}
    file = io.BytesIO()
    bundle.write(file, **parts)
    return file.getvalue()


def with_keys(evidence, position: int, **changes) -> trust.TrustedKeys:
    keys = [dict(one) for one in evidence.jwks["keys"]]
    keys[position].update(changes)
    return trust.TrustedKeys.from_jwks({"keys": keys})


def test_a_report_an_attest_and_a_bundle_hold(evidence, pdf):
    trusted = evidence.trusted()
    report = verify(evidence.proof.encode() + b"\n", trusted)
    assert report.ok
    assert report.report == evidence.report
    attest = verify(pdf, trusted)
    assert attest.ok, bad(attest)
    assert {"pdf_signature", "pdf_signer", "proof", "receipt", "attest_data", "page"} <= names(attest)
    whole = verify(bundled(evidence, attest=pdf), trusted)
    assert whole.ok, bad(whole)
    assert {"manifest", "ledger_event", "ledger_inclusion", "ledger_head", "same_proof", "printed_head"} <= names(whole)
    assert all(one.state == "holds" for one in whole.checks)


def test_without_trusted_keys_nothing_is_proved(evidence, pdf):
    for content in (evidence.proof.encode(), pdf, bundled(evidence, attest=pdf)):
        findings = verify(content, None)
        assert not findings.ok
        assert ("signer", "unknown.signer") in bad(findings)


def test_a_stranger_is_not_believed(evidence, pdf):
    strangers = trust.TrustedKeys({}, ())
    assert ("signature", "fails.signer_unknown") in bad(verify(evidence.proof.encode(), strangers))
    assert ("pdf_signer", "fails.pdf_signer") in bad(verify(pdf, strangers))


def test_a_key_counts_only_for_its_own_role(evidence):
    trusted = with_keys(evidence, 0, herstart_role="service")
    assert ("signer", "fails.signer_role") in bad(verify(evidence.proof.encode(), trusted))
    trusted = with_keys(evidence, 1, herstart_role="station")
    findings = verify_report(evidence.proof.encode(), evidence.receipt.encode(), trusted)
    assert bad(findings) == {("receipt", "fails.signer_role")}


def test_a_revoked_station_is_believed_only_for_what_the_service_received_before(evidence):
    proof, receipt_jws = evidence.proof.encode(), evidence.receipt.encode()
    earlier = with_keys(evidence, 0, revoked_at="2026-11-21T10:00:00Z")
    assert bad(verify_report(proof, None, earlier)) == {("signer", "fails.signer_revoked")}
    assert bad(verify_report(proof, receipt_jws, earlier)) == {("signer", "fails.signer_revoked")}
    later = with_keys(evidence, 0, revoked_at="2026-11-30T10:00:00Z")
    assert bad(verify_report(proof, None, later)) == {("signer", "unknown.signer_revoked")}
    assert verify_report(proof, receipt_jws, later).ok
    between = with_keys(evidence, 0, revoked_at="2026-11-21T13:32:00Z")
    assert bad(verify_report(proof, receipt_jws, between)) == {("signer", "fails.signer_revoked")}


def test_a_revoked_service_key_gives_no_receipt(evidence):
    trusted = with_keys(evidence, 1, revoked_at="2026-11-21T10:00:00Z")
    findings = verify_report(evidence.proof.encode(), evidence.receipt.encode(), trusted)
    assert bad(findings) == {("receipt", "fails.signer_revoked")}


def test_a_revoked_certificate_no_longer_signs(evidence, pdf):
    earlier = with_keys(evidence, 2, revoked_at="2020-01-01T00:00:00Z")
    assert ("pdf_signer", "fails.pdf_signer_revoked") in bad(verify(pdf, earlier))
    later = with_keys(evidence, 2, revoked_at="9000-01-01T00:00:00Z")
    assert bad(verify(pdf, later)) == {("pdf_signer", "unknown.pdf_signer_revoked")}


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


def test_a_receipt_for_another_report_fails(evidence):
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


def test_a_page_that_says_something_else_than_its_report_fails(evidence):
    """The signer itself prints another code on the page than attest.json holds: the page made again differs."""
    unsigned = pdf_signature.signed_part(evidence.pdf(device_code="HS-4F7K"))
    other = pdf_signature.signed_part(evidence.pdf(device_code="HS-9999"))
    assert unsigned != other
    at = unsigned.index(b"/MediaBox")
    forged = unsigned[:at] + unsigned[at:].replace(b"/MediaBox", b"/mediaBox", 1)
    findings = verify(pdf_signature.sign(forged, evidence.signer), evidence.trusted())
    assert bad(findings) == {("page", "fails.page")}


def test_an_attest_with_something_added_or_unsigned_fails(evidence, pdf):
    assert ("pdf_signature", "fails.pdf_partial") in bad(verify(pdf + b"\n% later", evidence.trusted()))
    unsigned = pdf_signature.signed_part(pdf)
    assert bad(verify(unsigned, evidence.trusted())) == {("pdf_signature", "fails.pdf_unsigned")}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_of_an_attest_goes_unnoticed(evidence, pdf, data):
    at = data.draw(st.integers(9, len(pdf) - 1))
    bent = pdf[:at] + bytes([pdf[at] ^ data.draw(st.integers(1, 255))]) + pdf[at + 1 :]
    assert not verify(bent, evidence.trusted()).ok


def test_nothing_hides_in_the_signature_s_own_place(evidence, pdf):
    """The one part of a signed PDF that its signature does not cover: its own digits and the zeros behind them."""
    opening = pdf.index(b"/Contents <") + len(b"/Contents <")
    closing = pdf.index(b">", opening)
    letter = next(at for at in range(opening, closing) if pdf[at] in b"ABCDEF")
    padding = opening + len(pdf[opening:closing].rstrip(b"0")) + 2
    for at, byte in ((closing - 1, b"1"), (padding, b"f"), (letter, pdf[letter : letter + 1].lower()), (padding, b" ")):
        bent = pdf[:at] + byte + pdf[at + 1 :]
        assert bent != pdf
        assert not verify(bent, evidence.trusted()).ok, (at, byte)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefix=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04"]), content=st.binary(max_size=300))
def test_any_bytes_get_an_answer(evidence, prefix, content):
    assert not verify(prefix + content, evidence.trusted()).ok


def rezipped(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in {**files, **changes}.items():
            if inside is not None:
                archive.writestr(name, inside)
    return file.getvalue()


def test_a_bundle_whose_files_differ_from_its_manifest_fails(evidence):
    whole = bundled(evidence)
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
def test_an_archive_that_is_no_plain_bundle_is_not_unpacked(evidence, changes, key):
    assert bad(verify(rezipped(bundled(evidence), changes), evidence.trusted())) == {("file", key)}


def test_a_name_given_twice_in_an_archive_is_refused(evidence):
    file = io.BytesIO(bundled(evidence))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("proof.jws", evidence.proof)
    assert bad(verify(file.getvalue(), evidence.trusted())) == {("file", "bundle.name")}


def test_a_bundle_is_the_same_bytes_for_the_same_content(evidence):
    assert bundled(evidence) == bundled(evidence)
    read = bundle.read(io.BytesIO(bundled(evidence)))
    assert (read.proof, read.receipt, read.attest) == (evidence.proof.encode(), evidence.receipt.encode(), None)
    assert read.ledger is not None
    assert bundle.LedgerProof.from_json(read.ledger) == evidence.ledger


def test_a_place_in_the_ledger_that_is_not_there_fails(evidence, pdf):
    ledger = evidence.ledger
    elsewhere = dataclasses.replace(ledger, leaf_index=5)
    assert bad(verify(bundled(evidence, ledger=elsewhere), evidence.trusted())) == {
        ("ledger_inclusion", "fails.ledger_inclusion")
    }
    other_event = dataclasses.replace(ledger, event=b'{"kind":"ReportAccepted","report_sha256":"00"}')
    assert bad(verify(bundled(evidence, ledger=other_event), evidence.trusted())) == {
        ("ledger_event", "fails.ledger_event"),
        ("ledger_inclusion", "fails.ledger_inclusion"),
    }
    by_station = signing.sign(signing.peek(ledger.head_jws)[1], evidence.station_key, bundle.LEDGER_HEAD_TYPE)
    forged = dataclasses.replace(ledger, head_jws=by_station)
    assert bad(verify(bundled(evidence, ledger=forged), evidence.trusted())) == {("ledger_head", "fails.signer_role")}


def test_a_printed_head_that_was_never_signed_fails(evidence):
    head = dataclasses.replace(evidence.content.ledger_head, root_hash="11" * 32)
    lying = bundled(evidence, attest=evidence.pdf(ledger_head=head))
    assert bad(verify(lying, evidence.trusted())) == {("printed_head", "fails.printed_head")}


def test_an_attest_of_another_report_in_the_bundle_fails(evidence, make_evidence, make_report):
    other = make_evidence(make_report(station="Werkbank 9"))
    findings = verify(bundled(evidence, attest=other.pdf()), evidence.trusted())
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
        with_keys(evidence, position, **changes)
    assert caught.value.key == key
    assert caught.value.said("en")


@pytest.fixture
def files(evidence, pdf, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps(evidence.jwks))
    (tmp_path / "report.jws").write_text(evidence.proof)
    (tmp_path / "attest.pdf").write_bytes(pdf)
    (tmp_path / "bundle.zip").write_bytes(bundled(evidence, attest=pdf))
    return tmp_path


def test_the_command_says_in_words_what_holds(files, capsys):
    kinds = [str(files / name) for name in ("report.jws", "attest.pdf", "bundle.zip")]
    assert cli.main(["verify", *kinds, "--trusted-keys", str(files / "keys.json")]) == 0
    said = capsys.readouterr().out
    assert said.count("Alles klopt.") == 3
    assert "Schijf 1 (WD-WXA1A07K4RN3): Gewist" in said
    assert cli.main(["verify", *kinds, "--trusted-keys", str(files / "keys.json"), "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("Everything holds.") == 3


def test_the_command_answers_in_json_and_fails_as_a_whole(files, capsys):
    (files / "bent.jws").write_text((files / "report.jws").read_text()[:-6] + "AAAAAA")
    arguments = ["verify", str(files / "report.jws"), str(files / "bent.jws"), "--json"]
    assert cli.main([*arguments, "--trusted-keys", str(files / "keys.json")]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [one["ok"] for one in answer["files"]] == [True, False]
    codes = {check["code"] for check in answer["files"][1]["checks"] if check["state"] == "fails"}
    assert codes & {"jws.signature", "jws.form"}


def test_the_command_without_keys_exits_1_and_with_wrong_use_2(files, capsys):
    assert cli.main(["verify", str(files / "report.jws")]) == 1
    assert "zo bewijst dit bestand niets" in capsys.readouterr().out
    assert cli.main(["verify", str(files / "absent.jws")]) == 2
    assert cli.main(["verify", str(files / "report.jws"), "--trusted-keys", str(files / "report.jws")]) == 2
    with pytest.raises(SystemExit) as caught:
        cli.main(["verify"])
    assert caught.value.code == 2


def test_a_report_is_shown_in_words(files, capsys, evidence):
    assert cli.main(["show", str(files / "bundle.zip"), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    for words in ("Latitude E7470", "WD-WXA1A07K4RN3", "overwritten", "100 %", "M. Peeters"):
        assert words in said
    assert cli.main(["show", str(files / "report.jws"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["report"]["report_id"] == evidence.report.report_id
    assert cli.main(["show", str(files / "keys.json")]) == 1


def test_a_file_that_is_not_there_hides_no_answer_about_the_others(files, capsys):
    names = [str(files / name) for name in ("absent.jws", "report.jws")]
    keys = ["--trusted-keys", str(files / "keys.json")]
    assert cli.main(["verify", *names, str(files), *keys]) == 2
    told = capsys.readouterr()
    assert "Alles klopt." in told.out
    assert f"{names[0]}: dit bestand bestaat niet." in told.err
    assert f"{files}: dit is een map" in told.err
    assert cli.main(["verify", *names, *keys, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [one["ok"] for one in answer["files"]] == [True]
    assert cli.main(["show", *names, "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert "Latitude E7470" in told.out
    assert "this file does not exist" in told.err


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(files):
    program = [sys.executable, "-m", "wipe_reports.cli", "show", str(files / "report.jws")]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(program, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_missing_library_is_told_with_how_to_install_it(files):
    code = (
        "import sys\n"
        "for name in ('typst', 'segno', 'pyhanko', 'pyhanko_certvalidator', 'asn1crypto'): sys.modules[name] = None\n"
        "from wipe_reports import cli\n"
        "sys.exit(cli.main(['verify', *sys.argv[1:]]))\n"
    )
    names = [str(files / name) for name in ("attest.pdf", "report.jws")]
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'herstart[attest]'" in done.stderr
    assert "ontbreekt" in done.stderr
    assert "report.jws: ondertekend wisverslag" in done.stdout


def test_a_true_report_of_a_failed_wipe_is_not_taken_for_proof(  # noqa: PLR0917 - fixtures
    files, capsys, evidence, make_report, make_carrier, make_wipe
):
    wipe = make_wipe(outcome=Outcome.NOT_ERASED, level=Level.NONE, unreadable_sectors=3)
    report = make_report((make_carrier(wipe=wipe),), test=True)
    (files / "failed.jws").write_text(signing.sign(schema.to_bytes(report), evidence.station_key, MEDIA_TYPE))
    assert cli.main(["verify", str(files / "failed.jws"), "--trusted-keys", str(files / "keys.json")]) == 0
    said = capsys.readouterr().out
    assert "Niet gewist" in said
    assert "TEST: " in said
    arguments = ["verify", str(files / "failed.jws"), "--trusted-keys", str(files / "keys.json"), "--json"]
    assert cli.main(arguments) == 0
    (answer,) = json.loads(capsys.readouterr().out)["files"]
    assert answer["carriers"] == [{"serial": "WD-WXA1A07K4RN3", "outcome": "not_erased", "level": "none"}]
    assert answer["test"] is True


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


def test_leaf_hashes_are_those_of_the_ledger(evidence):
    head = json.loads(signing.peek(evidence.ledger.head_jws)[1])
    assert merkle.verify_inclusion(
        merkle.leaf_hash(evidence.ledger.event), 6, 7, evidence.ledger.inclusion_path, bytes.fromhex(head["root_hash"])
    )


@pytest.mark.parametrize("evil", ["\x1b]0;x\x07", "\ud800", "\u202e"])
def test_a_key_id_that_hides_or_breaks_is_told_in_plain_characters(evidence, evil):
    _, payload, signature = evidence.proof.split(".")
    header = json.dumps({"alg": "EdDSA", "typ": "wipe-report+jws", "kid": evil}).encode()
    head = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
    findings = verify(f"{head}.{payload}.{signature}".encode(), evidence.trusted())
    assert not findings.ok
    assert all(one.said(language).isprintable() for one in findings.checks for language in ("nl", "en"))
