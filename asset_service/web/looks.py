"""How a fact looks on screen: its Dutch word, an icon and a tone. Colour never stands alone (WCAG 1.4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext

from wipe_reports.standing import Standing, tone


@dataclass(frozen=True, slots=True)
class Look:
    """A word, the name of an icon in ``static/icons.svg``, and a tone: good, wait, bad or plain."""

    words: LazyString | str
    icon: str = "info"
    tone: str = "plain"


DEVICE_STATES = {
    "announced": Look(lazy_gettext("aangekondigd"), "clock"),
    "received": Look(lazy_gettext("binnengekomen"), "inbox"),
    "inspected": Look(lazy_gettext("gekeurd"), "search"),
    "in_repair": Look(lazy_gettext("in herstelling"), "settings", "wait"),
    "ready": Look(lazy_gettext("klaar voor uitleen"), "check", "good"),
    "reserved": Look(lazy_gettext("gereserveerd"), "lock"),
    "on_loan": Look(lazy_gettext("uitgeleend"), "user"),
    "returned": Look(lazy_gettext("teruggebracht"), "back"),
    "missing": Look(lazy_gettext("vermist"), "question", "bad"),
    "handed_off": Look(lazy_gettext("afgevoerd"), "leave"),
    "transferred": Look(lazy_gettext("overgedragen"), "arrow"),
    "dismantled": Look(lazy_gettext("ontmanteld"), "parts"),
}

DATA_STATUSES = {
    "unknown": Look(lazy_gettext("nog niet bekend"), "question", "wait"),
    "none": Look(lazy_gettext("geen schijf"), "check", "good"),
    "exposed": Look(lazy_gettext("nog niet gewist"), "warning", "bad"),
    "wiped": Look(lazy_gettext("gewist"), "shield", "good"),
    "destroyed": Look(lazy_gettext("vernietigd"), "shield", "good"),
}

DEVICE_KINDS = {
    "laptop": Look(lazy_gettext("laptop"), "device"),
    "desktop": Look(lazy_gettext("desktop"), "desktop"),
    "all-in-one": Look(lazy_gettext("alles-in-één"), "desktop"),
    "tablet": Look(lazy_gettext("tablet"), "device"),
    "server": Look(lazy_gettext("server"), "parts"),
    "monitor": Look(lazy_gettext("scherm"), "desktop"),
    "phone": Look(lazy_gettext("telefoon"), "device"),
    "virtual": Look(lazy_gettext("virtuele machine"), "desktop"),
    "other": Look(lazy_gettext("ander toestel"), "device"),
}

OUTCOMES = {
    "erased": Look(lazy_gettext("gewist"), "check", "good"),
    "erased_with_exceptions": Look(lazy_gettext("niet volledig gewist"), "warning", "wait"),
    "not_erased": Look(lazy_gettext("niet gewist"), "cross", "bad"),
}

_SIGNS = {"good": "check", "wait": "warning", "bad": "cross", "plain": "info"}


def standing_look(standing: Standing, headline: str) -> Look:
    """How a wipe's standing looks; its words and its tone are those of the attest."""
    found = tone(standing)
    return Look(headline[:1].lower() + headline[1:], _SIGNS[found], found)


MINIMUM_VERDICTS = {
    "pass": Look(lazy_gettext("haalt het minimum"), "check", "good"),
    "fail": Look(lazy_gettext("haalt het minimum niet"), "cross", "bad"),
    "review": Look(lazy_gettext("minimum na te kijken"), "question", "wait"),
}

HEALTH_VERDICTS = {
    "healthy": Look(lazy_gettext("gezond"), "check", "good"),
    "worn": Look(lazy_gettext("versleten"), "warning", "wait"),
    "failing": Look(lazy_gettext("begeeft het"), "cross", "bad"),
    "unknown": Look(lazy_gettext("gezondheid onbekend"), "question"),
}

INSPECTIONS = {
    "reusable": Look(lazy_gettext("herbruikbaar"), "check", "good"),
    "not_reusable": Look(lazy_gettext("niet herbruikbaar"), "cross", "bad"),
}

LEVELS = {
    "none": Look(lazy_gettext("geen niveau")),
    "clear": Look(lazy_gettext("niveau clear")),
    "purge": Look(lazy_gettext("niveau purge")),
    "destroy": Look(lazy_gettext("niveau Destroy")),
}

TECHNIQUES = {
    "overwrite": Look(lazy_gettext("overschreven")),
    "block_erase": Look(lazy_gettext("blokken gewist door de schijf")),
    "crypto_erase": Look(lazy_gettext("sleutel vernietigd")),
    "secure_erase": Look(lazy_gettext("gewist door de schijf")),
    "format": Look(lazy_gettext("geformatteerd door de schijf")),
    "discard": Look(lazy_gettext("vrijgegeven door de schijf")),
}

VERIFICATIONS = {
    "full_read_back": Look(lazy_gettext("alles teruggelezen")),
    "sampled_read_back": Look(lazy_gettext("een steekproef teruggelezen")),
    "none": Look(lazy_gettext("niet teruggelezen")),
}

MEDIA = {
    "hdd": Look(lazy_gettext("harde schijf")),
    "ssd": Look(lazy_gettext("SSD")),
    "nvme": Look(lazy_gettext("NVMe-SSD")),
    "emmc": Look(lazy_gettext("eMMC")),
    "flash": Look(lazy_gettext("flashgeheugen")),
    "virtual": Look(lazy_gettext("virtuele schijf")),
    "unknown": Look(lazy_gettext("schijf")),
}

COMPONENT_KINDS = {
    "processor": Look(lazy_gettext("processor"), "parts"),
    "memory": Look(lazy_gettext("geheugen"), "parts"),
    "disk": Look(lazy_gettext("schijf"), "disk"),
    "battery": Look(lazy_gettext("batterij"), "parts"),
}

TO_CONFIRM = Look(lazy_gettext("te bevestigen"), "clock", "wait")
TO_DESTROY = Look(lazy_gettext("te vernietigen"), "warning", "bad")

CARRIED = {
    "matched": Look(lazy_gettext("bij een bekend toestel gezet"), "check", "good"),
    "created": Look(lazy_gettext("nieuw toestel"), "check", "good"),
    "loose": Look(lazy_gettext("losse schijven"), "check", "good"),
    "unmatched": Look(lazy_gettext("wacht op een persoon"), "question", "wait"),
    "known": Look(lazy_gettext("was al binnen"), "info"),
    "refused": Look(lazy_gettext("geweigerd"), "cross", "bad"),
    "skipped": Look(lazy_gettext("overgeslagen"), "info"),
}

STATIONS = {
    "active": Look(lazy_gettext("actief"), "check", "good"),
    "revoked": Look(lazy_gettext("ingetrokken"), "cross", "bad"),
}

USERS = {
    "active": Look(lazy_gettext("actief"), "check", "good"),
    "inactive": Look(lazy_gettext("uitgeschakeld"), "cross"),
}


def look(table: dict[str, Look], value: str) -> Look:
    """The look of ``value``; a value that has none yet is shown as it is, never hidden."""
    return table.get(value, Look(value.replace("_", " "), "info"))
