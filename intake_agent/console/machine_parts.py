"""The smaller parts of a machine in plain words, few words a part: what is not there or not known takes no line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intake_agent.console import lock_words
from intake_agent.language import decimal, gettext, gettext_noop, language
from intake_agent.machine import Display, Machine, NetworkInterface, NetworkKind, Port, WeightClass, YearBasis

NAME_COLUMNS = 12
"""What the names of facts take at the left of a line."""
_NETWORK_WORDS = {
    NetworkKind.ETHERNET: gettext_noop("kabel"),
    NetworkKind.WIFI: gettext_noop("wifi"),
    NetworkKind.CELLULAR: gettext_noop("mobiel"),
    NetworkKind.OTHER: gettext_noop("ander"),
}
_WEIGHT_WORDS = {
    WeightClass.UNDER_1_KG: gettext_noop("minder dan 1 kg"),
    WeightClass.FROM_1_TO_2_KG: gettext_noop("1 tot 2 kg"),
    WeightClass.FROM_2_TO_3_KG: gettext_noop("2 tot 3 kg"),
    WeightClass.FROM_3_TO_8_KG: gettext_noop("3 tot 8 kg"),
    WeightClass.OVER_8_KG: gettext_noop("meer dan 8 kg"),
}
_PORT_WORDS = {
    "Audio": gettext_noop("audio"),
    "Card reader": gettext_noop("kaartlezer"),
    "Parallel": gettext_noop("parallel"),
    "Serial": gettext_noop("serieel"),
}
_BASIS_WORDS: Mapping[str | None, str] = {
    YearBasis.DISPLAY: gettext_noop("volgens het scherm"),
    YearBasis.BIOS_DATE: gettext_noop("volgens de BIOS"),
    YearBasis.PROCESSOR: gettext_noop("volgens de processor"),
    YearBasis.BATTERY: gettext_noop("volgens de batterij"),
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
    parts = (gettext(_NETWORK_WORDS[interface.kind]), interface.model, interface.mac)
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
            basis=gettext(_BASIS_WORDS.get(seen.year_basis, "geschat")),
        )
        if seen.year
        else None
    )
    return ", ".join(
        word for word in (year, gettext(_WEIGHT_WORDS[seen.weight_class]) if seen.weight_class else None) if word
    )
