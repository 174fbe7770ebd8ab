"""A device's timeline: the ledger's events in plain words, with who caused them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.accounts import queries as accounts_queries
from asset_service.devices.forms import DEFECTS
from asset_service.devices.models import ComponentKind, Defect, ExposureReason
from asset_service.ledger import queries as ledger_queries
from asset_service.ledger.models import LedgerEvent
from asset_service.web.looks import COMPONENT_KINDS, DEVICE_STATES, OUTCOMES, look
from asset_service.wiping.forms import METHODS
from asset_service.wiping.models import DestructionMethod

PAGE_SIZE = 20

EXPOSURE_REASONS = {
    ExposureReason.FIRST_SEEN: lazy_gettext("voor het eerst gezien"),
    ExposureReason.FROM_OUTSIDE: lazy_gettext("kwam van buiten"),
    ExposureReason.LENT: lazy_gettext("uitgeleend"),
    ExposureReason.CORRECTED: lazy_gettext("rechtgezet"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event as read: when, what, and by whom."""

    at: datetime
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Part of a timeline, latest first; ``older`` is the cursor of what came before."""

    lines: Sequence[Line]
    older: str | None


def _received(data: Mapping[str, Any]) -> str:
    return gettext("Binnengekomen (was %(previous)s)", previous=look(DEVICE_STATES, data["previous"]).words)


def _inspected(data: Mapping[str, Any]) -> str:
    if data["reusable"]:
        return gettext("Gekeurd: herbruikbaar")
    return gettext("Gekeurd: niet herbruikbaar (%(defects)s)", defects=_defects(data["defects"]))


def _defects(names: Sequence[str]) -> str:
    return ", ".join(str(DEFECTS[Defect(name)]) for name in names)


def _component(data: Mapping[str, Any]) -> LazyString | str:
    return look(COMPONENT_KINDS, ComponentKind(data["component_kind"])).words


def _wipe_reported(data: Mapping[str, Any]) -> str:
    outcome = look(OUTCOMES, data["outcome"]).words
    if data["test"]:
        return gettext("Proef met wissen gemeld: %(outcome)s", outcome=outcome)
    return gettext("Wissing gemeld: %(outcome)s", outcome=outcome)


def _exposed(data: Mapping[str, Any]) -> str:
    reason = EXPOSURE_REASONS.get(data["reason"], data["reason"])
    return gettext("Op een schijf kunnen gegevens staan: %(reason)s", reason=reason)


WORDS: dict[str, LazyString | Callable[[Mapping[str, Any]], Any]] = {
    "CodeClaimed": lambda data: gettext("Kreeg etiket %(code)s (was %(previous)s)", **_only(data, "code", "previous")),
    "DeviceAnnounced": lazy_gettext("Aangekondigd"),
    "DeviceRegistered": lambda data: gettext("Voor het eerst gezien, kreeg code %(code)s", **_only(data, "code")),
    "DeviceReceived": _received,
    "DeviceInspected": _inspected,
    "DeviceFellBack": lazy_gettext("Teruggezet naar gekeurd: op een schijf kunnen gegevens staan"),
    "DeviceMoved": lazy_gettext("Verhuisd"),
    "DeviceCorrected": lazy_gettext("Gegevens van het toestel rechtgezet"),
    "IdentityShared": lazy_gettext("Een ander toestel draagt hetzelfde nummer: het herkent dit toestel niet meer"),
    "NoCarrierConfirmed": lazy_gettext("Iemand keek na: er zit geen schijf in"),
    "PartsSeen": lambda data: gettext(
        "Onderdelen bekeken: %(new)s nieuw, %(gone)s weg", new=len(data["installed"]), gone=len(data["removed"])
    ),
    "ComponentInstalled": lambda data: gettext("Ingebouwd: %(part)s", part=_component(data)),
    "ComponentRemoved": lambda data: gettext("Uitgebouwd: %(part)s", part=_component(data)),
    "CarrierExposed": _exposed,
    "CarrierCleared": lazy_gettext("Een schijf is bewezen gewist"),
    "ReportReceived": lazy_gettext("Verslag van een station ontvangen"),
    "ReportResolved": lazy_gettext("Een persoon wees dit toestel aan voor een verslag"),
    "WipeReported": _wipe_reported,
    "WipeConfirmed": lazy_gettext("Een persoon bevestigde een wissing"),
    "AttestIssued": lazy_gettext("Wisattest uitgegeven"),
    "DestructionDemanded": lazy_gettext("Een schijf moet vernietigd worden"),
    "DestructionWithdrawn": lazy_gettext("Vernietigen is niet meer nodig: de schijf is toch gewist"),
    "DestructionDone": lambda data: gettext(
        "Een schijf is vernietigd: %(method)s", method=METHODS[DestructionMethod(data["method"])]
    ),
    "CarrierDestroyed": lazy_gettext("Op een schijf kunnen geen gegevens meer staan: ze is vernietigd"),
}


def _only(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}


def words_of(event: LedgerEvent) -> str:
    """The event in words; one that has none yet is named as the ledger names it, never left out."""
    words = WORDS.get(event.kind, event.kind)
    return str(words(ledger_queries.data_of(event)) if callable(words) else words)


def of_device(device_id: UUID, after: str | None = None) -> Timeline:
    """The device's events, latest first."""
    page = ledger_queries.timeline(device_id, after, PAGE_SIZE)
    names = accounts_queries.actor_names({(event.actor_kind, event.actor_id) for event in page.items})
    lines = [Line(event.recorded_at, words_of(event), _by(event, names)) for event in page.items]
    return Timeline(lines, page.next_cursor)


def _by(event: LedgerEvent, names: Mapping[UUID, str]) -> str:
    name = names.get(event.actor_id) if event.actor_id else None
    if event.actor_kind == "station":
        return gettext("station %(name)s", name=name or "?")
    return name or gettext("de dienst zelf")
