"""Tables of wipe proof: signed reports, one evidence a wiped carrier, jobs and nonces, attests, destruction."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from asset_service.accounts.models import Partner, Station
from asset_service.core.db import Base, new_id, utc_now
from asset_service.devices.models import DataCarrier, Device
from asset_service.ledger.models import LedgerSeal


class ReportResult(StrEnum):
    """What became of an accepted report. ``REJECTED``: a person said that it belongs to no device of ours."""

    CREATED = "created"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    REJECTED = "rejected"


class EvidenceStatus(StrEnum):
    """What a wipe did to its carrier's exposure.

    ``CLEARED``: it carried the nonce of the exposure. ``AWAITING_CONFIRMATION``: erased, but made offline or with a
    nonce that does not hold. ``CONFIRMED``: a person then vouched for it. ``NOT_ERASED``: the carrier must be
    destroyed. ``SUPERSEDED``: the carrier was exposed again, or was clean already.
    """

    CLEARED = "cleared"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CONFIRMED = "confirmed"
    NOT_ERASED = "not_erased"
    SUPERSEDED = "superseded"


class NonceCheck(StrEnum):
    """How the wipe's nonce held: against its station, its carrier and the exposure that stood then."""

    HELD = "held"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    OTHER_STATION = "other_station"
    OTHER_CARRIER = "other_carrier"
    USED = "used"
    EXPIRED = "expired"
    TIMES = "times"
    STALE = "stale"


class SignedReport(Base):
    """A station's report exactly as received, the service's receipt, and the answer that was given.

    ``id`` is the report's own ``report_id``. ``answer`` are the answer's exact bytes, sent again when the report is.
    ``device_id`` is ``NULL`` until the report is matched. ``jws`` is never serialised again. Its site is its station's.
    """

    __tablename__ = "signed_report"
    __table_args__ = (Index("ix_signed_report_device_id_id", "device_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    result: Mapped[ReportResult]
    test: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    jws: Mapped[bytes] = mapped_column(LargeBinary)
    receipt: Mapped[str]
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    site_id: Mapped[UUID] = column_property(
        select(Station.site_id).where(Station.id == station_id).correlate_except(Station).scalar_subquery(),
        deferred=True,
    )
    station: Mapped[Station] = relationship()
    partner: Mapped[Partner] = relationship()
    device: Mapped[Device | None] = relationship()


class WipeEvidence(Base):
    """One carrier's wipe in one report, and what it did to the carrier.

    ``public_id`` is the unguessable 128-bit name of the attest on ``/w/<public_id>``, 26 characters of base32.
    ``exposure`` is the carrier's exposure when the report was applied. ``verified_bytes`` were read back;
    the carrier's ``size_bytes`` is the whole. ``device_id`` is the device it sat in then, ``NULL`` where it lay loose.
    ``confirmed_as`` is the role in which the user who confirmed it did so.
    """

    __tablename__ = "wipe_evidence"
    __table_args__ = (
        UniqueConstraint("report_id", "carrier_index"),
        Index("ix_wipe_evidence_component_id_id", "component_id", "id"),
        Index(
            "ix_wipe_evidence_awaiting",
            "id",
            sqlite_where=text("status = 'awaiting_confirmation'"),
            postgresql_where=text("status = 'awaiting_confirmation'"),
        ),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("signed_report.id"))
    carrier_index: Mapped[int]
    component_id: Mapped[UUID] = mapped_column(ForeignKey("data_carrier.component_id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    exposure: Mapped[int]
    status: Mapped[EvidenceStatus]
    nonce_check: Mapped[NonceCheck]
    outcome: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(20))
    technique: Mapped[str] = mapped_column(String(30))
    method: Mapped[str] = mapped_column(String(300))
    standard: Mapped[str] = mapped_column(String(300))
    verification: Mapped[str] = mapped_column(String(30))
    verified_bytes: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    test: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    confirmed_as: Mapped[str | None] = mapped_column(String(20))
    report: Mapped[SignedReport] = relationship()
    carrier: Mapped[DataCarrier] = relationship()
    device: Mapped[Device | None] = relationship()
    attests: Mapped[list[Attest]] = relationship(
        back_populates="evidence", order_by="(Attest.revision, Attest.language.desc())"
    )


class Attest(Base):
    """The wis-attest of one evidence: the signed PDF lies in ``core.documents``.

    ``said`` is the service's word that it prints. Where that word changes it is issued anew, as the next ``revision``,
    once a language; ``public_id`` is the revision's own name on ``/w/<public_id>``, of the first one its evidence's.
    """

    __tablename__ = "attest"

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("wipe_evidence.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), index=True)
    said: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    seal_number: Mapped[int] = mapped_column(ForeignKey("ledger_seal.number"))
    evidence: Mapped[WipeEvidence] = relationship(back_populates="attests")
    seal: Mapped[LedgerSeal] = relationship()


class WipeJob(Base):
    """A station's request for nonces before it wipes; the same ``request_id`` again gets the same job."""

    __tablename__ = "wipe_job"
    __table_args__ = (UniqueConstraint("station_id", "request_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.id"))
    request_id: Mapped[UUID]
    request_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]


class WipeNonce(Base):
    """Binds one wipe to one station, one carrier (``carrier_identity``, ``size_bytes``) and its numbered exposure."""

    __tablename__ = "wipe_nonce"

    nonce: Mapped[str] = mapped_column(String(26), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("wipe_job.id"), index=True)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.id"))
    carrier_identity: Mapped[str] = mapped_column(String(500))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    exposure: Mapped[int]
    expires_at: Mapped[datetime]
    used_by_report_id: Mapped[UUID | None] = mapped_column(ForeignKey("signed_report.id"))


class DestructionMethod(StrEnum):
    """How a carrier that could not be wiped was destroyed."""

    SHREDDED = "shredded"
    CRUSHED = "crushed"
    DRILLED = "drilled"
    DEGAUSSED_AND_CRUSHED = "degaussed_and_crushed"
    BY_PROCESSOR = "by_processor"


class DestructionTask(Base):
    """A carrier that must be destroyed, and once done: how, by whom, before which witness (both users).

    ``partner_id`` asked for it; who holds the carrier does it.

    ``withdrawn_at`` is set when the carrier could be wiped after all.
    """

    __tablename__ = "destruction_task"
    __table_args__ = (
        Index("ix_destruction_task_component_id", "component_id"),
        Index(
            "ix_destruction_task_open",
            "id",
            sqlite_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
        CheckConstraint(
            "(done_at IS NULL) = (method IS NULL) AND (done_at IS NULL) = (done_by IS NULL)", name="done_with_method"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    component_id: Mapped[UUID] = mapped_column(ForeignKey("data_carrier.component_id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("wipe_evidence.id"))
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    done_at: Mapped[datetime | None]
    method: Mapped[DestructionMethod | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    withdrawn_at: Mapped[datetime | None]
    witness_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    carrier: Mapped[DataCarrier] = relationship()

    @hybrid_property
    def is_open(self) -> bool:
        """Is it neither done nor withdrawn? Of one task True or False, of the class the SQL condition."""
        return (self.done_at == None) & (self.withdrawn_at == None)  # noqa: E711 - also compares columns
