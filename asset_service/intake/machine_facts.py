"""What a report says of a machine beside its disks, in words: screen, network, firmware and its locks, age, tests.

An adapter's address (MAC) is shown only where it is asked for: it belongs on no page for strangers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, format_date, format_decimal, gettext, lazy_gettext

from asset_service.core.i18n import language
from asset_service.frame.formats import capitalize_first
from asset_service.frame.looks import look, wire_looks
from wipe_reports import wipe_phrases
from wipe_reports.codes import PartTestKind, YearBasis
from wipe_reports.document import (
    Display,
    Firmware,
    NetworkInterface,
    NetworkKind,
    PartTest,
    StorageController,
    WeightClass,
    WipeReport,
)
from wipe_reports.reasons import FirmwareLock, PartTestFinding
from wipe_reports.words import of_reasons

NETWORK_KINDS = wire_looks(NetworkKind)
LOCKS = wire_looks(FirmwareLock)
WEIGHTS = wire_looks(WeightClass)
YEAR_BASES = wire_looks(YearBasis)
TEST_KINDS = wire_looks(PartTestKind)


@dataclass(frozen=True, slots=True)
class Fact:
    """One label with one or more lines. ``warns``: what may stop the next owner."""

    label: LazyString | str
    lines: list[str]
    warns: bool = False


def machine_facts(report: WipeReport, macs: bool = False) -> list[Fact]:
    """Everything that is known; what is not known takes no line. ``macs``: also the addresses of the adapters."""
    facts = (
        Fact(lazy_gettext("Scherm"), [_display(one) for one in report.displays]),
        Fact(lazy_gettext("Grafische kaart"), list(report.graphics or ())),
        Fact(lazy_gettext("Netwerk"), _network(report.network or (), macs)),
        Fact(lazy_gettext("Camera"), _cameras(report.cameras)),
        Fact(lazy_gettext("Aansluitingen"), _ports(report)),
        Fact("BIOS", _bios(report.firmware)),
        Fact(
            lazy_gettext("Let op"),
            [capitalize_first(look(LOCKS, key).words) for key in report.firmware.locks],
            warns=True,
        ),
        Fact(lazy_gettext("Schijfcontroller"), [_controller(one) for one in report.storage or ()]),
        Fact(lazy_gettext("TPM"), _tpm(report.firmware)),
        Fact(lazy_gettext("Windows-licentie"), _licence(report.firmware.has_windows_licence)),
        Fact(lazy_gettext("Bouwjaar"), _year(report)),
        Fact(lazy_gettext("Gewicht"), _weight(report)),
        Fact(lazy_gettext("Tests"), [_test(one) for one in report.tests]),
        Fact(lazy_gettext("Gekeurd volgens"), [report.minimum.policy] if report.minimum.policy else []),
        Fact(lazy_gettext("Klok van het toestel"), _clock(report)),
    )
    return [fact for fact in facts if fact.lines]


def _display(display: Display) -> str:
    inches = display.diagonal_tenths_inch
    pixels = f"{display.width_px} × {display.height_px}" if display.width_px and display.height_px else None
    parts = (
        gettext("%(inches)s inch", inches=format_decimal(inches / 10, "0.#")) if inches else None,
        pixels,
        " ".join(part for part in (display.manufacturer, display.model) if part),
        str(display.year) if display.year else None,
    )
    return ", ".join(part for part in parts if part) or display.connector


def _network(interfaces: tuple[NetworkInterface, ...], macs: bool) -> list[str]:
    lines = []
    for one in interfaces:
        words = capitalize_first(look(NETWORK_KINDS, one.kind.value).words)
        lines.append(" · ".join(part for part in (words, one.model, one.mac if macs else None) if part))
    return lines


def _cameras(cameras: tuple[str, ...] | None) -> list[str]:
    return [gettext("geen gezien")] if cameras == () else list(cameras or ())


def _ports(report: WipeReport) -> list[str]:
    words = ", ".join(f"{one.count} × {one.kind}" for one in report.ports)
    return [words] if words else []


def _day(written: str | None) -> str | None:
    """An ISO 8601 date as people write it; what no calendar has, as it stands."""
    try:
        return format_date(date.fromisoformat(written), "d MMM y") if written else None
    except (OverflowError, ValueError):
        return written


def _bios(firmware: Firmware) -> list[str]:
    parts = (
        firmware.vendor,
        firmware.bios_version,
        _day(firmware.bios_date),
        {True: "UEFI", False: gettext("oude stijl (geen UEFI)"), None: None}[firmware.is_uefi],
        {True: gettext("Secure Boot aan"), False: gettext("Secure Boot uit"), None: None}[firmware.has_secure_boot],
    )
    words = ", ".join(part for part in parts if part)
    return [words] if words else []


def _controller(controller: StorageController) -> str:
    """Its name, with what stands behind it; a controller without a driver may hide a disk."""
    if controller.driver is None:
        behind = gettext("geen stuurprogramma: wat erachter zit, is niet te zien")
    elif controller.disks is None:
        behind = gettext("niet geweten welke schijf erachter zit")
    else:
        behind = ", ".join(controller.disks) or gettext("geen schijf gezien")
    return f"{controller.name or controller.kind}: {behind}"


def _tpm(firmware: Firmware) -> list[str]:
    if firmware.has_tpm is None:
        return []
    return [firmware.tpm_version or gettext("aanwezig")] if firmware.has_tpm else [gettext("geen")]


def _licence(present: bool | None) -> list[str]:
    return [] if present is None else [gettext("aanwezig") if present else gettext("niet gezien")]


def _year(report: WipeReport) -> list[str]:
    year, basis = report.estimate.year, report.estimate.year_basis
    if year is None:
        return []
    said = gettext("omstreeks %(year)s", year=year)
    return [f"{said} ({look(YEAR_BASES, basis).words})" if basis else said]


def _weight(report: WipeReport) -> list[str]:
    heavy = report.estimate.weight_class
    return [gettext("%(weight)s (geschat)", weight=look(WEIGHTS, heavy.value).words)] if heavy else []


def _test(test: PartTest) -> str:
    result = {True: gettext("geslaagd"), False: gettext("niet geslaagd"), None: gettext("afgebroken")}[test.passed]
    kind = capitalize_first(look(TEST_KINDS, test.kind).words)
    subject = f" ({test.subject})" if test.subject else ""
    warm = gettext("hoogstens %(degrees)s °C", degrees=test.peak_celsius) if test.peak_celsius is not None else None
    found = of_reasons(test.findings, PartTestFinding, language())
    return ", ".join(part for part in (f"{kind}{subject}: {result}", warm, found) if part)


def _clock(report: WipeReport) -> list[str]:
    said = wipe_phrases.clock(report.clock, language())
    return [capitalize_first(said)] if said else []
