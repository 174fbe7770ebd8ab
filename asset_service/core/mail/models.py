"""The table of mail, and what a mail says as it stands encrypted in its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson
from cryptography.fernet import InvalidToken
from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from asset_service.core.db import Base, new_id, utc_now
from asset_service.core.documents import Document, EncryptionKey, open_document
from asset_service.core.keys import mail_key


class MailState(StrEnum):
    """How far a mail is. One that could not be sent and is tried again is waiting."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(Base):
    """One mail to one address.

    ``content`` is encrypted (:class:`Content`) and dropped once the mail is sent: nobody reads it here again, and it is
    about people. ``user_id`` is the user whom it is for, where it is one. Of one ``key`` there is one mail, so that a
    job that runs twice sends once. ``error`` says in words, for an admin, why the last attempt failed. ``job_id`` is
    the job that sends it. ``finished_at`` is when it was sent or had failed.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_state_finished_at", "state", "finished_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None]
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    error: Mapped[str | None] = mapped_column(String(1000))
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]


class Unreadable(ValueError):  # noqa: N818 - read as what it says
    """What stands in the row was not encrypted with this service's key."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored document, by its SHA-256, under the name that the recipient sees.

    Of an encrypted one ``key`` is what it was stored with; it stands with the mail, encrypted, until that is sent.
    """

    name: str
    sha256: str
    key: EncryptionKey | None = None

    def open(self) -> Document:
        """The document, decrypted. Raises :class:`NotFound` and :class:`DocumentUnreadable`."""
        return open_document(self.sha256, key=self.key)


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says, and to whom."""

    to: str
    subject: str
    body: str
    language: str
    attachments: tuple[Attachment, ...] = ()

    def encrypted(self) -> bytes:
        """As it is written in the row."""
        return mail_key().encrypt(orjson.dumps(self, default=bytes.hex))

    @classmethod
    def decrypted(cls, encrypted: bytes) -> Content:
        """What :meth:`encrypted` made. Raises :class:`Unreadable`."""
        try:
            values = orjson.loads(mail_key().decrypt(encrypted))
        except InvalidToken as error:
            raise Unreadable("another key, or damaged") from error
        return cls(**{**values, "attachments": tuple(_attachment(**one) for one in values["attachments"])})


def _attachment(name: str, sha256: str, key: dict[str, str] | None) -> Attachment:
    if key is None:
        return Attachment(name, sha256)
    return Attachment(name, sha256, EncryptionKey(bytes.fromhex(key["secret"]), key["bound_to"]))
