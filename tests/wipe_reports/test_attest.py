"""The wis-attest: one honest page in two languages, with its proof inside and a signature that PDF readers take."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from wipe_reports import attest, pdf_signature, schema, signing
from wipe_reports.document import (
    MEDIA_TYPE,
    AreaState,
    HiddenAreas,
    Judgement,
    Level,
    Outcome,
    Override,
    Technique,
    VerificationMethod,
    Wipe,
)
from wipe_reports.words import LANGUAGES


def poppler(name: str) -> str:
    """The program, which these tests need; only where it cannot be installed may they be left out."""
    path = shutil.which(name)
    if path is None and os.geteuid() != 0:
        pytest.skip(f"{name} is missing and we are not root: install poppler-utils")
    assert path is not None, f"{name} is missing: install poppler-utils"
    return path


def text_of(pdf: bytes, tmp_path) -> str:
    file = tmp_path / "attest.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([poppler("pdftotext"), "-layout", file, "-"], capture_output=True, text=True, check=True)
    return done.stdout


def pages_of(pdf: bytes, tmp_path) -> int:
    return text_of(pdf, tmp_path).count("\f")


def content_for(evidence, report, **changes):
    proof = signing.sign(schema.to_bytes(report), evidence.station_key, MEDIA_TYPE)
    return dataclasses.replace(evidence.content, report=report, proof_jws=proof, receipt_jws=None, **changes)


def test_the_page_says_what_donor_and_auditor_ask(evidence, tmp_path):
    text = text_of(attest.render(evidence.content), tmp_path)
    for words in (
        "Wisattest", "GEWIST", "Het intakeprogramma meldde en", "WD-WXA1A07K4RN3", "500.107.862.016", "clear",
        "NIST SP 800-88r2 / IEEE 2883-2022", "100 %", "M. Peeters, technieker", "Werkbank 2", "HS-4F7K",
        signing.key_id(evidence.station_key), signing.fingerprint(evidence.proof), "b4hH1uW9k2Qm0",
        evidence.content.ledger_head.root_hash, "10:30", "https://herstart.example/w/7K4RN3QX", "0123.456.749",
    ):  # fmt: skip
        assert words in text


def test_the_page_speaks_english_too(evidence, tmp_path):
    text = text_of(attest.render(dataclasses.replace(evidence.content, language="en")), tmp_path)
    for words in ("Wipe attest", "ERASED", "The intake program reported and verified", "500,107,862,016", "Mismatches"):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_attest_promises_that_nothing_can_be_recovered(evidence, tmp_path, language):
    text = text_of(attest.render(dataclasses.replace(evidence.content, language=language)), tmp_path).lower()
    assert "onherstelbaar" not in text
    assert "unrecoverable" not in text


@pytest.mark.parametrize("outcome", [Outcome.NOT_ERASED, Outcome.ERASED_WITH_EXCEPTIONS])
def test_a_failed_wipe_is_no_attest_of_erasure(  # noqa: PLR0917 - fixtures
    evidence, make_report, make_carrier, make_wipe, tmp_path, outcome
):
    wipe = make_wipe(outcome=outcome, level=Level.NONE, unreadable_sectors=12)
    page = text_of(attest.render(content_for(evidence, make_report((make_carrier(wipe=wipe),)))), tmp_path)
    text = " ".join(page.split())
    assert "Wisattest" not in text
    assert "Wisverslag – niet" in text
    assert "Dit is geen bewijs van wissing" in text
    assert "12 onleesbare sectoren" in text


def test_a_rehearsal_says_test_in_large_letters_and_an_honest_page_does_not(evidence, make_report, tmp_path):
    rehearsal = attest.render(content_for(evidence, make_report(test=True)))
    file = tmp_path / "rehearsal.pdf"
    file.write_bytes(rehearsal)
    boxes = subprocess.run(
        [poppler("pdftotext"), "-bbox", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    letters = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(\w)</word>', boxes)
    large = sorted((float(left), letter) for left, top, bottom, letter in letters if float(bottom) - float(top) > 100)
    assert "".join(letter for _, letter in large) == "TEST"
    assert "oefening op een proefschijf" in text_of(rehearsal, tmp_path)
    assert "TEST" not in text_of(attest.render(evidence.content), tmp_path)


def test_without_a_nonce_the_page_says_so(evidence, make_report, make_carrier, make_wipe, tmp_path):
    report = make_report((make_carrier(wipe=make_wipe(nonce=None)),))
    lines = text_of(attest.render(content_for(evidence, report, ledger_head=None)), tmp_path).splitlines()
    assert ["Eenmalig", "nummer", "geen"] in [line.split() for line in lines]
    assert any("nog niet verzegeld" in line for line in lines)


HOSTILE = '#panic("x") *vet* _schuin_ \\ $x^2$ @ref <label> `code` #eval("1") "] ) } // /* 😀 مرحبا ﷽ 漢字 \u200d é'


def test_hostile_words_are_shown_and_never_run(evidence, make_report, make_carrier, make_wipe, tmp_path):
    wipe = make_wipe(method=HOSTILE, standard=HOSTILE)
    carrier = make_carrier(
        wipe=wipe, model=HOSTILE, serial=HOSTILE, manufacturer=HOSTILE, firmware=HOSTILE, bus=HOSTILE[:50]
    )
    report = make_report((carrier,), station=HOSTILE)
    names = {"site": HOSTILE, "destination": HOSTILE, "device_code": HOSTILE, "validator": HOSTILE}
    issuer = attest.Issuer(name=HOSTILE, enterprise_number=HOSTILE, address=HOSTILE)
    content = content_for(evidence, report, issuer=issuer, check_url="https://x.example/" + HOSTILE, **names)
    pdf = attest.render(content)
    text = " ".join(text_of(pdf, tmp_path).split())
    assert '#panic("x") *vet* _schuin_ \\ $x^2$ @ref <label> `code`' in text
    assert "[U+1F600]" in text
    assert json.loads(pdf_signature.attachments(pdf)["attest.json"])["site"] == HOSTILE


def test_long_words_stay_on_one_page(evidence, make_report, make_carrier, make_wipe, tmp_path):
    wipe = make_wipe(
        outcome=Outcome.NOT_ERASED,
        level=Level.NONE,
        unreadable_sectors=12,
        exceptions=tuple(f"exception number {number}" for number in range(40)),
        interrupted=True,
    )
    carrier = make_carrier(
        wipe=wipe,
        model="Very Long Model Name " * 8,
        serial="S" * 120,
        hidden_areas=HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.UNKNOWN),
    )
    pdf = attest.render(content_for(evidence, make_report((carrier,), test=True)))
    assert pages_of(pdf, tmp_path) == 1
    assert "en nog 35" in " ".join(text_of(pdf, tmp_path).split())


def letters_of(pdf: bytes, word: str, tmp_path) -> float:
    """The height of the box of ``word``, in points."""
    file = tmp_path / "attest.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([poppler("pdftotext"), "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    top, bottom = re.findall(rf'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">{word}</word>', done)[0]
    return float(bottom) - float(top)


def overridden(make_wipe, count: int) -> Wipe:
    told = Override(judgement=Judgement.SIGNATURES, by="Noor P.", seen=("LVM2_member",))
    return make_wipe(overrides=(told,) * count)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", range(1, 9))
def test_an_attest_is_one_page_however_many_lines_it_grows(  # noqa: PLR0917 - fixtures
    evidence, make_report, make_carrier, make_wipe, tmp_path, count, language
):
    report = make_report((make_carrier(wipe=overridden(make_wipe, count)),))
    # The address is so long that the first step of checking takes two lines.
    check_url = "https://herstart.kringwinkel-hageland.example/w/swknietq5bqj2fmqzktyzgecd4"
    pdf = attest.render(content_for(evidence, report, language=language, check_url=check_url))
    assert pages_of(pdf, tmp_path) == 1


def test_a_caution_makes_no_letters_small_while_there_is_white_left(
    evidence, make_report, make_carrier, make_wipe, tmp_path
):
    sample = make_wipe().verification
    sample = dataclasses.replace(
        sample, method=VerificationMethod.SAMPLED_READ_BACK, bytes_read=sample.bytes_read // 10
    )
    wipe = dataclasses.replace(overridden(make_wipe, 1), verification=sample)
    pdf = attest.render(content_for(evidence, make_report((make_carrier(wipe=wipe),))))
    assert "steekproef" in text_of(pdf, tmp_path)
    assert letters_of(pdf, "Serienummer", tmp_path) == letters_of(evidence.pdf(), "Serienummer", tmp_path)


@pytest.mark.parametrize("technique", list(Technique))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_technique_has_a_page_in_every_language(  # noqa: PLR0917 - fixtures
    evidence, make_report, make_carrier, make_wipe, tmp_path, technique, language
):
    report = make_report((make_carrier(wipe=make_wipe(technique=technique)),))
    assert pages_of(attest.render(content_for(evidence, report, language=language)), tmp_path) == 1


def test_the_page_is_archivable_and_accessible(evidence, tmp_path):
    pdf = evidence.pdf()
    assert b"pdfaid:part>3<" in pdf.replace(b" ", b"")
    assert b"<pdfaid:conformance>A<" in pdf
    assert b"<pdfuaid:part>1<" in pdf
    file = tmp_path / "signed.pdf"
    file.write_bytes(pdf)
    facts = subprocess.run([poppler("pdfinfo"), file], capture_output=True, text=True, check=True).stdout
    assert "Wisattest – Schijf WD-WXA1A07K4RN3" in facts
    assert "Tagged:          yes" in facts
    assert b"/Tabs /S" in pdf
    assert b"/Lang (nl" in pdf


def test_the_signed_report_is_inside_byte_for_byte(evidence):
    attached = pdf_signature.attachments(evidence.pdf())
    assert attached["proof.jws"] == evidence.proof.encode()
    assert attached["receipt.jws"] == evidence.receipt.encode()
    data = json.loads(attached["attest.json"])
    assert data["report_sha256"] == signing.fingerprint(evidence.proof)
    assert data["report_id"] == evidence.report.report_id
    assert set(attest.PLAIN_NAMES) <= data.keys()


def test_the_same_content_makes_the_same_bytes_in_any_thread(evidence):
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(attest.render(evidence.content))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [attest.render(evidence.content)] * 2


def test_an_attest_is_issued_at_any_moment_also_between_two_seconds(evidence):
    between = evidence.content.issued_at.replace(microsecond=306_602)
    page = attest.render(dataclasses.replace(evidence.content, issued_at=between))
    assert json.loads(pdf_signature.attachments(page)["attest.json"])["issued_at"].endswith(".306602Z")


def test_an_attest_of_something_else_than_its_proof_is_not_made(evidence, make_report, make_carrier):
    other = make_report(station="Werkbank 3")
    with pytest.raises(ValueError, match="another report"):
        attest.render(dataclasses.replace(evidence.content, report=other))
    looked_at = make_report((make_carrier(wipe=None),))
    with pytest.raises(ValueError, match="not wiped"):
        attest.render(content_for(evidence, looked_at))


def test_pdfsig_finds_the_signature_valid(evidence, tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(evidence.pdf())
    said = subprocess.run([poppler("pdfsig"), "-nocert", file], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    listed = subprocess.run([poppler("pdfdetach"), "-list", file], capture_output=True, text=True, check=True).stdout
    assert "proof.jws" in listed


def test_signing_leaves_the_page_as_it_was(evidence):
    unsigned = attest.render(evidence.content)
    signed = pdf_signature.sign(unsigned, evidence.signer)
    assert signed.startswith(unsigned)
    assert pdf_signature.signed_part(signed) == unsigned
    assert pdf_signature.signed_part(unsigned) == unsigned


def test_the_signature_check_tells_intact_from_changed_and_known_from_unknown(evidence):
    signed = evidence.pdf()
    (good,) = pdf_signature.check(signed, [evidence.signer.certificate])
    assert (good.intact, good.whole, good.pades, good.trusted) == (True, True, True, True)
    (stranger,) = pdf_signature.check(signed)
    assert not stranger.trusted
    (longer,) = pdf_signature.check(signed + b"\n% one more line")
    assert longer.intact
    assert not longer.whole
    at = signed.index(b"stream") + 40
    (bent,) = pdf_signature.check(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    assert not bent.intact
    assert pdf_signature.check(attest.render(evidence.content)) == []


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"x" * 4000, b"not a pdf"])
def test_what_is_no_pdf_is_refused(evidence, content):
    with pytest.raises(pdf_signature.PdfInvalid):
        pdf_signature.check(content)
    with pytest.raises(pdf_signature.PdfInvalid):
        pdf_signature.sign(content, evidence.signer)


def test_a_key_and_certificate_that_are_no_pair_are_refused():
    key_pem, certificate_pem = pdf_signature.new_certificate("A", starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    other_key, _ = pdf_signature.new_certificate("B")
    with pytest.raises(ValueError, match="another key"):
        pdf_signature.load_signer(other_key, certificate_pem)
    with pytest.raises(ValueError, match="P-256"):
        pdf_signature.load_signer(signing.generate_key().as_pem(private=True), certificate_pem)
    assert pdf_signature.load_signer(key_pem, certificate_pem)


def test_the_package_imports_without_the_attest_extra():
    code = (
        "import sys\n"
        "for name in ('typst', 'segno', 'pyhanko', 'pyhanko_certvalidator', 'asn1crypto'): sys.modules[name] = None\n"
        "import wipe_reports.cli, wipe_reports.attest, wipe_reports.pdf_signature, wipe_reports.schema\n"
        "sys.exit(wipe_reports.cli.main(['verify', sys.argv[1]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, __file__], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "onleesbaar bestand" in done.stdout
