"""Offline verification of an attest: no changed byte of it, and no page that says something else, goes unnoticed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wipe_reports import pdf_signature
from wipe_reports.verify import verify


def test_a_revoked_certificate_no_longer_signs(evidence, pdf, bad):
    earlier = evidence.trusted_but(2, revoked_at="2020-01-01T00:00:00Z")
    assert ("pdf_signer", "fails.pdf_signer_revoked") in bad(verify(pdf, earlier))
    later = evidence.trusted_but(2, revoked_at="9000-01-01T00:00:00Z")
    assert bad(verify(pdf, later)) == {("pdf_signer", "unknown.pdf_signer_revoked")}


def test_a_page_that_says_something_else_than_its_report_fails(evidence, bad):
    """The signer itself prints another code on the page than attest.json holds: the page made again differs."""
    unsigned = pdf_signature.signed_part(evidence.pdf(device_code="HS-4F7K"))
    other = pdf_signature.signed_part(evidence.pdf(device_code="HS-9999"))
    assert unsigned != other
    at = unsigned.index(b"/MediaBox")
    forged = unsigned[:at] + unsigned[at:].replace(b"/MediaBox", b"/mediaBox", 1)
    findings = verify(pdf_signature.sign(forged, evidence.signer), evidence.trusted())
    assert bad(findings) == {("page", "fails.page")}


def test_an_attest_with_something_added_or_unsigned_fails(evidence, pdf, bad):
    assert ("pdf_signature", "fails.pdf_partial") in bad(verify(pdf + b"\n% later", evidence.trusted()))
    unsigned = pdf_signature.signed_part(pdf)
    assert bad(verify(unsigned, evidence.trusted())) == {("pdf_signature", "fails.pdf_unsigned")}


def signature_place(pdf: bytes) -> tuple[int, int]:
    """Where the digits of the signature begin and end."""
    opening = pdf.index(b"/Contents <") + len(b"/Contents <")
    return opening, pdf.index(b">", opening)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_of_an_attest_goes_unnoticed(evidence, pdf, data):
    at = data.draw(st.integers(9, len(pdf) - 1))
    bent = pdf[:at] + bytes([pdf[at] ^ data.draw(st.integers(1, 255))]) + pdf[at + 1 :]
    assert not verify(bent, evidence.trusted()).ok


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_digit_of_the_signature_goes_unnoticed(evidence, pdf, data):
    """Of all bytes these are three in a hundred, and a signature covers none of them."""
    opening, closing = signature_place(pdf)
    used = len(pdf[opening:closing].rstrip(b"0"))
    at = data.draw(st.integers(opening, opening + used))
    digit = data.draw(st.sampled_from([one for one in b"0123456789ABCDEF" if one != pdf[at]]))
    assert not is_intact(pdf[:at] + bytes([digit]) + pdf[at + 1 :], evidence)


def is_intact(pdf: bytes, evidence) -> bool:
    try:
        signatures = pdf_signature.check(pdf, [evidence.signer.certificate])
    except pdf_signature.PdfInvalid:
        return False
    return bool(signatures) and all(one.intact and one.trusted and one.whole for one in signatures)


def test_nothing_hides_in_the_signature_s_own_place(evidence, pdf):
    """The one part of a signed PDF that its signature does not cover: its own digits and the zeros behind them."""
    opening, closing = signature_place(pdf)
    letter = next(at for at in range(opening, closing) if pdf[at] in b"ABCDEF")
    padding = opening + len(pdf[opening:closing].rstrip(b"0")) + 2
    for at, byte in ((closing - 1, b"1"), (padding, b"f"), (letter, pdf[letter : letter + 1].lower()), (padding, b" ")):
        bent = pdf[:at] + byte + pdf[at + 1 :]
        assert bent != pdf
        assert not verify(bent, evidence.trusted()).ok, (at, byte)


def another_version(signed_data: cms.SignedData) -> None:
    signed_data["version"] = "v3"


def another_digest_announced(signed_data: cms.SignedData) -> None:
    signed_data["digest_algorithms"] = [{"algorithm": "sha512"}]


def one_digest_more(signed_data: cms.SignedData) -> None:
    signed_data["digest_algorithms"].append({"algorithm": "sha512"})


def another_kind_of_content(signed_data: cms.SignedData) -> None:
    signed_data["encap_content_info"] = {"content_type": "enveloped_data"}


def a_certificate_more(signed_data: cms.SignedData) -> None:
    _, stranger = pdf_signature.new_certificate("Vreemde")
    der = x509.load_pem_x509_certificate(stranger).public_bytes(Encoding.DER)
    signed_data["certificates"].append(asn1_x509.Certificate.load(der))


def another_version_of_the_signer(signed_data: cms.SignedData) -> None:
    signed_data["signer_infos"][0]["version"] = "v3"


def another_encoding_of_the_digest(signed_data: cms.SignedData) -> None:
    without_parameters = bytes.fromhex("300b0609608648016503040201")
    signed_data["signer_infos"][0]["digest_algorithm"] = cms.DigestAlgorithm.load(without_parameters)


def another_name_of_the_signature(signed_data: cms.SignedData) -> None:
    signed_data["signer_infos"][0]["signature_algorithm"] = {"algorithm": "ecdsa"}


def words_that_nobody_signed(signed_data: cms.SignedData) -> None:
    words = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.UTF8String("nobody signed this")]})
    signed_data["signer_infos"][0]["unsigned_attrs"] = [words]


@pytest.mark.parametrize("change", [
    another_version, another_digest_announced, one_digest_more, another_kind_of_content, a_certificate_more,
    another_version_of_the_signer, another_encoding_of_the_digest, another_name_of_the_signature,
    words_that_nobody_signed,
])  # fmt: skip
def test_no_member_beside_the_signed_attributes_can_be_changed(evidence, pdf, change):
    """CMS signs neither these members nor their encoding; nothing of them is left to a stranger's choice."""
    bent = with_cms(pdf, change)
    assert bent != pdf
    assert not is_intact(bent, evidence)


def test_a_signature_written_again_without_a_change_is_the_same(pdf):
    assert with_cms(pdf, lambda signed_data: None) == pdf


def with_cms(pdf: bytes, change: Callable[[cms.SignedData], None]) -> bytes:
    opening, closing = signature_place(pdf)
    content = cms.ContentInfo.load(bytes.fromhex(pdf[opening:closing].decode()))
    change(content["content"])
    digits = content.dump().hex().upper().encode()
    return pdf[:opening] + digits.ljust(closing - opening, b"0") + pdf[closing:]


@pytest.mark.parametrize(("there", "instead"), [
    (b"/Size ", b"/Siz7 "),
    (b"obj\n<</Type/Filespec", b"obj\n.</Type/Filespec"),
])  # fmt: skip
def test_whatever_the_reader_of_pdf_stumbles_over_is_a_file_that_cannot_be_read(evidence, pdf, bad, there, instead):
    at = pdf.rindex(there)
    bent = pdf[:at] + instead + pdf[at + len(there) :]
    assert bad(verify(bent, evidence.trusted())) == {("file", "fails.pdf_form")}


def attached_with(pdf: bytes, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Let the attest hold an ``attest.json`` with these members changed, under a signature that still fits."""
    attached = pdf_signature.attachments(pdf)
    data = {**json.loads(attached["attest.json"]), **changes}
    monkeypatch.setattr(
        pdf_signature, "attachments", lambda content: {**attached, "attest.json": json.dumps(data).encode()}
    )


@pytest.mark.parametrize(("changes", "key"), [
    ({"format": "something/else"}, "fails.attest_form"),
    ({"version": 99}, "fails.attest_form"),
    ({"language": "FR"}, "fails.attest_form"),
    ({"language": None}, "fails.attest_form"),
    ({"carrier_index": 5}, "fails.attest_form"),
    ({"carrier_index": -1}, "fails.attest_form"),
    ({"carrier_index": True}, "fails.attest_form"),
    ({"issued_at": "yesterday"}, "fails.attest_form"),
    ({"issuer": {}}, "fails.attest_form"),
    ({"ledger_head": []}, "fails.attest_form"),
    ({"standing": "something else"}, "fails.attest_form"),
    ({"report_sha256": "00" * 32}, "fails.attest_other"),
    ({"report_id": "another"}, "fails.attest_other"),
])  # fmt: skip
def test_data_of_an_attest_that_is_no_such_data_or_of_another_report_fails(  # noqa: PLR0917 - fixtures
    evidence, pdf, bad, monkeypatch, changes, key
):
    attached_with(pdf, monkeypatch, **changes)
    assert bad(verify(pdf, evidence.trusted())) == {("attest_data", key)}


def test_data_of_an_attest_that_says_something_else_than_its_page_fails(evidence, pdf, bad, monkeypatch):
    attached_with(pdf, monkeypatch, site="Kringwinkel Elders")
    assert bad(verify(pdf, evidence.trusted())) == {("page", "fails.page")}


def test_a_page_that_another_version_made_is_not_compared(evidence, pdf, monkeypatch):
    attached_with(pdf, monkeypatch, made_with="another version")
    findings = verify(pdf, evidence.trusted())
    assert findings.ok
    assert ("page", "unknown.page") in {(one.name, one.key) for one in findings.checks}


def test_a_page_in_a_language_that_a_later_version_added_is_not_compared(evidence, pdf, monkeypatch):
    attached_with(pdf, monkeypatch, language="vo")
    findings = verify(pdf, evidence.trusted())
    assert findings.ok
    (page,) = (one for one in findings.checks if one.name == "page")
    assert (page.state, page.key) == ("unknown", "unknown.page_language")
    assert "vo" in page.in_language("nl")


@pytest.mark.parametrize(("name", "missed"), [
    ("proof.jws", ("proof", "fails.proof_absent")),
    ("attest.json", ("attest_data", "fails.attest_absent")),
])  # fmt: skip
def test_an_attest_without_what_must_be_inside_fails(  # noqa: PLR0917 - fixtures
    evidence, pdf, bad, monkeypatch, name, missed
):
    attached = pdf_signature.attachments(pdf)
    del attached[name]
    monkeypatch.setattr(pdf_signature, "attachments", lambda content: attached)
    assert bad(verify(pdf, evidence.trusted())) == {missed}


def test_a_signature_that_is_no_pades_fails(evidence, pdf, bad, monkeypatch):
    monkeypatch.setattr(pdf_signature, "SUBFILTER", "/adbe.pkcs7.detached")
    assert bad(verify(pdf, evidence.trusted())) == {("pdf_signature", "fails.pdf_not_pades")}
