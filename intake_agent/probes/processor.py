"""The processor: brand, cores and threads from ``/proc/cpuinfo``, ``lscpu`` and SMBIOS type 4, in that order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake_agent.machine import Processor
from intake_agent.probes.smbios import of_type, structures

_BRAND_KEYS = ("model name", "cpu model", "cpu", "hardware", "uarch")
_NO_BRAND = re.compile(r"^(unknown|-|0*|not (specified|installed|present)|<bad index>|<out of spec>)$", re.IGNORECASE)


def processor(cpuinfo: str | None, lscpu: str | None = None, dmidecode: str | None = None) -> Processor:
    """The processor of a machine; each text may be absent or junk, and what no text tells is ``None``."""
    blocks = _cpuinfo_blocks(cpuinfo or "")
    columns = _lscpu_columns(lscpu or "")
    sockets = [one for one in of_type(structures(dmidecode or ""), 4) if _is_populated(one.fields)]
    from_smbios = [name for one in sockets if (name := _brand(one.fields.get("Version")))]
    return Processor(
        brand=_cpuinfo_brand(blocks) or _brand(columns.get("model name")) or next(iter(from_smbios), None),
        cores=_cpuinfo_cores(blocks) or _lscpu_cores(columns) or _sum(one.number("Core Count") for one in sockets),
        threads=_cpuinfo_threads(blocks)
        or _number(columns.get("cpu(s)"))
        or _sum(one.number("Thread Count") for one in sockets),
    )


def _cpuinfo_blocks(text: str) -> list[dict[str, str]]:
    """One dictionary a logical processor, keys in lower case; ARM kernels print shared facts in a last block."""
    blocks: list[dict[str, str]] = []
    current: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if not colon or (key == "processor" and value.strip().isdigit() and "processor" in current):
            blocks.append(current)
            current = {}
        if colon:
            current.setdefault(key, value.strip())
    return [block for block in (*blocks, current) if block]


def _cpuinfo_brand(blocks: list[dict[str, str]]) -> str | None:
    for key in _BRAND_KEYS:
        for block in blocks:
            if brand := _brand(block.get(key)):
                return brand
    return next((brand for block in blocks if (brand := _brand(_not_a_number(block.get("processor"))))), None)


def _not_a_number(text: str | None) -> str | None:
    """Old ARM kernels print the brand under *Processor* as well as the index under *processor*."""
    return None if text is None or text.isdigit() else text


def _brand(text: str | None) -> str | None:
    words = " ".join((text or "").split())
    return None if _NO_BRAND.match(words) else words


def _cpuinfo_threads(blocks: list[dict[str, str]]) -> int | None:
    return sum(1 for block in blocks if block.get("processor", "").isdigit()) or None


def _cpuinfo_cores(blocks: list[dict[str, str]]) -> int | None:
    """Cores of all sockets: ``cpu cores`` once a physical id, or the distinct (physical id, core id) pairs."""
    per_socket = {
        block.get("physical id", "0"): int(block["cpu cores"])
        for block in blocks
        if block.get("cpu cores", "").isdigit()
    }
    pairs = {(block.get("physical id"), block["core id"]) for block in blocks if "core id" in block}
    return sum(per_socket.values()) or len(pairs) or None


def _lscpu_columns(text: str) -> dict[str, str]:
    columns: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            columns.setdefault(key.strip().lower(), value.strip())
    return columns


def _lscpu_cores(columns: dict[str, str]) -> int | None:
    per_socket = _number(columns.get("core(s) per socket") or columns.get("core(s) per cluster"))
    sockets = _number(columns.get("socket(s)") or columns.get("cluster(s)"))
    return per_socket * sockets if per_socket and sockets else None


def _is_populated(fields: dict[str, str]) -> bool:
    return "unpopulated" not in fields.get("Status", "").lower()


def _number(text: str | None) -> int | None:
    match = re.match(r"\d{1,6}", text or "")
    return int(match.group()) or None if match else None


def _sum(numbers: Iterable[int | None]) -> int | None:
    return sum(number or 0 for number in numbers) or None
