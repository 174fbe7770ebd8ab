"""The table of steps that a device may take, and the gates that guard them.

A gate in the table is a name. The room that can decide it registers a function for it in ``create_app``;
:meth:`Gates.check_complete` stops the start where a name has none. A later room adds its rows to :data:`STEPS`
(with a state from :class:`~asset_service.devices.models.State`) and registers the gates that they name; nothing
else changes. *ready*, *lend* and *hand off* stand here once the rooms that know their gates do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    Step(Action.FALL_BACK, frozenset({S.READY, S.RESERVED}), S.INSPECTED, gates=("data_not_clean",), by_person=False),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate is closed: its name, and words for the user (lazily translated)."""

    gate: str
    message: Any


@dataclass(frozen=True, slots=True)
class Choice:
    """An action that the device's kind and state know, and why it is blocked; no reasons: it may be taken."""

    action: Action
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """May it be taken now?"""
        return not self.reasons


Gate = Callable[[Device], Sequence[Any]]
"""Messages (lazily translated) of why the gate is closed for the device; none means open."""


class GateMissingError(RuntimeError):
    """The table names a gate that no room decides: the service does not start."""


class Gates:
    """The functions behind the table's names. One set for each app."""

    def __init__(self, steps: Iterable[Step] = STEPS) -> None:
        self._steps = tuple(steps)
        self._functions: dict[str, Gate] = {}

    def register(self, name: str, function: Gate) -> None:
        """Let ``function`` decide the gate ``name``. A second function for a name is a mistake: ValueError."""
        if self._functions.get(name, function) is not function:
            raise ValueError(f"two functions for the gate {name}")
        self._functions[name] = function

    def check_complete(self) -> None:
        """Raise :class:`GateMissingError` where a gate of the table has no function."""
        missing = {name for step in self._steps for name in step.gates} - self._functions.keys()
        if missing:
            raise GateMissingError(f"no function for the gates: {', '.join(sorted(missing))}")

    def step(self, device: Device, action: Action) -> Step | None:
        """The row for ``action`` from where ``device`` is now, if the table has one."""
        for step in self._steps:
            known_kind = step.kinds is None or device.kind in step.kinds
            if step.action is action and known_kind and device.state in step.from_states:
                return step
        return None

    def reasons(self, device: Device, step: Step) -> tuple[Reason, ...]:
        """Every reason why ``step`` is blocked for ``device``."""
        return tuple(Reason(name, words) for name in step.gates for words in self._functions[name](device))

    def choices(self, device: Device) -> list[Choice]:
        """What a person may do with ``device`` next, and what blocks the rest, in the order of the table."""
        rows = ((step, self.step(device, step.action)) for step in self._steps if step.by_person)
        return [Choice(step.action, self.reasons(device, step)) for step, found in rows if step is found]

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
