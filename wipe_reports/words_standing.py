"""The words for what a wipe is worth: the large word, the title and the sentence below it, and what is left open."""

from __future__ import annotations

STANDINGS: dict[str, tuple[str, str]] = {
    "standing.erased": ("Gewist", "Erased"),
    "standing.erased.sampled_read_back": ("Gewist, steekproef nagelezen", "Erased, a sample read back"),
    "standing.erased.none": ("Gewist, niet nagelezen", "Erased, not read back"),
    "standing.unconfirmed": ("Nog te bevestigen", "To be confirmed"),
    "standing.erased_with_exceptions": ("Niet volledig gewist", "Not fully erased"),
    "standing.not_erased": ("Niet gewist", "Not erased"),
    "standing.rehearsal": ("Oefening: {outcome}", "Rehearsal: {outcome}"),
    "standing.overtaken": ("Na het wissen opnieuw gebruikt", "Used again after the wipe"),
    "standing.uncounted": ("Telt niet mee", "Does not count"),
    "standing.destroyed": ("Vernietigd", "Destroyed"),
    "title.erased": ("Wisattest", "Wipe attest"),
    "title.unconfirmed": ("Wisverslag – nog te bevestigen", "Wipe report – to be confirmed"),
    "title.erased_with_exceptions": ("Wisverslag – niet volledig gewist", "Wipe report – not fully erased"),
    "title.not_erased": ("Wisverslag – niet gewist", "Wipe report – not erased"),
    "title.rehearsal": ("Wisverslag – oefening", "Wipe report – rehearsal"),
    "title.overtaken": ("Wisverslag – schijf opnieuw gebruikt", "Wipe report – disk used again"),
    "title.uncounted": ("Wisverslag – telt niet mee", "Wipe report – does not count"),
    "title.destroyed": ("Wisverslag – schijf vernietigd", "Wipe report – disk destroyed"),
    "lead.erased": (
        "Het intakeprogramma meldde en controleerde dat de gegevens op deze schijf zijn gewist.",
        "The intake program reported and verified that the data on this disk was erased.",
    ),
    "lead.unconfirmed": (
        (
            "Het intakeprogramma meldde dat deze schijf gewist is, maar niemand bevestigde dat al. "
            "Tot dan is dit geen bewijs van wissing."
        ),
        (
            "The intake program reported that this disk was erased, but nobody has confirmed it yet. "
            "Until then this is no proof of erasure."
        ),
    ),
    "lead.erased_with_exceptions": (
        (
            "Het intakeprogramma meldde dat het wissen van deze schijf niet helemaal gelukt is. Dit is geen bewijs van "
            "wissing: de schijf moet vernietigd of opnieuw gewist worden."
        ),
        (
            "The intake program reported that the wipe of this disk did not fully succeed. This is no proof of "
            "erasure: the disk must be destroyed or wiped again."
        ),
    ),
    "lead.not_erased": (
        (
            "Het intakeprogramma meldde dat deze schijf niet gewist is. Dit is geen bewijs van wissing: de schijf "
            "kan nog gegevens bevatten en moet vernietigd of opnieuw gewist worden."
        ),
        (
            "The intake program reported that this disk was not erased. This is no proof of erasure: the disk may "
            "still hold data and must be destroyed or wiped again."
        ),
    ),
    "lead.rehearsal": (
        "Dit was een oefening op een proefschijf. Ze bewijst niets over een echte schijf.",
        "This was a rehearsal on a scratch disk. It proves nothing about a real disk.",
    ),
    "lead.overtaken": (
        (
            "Deze schijf is gewist, maar daarna opnieuw gebruikt of uit het zicht geweest. Dit is geen bewijs van wat "
            "er nu op staat: wis ze opnieuw."
        ),
        (
            "This disk was erased, but was used again or out of sight afterwards. This is no proof of what is on it "
            "now: wipe it again."
        ),
    ),
    "lead.uncounted": (
        (
            "Het intakeprogramma meldde dat deze schijf gewist is, maar deze wissing telt niet mee: ze hoort bij een "
            "vroeger gebruik van de schijf, of een andere wissing geldt."
        ),
        (
            "The intake program reported that this disk was erased, but this wipe does not count: it belongs to an "
            "earlier use of the disk, or another wipe holds."
        ),
    ),
    "lead.destroyed": (
        "Deze schijf is vernietigd. Wat hieronder staat, ging eraan vooraf.",
        "This disk was destroyed. What follows came before that.",
    ),
    "caution.used_since": (
        "Sinds {moment} kunnen er opnieuw gegevens op de schijf staan.",
        "Since {moment} the disk may hold data again.",
    ),
    "caution.destroyed": ("Vernietigd op {moment}.", "Destroyed on {moment}."),
    "caution.sampled_read_back": (
        "Er is een steekproef nagelezen: {percent} % van de schijf. De rest is niet nagelezen.",
        "A sample was read back: {percent} % of the disk. The rest was not read back.",
    ),
    "caution.none": ("De schijf is na het wissen niet nagelezen.", "The disk was not read back after the wipe."),
    "caution.clock": ("Klok van het toestel: {clock}.", "The device's clock: {clock}."),
    "reason.absent": (
        "De wissing is gemaakt zonder eenmalig nummer van de dienst: zonder verbinding, en met de eigen klok.",
        "The wipe was made without a nonce of the service: without a connection, and by the device's own clock.",
    ),
    "reason.unknown": (
        "Het eenmalige nummer in het verslag is niet van deze dienst.",
        "The nonce in the report is not of this service.",
    ),
    "reason.other_station": (
        "Het eenmalige nummer was aan een ander station gegeven.",
        "The nonce had been given to another station.",
    ),
    "reason.other_carrier": (
        "Het eenmalige nummer was voor een andere schijf gegeven.",
        "The nonce had been given for another disk.",
    ),
    "reason.used": (
        "Het eenmalige nummer was al gebruikt voor een andere wissing.",
        "The nonce had already been used for another wipe.",
    ),
    "reason.expired": (
        "Het eenmalige nummer was vervallen toen het verslag binnenkwam.",
        "The nonce had expired when the report came in.",
    ),
    "reason.stale": (
        "Het eenmalige nummer hoort bij een vroeger gebruik van de schijf.",
        "The nonce belongs to an earlier use of the disk.",
    ),
    "reason.times": (
        "De tijden in het verslag kunnen niet kloppen.",
        "The times in the report cannot be right.",
    ),
    "reason.other": (
        "De dienst houdt deze wissing aan tot iemand ze nakijkt.",
        "The service keeps this wipe until somebody looks at it.",
    ),
    "position.stock_manager": ("voorraadbeheerder", "stock manager"),
    "position.partner_admin": ("beheerder van de organisatie", "administrator of the organisation"),
    "position.admin": ("beheerder van de dienst", "administrator of the service"),
    "standing.line": ("Schijf {number} ({serial}): {standing}", "Disk {number} ({serial}): {standing}"),
}
