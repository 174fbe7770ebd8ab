"""How what stations send reads on screen, and the words for the minimum's verdicts."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from asset_service.core.i18n import language
from asset_service.frame.looks import Look, wire_looks
from wipe_reports import minimum_phrases, wipe_phrases
from wipe_reports import upgrade_words as words_of_upgrades
from wipe_reports.document import MinimumVerdict, Operator, Upgrade

MINIMUM_VERDICTS = wire_looks(
    MinimumVerdict,
    {
        MinimumVerdict.PASS: ("check", "good"),
        MinimumVerdict.FAIL: ("cross", "bad"),
        MinimumVerdict.REVIEW: ("question", "wait"),
    },
)

IMPORT_RESULTS = {
    "matched": Look(lazy_gettext("bij een bekend toestel gezet"), "check", "good"),
    "created": Look(lazy_gettext("nieuw toestel"), "check", "good"),
    "loose": Look(lazy_gettext("losse schijven"), "check", "good"),
    "unmatched": Look(lazy_gettext("wacht op een persoon"), "question", "wait"),
    "known": Look(lazy_gettext("was al binnen"), "info"),
    "refused": Look(lazy_gettext("geweigerd"), "cross", "bad"),
    "skipped": Look(lazy_gettext("overgeslagen"), "info"),
}


def minimum_reason(reason: str) -> str:
    """One of the agent's reasons for its verdict in words, such as ``processor_pass:Core i5``."""
    if not minimum_phrases.is_known(reason):
        return gettext("een reden die deze dienst nog niet kent")
    return minimum_phrases.reason(reason, language())


def operator_words(operator: Operator) -> str:
    """Who answered for the work, in what role, and by what leave where nobody was at the machine."""
    return wipe_phrases.operator(operator, language())


def upgrade_words(upgrade: Upgrade) -> str:
    """What to add to a machine so that it meets the minimum, in the language of the screen."""
    return words_of_upgrades.upgrade(upgrade, language(), spelled=False)
