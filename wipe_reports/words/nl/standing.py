"""The words for what a wipe is worth: the large word, the title and the sentence below it, and what is left open."""

from __future__ import annotations

STANDINGS = {
    "title.erased": "Wisattest",
    "title.unconfirmed": "Wisverslag – nog te bevestigen",
    "title.erased_with_exceptions": "Wisverslag – niet volledig gewist",
    "title.not_erased": "Wisverslag – niet gewist",
    "title.rehearsal": "Wisverslag – oefening",
    "title.overtaken": "Wisverslag – schijf opnieuw gebruikt",
    "title.uncounted": "Wisverslag – telt niet mee",
    "title.destroyed": "Wisverslag – schijf vernietigd",
    "lead.erased": "Het intakeprogramma meldde en controleerde dat de gegevens op deze schijf zijn gewist.",
    "lead.unconfirmed": (
        "Het intakeprogramma meldde dat deze schijf gewist is, maar niemand bevestigde dat al. Tot dan is dit"
        " geen bewijs van wissing."
    ),
    "lead.erased_with_exceptions": (
        "Het intakeprogramma meldde dat het wissen van deze schijf niet helemaal gelukt is. Dit is geen "
        "bewijs van wissing: de schijf moet vernietigd of opnieuw gewist worden."
    ),
    "lead.not_erased": (
        "Het intakeprogramma meldde dat deze schijf niet gewist is. Dit is geen bewijs van wissing: de schijf"
        " kan nog gegevens bevatten en moet vernietigd of opnieuw gewist worden."
    ),
    "lead.rehearsal": "Dit was een oefening op een proefschijf. Ze bewijst niets over een echte schijf.",
    "lead.overtaken": (
        "Deze schijf is gewist, maar daarna opnieuw gebruikt of uit het zicht geweest. Dit is geen bewijs van"
        " wat er nu op staat: wis ze opnieuw."
    ),
    "lead.uncounted": (
        "Het intakeprogramma meldde dat deze schijf gewist is, maar deze wissing telt niet mee: ze hoort bij "
        "een vroeger gebruik van de schijf, of een andere wissing geldt."
    ),
    "lead.destroyed": "Deze schijf is vernietigd. Wat hieronder staat, ging eraan vooraf.",
    "caution.used_since": "Sinds {moment} kunnen er opnieuw gegevens op de schijf staan.",
    "caution.destroyed": "Vernietigd op {moment}.",
    "caution.sampled_read_back": (
        "Er is een steekproef teruggelezen: {percent} % van de schijf. De rest is niet teruggelezen."
    ),
    "caution.none": "De schijf is na het wissen niet teruggelezen.",
    "caution.clock": "Klok van het toestel: {clock}.",
    "reason.absent": (
        "De wissing is gemaakt zonder eenmalig nummer van de dienst: zonder verbinding, en met de eigen klok."
    ),
    "reason.unknown": "Het eenmalige nummer in het verslag is niet van deze dienst.",
    "reason.other_station": "Het eenmalige nummer was aan een ander station gegeven.",
    "reason.other_carrier": "Het eenmalige nummer was voor een andere schijf gegeven.",
    "reason.used": "Het eenmalige nummer was al gebruikt voor een andere wissing.",
    "reason.expired": "Het eenmalige nummer was vervallen toen het verslag binnenkwam.",
    "reason.stale": "Het eenmalige nummer hoort bij een vroeger gebruik van de schijf.",
    "reason.times": "De tijden in het verslag kunnen niet kloppen.",
    "reason.other": "De dienst houdt deze wissing aan tot iemand ze nakijkt.",
    "position.stock_manager": "voorraadbeheerder",
    "position.partner_admin": "beheerder van de organisatie",
    "position.admin": "beheerder van de dienst",
    "standing.line": "Schijf {number} ({serial}): {standing}",
}
