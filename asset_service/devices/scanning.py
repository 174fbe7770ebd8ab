"""What a scan of a device, a label or a loose disk leads to."""

from __future__ import annotations

from flask_babel import gettext

from asset_service.accounts.access import Access
from asset_service.devices import codes, identity, queries
from asset_service.devices.formats import model_name
from asset_service.devices.models import Device
from asset_service.devices.roles import WORKERS
from asset_service.frame.rooms import Found, address

CHOICE = "devices/scanned.html"


def names(device: Device, text: str) -> bool:
    """Is ``text`` the device's code, its serial or that of a disk in it? A word such as its model is none of these."""
    if codes.parse(text) is not None:
        return True
    serial = identity.usable_serial(text)
    if serial is None:
        return False
    disks = (one.carrier for one in queries.components(device.id) if one.carrier is not None)
    return serial == identity.usable_serial(device.serial) or any(
        (disk.identity or "").startswith(f"{serial}|") for disk in disks
    )


def resolve(access: Access, text: str) -> Found | None:
    """Where ``text`` leads this user: to a device, to a choice, or to what a blank label is for."""
    scanned = queries.scan(access, text)
    several = address("scan", q=text)
    if len(scanned.devices) == 1 and not scanned.components and names(scanned.devices[0], text):
        device = scanned.devices[0]
        words = gettext("Gevonden: %(code)s, %(model)s", code=device.code, model=model_name(device))
        return Found(result="found", words=words, url=address("device", code=device.code))
    if scanned.devices or scanned.components:
        words = gettext("Er passen meer toestellen of schijven bij. Kies er een.")
        if len(scanned.devices) == 1 and not scanned.components:
            words = gettext("Dit is geen code of serienummer. Is dit het toestel?")
        if not scanned.devices:
            words = gettext("Dit is een losse schijf: ze zit in geen enkel toestel.")
        choice: dict[str, object] = {"devices": scanned.devices, "components": scanned.components}
        return Found(result="several", words=words, url=several, template=CHOICE, choice=choice)
    if scanned.blank_code:
        words = gettext("Dit etiket is nog vrij: het hangt aan geen enkel toestel.")
        choice = {"blank_code": scanned.blank_code, "may_claim": access.has(WORKERS)}
        return Found(result="several", words=words, url=several, template=CHOICE, choice=choice)
    return None
