"""What a scan or typed words lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask import url_for
from flask_babel import gettext

from asset_service.accounts.access import Access
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


def resolve(access: Access, text: str) -> Found:
    """Where ``text`` leads this user."""
    scanned = devices_queries.scan(access, text)
    several = url_for("web.scan", q=text)
    if len(scanned.devices) == 1 and not scanned.components:
        device = scanned.devices[0]
        words = gettext("Gevonden: %(code)s, %(model)s", code=device.code, model=model_name(device))
        return Found(result="found", words=words, url=url_for("web.device", code=device.code))
    if scanned.devices or scanned.components:
        words = gettext("Er passen meer toestellen of schijven bij. Kies er een.")
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
