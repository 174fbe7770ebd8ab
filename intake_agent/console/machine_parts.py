"""The smaller parts of a machine in plain Dutch, few words a part: what is not there or not known takes no line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intake_agent.console import lock_words
from intake_agent.machine import Display, Machine, NetworkInterface, NetworkKind, Port, WeightClass, YearBasis

_NETWORK_WORDS = {
    NetworkKind.ETHERNET: "kabel",
    NetworkKind.WIFI: "wifi",
    NetworkKind.CELLULAR: "mobiel",
    NetworkKind.OTHER: "ander",
}
_WEIGHT_WORDS = {
    WeightClass.UNDER_1_KG: "minder dan 1 kg",
    WeightClass.FROM_1_TO_2_KG: "1 tot 2 kg",
    WeightClass.FROM_2_TO_3_KG: "2 tot 3 kg",
    WeightClass.FROM_3_TO_8_KG: "3 tot 8 kg",
    WeightClass.OVER_8_KG: "meer dan 8 kg",
}
_PORT_WORDS = {"Audio": "audio", "Card reader": "kaartlezer", "Parallel": "parallel", "Serial": "serieel"}
_BASIS_WORDS: Mapping[str | None, str] = {
    YearBasis.DISPLAY: "volgens het scherm",
    YearBasis.BIOS_DATE: "volgens de BIOS",
    YearBasis.PROCESSOR: "volgens de processor",
    YearBasis.BATTERY: "volgens de batterij",
}


def part_lines(machine: Machine) -> Iterator[str]:
    """Screens, graphics, network, camera, ports, firmware, age and weight, a line or two each."""
    for display in machine.displays:
        yield f"Scherm      {_display_words(display)}"
    if machine.graphics:
        yield f"Beeld       {', '.join(machine.graphics)}"
    for interface in machine.network or ():
        yield f"Netwerk     {_network_words(interface)}"
    if machine.cameras:
        yield f"Camera      {', '.join(machine.cameras)}"
    if machine.ports:
        yield f"Poorten     {', '.join(_port_words(port) for port in machine.ports)}"
    if words := _firmware_words(machine):
        yield f"BIOS        {words}"
    for lock in machine.firmware.locks:
        yield f"LET OP      {lock_words.in_words(lock)}"
    if words := _estimate_words(machine):
        yield f"Schatting   {words}"


def _display_words(display: Display) -> str:
    pixels = f"{display.width_px} x {display.height_px}" if display.width_px and display.height_px else "onbekend"
    inches = display.diagonal_tenths_inch
    return pixels + (f", {inches // 10},{inches % 10} inch" if inches else "")


def _network_words(interface: NetworkInterface) -> str:
    told = (_NETWORK_WORDS[interface.kind], interface.model, interface.mac)
    return ", ".join(word for word in told if word)


def _port_words(port: Port) -> str:
    name = _PORT_WORDS.get(port.kind, port.kind)
    return name if port.count == 1 else f"{port.count} {name}"


def _firmware_words(machine: Machine) -> str:
    firmware = machine.firmware
    tpm = f"TPM {firmware.tpm_version or '(versie onbekend)'}"
    told = (
        firmware.bios_version and f"versie {firmware.bios_version}",
        firmware.bios_date and f"van {_day_words(firmware.bios_date)}",
        {True: "UEFI", False: "oude stijl (geen UEFI)", None: None}[firmware.is_uefi],
        {True: tpm, False: "geen TPM gezien", None: None}[firmware.has_tpm],
        "Secure Boot aan" if firmware.has_secure_boot else None,
        "Windows-licentie in de BIOS" if firmware.has_windows_licence else None,
    )
    return ", ".join(word for word in told if word)


def _day_words(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _estimate_words(machine: Machine) -> str:
    seen = machine.estimate
    year = f"ongeveer uit {seen.year} ({_BASIS_WORDS.get(seen.year_basis, 'geschat')})" if seen.year else None
    return ", ".join(word for word in (year, _WEIGHT_WORDS[seen.weight_class] if seen.weight_class else None) if word)
