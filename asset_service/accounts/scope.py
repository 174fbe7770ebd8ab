"""Who somebody is and what they may: one plain value per request, asked by decorators, queries and operations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_login import UserMixin
from sqlalchemy import ColumnElement, false, true

from asset_service.accounts.access_rules import SERVICE_ADMINS, Rule
from asset_service.accounts.models import Role
from asset_service.core.db import utc_now
from asset_service.core.errors import Forbidden
from asset_service.ledger.events import SYSTEM as SYSTEM_ACTOR
from asset_service.ledger.events import Actor

WHOLE_PARTNER = None
"""The site of what is a partner's as a whole: a role at one site does not open it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A partner that takes part in a project: from the moment ``since`` on, and until right before ``before``."""

    partner_id: UUID
    since: datetime
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """One role and where it holds: everywhere (an admin), in a project, at a partner, or at one site of it.

    ``members`` are the partners that take part in the project, took part, or will. The role in a project holds at each
    of them for what happened while it took part (``during``), however long ago that is.
    """

    role: Role
    partner_id: UUID | None = None
    site_id: UUID | None = None
    project_id: UUID | None = None
    members: tuple[Member, ...] = ()
    during: Member | None = None

    def covers(self, partner_id: Any, site_id: Any, at: Any = None) -> Any:
        """Does the role hold there ``at`` that moment (none given: now)?

        Of values it gives True or False, of a table's columns the SQL condition: the one expression of the rule. A site
        that is ``None`` (:data:`WHOLE_PARTNER`, or not known) and one that is ``NULL`` are opened by a role at the
        whole partner only.
        """
        covered = partner_id == self.partner_id
        if self.site_id is not None:
            covered &= site_id == self.site_id
        if self.during is not None:
            moment = utc_now() if at is None else at
            covered &= moment >= self.during.since
            if self.during.before is not None:
                covered &= moment < self.during.before
        return covered

    @property
    def places(self) -> list[Scope]:
        """The role at each partner of the project; a role at a partner or site is a place itself."""
        if self.project_id is not None:
            return [replace(self, partner_id=member.partner_id, members=(), during=member) for member in self.members]
        return [self] if self.partner_id is not None else []


@dataclass(frozen=True)
class Access(UserMixin):
    """A user who asks, with their roles. Admins may do everything everywhere but what a rule closes
    to them; no other role contains another.

    ``user_id`` is ``None`` for the service itself (:data:`SYSTEM`). Who asks over HTTP does so by a session
    (``session_id``, last seen at ``session_seen_at``) or by an API token (``token_id``). ``session_token`` is set while
    a session is opened only: what its cookie will hold.
    """

    user_id: UUID | None
    name: str
    language: str = "nl"
    grants: tuple[Scope, ...] = ()
    session_id: UUID | None = None
    session_seen_at: datetime | None = None
    token_id: UUID | None = None
    session_token: str = field(default="", repr=False)

    def get_id(self) -> str:
        """What the session cookie remembers (Flask-Login): the session's random token, nothing of the user."""
        return self.session_token

    @property
    def actor(self) -> Actor:
        """Who the ledger names."""
        return Actor(kind="user", id=self.user_id) if self.user_id else SYSTEM_ACTOR

    @property
    def own_id(self) -> UUID:
        """The id of this user. Raises :class:`Forbidden` for the service itself, which has no account."""
        if self.user_id is None:
            raise Forbidden
        return self.user_id

    @property
    def is_admin(self) -> bool:
        """Does this user run the service?"""
        return any(scope.role is Role.ADMIN for scope in self.grants)

    def everywhere(self, rule: Rule) -> bool:
        """Does the rule open everything to this user, whatever its partner and site?

        The service itself is no person: its jobs, such as forgetting people in time, reach what is closed to admins.
        """
        return self.is_admin and (rule.admins or self.user_id is None)

    def has(self, rule: Rule) -> bool:
        """Does the rule open anything to this user, wherever that is?"""
        return not rule.roles or self.everywhere(rule) or bool(self._held(rule))

    def _held(self, rule: Rule) -> list[Scope]:
        roles = [one for one in self.grants if not rule.roles or one.role in rule.roles]
        return [one for one in roles if rule.totals or one.project_id is None]

    def scopes(self, rule: Rule) -> tuple[Scope, ...]:
        """The partners and sites where the rule opens to this user, none within another.

        A partner of a project stands there once for each time that it took part.
        """
        held = [place for scope in self._held(rule) for place in scope.places]
        whole = {scope.partner_id: scope for scope in held if scope.site_id is None and scope.during is None}
        narrower = {(scope.site_id, scope.during): scope for scope in held if scope.partner_id not in whole}
        return (*whole.values(), *narrower.values())

    def holds(self, rule: Rule, partner_id: Any, site_id: Any, at: Any = None) -> Any:
        """Does the rule open to this user there? True or False for ids, the SQL condition for columns (and both alike).

        ``at`` is the moment that the figures of a rule of ``totals`` are about, such as when a device came in: a role
        in a project counts what happened while the partner took part, also once it has left. None given: now.

        :meth:`may` and :meth:`clause` are this with a type. What lies at no site says so: :data:`WHOLE_PARTNER`. A
        table that has no column for its site declares how the site is found (``column_property``).
        """
        everywhere, nowhere = (true(), false()) if hasattr(partner_id, "__clause_element__") else (True, False)
        if self.everywhere(rule):
            return everywhere
        return reduce(or_, (scope.covers(partner_id, site_id, at) for scope in self.scopes(rule)), nowhere)

    def has_own_role(self, rule: Rule, partner_id: UUID, site_id: UUID | None) -> bool:
        """Does a role that the rule names open it to this user there? An admin's does everywhere, where it is named."""
        if self.is_admin and Role.ADMIN in rule.roles:
            return True
        return any(scope.covers(partner_id, site_id) for scope in self.scopes(rule))

    def may(self, rule: Rule, partner_id: UUID | None, site_id: UUID | None, at: datetime | None = None) -> bool:
        """Does the rule open to this user at this partner and site? A role at one site opens that site only."""
        return bool(self.holds(rule, partner_id, site_id, at))

    def clause(self, rule: Rule, partner_id: Any, site_id: Any, at: Any = None) -> ColumnElement[bool]:
        """The SQL condition "rows for which :meth:`may` says yes", of the columns that hold their place and moment."""
        condition: ColumnElement[bool] = self.holds(rule, partner_id, site_id, at)
        return condition

    def may_somewhere(self, rule: Rule, partner_id: UUID) -> bool:
        """Does the rule open to this user at the partner or any site of it? For what no site can call its own."""
        return self.everywhere(rule) or any(scope.covers(partner_id, scope.site_id) for scope in self.scopes(rule))

    def demand_any(self, rule: Rule) -> None:
        """Raise :class:`Forbidden` unless the rule :meth:`has` something for this user, wherever that is."""
        if not self.has(rule):
            raise Forbidden(gettext("Je rol laat dit niet toe."))

    def demand_admin(self) -> None:
        """Raise :class:`Forbidden` unless this user runs the service."""
        if not self.has(SERVICE_ADMINS):
            raise Forbidden(gettext("Dit kan alleen een beheerder van de dienst."))

    def demand(self, rule: Rule, partner_id: UUID | None, site_id: UUID | None) -> None:
        """Raise :class:`Forbidden` unless :meth:`may`."""
        if not self.may(rule, partner_id, site_id):
            raise Forbidden(gettext("Je rol laat dit bij deze partner niet toe."))


SYSTEM = Access(user_id=None, name="Herstart", grants=(Scope(Role.ADMIN),))
"""The service itself: command line, scheduled jobs."""
