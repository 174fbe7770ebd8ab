"""The deliberate second thing: who decides about a disk's data types the end of what stands on the disk in their hand.

A button can be pressed by a slip of the finger, and by a scanner, which types a code and then Enter. What one must read
from the disk cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from asset_service.core.errors import FieldError, Invalid
from asset_service.devices import identity
from asset_service.devices.models import Component

FIELD = "typed"
LENGTH = 4


@dataclass(frozen=True, slots=True)
class TypedProof:
    """What to type: the end of ``whole``, which holds letters and digits only. ``words`` ask for it."""

    whole: str
    words: str


def proof_of(disk: Component) -> TypedProof:
    """What is asked of who has this disk in hand: its serial, else its device's code, else its size."""
    serial = identity.serial_key(disk.serial)
    if serial is not None:
        if len(serial) <= LENGTH:
            return TypedProof(serial, gettext("Typ het serienummer van de schijf."))
        return TypedProof(serial, gettext("Typ de laatste vier tekens van het serienummer op de schijf."))
    if disk.device is not None:
        code = identity.serial_key(disk.device.code) or ""
        return TypedProof(
            code, gettext("Deze schijf heeft geen serienummer. Typ de laatste vier tekens van het etiket.")
        )
    size = str(disk.carrier.size_bytes if disk.carrier is not None else 0)
    return TypedProof(size, gettext("Deze schijf heeft geen serienummer. Typ haar grootte in bytes, zonder punten."))


def check(disk: Component, typed: str) -> None:
    """Raise :class:`Invalid` unless ``typed`` is the end of what is asked, or all of it."""
    wanted, given = proof_of(disk), identity.serial_key(typed) or ""
    enough = len(given) >= min(LENGTH, len(wanted.whole))
    if not enough or not wanted.whole.endswith(given):
        message = gettext("Dat past niet bij deze schijf. Lees het na op de schijf zelf. %(asked)s", asked=wanted.words)
        raise Invalid(message, code="not_in_hand", errors=[FieldError(FIELD, message)])
