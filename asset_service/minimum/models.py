"""The table of the minimum: each partner's policy, in versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from asset_service.accounts.models import Partner
from asset_service.core.db import Base, utc_now


class MinimumPolicy(Base):
    """One version of a partner's own minimum; the highest one is in force, earlier ones are kept.

    ``kinds`` holds a rule by kind of device: ``{"laptop": {"memory_mib": 4096, "processor": "core_i3"}}``; of a kind
    that is not in it a person decides. ``withdrawn``: from this version on the call's own minimum holds again.
    """

    __tablename__ = "minimum_policy"
    __table_args__ = (CheckConstraint("version >= 1", name="numbered_from_one"),)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100))
    kinds: Mapped[dict[str, Any]]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    partner: Mapped[Partner] = relationship()
