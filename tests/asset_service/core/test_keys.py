"""The service's keys: made once, kept private, agreed on by processes that start together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from asset_service.core.keys import Keys
from wipe_reports import pdf_signature, signing


def test_a_key_is_the_same_after_a_restart(tmp_path):
    first, second = Keys(tmp_path / "keys"), Keys(tmp_path / "keys")
    assert signing.key_id(first.service()) == signing.key_id(second.service())
    assert first.session_secret() == second.session_secret()
    assert first.attest().certificate_pem == second.attest().certificate_pem
    assert len(first.session_secret()) >= 32


def test_keys_are_for_the_service_only(tmp_path):
    keys = Keys(tmp_path / "keys")
    keys.service(), keys.attest(), keys.session_secret()
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 3
    assert [path for path in files if path.stat().st_mode & 0o177] == []


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    # Each Keys is a process of its own as far as keys go: nothing is shared but the directory.
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: signing.key_id(Keys(tmp_path / "keys").service()), range(24)))
    assert len(set(made)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["service-ed25519.pem"]


def test_a_broken_key_file_is_an_error_and_never_replaced(tmp_path):
    (tmp_path / "service-ed25519.pem").write_bytes(b"half a key")
    with pytest.raises(ValueError):
        Keys(tmp_path).service()
    assert (tmp_path / "service-ed25519.pem").read_bytes() == b"half a key"


def test_the_attest_key_signs_a_pdf_that_its_certificate_verifies(tmp_path):
    keys = Keys(tmp_path)
    minimal = _minimal_pdf()
    signed = pdf_signature.sign(minimal, keys.attest().signer)
    (signature,) = pdf_signature.check(signed, [keys.attest().signer.certificate])
    assert signature.intact
    assert signature.trusted


def _minimal_pdf() -> bytes:
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n",
    ]
    content, offsets = b"%PDF-1.7\n", []
    for one in objects:
        offsets.append(len(content))
        content += one
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 4\n0000000000 65535 f \n" + table + end
