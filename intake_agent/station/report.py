"""Machine, verdicts and wipes into one wipe report, in the words and bounds that the wire document allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from intake_agent.machine import Disk, Machine, Smart
from intake_agent.station.report_parts import carrier, device, parts, smart_facts
from wipe_reports import document, schema, signing
from wipe_reports.document import HiddenAreas, WipeReport
from wipe_reports.fitting import fitted

_MOST_CARRIERS = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class WipedDisk:
    """What was done to one disk, with what was learned of its hidden areas and what it said of itself afterwards.

    ``overrides`` are the judgements that a person set aside before it.
    """

    disk: Disk
    wipe: document.Wipe
    hidden_areas: HiddenAreas
    smart_after: Smart | None = None
    overrides: tuple[document.Override, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Signatory:
    """Who answers for a report: the station's name and key, the operator, and the device's code on its label."""

    station: str
    key: signing.Key
    operator: str
    position: str | None = None
    unattended_by: tuple[str, ...] = ()
    code: str | None = None


def build(
    machine: Machine,
    wiped: Mapping[str, WipedDisk],
    signatory: Signatory,
    *,
    report_id: str,
    created_at: datetime,
    test: bool,
    clock: document.ClockCheck | None = None,
) -> WipeReport:
    """The report on ``machine``. ``wiped`` goes by disk name; a scratch carrier that is no disk of it comes last.

    What the machine says of itself is made to fit; what was done to its disks stands as it is.
    """
    own = {disk.name for disk in machine.disks}
    scratch = [one for name, one in wiped.items() if name not in own]
    carriers = _each_once([_carrier(disk, wiped.get(disk.name)) for disk in machine.disks])
    whole = WipeReport(
        report_id=report_id,
        created_at=created_at,
        test=test,
        station=signatory.station or "station",
        operator=document.Operator(
            name=signatory.operator, position=signatory.position or None, unattended_by=signatory.unattended_by
        ),
        agent=document.Agent(version=version("herstart"), tools=machine.tools),
        device=device(machine, signatory.code),
        **parts(machine),
        carriers=_wiped_first([*carriers, *(_carrier(one.disk, one) for one in scratch)]),
        clock=clock,
    )
    return fitted(whole, untouched=frozenset({"carriers"}))


def _wiped_first(carriers: list[document.Carrier]) -> tuple[document.Carrier, ...]:
    """As many as a report holds; of more than that, those that were wiped stay."""
    if len(carriers) > _MOST_CARRIERS:
        carriers = sorted(carriers, key=lambda carrier: carrier.wipe is None)
    return tuple(carriers[:_MOST_CARRIERS])


def _each_once(carriers: list[document.Carrier]) -> list[document.Carrier]:
    """A serial number that two disks of one model share tells neither apart, and is left out of what is not wiped.

    Such disks are never wiped, and a report that named one disk twice would be refused with all that it proves.
    """
    seen = Counter((carrier.model, carrier.serial) for carrier in carriers)
    return [
        replace(carrier, serial=None) if carrier.wipe is None and seen[carrier.model, carrier.serial] > 1 else carrier
        for carrier in carriers
    ]


def signed(report: WipeReport, key: signing.Key) -> str:
    """The report as a compact JWS. Raises :class:`wipe_reports.schema.ReportInvalid` for what no reader would take."""
    return signing.sign(schema.to_bytes(report), key, document.MEDIA_TYPE)


def device_identity(machine: Machine, code: str | None) -> dict[str, str | None]:
    """The device as a wipe job names it."""
    named = device(machine, code)
    return {name: getattr(named, name) for name in document.Device.__dataclass_fields__}


def _carrier(disk: Disk, wiped: WipedDisk | None) -> document.Carrier:
    if wiped is None:
        return carrier(disk)
    return replace(
        carrier(replace(disk, hidden_areas=wiped.hidden_areas)),
        smart_after=smart_facts(wiped.smart_after),
        wipe=_wipe(wiped),
    )


def _wipe(wiped: WipedDisk) -> document.Wipe:
    return replace(wiped.wipe, overrides=tuple(fitted(one) for one in wiped.overrides))
