"""A partner's own minimum for donated devices: what its stations judge by, in versions that are all kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from asset_service.accounts.access import WHOLE_PARTNER, Access
from asset_service.accounts.models import Partner
from asset_service.core.db import db, utc_now
from asset_service.core.errors import FieldError, Forbidden, Invalid, NotFound, Refused
from asset_service.core.texts import is_readable
from asset_service.devices.models import DeviceKind
from asset_service.ledger.operations import record
from asset_service.minimum import events
from asset_service.minimum.models import MinimumPolicy
from asset_service.minimum.roles import POLICY_MAKERS
from wipe_reports.messages import ProcessorRule

RULED_KINDS = (DeviceKind.LAPTOP, DeviceKind.DESKTOP, DeviceKind.ALL_IN_ONE, DeviceKind.TABLET, DeviceKind.SERVER)
"""The kinds of device that a rule can be made for: those that an agent tells apart and that are lent."""

OF_THE_CALL: Mapping[str, Mapping[str, Any]] = {
    kind.value: {"memory_mib": 4096, "processor": ProcessorRule.CORE_I3.value}
    for kind in (DeviceKind.LAPTOP, DeviceKind.DESKTOP, DeviceKind.ALL_IN_ONE)
}
"""What the call advises (Core i3, 4 GB), to begin a policy of one's own from; agents know it by themselves."""

VERSIONS_SHOWN = 20
SMALLEST_MEMORY_MIB = 512
LARGEST_MEMORY_MIB = 1024 * 1024
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class KindRule:
    """The minimum for one kind of device; ``memory_mib`` is what must be installed."""

    memory_mib: int
    processor: ProcessorRule


def set_minimum_policy(
    access: Access, partner_id: UUID, *, name: str, kinds: Mapping[DeviceKind, KindRule], present_version: int
) -> MinimumPolicy:
    """Make a new version of the partner's minimum; of a kind without a rule a person decides.

    ``present_version`` is the one that the user saw (0: none). Raises :class:`Refused` where somebody else made
    another one meanwhile, :class:`Invalid` for a name or bound that cannot be.
    """
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= NAME_LENGTH or not is_readable(cleaned):
        message = gettext("Geef een naam van 1 tot %(most)s tekens.", most=NAME_LENGTH)
        raise Invalid(message, errors=[FieldError("name", message)])
    for kind, rule in kinds.items():
        _check(kind, rule)
    rules = {
        kind.value: {"memory_mib": rule.memory_mib, "processor": rule.processor.value} for kind, rule in kinds.items()
    }
    return _add(access, partner_id, present_version, name=cleaned, kinds=rules)


def withdraw_minimum_policy(access: Access, partner_id: UUID, *, present_version: int) -> MinimumPolicy:
    """The call's own minimum holds for the partner again. Raises :class:`Refused` where it holds already."""
    known = policy_in_force(partner_id)
    if known is None:
        raise Refused(gettext("Er is geen eigen minimum om in te trekken."), code="no_policy")
    return _add(access, partner_id, present_version, name=known.name, kinds={}, withdrawn=True)


def policy_in_force(partner_id: UUID) -> MinimumPolicy | None:
    """The partner's own minimum, ``None`` where it has none. Served by the primary key."""
    latest = _latest(partner_id)
    return None if latest is None or latest.withdrawn else latest


def latest_version(partner_id: UUID) -> int:
    """The number of the partner's latest version, withdrawn or not; 0 where there never was one."""
    latest = _latest(partner_id)
    return latest.version if latest is not None else 0


def may_set(access: Access, partner_id: UUID) -> bool:
    """May this user set the partner's minimum? It holds at all of its sites: who works at one only reads it."""
    return access.may(POLICY_MAKERS, partner_id, WHOLE_PARTNER)


def demand_may_set(access: Access, partner_id: UUID) -> None:
    """Raises :class:`Forbidden` where the user may not set the partner's minimum."""
    access.demand(POLICY_MAKERS, partner_id, WHOLE_PARTNER)


def versions(access: Access, partner_id: UUID) -> Sequence[MinimumPolicy]:
    """The partner's versions, latest first, at most :data:`VERSIONS_SHOWN`. Served by the primary key."""
    if not access.may_somewhere(POLICY_MAKERS, partner_id):
        raise Forbidden(gettext("Je rol laat dit bij deze partner niet toe."))
    statement = select(MinimumPolicy).where(MinimumPolicy.partner_id == partner_id)
    return db.session.scalars(statement.order_by(MinimumPolicy.version.desc()).limit(VERSIONS_SHOWN)).all()


def _check(kind: DeviceKind, rule: KindRule) -> None:
    if kind not in RULED_KINDS:
        message = gettext("Voor dit soort toestel kan geen minimum gelden.")
        raise Invalid(message, errors=[FieldError("kinds", message)])
    if not SMALLEST_MEMORY_MIB <= rule.memory_mib <= LARGEST_MEMORY_MIB:
        message = gettext("Kies 0,5 tot 1.024 GB geheugen.")
        raise Invalid(message, errors=[FieldError(f"{kind.name.lower()}_memory_gb", message)])


def _add(access: Access, partner_id: UUID, present_version: int, **columns: Any) -> MinimumPolicy:
    demand_may_set(access, partner_id)
    # One after another: two admins who save at once each get a version, and the second sees that.
    partner = db.session.scalars(select(Partner).where(Partner.id == partner_id).with_for_update()).one_or_none()
    if partner is None:
        raise NotFound(gettext("Deze organisatie is er niet."))
    version = latest_version(partner_id)
    if version != present_version:
        message = gettext("Iemand anders heeft het minimum intussen gewijzigd. Kijk het eerst na.")
        raise Refused(message, code="policy_changed")
    made = MinimumPolicy(
        partner_id=partner_id, version=version + 1, made_at=utc_now(), made_by=access.user_id, **columns
    )
    db.session.add(made)
    db.session.flush()
    changed = events.MinimumPolicyChanged(
        subject_id=partner_id, version=made.version, kinds=sorted(made.kinds), withdrawn=bool(made.withdrawn)
    )
    record(changed, access.actor)
    return made


def _latest(partner_id: UUID) -> MinimumPolicy | None:
    statement = select(MinimumPolicy).where(MinimumPolicy.partner_id == partner_id)
    return db.session.scalars(statement.order_by(MinimumPolicy.version.desc()).limit(1)).one_or_none()
