"""Mail: written down in the transaction that it belongs to, sent by a job, shown while it cannot be sent.

A room says :func:`send` inside its transaction: the mail goes if and only if that is committed. A job hands it to the
mail server, with the pauses of the table of jobs. Who a mail is for and what it says is about people: it stands
encrypted in its row, in no log, no event and no job, and is dropped once the server has taken the mail.

**What is promised.** A mail of a committed transaction is handed over, or shown to an admin as failed. It is handed
over once, except where its process, the connection or the database ends between the server's receipt and our note of
it: nobody can then know whether it went, so it goes again, as the same message (``Message-ID``), by which the
receiving side may know it for the one that it has.
"""

from asset_service.core.mail.delivery import deliver
from asset_service.core.mail.models import Attachment, MailState, OutgoingMail
from asset_service.core.mail.outbox import delete_old_mail, follow_up, retry, send

__all__ = [
    "Attachment",
    "MailState",
    "OutgoingMail",
    "delete_old_mail",
    "deliver",
    "follow_up",
    "retry",
    "send",
]
