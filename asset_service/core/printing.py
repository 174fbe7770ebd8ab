"""Every PDF of the service: a room's template and facts become a page, signed with the service's key, and a document.

A room has its template (typst) as a file in its package and gives a :class:`~wipe_reports.press.Printout`. One PDF is
printed at once, many in a job. Printing takes tenths of a second, and a transaction would lock others out meanwhile:
the facts are read before it, and the SHA-256 is written down after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from asset_service.core import documents, jobs
from asset_service.core.db import db, in_transaction, transaction
from asset_service.core.documents import EncryptionKey
from asset_service.core.keys import pdf_signer
from wipe_reports import pdf_signature, press
from wipe_reports.press import Printout

PDF = "application/pdf"
Item = TypeVar("Item")


def signed(printout: Printout, reason: str) -> bytes:
    """The PDF with the service's signature, of which a reader shows ``reason``, such as *Uitgereikt wisattest*.

    Ends the database session's read, so that no snapshot is held meanwhile. Raises RuntimeError inside a transaction,
    and where template and facts do not fit.
    """
    if in_transaction():
        raise RuntimeError("a PDF is printed outside a transaction")
    db.session.rollback()
    return pdf_signature.sign(press.render(printout), pdf_signer(), reason=reason)


def printed(printout: Printout, reason: str, *, key: EncryptionKey | None = None) -> str:
    """Print, sign and store a document, with ``key`` encrypted, and give its SHA-256. Raises as :func:`signed`."""
    return documents.put(signed(printout, reason), PDF, key=key)


def print_many(
    items: Sequence[Item],
    printout_of: Callable[[Item], Printout | None],
    note: Callable[[Item, str], None],
    reason: str,
) -> None:
    """Print a document of each item, with the progress of the job that this runs in.

    ``printout_of`` gives ``None`` for an item that has its document, so that the job is safe to run twice; ``note``
    writes the document's SHA-256 down, in a transaction of its own.
    """
    for number, item in enumerate(items, start=1):
        printout = printout_of(item)
        if printout is not None:
            digest = printed(printout, reason)
            with transaction():
                note(item, digest)
        jobs.progress(number, len(items))
