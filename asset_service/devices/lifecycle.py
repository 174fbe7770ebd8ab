"""The table of steps that a device may take, and the gates that guard them.

A gate in the table is a name. The room that can decide it declares the SQL condition under which it is closed, with
its words (``room.py``); :meth:`Gates.check_complete` stops the start where a name has none. One rule so serves the one
device that is about to take a step, and a whole site's devices grouped by what keeps them. A later room adds its rows
to :data:`STEPS` (with a state from :class:`~asset_service.devices.models.State`); nothing else changes. *ready*, *lend*
and *hand off* stand here once the rooms that know their gates do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from asset_service.core.db import db
from asset_service.core.errors import FieldError, Refused
from asset_service.devices.models import Device, DeviceKind, State

S = State


class Action(StrEnum):
    """What can be done with a device, as far as the house has rooms for it now."""

    RECEIVE = "receive"
    INSPECT = "inspect"
    CONFIRM_NO_CARRIER = "confirm_no_carrier"
    FALL_BACK = "fall_back"


@dataclass(frozen=True, slots=True)
class Step:
    """One row. ``to`` is ``None`` where the state stays. ``kinds`` is ``None`` for every kind of device.

    ``gates`` are named for what must hold (``no_carrier_installed``); a :class:`Blocker` says when it does not.

    ``by_person`` is false for what only the house itself does; the screens do not offer it.
    """

    action: Action
    from_states: frozenset[State]
    to: State | None
    gates: tuple[str, ...] = ()
    kinds: frozenset[DeviceKind] | None = None
    by_person: bool = True


IN_HOUSE = frozenset({S.RECEIVED, S.INSPECTED, S.IN_REPAIR, S.READY, S.RESERVED, S.RETURNED})
OUTSIDE = frozenset({S.MISSING, S.HANDED_OFF, S.TRANSFERRED})
"""A carrier of such a device that turns up at a station has been in other hands."""

STEPS: tuple[Step, ...] = (
    Step(Action.RECEIVE, frozenset({S.ANNOUNCED, S.MISSING}), S.RECEIVED),
    Step(Action.INSPECT, frozenset({S.RECEIVED, S.RETURNED, S.INSPECTED}), S.INSPECTED),
    Step(Action.CONFIRM_NO_CARRIER, IN_HOUSE, None, gates=("no_carrier_installed",)),
    Step(Action.FALL_BACK, frozenset({S.READY, S.RESERVED}), S.INSPECTED, by_person=False),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate is closed: its name, and words for the user (lazily translated)."""

    gate: str
    message: Any


@dataclass(frozen=True, slots=True)
class StepOption:
    """An action that the device's kind and state know, and why it is blocked; no reasons: it may be taken."""

    action: Action
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """May it be taken now?"""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Blocker:
    """When a gate is closed: a condition on :class:`Device`, and words for the user (lazily translated)."""

    condition: ColumnElement[bool]
    words: Any


Gate = Sequence[Blocker]
"""A gate is open for the devices of which none of its conditions holds."""


class GateMissingError(RuntimeError):
    """The table names a gate that no room decides: the service does not start."""


class Gates:
    """The conditions behind the table's names. One set for each app."""

    def __init__(self, gates: Mapping[str, Gate], steps: Iterable[Step]) -> None:
        self._steps = tuple(steps)
        self._gates = dict(gates)

    def check_complete(self) -> None:
        """Raise :class:`GateMissingError` where a gate of the table has no condition."""
        missing = {name for step in self._steps for name in step.gates} - self._gates.keys()
        if missing:
            raise GateMissingError(f"nothing decides the gates: {', '.join(sorted(missing))}")

    def step(self, device: Device, action: Action) -> Step | None:
        """The row for ``action`` from where ``device`` is now, if the table has one."""
        for step in self._steps:
            known_kind = step.kinds is None or device.kind in step.kinds
            if step.action is action and known_kind and device.state in step.from_states:
                return step
        return None

    def closed(self, names: Collection[str], devices: ColumnElement[bool]) -> Mapping[UUID, Sequence[Reason]]:
        """For each device that ``devices`` selects, why which of these gates are closed for it, in one query."""
        parts = [(name, part) for name in dict.fromkeys(names) for part in self._gates[name]]
        found: dict[UUID, list[Reason]] = defaultdict(list)
        if parts:
            asked = select(Device.id, *(part.condition for _, part in parts)).where(devices)
            for device_id, *holds in db.session.execute(asked):
                pairs = zip(parts, holds, strict=True)
                found[device_id] = [Reason(name, part.words) for (name, part), closed in pairs if closed]
        return found

    def reasons(self, device: Device, step: Step) -> tuple[Reason, ...]:
        """Every reason why ``step`` is blocked for ``device``."""
        return tuple(self.closed(step.gates, Device.id == device.id).get(device.id, ()))

    def step_options(self, device: Device) -> list[StepOption]:
        """What a person may do with ``device`` next, and what blocks the rest, in the order of the table."""
        steps = [step for step in self._steps if step.by_person and self.step(device, step.action) is step]
        names = [name for step in steps for name in step.gates]
        reasons = self.closed(names, Device.id == device.id).get(device.id, ())
        return [StepOption(step.action, tuple(one for one in reasons if one.gate in step.gates)) for step in steps]

    def take(self, device: Device, action: Action, wrong_state: Any) -> None:
        """Move ``device`` by ``action``. Raises :class:`Refused`: with every reason, or ``wrong_state``."""
        step = self.step(device, action)
        if step is None:
            raise Refused(wrong_state, code="wrong_state", errors=[FieldError("state", str(wrong_state))])
        if reasons := self.reasons(device, step):
            errors = [FieldError(reason.gate, str(reason.message)) for reason in reasons]
            raise Refused(errors[0].message, errors=errors)
        if step.to is not None:
            device.state = step.to
