"""The events of this room in plain words, as a timeline tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.devices import events
from asset_service.devices.forms import DEFECTS
from asset_service.devices.models import ComponentKind, Defect
from asset_service.devices.words import COMPONENT_KINDS, DEVICE_STATES, EXPOSURE_REASONS
from asset_service.frame.looks import look
from asset_service.frame.rooms import EventWords


def _claimed(data: Mapping[str, Any]) -> str:
    return gettext("Kreeg etiket %(code)s (was %(previous)s)", code=data["code"], previous=data["previous"])


def _registered(data: Mapping[str, Any]) -> str:
    return gettext("Voor het eerst gezien, kreeg code %(code)s", code=data["code"])


def _received(data: Mapping[str, Any]) -> str:
    return gettext("Binnengekomen (was %(previous)s)", previous=look(DEVICE_STATES, data["previous"]).words)


def _inspected(data: Mapping[str, Any]) -> str:
    if data["reusable"]:
        return gettext("Gekeurd: herbruikbaar")
    return gettext("Gekeurd: niet herbruikbaar (%(defects)s)", defects=_defects(data["defects"]))


def _defects(names: Sequence[str]) -> str:
    return ", ".join(str(DEFECTS[Defect(name)]) for name in names)


def _parts_seen(data: Mapping[str, Any]) -> str:
    new, gone = len(data["installed"]), len(data["removed"])
    return gettext("Onderdelen bekeken: %(new)s nieuw, %(gone)s weg", new=new, gone=gone)


def _installed(data: Mapping[str, Any]) -> str:
    return gettext("Ingebouwd: %(part)s", part=_component(data))


def _removed(data: Mapping[str, Any]) -> str:
    return gettext("Uitgebouwd: %(part)s", part=_component(data))


def _component(data: Mapping[str, Any]) -> LazyString | str:
    return look(COMPONENT_KINDS, ComponentKind(data["component_kind"])).words


def _exposed(data: Mapping[str, Any]) -> str:
    reason = EXPOSURE_REASONS.get(data["reason"], data["reason"])
    return gettext("Op een schijf kunnen gegevens staan: %(reason)s", reason=reason)


EVENT_WORDS: dict[type, EventWords] = {
    events.CodesPrinted: lambda data: gettext("%(count)s etiketten gedrukt", count=len(data["codes"])),
    events.CodeClaimed: _claimed,
    events.DeviceAnnounced: lazy_gettext("Aangekondigd"),
    events.DeviceRegistered: _registered,
    events.DeviceReceived: _received,
    events.DeviceInspected: _inspected,
    events.DeviceFellBack: lazy_gettext("Teruggezet naar gekeurd: op een schijf kunnen gegevens staan"),
    events.DeviceMoved: lazy_gettext("Verhuisd"),
    events.DeviceCorrected: lazy_gettext("Gegevens van het toestel rechtgezet"),
    events.IdentityShared: lazy_gettext("Een ander toestel draagt hetzelfde nummer: het herkent dit toestel niet meer"),
    events.NoCarrierConfirmed: lazy_gettext("Iemand keek na: er zit geen schijf in"),
    events.PartsSeen: _parts_seen,
    events.ComponentInstalled: _installed,
    events.ComponentRemoved: _removed,
    events.CarrierExposed: _exposed,
    events.CarrierCleared: lazy_gettext("Een schijf is bewezen gewist"),
    events.CarrierDestroyed: lazy_gettext("Op een schijf kunnen geen gegevens meer staan: ze is vernietigd"),
}
