"""One way to a PDF: printed outside transactions, signed with the service's key, stored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import asset_service
from asset_service.core import documents, jobs, printing
from asset_service.core.db import in_transaction, transaction
from asset_service.core.documents import EncryptionKey
from asset_service.core.keys import pdf_signer
from wipe_reports import pdf_signature
from wipe_reports.press import Printout, Template

TEMPLATE = Template(b"""
#let facts = json(bytes(sys.inputs.facts))
#set document(title: facts.title)
#set text(lang: facts.language, region: facts.region)
= #facts.title
""")


def printout(title: str) -> Printout:
    made_at = datetime(2026, 11, 28, tzinfo=UTC)
    return Printout(template=TEMPLATE, language="nl", facts={"title": title}, made_at=made_at)


def content_of(digest: str, key: EncryptionKey | None = None) -> bytes:
    with documents.open_document(digest, key=key).file as file:
        return file.read()


@pytest.mark.parametrize("key", [None, EncryptionKey(bytes(32), "receipt/1")], ids=["plain", "encrypted"])
def test_a_document_is_printed_signed_and_stored(app_context, key):
    digest = printing.printed(printout("Ontvangstbewijs"), "Uitgereikt ontvangstbewijs", key=key)
    pdf = content_of(digest, key)
    (signature,) = pdf_signature.check(pdf, [pdf_signer().certificate])
    assert (signature.intact, signature.whole, signature.trusted) == (True, True, True)
    assert "Uitgereikt ontvangstbewijs".encode("utf-16-be") in pdf or b"Uitgereikt ontvangstbewijs" in pdf


def test_nothing_is_printed_while_a_transaction_locks_others_out(app_context):
    with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
        printing.signed(printout("x"), "x")


def test_many_are_printed_one_by_one_and_none_twice(app_context, monkeypatch):
    noted: dict[str, str] = {}
    steps: list[tuple[int, int]] = []
    monkeypatch.setattr(jobs, "progress", lambda done, total: steps.append((done, total)))

    def printout_of(name: str) -> Printout | None:
        assert not in_transaction()
        return None if name in noted else printout(name)

    def note(name: str, digest: str) -> None:
        assert in_transaction()
        if len(noted) == 2 and not steps[2:]:
            raise OSError("killed half way")
        noted[name] = digest

    names = ["a", "b", "c"]
    with pytest.raises(OSError, match="half way"):
        printing.print_many(names, printout_of, note, "x")
    assert (list(noted), steps) == (["a", "b"], [(1, 3), (2, 3)])
    before = dict(noted)
    steps.append((0, 0))
    printing.print_many(names, printout_of, note, "x")
    assert list(noted) == names
    assert before.items() <= noted.items()
    assert steps[-1] == (3, 3)
    assert all(content_of(digest).startswith(b"%PDF") for digest in noted.values())


def test_there_is_one_way_to_a_pdf():
    root, calls = Path(asset_service.__file__).parent, ("pdf_signature.sign(", ".render(", "import typst")
    makers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if any(call in path.read_text(encoding="utf-8") for call in calls)
    }
    assert makers == {"core/printing.py"}
