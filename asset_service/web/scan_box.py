"""What a scan or typed words lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask import url_for
from flask_babel import gettext

from asset_service.accounts.access import Access
from asset_service.devices import codes, identity
from asset_service.devices import queries as devices_queries
from asset_service.devices.models import Component, Device
from asset_service.devices.operations import WORKERS
from asset_service.web.formats import model_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The answer to a scan: in one word, in a sentence, and as an address to go on to.

    ``devices`` and ``components`` hold the choice where several fit; ``blank_code`` is that of an unused label.
    """

    result: Literal["found", "several", "unknown"]
    words: str
    url: str
    devices: Sequence[Device] = ()
    components: Sequence[Component] = ()
    blank_code: str | None = None
    may_claim: bool = False


def names(device: Device, text: str) -> bool:
    """Is ``text`` the device's code, its serial or that of a disk in it? A word such as its model is none of these."""
    if codes.parse(text) is not None:
        return True
    serial = identity.usable_serial(text)
    if serial is None:
        return False
    disks = (one.carrier for one in devices_queries.components(device.id) if one.carrier is not None)
    return serial == identity.usable_serial(device.serial) or any(
        (disk.identity or "").startswith(f"{serial}|") for disk in disks
    )


def resolve(access: Access, text: str) -> Found:
    """Where ``text`` leads this user."""
    if not text.strip():
        return Found(result="unknown", words=gettext("Scan of typ eerst iets."), url=url_for("web.scan"))
    scanned = devices_queries.scan(access, text)
    several = url_for("web.scan", q=text)
    if len(scanned.devices) == 1 and not scanned.components and names(scanned.devices[0], text):
        device = scanned.devices[0]
        words = gettext("Gevonden: %(code)s, %(model)s", code=device.code, model=model_name(device))
        return Found(result="found", words=words, url=url_for("web.device", code=device.code))
    if scanned.devices or scanned.components:
        words = gettext("Er passen meer toestellen of schijven bij. Kies er een.")
        if len(scanned.devices) == 1 and not scanned.components:
            words = gettext("Dit is geen code of serienummer. Is dit het toestel?")
        if not scanned.devices:
            words = gettext("Dit is een losse schijf: ze zit in geen enkel toestel.")
        return Found(result="several", words=words, url=several, devices=scanned.devices, components=scanned.components)
    if scanned.blank_code:
        return Found(
            result="several",
            words=gettext("Dit etiket is nog vrij: het hangt aan geen enkel toestel."),
            url=several,
            blank_code=scanned.blank_code,
            may_claim=access.has(WORKERS),
        )
    return Found(result="unknown", words=gettext("Niet gevonden."), url=several)
