"""The signature in a PDF (an attest): PAdES B-B (ETSI EN 319 142-1) with ECDSA P-256, made and checked by pyHanko.

P-256 and not Ed25519, because PDF readers (``pdfsig`` among them) do not take Ed25519. The signature is an
incremental update: the bytes of the page and its attachments stay as they were made. Its field has no place on the
page (outside the crop box, printable, named for screen readers), which is how an invisible field can live with both
PDF/A and PDF/UA. Needs the ``attest`` extra.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wipe_reports.extras import needed

FIELD_NAME = "Attest"
SUBFILTER = "/ETSI.CAdES.detached"

_RESERVED_DIGITS = 8192
"""Room for the CMS in hexadecimal digits; measuring it first costs as much as signing. One certificate takes 3,000."""


class PdfInvalid(ValueError):  # noqa: N818 - beside ReportInvalid and SignatureInvalid
    """This is no PDF that can be read."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A loaded key and certificate, ready to sign; load once, sign often."""

    certificate: x509.Certificate
    pyhanko: Any


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature in a PDF. ``intact``: it fits the bytes it covers and alone fills its own place; ``whole``: it
    covers all of the file.

    ``trusted`` says whether the signer's certificate is among the trusted ones (by SHA-256 of its DER);
    ``signed_at`` is the signer's own word.
    """

    field: str
    intact: bool
    whole: bool
    pades: bool
    trusted: bool
    signer: str
    certificate_sha256: str
    signed_at: datetime | None


def new_certificate(
    common_name: str, organization: str | None = None, *, valid_days: int = 3650, starts_at: datetime | None = None
) -> tuple[bytes, bytes]:
    """A new P-256 key and its self-signed certificate for signing documents, both as PEM: ``(key, certificate)``."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization is not None:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    name = x509.Name(names)
    start = starts_at or datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=valid_days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key_pem, certificate.public_bytes(serialization.Encoding.PEM)


def load_signer(key_pem: bytes, certificate_pem: bytes) -> Signer:
    """The signer of a PEM key and certificate. Raises ValueError where they are no pair or not P-256."""
    key = serialization.load_pem_private_key(key_pem, password=None)
    certificate = x509.load_pem_x509_certificate(certificate_pem)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the attest's signing key must be ECDSA P-256")  # noqa: TRY004 - content, not a type
    if certificate.public_key() != key.public_key():
        raise ValueError("the attest's certificate belongs to another key")
    keys, asn1_x509 = needed("asn1crypto.keys"), needed("asn1crypto.x509")
    key_der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = needed("pyhanko.sign.signers").SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key_der),
        cert_registry=needed("pyhanko_certvalidator.registry").SimpleCertificateStore(),
    )
    return Signer(certificate=certificate, pyhanko=signer)


def sign(pdf: bytes, signer: Signer, *, reason: str = "Uitgereikt wisattest") -> bytes:
    """``pdf`` with one more signature, over all of its bytes. Raises :class:`PdfInvalid` for what is no PDF."""
    fields, signers = needed("pyhanko.sign.fields"), needed("pyhanko.sign.signers")
    pdf_name = needed("pyhanko.pdf_utils.generic").pdf_name
    with _reading():
        writer = needed("pyhanko.pdf_utils.incremental_writer").IncrementalPdfFileWriter(io.BytesIO(pdf))
        page_ref, _ = writer.find_page_for_modification(0)
    page_ref.get_object()[pdf_name("/Tabs")] = pdf_name("/S")
    writer.update_container(page_ref.get_object())
    description = fields.SigFieldSpec(
        sig_field_name=FIELD_NAME,
        readable_field_name=reason,
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
    )
    details = signers.PdfSignatureMetadata(
        field_name=FIELD_NAME, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason=reason
    )
    signed = signers.PdfSigner(details, signer=signer.pyhanko, new_field_spec=description).sign_pdf(
        writer, bytes_reserved=_RESERVED_DIGITS
    )
    return bytes(signed.getbuffer())


def certificate_fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER, in hexadecimal: what pins it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


@contextmanager
def _reading() -> Iterator[None]:
    """Raise :class:`PdfInvalid` for whatever pyHanko raises over a file.

    It names no complete list: one changed byte gives a KeyError, the next a decimal.InvalidOperation.
    """
    try:
        yield
    except (PdfInvalid, ImportError, MemoryError):
        raise
    except Exception as error:
        raise PdfInvalid(str(error)) from error


def _reader(pdf: bytes) -> Any:
    return needed("pyhanko.pdf_utils.reader").PdfFileReader(io.BytesIO(pdf), strict=False)


def check(pdf: bytes, trusted: Collection[x509.Certificate] = ()) -> list[PdfSignature]:
    """Every signature in ``pdf``, in its order. Raises :class:`PdfInvalid` for what cannot be read.

    No network is used and no chain is followed: a certificate is trusted because it is in ``trusted``.
    """
    pinned = {certificate_fingerprint(one) for one in trusted}
    with _reading():
        return [_checked(one, pinned, pdf) for one in _reader(pdf).embedded_regular_signatures]


def _checked(embedded: Any, pinned: Collection[str], pdf: bytes) -> PdfSignature:
    validation = needed("pyhanko.sign.validation")
    der: bytes = embedded.signer_cert.dump()
    fingerprint = sha256(der).hexdigest()
    context = needed("pyhanko_certvalidator").ValidationContext(
        trust_roots=[embedded.signer_cert], allow_fetching=False, revocation_mode="soft-fail"
    )
    try:
        status = validation.validate_pdf_signature(embedded, signer_validation_context=context, skip_diff=True)
        intact = bool(status.intact and status.valid) and _fills_its_place(embedded, pdf)
    except (needed("pyhanko.sign.validation.errors").SignatureValidationError, UnsupportedAlgorithm):
        intact = False
    whole = (
        embedded.evaluate_signature_coverage() is needed("pyhanko.sign.validation").SignatureCoverageLevel.ENTIRE_FILE
    )
    return PdfSignature(
        field=str(embedded.field_name),
        intact=intact,
        whole=whole,
        pades=embedded.sig_object.get("/SubFilter") == SUBFILTER,
        trusted=fingerprint in pinned,
        signer=str(embedded.signer_cert.subject.human_friendly),
        certificate_sha256=fingerprint,
        signed_at=embedded.self_reported_timestamp,
    )


def _fills_its_place(embedded: Any, pdf: bytes) -> bool:
    """Is what stands between the signed ranges the signature as we write it and zeros behind it, and nothing else?

    No signature covers its own place: whoever changes a byte of its padding, or of a member of the CMS that is
    neither signed nor needed to check it, would go unnoticed.
    """
    start, length, rest, _ = (int(number) for number in embedded.byte_range)
    place: bytes = _written(embedded).ljust(len(embedded.pkcs7_content), b"\0")
    return pdf[start + length : rest] == b"<" + place.hex().upper().encode() + b">"


def _written(embedded: Any) -> bytes:
    """The CMS (RFC 5652) that :func:`sign` writes around these signed attributes, certificate and signature value."""
    cms, signer_info = needed("asn1crypto.cms"), embedded.signed_data["signer_infos"][0]
    certificate, digest = embedded.signer_cert, {"algorithm": "sha256"}
    issuer_and_serial = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signed_data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier({"issuer_and_serial_number": issuer_and_serial}),
                    "digest_algorithm": digest,
                    "signed_attrs": signer_info["signed_attrs"],
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": signer_info["signature"].native,
                }
            ],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed_data}).dump())


def signed_part(pdf: bytes) -> bytes:
    """The PDF as it was before its first signature: the revisions up to that one. Raises :class:`PdfInvalid`."""
    with _reading():
        reader = _reader(pdf)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return pdf
        revision = min(one.signed_revision for one in signatures)
        if revision < 1:
            raise PdfInvalid("the first signature is no incremental update")
        end: int = reader.xrefs.get_startxref_for_revision(revision - 1)
        closing = pdf.index(b"%%EOF", end) + len(b"%%EOF")
    return pdf[:closing]


MAX_ATTACHMENT_BYTES = 8 * 1024 * 1024


def attachments(pdf: bytes) -> dict[str, bytes]:
    """The files attached to ``pdf``, by name. Raises :class:`PdfInvalid` where they cannot be read or are too large."""
    with _reading():
        return dict(_embedded_files(_reader(pdf).root["/Names"]["/EmbeddedFiles"], 0))


def _embedded_files(tree: Any, depth: int) -> list[tuple[str, bytes]]:
    if depth > 8:
        raise PdfInvalid("the tree of attachments is too deep")
    found = []
    names = tree.get("/Names", ())
    for at in range(0, len(names) - 1, 2):
        specification = names[at + 1]
        name = str(specification.get("/UF", specification.get("/F")))
        found.append((name, _bounded(specification["/EF"]["/F"])))
    for below in tree.get("/Kids", ()):
        found += _embedded_files(below, depth + 1)
    return found


def _bounded(stream: Any) -> bytes:
    """The content of an embedded file, never more than the bound: a small file may unpack to gigabytes."""
    kind = stream.get("/Filter")
    kind = kind[0] if isinstance(kind, list) and len(kind) == 1 else kind
    encoded: bytes = stream.encoded_data
    if kind is None:
        content = encoded
    elif kind == "/FlateDecode" and "/DecodeParms" not in stream:
        try:
            content = zlib.decompressobj().decompress(encoded, MAX_ATTACHMENT_BYTES + 1)
        except zlib.error as error:
            raise PdfInvalid("an attachment is damaged") from error
    else:
        raise PdfInvalid("an attachment is packed in a way that is not taken")
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise PdfInvalid("an attachment is too large")
    return content
