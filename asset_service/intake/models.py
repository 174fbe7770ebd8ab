"""Tables of intake: reports that wait for a person, and refused bytes in quarantine."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from asset_service.accounts.models import Partner, Station
from asset_service.core.db import Base, new_id, utc_now
from asset_service.wiping.models import SignedReport


class Grounds(StrEnum):
    """On what a person decided about an unmatched report."""

    LABEL = "label"
    BOARD_REPLACED = "board_replaced"
    SHARED_IDENTITY = "shared_identity"
    MOVED_BETWEEN_PARTNERS = "moved_between_partners"
    NOT_OURS = "not_ours"
    CLOCK_WRONG = "clock_wrong"
    MISTAKE = "mistake"
    OTHER = "other"


class UnmatchedReport(Base):
    """An accepted report whose device a person must point out.

    ``reasons`` are keys of :mod:`asset_service.intake.matching`; ``candidate_ids`` the devices that its hints point
    at. ``seen_then`` is how often each known carrier (by component) had been seen. ``holder_partner_id`` is the
    candidates' partner where that is not the station's: a person of theirs decides; ``holder_site_id`` the site of
    theirs where all of them stood, ``NULL`` where there is no one such site. ``site_id`` is the station's.
    """

    __tablename__ = "unmatched_report"
    __table_args__ = (
        Index("ix_unmatched_report_partner_id_resolved_at_report_id", "partner_id", "resolved_at", "report_id"),
        Index(
            "ix_unmatched_report_holder_partner_id_resolved_at_report_id",
            "holder_partner_id",
            "resolved_at",
            "report_id",
        ),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("signed_report.id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    holder_partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    holder_site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id"))
    site_id: Mapped[UUID] = column_property(
        select(Station.site_id)
        .join(SignedReport, SignedReport.station_id == Station.id)
        .where(SignedReport.id == report_id)
        .correlate_except(Station, SignedReport)
        .scalar_subquery(),
        deferred=True,
    )
    reasons: Mapped[list[str]]
    candidate_ids: Mapped[list[str]]
    seen_then: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    manufacturer: Mapped[str | None] = mapped_column(String(200))
    product: Mapped[str | None] = mapped_column(String(200))
    serial: Mapped[str | None] = mapped_column(String(200))
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    grounds: Mapped[Grounds | None]
    report: Mapped[SignedReport] = relationship()
    partner: Mapped[Partner] = relationship(foreign_keys=[partner_id])


class QuarantinedReport(Base):
    """Bytes that were refused, kept for an admin within bounds. ``body`` is cut at the bound of one item.

    ``signed`` says that an enrolled station's signature held: strangers' items make room first. ``source`` is the
    remote address, ``code`` and ``field`` say why. ``times`` counts the same bytes sent again.
    """

    __tablename__ = "quarantined_report"
    __table_args__ = (
        Index("ix_quarantined_report_signed_id", "signed", "id"),
        Index("ix_quarantined_report_source_received_at", "source", "received_at"),
        Index("uq_quarantined_report_sha256", "sha256", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    source: Mapped[str] = mapped_column(String(64))
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    signed: Mapped[bool]
    code: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(300))
    message: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    kept_bytes: Mapped[int]
    times: Mapped[int] = mapped_column(default=1)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    station: Mapped[Station | None] = relationship()
