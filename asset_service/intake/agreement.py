"""Does a machine that bears a known key agree with the device in the rest? A pure rule on plain values.

Makers give whole series one UUID or one serial, and no list of such templates is ever complete. So a key alone
identifies nothing: something else must agree with it, and nothing may speak against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fact(StrEnum):
    """What a report and a device can be compared by. ``NAME`` (maker and model) can only speak against."""

    MODEL_SERIAL = "model_serial"
    UUID = "uuid"
    BOARD = "board"
    MAC = "mac"
    DISK = "disk"
    LABEL = "label"
    NAME = "name"


STRONG = frozenset({Fact.MODEL_SERIAL, Fact.UUID})
OF_THE_MACHINE = frozenset({Fact.BOARD, Fact.MAC, Fact.LABEL})
"""Facts that stay with the machine when its disk is changed, and that come from another hand than its keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """The facts that are the same and those that differ; what one of both does not know is in neither."""

    agreeing: frozenset[Fact]
    differing: frozenset[Fact]


ALL_BUT_THE_CARD = frozenset({Fact.MODEL_SERIAL, Fact.UUID, Fact.BOARD, Fact.DISK})
"""What must agree of a machine whose network card alone was changed."""


def is_the_same_machine(agreement: Agreement) -> bool:
    """Two facts agree and none differs; but the disks, or a network card, may have been changed.

    Other disks only: something must agree that stays when they go. Another card only: everything else must agree.
    """
    agreeing, differing = agreement.agreeing, agreement.differing
    if differing == {Fact.MAC}:
        return agreeing >= ALL_BUT_THE_CARD
    new_disks_only = differing <= {Fact.DISK}
    return new_disks_only and len(agreeing) >= 2 and (not differing or bool(agreeing & OF_THE_MACHINE))
