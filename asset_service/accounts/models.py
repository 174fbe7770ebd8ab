"""Tables of the project, its partners and sites, their users and roles, tokens and stations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from asset_service.core.db import Base, new_id, utc_now


class Role(StrEnum):
    """What a user may do; every role but ``ADMIN`` holds for a project, or for one partner, perhaps one site of it."""

    TECHNICIAN = "technician"
    STOCK_MANAGER = "stock_manager"
    DESK = "desk"
    REPORTER = "reporter"
    PARTNER_ADMIN = "partner_admin"
    ADMIN = "admin"


class PartnerKind(StrEnum):
    """A partner's part in the project."""

    PROMOTOR = "promotor"
    MEMBER = "member"


class RevocationReason(StrEnum):
    """Why a station's key is not trusted any more."""

    LOST = "lost"
    STOLEN = "stolen"
    REPLACED = "replaced"
    COMPROMISED = "compromised"
    RETIRED = "retired"


class Project(Base):
    """A Digibank project: the call that pays it and its period; ``extended_until`` needs the decision that says so."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("period_end >= period_start", name="period_in_order"),
        CheckConstraint("(extended_until IS NULL) = (extension_decision IS NULL)", name="extension_has_decision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    call: Mapped[str] = mapped_column(String(200))
    period_start: Mapped[date]
    period_end: Mapped[date]
    extended_until: Mapped[date | None]
    extension_decision: Mapped[str | None] = mapped_column(String(500))
    municipalities: Mapped[list[Municipality]] = relationship(cascade="all, delete-orphan")
    memberships: Mapped[list[Membership]] = relationship(back_populates="project")


class Municipality(Base):
    """A municipality that the project serves, by its NIS code (Statbel)."""

    __tablename__ = "project_municipality"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    nis_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


class Partner(Base):
    """An organisation; ``enterprise_number`` is the Belgian one, ten digits without dots."""

    __tablename__ = "partner"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    enterprise_number: Mapped[str] = mapped_column(String(10), unique=True)
    address: Mapped[str | None] = mapped_column(String(500))
    sites: Mapped[list[Site]] = relationship(back_populates="partner")


class Membership(Base):
    """A partner's dated part in a project; ``until`` is the last day, open when ``NULL``."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("project_id", "partner_id", "since"),
        CheckConstraint("until IS NULL OR until >= since", name="dates_in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    kind: Mapped[PartnerKind]
    since: Mapped[date]
    until: Mapped[date | None]
    project: Mapped[Project] = relationship(back_populates="memberships")
    partner: Mapped[Partner] = relationship()


class Site(Base):
    """A partner's workshop, store or desk."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("partner_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(500))
    partner: Mapped[Partner] = relationship(back_populates="sites")


class User(Base):
    """Somebody who works with the service. ``email`` is stored in lower case and is the login name."""

    __tablename__ = "app_user"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    grants: Mapped[list[Grant]] = relationship(back_populates="user", lazy="selectin", cascade="all, delete-orphan")


def _one_grant(shape: str, condition: str, *columns: str) -> Index:
    where = text(condition)
    name = f"uq_role_grant_{shape}"
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Grant(Base):
    """One role of one user, for one partner and perhaps one site, or for a whole project; an admin's has neither."""

    __tablename__ = "role_grant"
    __table_args__ = (
        # NULL differs from NULL in a plain unique constraint: one index per shape of a grant.
        _one_grant("admin", "partner_id IS NULL AND project_id IS NULL", "user_id", "role"),
        _one_grant("project", "project_id IS NOT NULL", "user_id", "role", "project_id"),
        _one_grant("partner", "partner_id IS NOT NULL AND site_id IS NULL", "user_id", "role", "partner_id"),
        _one_grant("site", "site_id IS NOT NULL", "user_id", "role", "site_id"),
        CheckConstraint("(role = 'admin') = (partner_id IS NULL AND project_id IS NULL)", name="only_admin_everywhere"),
        CheckConstraint("project_id IS NULL OR partner_id IS NULL", name="project_or_partner"),
        CheckConstraint("site_id IS NULL OR partner_id IS NOT NULL", name="site_within_partner"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    role: Mapped[Role]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    user: Mapped[User] = relationship(back_populates="grants")
    project: Mapped[Project | None] = relationship()
    partner: Mapped[Partner | None] = relationship()
    site: Mapped[Site | None] = relationship()


class UserSession(Base):
    """One browser in which a user is logged in, until it logs out or its time is over: then the row goes.

    The browser's cookie holds a random token, of which only the SHA-256 is kept. ``last_seen_at`` is coarse. Where the
    browser is (its address) is not kept.
    """

    __tablename__ = "user_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_agent: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Base):
    """A user's token for the API. Only its SHA-256 is kept; the token itself is shown once."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Station(Base):
    """An enrolled place of intake, known by its key's RFC 7638 thumbprint (``key_id``)."""

    __tablename__ = "station"
    __table_args__ = (Index("ix_station_partner_id_name", "partner_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(43), unique=True)
    public_key: Mapped[dict[str, Any]]
    enrolment_code_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment_code.id"))
    enrolled_at: Mapped[datetime] = mapped_column(default=utc_now)
    revoked_at: Mapped[datetime | None]
    partner: Mapped[Partner] = relationship()
    site: Mapped[Site] = relationship()


class EnrolmentCode(Base):
    """A code that lets stations enrol: once, or for a PXE bench up to ``max_uses`` times, until it expires."""

    __tablename__ = "enrolment_code"
    __table_args__ = (CheckConstraint("uses <= max_uses", name="uses_within_bound"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    max_uses: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    site: Mapped[Site] = relationship()
