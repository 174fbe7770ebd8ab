"""How values read on screen: moments in Brussels time, sizes as printed on the label of a disk, names of models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import format_datetime, format_decimal, get_locale, gettext, lazy_gettext, ngettext
from markupsafe import Markup

from asset_service.core.texts import maker_and_model
from asset_service.web.looks import DEVICE_KINDS, HEALTH_VERDICTS, VERIFICATIONS, look
from asset_service.web.machine_facts import machine_facts, wipe_notes


def moment(value: datetime) -> str:
    """Day and time of day, for example ``22 nov. 2026 13:05``; a moment that Brussels' calendar lacks, in UTC."""
    try:
        return format_datetime(value, "d MMM y HH:mm")
    except (OverflowError, ValueError):
        # The first and last day that there are, as an older version took them from a station.
        return format_datetime(value, "d MMM y HH:mm 'UTC'", rebase=False)


def size(size_bytes: int) -> str:
    """A disk's size as its maker counts it (1 GB = 10⁹ bytes)."""
    for limit, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if size_bytes >= limit:
            digits = "0.#" if size_bytes < 10 * limit else "0"
            return f"{format_decimal(size_bytes / limit, digits)} {unit}"
    return gettext("%(count)s bytes", count=format_decimal(size_bytes))


def memory_size(size_mib: int) -> str:
    """A memory module's size (1 GB = 1,024 MiB here, as memory is sold)."""
    if size_mib % 1024 == 0:
        return f"{size_mib // 1024} GB"
    return f"{format_decimal(size_mib / 1024, '0.#')} GB"


def whole(number: int) -> str:
    """A whole number with the thousands set apart."""
    return format_decimal(number)


def capitalize_first(words: Any) -> str:
    """The words with a capital at the start and nothing else changed."""
    text = str(words)
    return text[:1].upper() + text[1:]


def model_name(device: Any) -> str:
    """A device by maker and model."""
    return maker_and_model(device.manufacturer, device.product) or gettext("merk en model niet bekend")


def part_name(component: Any) -> str:
    """A part by maker and model."""
    return maker_and_model(component.manufacturer, component.model) or gettext("zonder naam")


def disk_name(component: Any) -> str:
    """A disk by maker, model and serial."""
    return f"{part_name(component)} ({component.serial})" if component.serial else part_name(component)


_SLOTS_FREE = re.compile(r"(one|\d{1,4}) slots? free")

CALLS_MEMORY = "4 GB"
"""The memory that the call asks for, where an older agent named no figure."""

MINIMUM_REASONS = {
    "processor_pass": lazy_gettext("processor voldoet"),
    "processor_fail": lazy_gettext("processor is te oud of te zwak"),
    "processor_review": lazy_gettext("processor: iemand moet beslissen"),
    "processor_unknown": lazy_gettext("processor onbekend: iemand moet beslissen"),
    "processor_any": lazy_gettext("elke processor is goed voor dit soort toestel"),
    "processor_not_listed": lazy_gettext("processor staat niet in de lijst: iemand moet beslissen"),
    "memory_pass": lazy_gettext("genoeg geheugen (%(figure)s of meer)"),
    "memory_fail": lazy_gettext("te weinig geheugen (minder dan %(figure)s)"),
    "memory_pass_by_usable": lazy_gettext("geheugen lijkt genoeg: het systeem ziet bijna %(figure)s of meer"),
    "memory_fail_by_usable": lazy_gettext("te weinig geheugen: het systeem ziet duidelijk minder dan %(figure)s"),
    "memory_unknown": lazy_gettext("geheugen onbekend: iemand moet beslissen"),
    "memory_doubted": lazy_gettext("BIOS en systeem spreken elkaar tegen over het geheugen (%(figure)s MB)"),
    "cores_doubted": lazy_gettext("aantal kernen onbekend: %(figure)s, en dat kan niet samen"),
    "threads_doubted": lazy_gettext("aantal draden onbekend: %(figure)s, en dat kan niet samen"),
    "display_doubted": lazy_gettext("grootte van het scherm onbekend: %(figure)s, en dat kan niet samen"),
    "kind_not_covered": lazy_gettext("over dit soort toestel beslist een mens"),
    "upgrade_soldered": lazy_gettext("geheugen toevoegen kan niet: het zit vast op het moederbord"),
    "upgrade_over_maximum": lazy_gettext("geheugen toevoegen helpt niet: dit toestel kan hoogstens %(figure)s aan"),
    "upgrade_unknown_slots": lazy_gettext("onbekend of er geheugen bij kan: kijk in het toestel"),
}


def minimum_reason(reason: str) -> str:
    """One of the agent's keys for its verdict in words, such as ``processor_pass:Core i5``."""
    key, _, figure = reason.partition(":")
    words = MINIMUM_REASONS.get(key)
    if words is None:
        return gettext("een reden die deze dienst nog niet kent")
    if "%(figure)s" in str(words):
        return str(words) % {"figure": figure or CALLS_MEMORY}
    return f"{words} ({figure})" if figure else str(words)


def upgrade_words(upgrade: str) -> str:
    """The agent's upgrade, such as ``+ 1 × 4 GB DDR4 SO-DIMM: one slot free``, in the language of the screen."""
    part, _, where = upgrade.partition(": ")
    said = []
    for words in where.split(", ") if where else []:
        slots = _SLOTS_FREE.fullmatch(words)
        if slots is not None:
            free = 1 if slots[1] == "one" else int(slots[1])
            said.append(ngettext("%(num)s plaats vrij", "%(num)s plaatsen vrij", free))
        elif words.startswith("replaces "):
            said.append(gettext("vervangt %(module)s", module=words.removeprefix("replaces ")))
        else:
            said.append(words)
    return f"{part}: {', '.join(said)}" if said else part


def policy_words(kinds: Mapping[str, Any]) -> str:
    """A minimum in a line: what each kind of device must have."""
    rules = [_rule_words(look(DEVICE_KINDS, kind).words, rule) for kind, rule in kinds.items()]
    return "; ".join(rules) or gettext("over elk toestel beslist een mens")


def _rule_words(kind: Any, rule: Mapping[str, Any]) -> str:
    memory = memory_size(rule["memory_mib"])
    if rule["processor"] == "any":
        return gettext("%(kind)s: %(memory)s, elke processor", kind=kind, memory=memory)
    return gettext("%(kind)s: %(memory)s en minstens Core i3", kind=kind, memory=memory)


def share(part: int, size_bytes: int) -> str:
    """``part`` of ``size_bytes`` in per cent; never rounded up to all of it."""
    if size_bytes <= 0:
        return "0 %"
    hundredths = min(part, size_bytes) * 10_000 // size_bytes
    return f"{format_decimal(hundredths / 100, '0.##')} %"


def verified_share(wipe: Any) -> str:
    """How a wipe was read back and which share of the carrier."""
    words = look(VERIFICATIONS, wipe.verification).words
    if wipe.verification == "none":
        return str(words)
    if wipe.verification == "full_read_back" and wipe.verified_bytes < wipe.size_bytes:
        # It was meant to be all of it; what could not be read was not.
        words = gettext("teruggelezen")
    return f"{words} ({share(wipe.verified_bytes, wipe.size_bytes)})"


def component_facts(component: Any) -> str:
    """The facts of one component in a line, by its kind."""
    facts: Mapping[str, Any] = component.facts
    readers = {"processor": _processor, "memory": _memory, "battery": _battery, "disk": _disk}
    parts = readers[component.kind](component, facts) if component.kind in readers else []
    return ", ".join(str(part) for part in parts if part)


def _processor(_component: Any, facts: Mapping[str, Any]) -> list[Any]:
    parts = []
    if facts.get("cores"):
        parts.append(gettext("%(count)s kernen", count=facts["cores"]))
    if facts.get("threads"):
        parts.append(gettext("%(count)s draden", count=facts["threads"]))
    return parts


def _memory(_component: Any, facts: Mapping[str, Any]) -> list[Any]:
    mib, speed = facts.get("size_mib"), facts.get("speed_mts")
    return [memory_size(mib) if mib else "", facts.get("kind"), facts.get("form"), f"{speed} MT/s" if speed else ""]


def _battery(_component: Any, facts: Mapping[str, Any]) -> list[Any]:
    design, full, cycles = facts.get("design_mwh"), facts.get("full_mwh"), facts.get("cycles")
    health = facts.get("health")
    verdict = health.get("verdict") if isinstance(health, Mapping) else health
    return [
        gettext("houdt nog %(share)s", share=f"{full * 100 // design} %") if design and full else "",
        gettext("%(count)s keer geladen", count=cycles) if cycles else "",
        look(HEALTH_VERDICTS, verdict).words if verdict else "",
    ]


def _disk(component: Any, _facts: Mapping[str, Any]) -> list[Any]:
    return [size(component.carrier.size_bytes)] if component.carrier else []


def key_cap(key: str) -> Markup:
    """A key of the keyboard, drawn as one."""
    return Markup('<kbd class="key">{}</kbd>').format(key)


def code_words(words: str) -> Markup:
    """Words to type or read exactly as they stand."""
    return Markup('<code class="break">{}</code>').format(words)


def init_formats(app: Flask) -> None:
    """Give templates these readers."""
    for filter_ in (
        minimum_reason,
        disk_name,
        part_name,
        moment,
        size,
        memory_size,
        whole,
        capitalize_first,
        model_name,
        verified_share,
        component_facts,
        policy_words,
        upgrade_words,
        machine_facts,
        wipe_notes,
    ):
        app.add_template_filter(filter_)
    for word in (key_cap, code_words, get_locale):
        app.add_template_global(word)
