"""How a wipe reads on screen: its outcome, its method, how it went and what is still to be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from flask_babel import gettext, lazy_gettext

from asset_service.frame.formats import capitalize_first, document_language, share
from asset_service.frame.looks import TONE_ICONS, Look, look
from asset_service.wiping.models import EvidenceStatus
from wipe_reports import wipe_words
from wipe_reports.document import Carrier, Wipe
from wipe_reports.standing import Standing, tone

OUTCOMES = {
    "erased": Look(lazy_gettext("gewist"), "check", "good"),
    "erased_with_exceptions": Look(lazy_gettext("niet volledig gewist"), "warning", "wait"),
    "not_erased": Look(lazy_gettext("niet gewist"), "cross", "bad"),
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


def wipe_notes(wipe: Wipe, carrier: Carrier | None = None) -> Iterator[str]:
    """How one wipe went, beside its outcome: what stood in the way, what was tried first, what was read back.

    With the ``carrier`` also how many hidden sectors were not reached.
    """
    language = document_language()
    for key in wipe.exceptions:
        yield capitalize_first(wipe_words.exception(key, language, carrier))
    for override in wipe.overrides:
        yield gettext("Toch gewist: %(judgement)s", judgement=wipe_words.override(override, language))
    if course := wipe_words.course(wipe, language):
        yield capitalize_first(course)
    for one in wipe.attempts:
        yield gettext("Eerst geprobeerd: %(attempt)s", attempt=wipe_words.attempt(one, language, detailed=True))
    check = wipe.verification
    if check.sample is not None:
        drawn = wipe_words.sample(check.sample, language)
        yield gettext("Steekproef: %(sample)s, startwaarde %(seed)s", sample=drawn, seed=check.sample.seed)
    if found := wipe_words.found(check, language):
        yield gettext("Teruggelezen: %(found)s", found=found)
