"""How a wipe reads on screen: its outcome, its method, how it went and what is still to be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flask_babel import LazyString, gettext, lazy_gettext

from asset_service.core.i18n import language
from asset_service.frame.formats import capitalize_first, share
from asset_service.frame.looks import TONE_ICONS, Look, Looks, look, wire_looks
from asset_service.wiping.models import EvidenceStatus
from wipe_reports import wipe_phrases
from wipe_reports.document import Carrier, Level, Outcome, Technique, VerificationMethod, Wipe
from wipe_reports.standing import Standing, tone

OUTCOMES = wire_looks(
    Outcome,
    {
        Outcome.ERASED: ("check", "good"),
        Outcome.ERASED_WITH_EXCEPTIONS: ("warning", "wait"),
        Outcome.NOT_ERASED: ("cross", "bad"),
    },
)

LEVELS: Looks = {level: Look(LazyString(lambda one: wipe_phrases.level(one, language()), level)) for level in Level}

TECHNIQUES = wire_looks(Technique)

VERIFICATIONS = wire_looks(VerificationMethod)

TO_CONFIRM = Look(lazy_gettext("te bevestigen"), "clock", "wait")

TO_DESTROY = Look(lazy_gettext("te vernietigen"), "warning", "bad")

EVIDENCE_WORDS = {
    EvidenceStatus.AWAITING_CONFIRMATION: lazy_gettext(
        "Deze wissing is gemaakt zonder verbinding met de dienst. Een voorraadbeheerder moet ze nog bevestigen."
    ),
    EvidenceStatus.CONFIRMED: lazy_gettext("Bevestigd door een persoon."),
    EvidenceStatus.NOT_ERASED: lazy_gettext("Deze schijf moet vernietigd of opnieuw gewist worden."),
    EvidenceStatus.SUPERSEDED: lazy_gettext("Geldt niet voor wat nu op de schijf staat, of was al niet meer nodig."),
}


def standing_look(standing: Standing, headline: str) -> Look:
    """How a wipe's standing looks; its words and its tone are those of the attest."""
    found = tone(standing)
    return Look(headline[:1].lower() + headline[1:], TONE_ICONS[found], found)


class ReadBack(Protocol):
    """What says how a wipe was read back: its evidence, or what the public page shows of it."""

    verification: str
    verified_bytes: int
    size_bytes: int


def verified_share(wipe: ReadBack) -> str:
    """How a wipe was read back and which share of the carrier."""
    words = look(VERIFICATIONS, wipe.verification).words
    if wipe.verification == "none":
        return str(words)
    if wipe.verification == "full_read_back" and wipe.verified_bytes < wipe.size_bytes:
        # It was meant to be all of it; what could not be read was not.
        words = gettext("teruggelezen")
    return f"{words} ({share(wipe.verified_bytes, wipe.size_bytes)})"


def _exception(code: str, carrier: Carrier | None) -> str:
    if carrier is None:
        return wipe_phrases.exception(code, language())
    return wipe_phrases.exception_of(carrier, code, language())


def wipe_notes(wipe: Wipe, carrier: Carrier | None = None) -> Iterator[str]:
    """How one wipe went, beside its outcome: what stood in the way, what was tried first, what was read back.

    With the ``carrier`` also how many hidden sectors were not reached.
    """
    spoken = language()
    for key in wipe.exceptions:
        yield capitalize_first(_exception(key, carrier))
    for override in wipe.overrides:
        yield gettext("Toch gewist: %(judgement)s", judgement=wipe_phrases.override(override, spoken))
    if course := wipe_phrases.course(wipe, spoken):
        yield capitalize_first(course)
    for one in wipe.attempts:
        yield gettext("Eerst geprobeerd: %(attempt)s", attempt=wipe_phrases.attempt(one, spoken, detailed=True))
    check = wipe.verification
    if check.sample is not None:
        drawn = wipe_phrases.sample(check.sample, spoken)
        yield gettext("Steekproef: %(sample)s, startwaarde %(seed)s", sample=drawn, seed=check.sample.seed)
    if found := wipe_phrases.found(check, spoken):
        yield gettext("Teruggelezen: %(found)s", found=found)
