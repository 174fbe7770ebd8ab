"""The smaller parts of a machine in plain words, few words a part: what is not there or not known takes no line."""

from __future__ import annotations

from collections.abc import Iterator

from intake_agent.console import lock_words
from intake_agent.language import decimal, gettext, gettext_noop, language
from intake_agent.machine import Display, Machine, NetworkInterface, Port, YearBasis
from wipe_reports import words as wire_words

NAME_COLUMNS = 12
"""What the names of facts take at the left of a line."""
_PORT_WORDS = {
    "Audio": gettext_noop("audio"),
    "Card reader": gettext_noop("kaartlezer"),
    "Parallel": gettext_noop("parallel"),
    "Serial": gettext_noop("serieel"),
}


def fact_line(name: str, words: str) -> str:
    """One fact on one line, behind its name."""
    return f"{name:<{NAME_COLUMNS}}{words}"


def part_lines(machine: Machine) -> Iterator[str]:
    """Screens, graphics, network, camera, ports, firmware, age and weight, a line or two each."""
    for display in machine.displays:
        yield fact_line(gettext("Scherm"), _display_words(display))
    if machine.graphics:
        yield fact_line(gettext("Beeld"), ", ".join(machine.graphics))
    for interface in machine.network or ():
        yield fact_line(gettext("Netwerk"), _network_words(interface))
    if machine.cameras:
        yield fact_line(gettext("Camera"), ", ".join(machine.cameras))
    if machine.ports:
        yield fact_line(gettext("Poorten"), ", ".join(_port_words(port) for port in machine.ports))
    if words := _firmware_words(machine):
        yield fact_line("BIOS", words)
    for lock in machine.firmware.locks:
        yield fact_line(gettext("LET OP"), lock_words.in_words(lock, language()))
    if words := _estimate_words(machine):
        yield fact_line(gettext("Schatting"), words)


def _display_words(display: Display) -> str:
    pixels = (
        f"{display.width_px} x {display.height_px}" if display.width_px and display.height_px else gettext("onbekend")
    )
    inches = display.diagonal_tenths_inch
    return pixels + (gettext(", {inches} inch", inches=decimal(f"{inches / 10:.1f}")) if inches else "")


def _network_words(interface: NetworkInterface) -> str:
    parts = (wire_words.of(interface.kind, language()), interface.model, interface.mac)
    return ", ".join(word for word in parts if word)


def _port_words(port: Port) -> str:
    name = gettext(_PORT_WORDS.get(port.kind, port.kind))
    return name if port.count == 1 else f"{port.count} {name}"


def _firmware_words(machine: Machine) -> str:
    firmware = machine.firmware
    tpm_version = firmware.tpm_version or gettext("(versie onbekend)")
    parts = (
        firmware.bios_version and gettext("versie {version}", version=firmware.bios_version),
        firmware.bios_date and gettext("van {day}", day=_day_words(firmware.bios_date)),
        {True: "UEFI", False: gettext("oude stijl (geen UEFI)"), None: None}[firmware.is_uefi],
        {True: f"TPM {tpm_version}", False: gettext("geen TPM gezien"), None: None}[firmware.has_tpm],
        gettext("Secure Boot aan") if firmware.has_secure_boot else None,
        gettext("Windows-licentie in de BIOS") if firmware.has_windows_licence else None,
    )
    return ", ".join(word for word in parts if word)


def _day_words(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _estimate_words(machine: Machine) -> str:
    seen = machine.estimate
    year = (
        gettext(
            "ongeveer uit {year} ({basis})",
            year=seen.year,
            basis=wire_words.of_text(seen.year_basis, YearBasis, language()) if seen.year_basis else gettext("geschat"),
        )
        if seen.year
        else None
    )
    weight = wire_words.of(seen.weight_class, language()) if seen.weight_class else None
    return ", ".join(word for word in (year, weight) if word)
