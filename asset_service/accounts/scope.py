"""Who somebody is and what they may: one plain value per request, asked by decorators, queries and operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_login import UserMixin
from sqlalchemy import ColumnElement, and_, false, or_, true

from asset_service.accounts.models import Role
from asset_service.core.errors import Forbidden
from asset_service.ledger.events import SYSTEM as SYSTEM_ACTOR
from asset_service.ledger.events import Actor


@dataclass(frozen=True, slots=True)
class Scope:
    """One role and where it holds: everywhere (an admin), at a partner, or at one site of it."""

    role: Role
    partner_id: UUID | None = None
    site_id: UUID | None = None


@dataclass(frozen=True)
class Access(UserMixin):
    """A user who asks, with their roles. Admins may do everything everywhere; no other role contains another.

    ``user_id`` is ``None`` for the service itself (:data:`SYSTEM`). ``stamp`` changes with the password, so that a
    changed password ends every session.
    """

    user_id: UUID | None
    name: str
    language: str = "nl"
    stamp: str = ""
    grants: tuple[Scope, ...] = ()

    def get_id(self) -> str:
        """What the session cookie remembers."""
        return f"{self.user_id}.{self.stamp}"

    @property
    def actor(self) -> Actor:
        """Who the ledger names."""
        return Actor(kind="user", id=self.user_id) if self.user_id else SYSTEM_ACTOR

    @property
    def is_admin(self) -> bool:
        """Does this user run the service?"""
        return any(scope.role is Role.ADMIN for scope in self.grants)

    def has(self, roles: Iterable[Role]) -> bool:
        """Does this user have one of these roles anywhere? No roles named: any user does."""
        wanted = set(roles)
        return not wanted or self.is_admin or any(scope.role in wanted for scope in self.grants)

    def may(self, roles: Iterable[Role], partner_id: UUID, site_id: UUID | None = None) -> bool:
        """Has this user one of ``roles`` at this partner? A role at one site opens that site only."""
        wanted = set(roles)
        return self.is_admin or any(
            scope.role in wanted and scope.partner_id == partner_id and scope.site_id in {None, site_id}
            for scope in self.grants
        )

    def demand_admin(self) -> None:
        """Raise :class:`Forbidden` unless this user runs the service."""
        if not self.is_admin:
            raise Forbidden(gettext("Dit kan alleen een beheerder van de dienst."))

    def demand(self, roles: Iterable[Role], partner_id: UUID, site_id: UUID | None = None) -> None:
        """Raise :class:`Forbidden` unless :meth:`may`."""
        if not self.may(roles, partner_id, site_id):
            raise Forbidden(gettext("Je rol laat dit bij deze partner niet toe."))

    def clause(
        self, roles: Iterable[Role], partner_id: ColumnElement[UUID], site_id: ColumnElement[UUID] | None = None
    ) -> ColumnElement[bool]:
        """The SQL condition "rows that this user may see": by partner and, where the table has a site, by site."""
        if self.is_admin:
            return true()
        wanted = set(roles)
        scopes = [scope for scope in self.grants if not wanted or scope.role in wanted]
        if not scopes:
            return false()
        return or_(*(_scope_clause(scope, partner_id, site_id) for scope in scopes))


SYSTEM = Access(user_id=None, name="Herstart", grants=(Scope(Role.ADMIN),))
"""The service itself: command line, scheduled jobs."""


def _scope_clause(scope: Scope, partner_id: Any, site_id: Any) -> ColumnElement[bool]:
    if site_id is None or scope.site_id is None:
        return partner_id == scope.partner_id
    return and_(partner_id == scope.partner_id, site_id == scope.site_id)
