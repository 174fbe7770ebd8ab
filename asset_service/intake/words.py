"""How what stations send reads on screen, and the words for the minimum's verdicts."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from asset_service.frame.formats import document_language
from asset_service.frame.looks import Look
from wipe_reports import upgrade_words as words_of_upgrades
from wipe_reports.document import Upgrade

MINIMUM_VERDICTS = {
    "pass": Look(lazy_gettext("haalt het minimum"), "check", "good"),
    "fail": Look(lazy_gettext("haalt het minimum niet"), "cross", "bad"),
    "review": Look(lazy_gettext("minimum na te kijken"), "question", "wait"),
}

IMPORT_RESULTS = {
    "matched": Look(lazy_gettext("bij een bekend toestel gezet"), "check", "good"),
    "created": Look(lazy_gettext("nieuw toestel"), "check", "good"),
    "loose": Look(lazy_gettext("losse schijven"), "check", "good"),
    "unmatched": Look(lazy_gettext("wacht op een persoon"), "question", "wait"),
    "known": Look(lazy_gettext("was al binnen"), "info"),
    "refused": Look(lazy_gettext("geweigerd"), "cross", "bad"),
    "skipped": Look(lazy_gettext("overgeslagen"), "info"),
}

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


def upgrade_words(upgrade: Upgrade) -> str:
    """What to add to a machine so that it meets the minimum, in the language of the screen."""
    return words_of_upgrades.upgrade(upgrade, document_language(), spelled=False)
