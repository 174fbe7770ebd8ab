"""Offline verification of an attest: no changed byte of it, and no page that says something else, goes unnoticed."""

from __future__ import annotations

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
