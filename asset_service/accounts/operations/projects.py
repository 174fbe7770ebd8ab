"""Projects, their municipalities, partners, memberships and sites."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from asset_service.accounts import events, numbers
from asset_service.accounts.models import Membership, Municipality, Partner, PartnerKind, Project, Site
from asset_service.accounts.operations.rows import add, add_unique, clean_text, found, optional_text, require
from asset_service.accounts.roles import ADMINISTRATORS
from asset_service.accounts.scope import WHOLE_PARTNER, Access
from asset_service.core.db import db, new_id
from asset_service.core.errors import Refused
from asset_service.ledger.operations import record


def create_project(access: Access, *, name: str, call: str, period_start: date, period_end: date) -> Project:
    """A new project of ``call``, paid from ``period_start`` to ``period_end`` (both included)."""
    access.demand_admin()
    require(period_end >= period_start, "period_end", gettext("Het einde ligt voor het begin."))
    project = Project(
        id=new_id(),
        name=clean_text(name, "name", 200),
        call=clean_text(call, "call", 200),
        period_start=period_start,
        period_end=period_end,
    )
    add(project)
    record(
        events.ProjectCreated(
            subject_id=project.id, call=project.call, period_start=period_start, period_end=period_end
        ),
        access.actor,
    )
    return project


def extend_project(access: Access, project_id: UUID, *, until: date, decision: str) -> Project:
    """Move the project's end to ``until`` by ``decision`` (its reference: who decided what, when)."""
    access.demand_admin()
    project = found(Project, project_id)
    require(until > (project.extended_until or project.period_end), "until", gettext("Dit is geen verlenging."))
    project.extension_decision = clean_text(decision, "decision", 500)
    project.extended_until = until
    db.session.flush()
    event = events.ProjectExtended(subject_id=project.id, extended_until=until, decision=project.extension_decision)
    record(event, access.actor)
    return project


def add_municipality(access: Access, project_id: UUID, *, nis_code: str, name: str) -> Municipality:
    """The project also serves this municipality."""
    access.demand_admin()
    project = found(Project, project_id)
    code = numbers.nis_code(nis_code)
    known = db.session.get(Municipality, (project.id, code))
    if known is not None:
        return known
    municipality = Municipality(project_id=project.id, nis_code=code, name=clean_text(name, "name", 100))
    add(municipality)
    record(events.MunicipalityAdded(subject_id=project.id, nis_code=code), access.actor)
    return municipality


def create_partner(access: Access, *, name: str, enterprise_number: str, address: str | None = None) -> Partner:
    """A new organisation. Raises :class:`Refused` where its enterprise number is known already."""
    access.demand_admin()
    number = numbers.enterprise_number(enterprise_number)
    if db.session.scalar(select(Partner.id).where(Partner.enterprise_number == number)):
        raise Refused(gettext("Deze organisatie bestaat al."), code="partner_exists")
    partner = Partner(
        id=new_id(), name=clean_text(name, "name", 200), enterprise_number=number, address=optional_text(address, 500)
    )
    add(partner)
    record(events.PartnerCreated(subject_id=partner.id, enterprise_number=number), access.actor)
    return partner


def add_partner(
    access: Access, project_id: UUID, partner_id: UUID, *, kind: PartnerKind, since: date, until: date | None = None
) -> Membership:
    """The partner takes part in the project from ``since`` to ``until`` (included). Periods may not overlap."""
    access.demand_admin()
    project, partner = found(Project, project_id), _held_partner(partner_id)
    require(until is None or until >= since, "until", gettext("Het einde ligt voor het begin."))
    _refuse_overlap(project.id, partner.id, since, until)
    membership = Membership(
        id=new_id(), project_id=project.id, partner_id=partner.id, kind=kind, since=since, until=until
    )
    add(membership)
    event = events.PartnerJoined(subject_id=partner.id, project_id=project.id, kind=kind, since=since, until=until)
    record(event, access.actor)
    return membership


def _held_partner(partner_id: UUID) -> Partner:
    """The partner, locked until the end of the transaction: its memberships are changed one after another."""
    found(Partner, partner_id)
    return db.session.scalars(select(Partner).where(Partner.id == partner_id).with_for_update()).one()


def _refuse_overlap(
    project_id: UUID, partner_id: UUID, since: date, until: date | None, but: UUID | None = None
) -> None:
    """Raise :class:`Refused` where another membership than ``but`` holds a day of ``since`` to ``until``."""
    others = select(Membership).where(Membership.project_id == project_id, Membership.partner_id == partner_id)
    for other in db.session.scalars(others):
        if other.id == but:
            continue
        if (until is None or other.since <= until) and (other.until is None or since <= other.until):
            raise Refused(gettext("Deze partner is in die periode al lid."), code="membership_overlaps")


def end_membership(access: Access, membership_id: UUID, *, until: date) -> Membership:
    """The partner's last day in the project is ``until``; what came in up to then still counts in its totals."""
    access.demand_admin()
    membership = found(Membership, membership_id)
    require(until >= membership.since, "until", gettext("Het einde ligt voor het begin."))
    partner = _held_partner(membership.partner_id)
    _refuse_overlap(membership.project_id, partner.id, membership.since, until, but=membership.id)
    membership.until = until
    db.session.flush()
    event = events.PartnerLeft(subject_id=membership.partner_id, project_id=membership.project_id, until=until)
    record(event, access.actor)
    return membership


def create_site(access: Access, partner_id: UUID, *, name: str, address: str | None = None) -> Site:
    """One more workshop, store or desk of the partner. Names are unique per partner."""
    access.demand(ADMINISTRATORS, partner_id, WHOLE_PARTNER)
    partner = found(Partner, partner_id)
    site = Site(
        id=new_id(), partner_id=partner.id, name=clean_text(name, "name", 200), address=optional_text(address, 500)
    )
    add_unique(site, "site_exists", gettext("Deze partner heeft al een plaats met die naam."))
    record(events.SiteCreated(subject_id=site.id, partner_id=partner.id), access.actor)
    return site
