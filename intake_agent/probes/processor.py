"""The processor from ``/proc/cpuinfo``, ``lscpu`` and SMBIOS type 4: name, counts, family and what it can do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from intake_agent.machine import Processor
from intake_agent.probes.json_facts import whole
from intake_agent.probes.smbios import Structure, of_type, structures

_BRAND_KEYS = ("model name", "cpu model", "cpu", "hardware", "uarch")
_NO_FAMILY = frozenset({"", "other", "unknown", "not specified", "<out of spec>", "<bad index>"})
_64_BIT_MACHINES = frozenset({"x86_64", "aarch64", "ppc64", "ppc64le", "riscv64", "s390x", "loongarch64"})
_MOST_THREADS_A_CORE = 2
_NO_BRAND = re.compile(r"^(unknown|-|0*|not (specified|installed|present)|<bad index>|<out of spec>)$", re.IGNORECASE)


def processor(cpuinfo: str | None, lscpu: str | None = None, dmidecode: str | None = None) -> Processor:
    """The processor of a machine; each text may be absent or junk, and what no text tells is ``None``."""
    blocks = _cpuinfo_blocks(cpuinfo or "")
    columns = _lscpu_columns(lscpu or "")
    sockets = [one for one in of_type(structures(dmidecode or ""), 4) if _is_populated(one.fields)]
    doubted = _doubted(blocks, columns, sockets)
    from_smbios = [name for one in sockets if (name := _brand(one.fields.get("Version")))]
    return Processor(
        brand=_cpuinfo_brand(blocks) or _brand(columns.get("model name")) or next(iter(from_smbios), None),
        cores=None
        if "cores" in doubted
        else _cpuinfo_cores(blocks) or _lscpu_cores(columns) or _smbios_count(sockets, "Core Count"),
        threads=None
        if "threads" in doubted
        else _cpuinfo_threads(blocks) or _number(columns.get("cpu(s)")) or _smbios_count(sockets, "Thread Count"),
        family=_smbios_family(sockets) or _cpuid_family(blocks, columns),
        is_64_bit=_is_64_bit(_flags(blocks, columns), columns, sockets),
        has_virtualisation=_has_virtualisation(_flags(blocks, columns), columns, sockets),
    )


def doubted_counts(
    cpuinfo: str | None, lscpu: str | None = None, dmidecode: str | None = None
) -> Mapping[str, tuple[int, ...]]:
    """The counts (``cores``, ``threads``) on which kernel and firmware contradict each other, with what each says.

    The kernel counts what it runs, the firmware what is in the socket. A firmware that contradicts itself (fewer
    threads than cores, or more than two a core: one in thirty of the corpus) is not heard.
    """
    sockets = [one for one in of_type(structures(dmidecode or ""), 4) if _is_populated(one.fields)]
    return _doubted(_cpuinfo_blocks(cpuinfo or ""), _lscpu_columns(lscpu or ""), sockets)


def _doubted(
    blocks: list[dict[str, str]], columns: dict[str, str], sockets: list[Structure]
) -> dict[str, tuple[int, ...]]:
    cores, threads = _smbios_count(sockets, "Core Count"), _smbios_count(sockets, "Thread Count")
    sound = cores is not None and (threads is None or cores <= threads <= cores * _MOST_THREADS_A_CORE)
    counts_by_source = {
        "cores": (_cpuinfo_cores(blocks), _lscpu_cores(columns), cores if sound else None),
        "threads": (_cpuinfo_threads(blocks), _number(columns.get("cpu(s)")), threads if sound else None),
    }
    figures = {
        name: tuple(dict.fromkeys(one for one in counts if one is not None))
        for name, counts in counts_by_source.items()
    }
    return {name: counts for name, counts in figures.items() if len(counts) > 1}


def _smbios_count(sockets: list[Structure], name: str) -> int | None:
    return _sum(one.number(name) for one in sockets)


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
        block.get("physical id", "0"): cores
        for block in blocks
        if (cores := whole(block.get("cpu cores", ""))) is not None
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


def _smbios_family(sockets: list[Structure]) -> str | None:
    """The SMBIOS family in ``dmidecode``'s words, where the firmware named one at all."""
    families = (one.fields.get("Family", "").strip() for one in sockets)
    return next((family for family in families if family.lower() not in _NO_FAMILY), None)


def _cpuid_family(blocks: list[dict[str, str]], columns: dict[str, str]) -> str | None:
    facts = blocks[0] if blocks else {}
    vendor = facts.get("vendor_id") or columns.get("vendor id")
    family = facts.get("cpu family") or columns.get("cpu family")
    model = facts.get("model") or columns.get("model")
    if not (vendor and family and model and family.isdigit() and model.isdigit()):
        return None
    return f"{vendor} family {family} model {model}"


def _flags(blocks: list[dict[str, str]], columns: dict[str, str]) -> frozenset[str]:
    listed = next((block["flags"] for block in blocks if block.get("flags")), None) or columns.get("flags", "")
    return frozenset(listed.split())


def _is_64_bit(flags: frozenset[str], columns: dict[str, str], sockets: list[Structure]) -> bool | None:
    """Long mode by the x86 flag *lm*, by ``lscpu``, or by the firmware's word, which only counts when it says yes."""
    modes = columns.get("cpu op-mode(s)", "")
    if "lm" in flags or "64-bit" in modes or columns.get("architecture") in _64_BIT_MACHINES:
        return True
    if any(_can(one, "64-bit capable") for one in sockets):
        return True
    return False if "fpu" in flags or modes == "32-bit" else None


def _has_virtualisation(flags: frozenset[str], columns: dict[str, str], sockets: list[Structure]) -> bool | None:
    """VT-x or AMD-V. Linux hides the flag where the firmware switched it off, so its absence alone tells nothing."""
    if flags & {"vmx", "svm"} or columns.get("virtualization") in {"VT-x", "AMD-V"}:
        return True
    if any(_can(one, "Enhanced Virtualization") for one in sockets):
        return True
    described = [one for one in sockets if one.lists.get("Characteristics")]
    return False if described and "fpu" in flags else None


def _can(socket: Structure, characteristic: str) -> bool:
    return characteristic in socket.lists.get("Characteristics", ())


def _is_populated(fields: dict[str, str]) -> bool:
    return "unpopulated" not in fields.get("Status", "").lower()


def _number(text: str | None) -> int | None:
    match = re.match(r"\d{1,6}", text or "")
    return int(match.group()) or None if match else None


def _sum(numbers: Iterable[int | None]) -> int | None:
    return sum(number or 0 for number in numbers) or None
