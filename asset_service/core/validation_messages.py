"""What marshmallow and webargs say about a field, in the house's words: they speak English only."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext

_KNOWN = {
    "Missing data for required field.": lazy_gettext("Dit veld is verplicht."),
    "Field may not be null.": lazy_gettext("Dit veld mag niet leeg zijn."),
    "Unknown field.": lazy_gettext("Dit veld kennen we niet."),
    "Invalid value.": lazy_gettext("Deze waarde is niet geldig."),
    "Invalid input type.": lazy_gettext("Hier hoort een ander soort waarde."),
    "Invalid type.": lazy_gettext("Hier hoort een ander soort waarde."),
    "Not a valid list.": lazy_gettext("Hier hoort een lijst."),
    "Not a valid string.": lazy_gettext("Hier hoort tekst."),
    "Not a valid utf-8 string.": lazy_gettext("Deze tekst is geen UTF-8."),
    "Not a valid UUID.": lazy_gettext("Hier hoort een UUID."),
    "Not a valid number.": lazy_gettext("Hier hoort een getal."),
    "Number too large.": lazy_gettext("Dit getal is te groot."),
    "Not a valid integer.": lazy_gettext("Hier hoort een geheel getal."),
    "Not a valid boolean.": lazy_gettext("Hier hoort ja of nee (true of false)."),
    "Not a valid date.": lazy_gettext("Hier hoort een datum (JJJJ-MM-DD)."),
    "Not a valid datetime.": lazy_gettext("Hier hoort een tijdstip (ISO 8601)."),
    "Not a valid aware datetime.": lazy_gettext("Hier hoort een tijdstip met tijdzone (ISO 8601)."),
    "Not a valid mapping type.": lazy_gettext("Hier hoort een object."),
    "String does not match expected pattern.": lazy_gettext("Deze tekst heeft niet de juiste vorm."),
    "Invalid JSON body.": lazy_gettext("Dit is geen geldige JSON."),
}
_SHAPED = (
    (r"Shorter than minimum length (?P<least>\d+)\.", lazy_gettext("Minstens %(least)s tekens.")),
    (r"Longer than maximum length (?P<most>\d+)\.", lazy_gettext("Hoogstens %(most)s tekens.")),
    (
        r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.",
        lazy_gettext("Van %(least)s tot %(most)s tekens."),
    ),
    (
        r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.",
        lazy_gettext("Van %(least)s tot %(most)s."),
    ),
    (r"Must be greater than or equal to (?P<least>\S+)\.", lazy_gettext("Minstens %(least)s.")),
    (r"Must be less than or equal to (?P<most>\S+)\.", lazy_gettext("Hoogstens %(most)s.")),
    (r"Must be one of: (?P<choices>.*)\.", lazy_gettext("Kies uit: %(choices)s.")),
)


def translated(message: str) -> str:
    """``message`` in the reader's language; one that is not known here stays as it is."""
    if message in _KNOWN:
        return str(_KNOWN[message])
    for shape, words in _SHAPED:
        if found := re.fullmatch(shape, message):
            return str(words) % found.groupdict()
    return message
