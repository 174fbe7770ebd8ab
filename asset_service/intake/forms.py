"""The forms of intake."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from asset_service.core.forms import Form
from asset_service.intake.models import Grounds

NEW_DEVICE = "new"
OTHER_DEVICE = "other"
NOT_OURS = "none"

GROUNDS = {
    Grounds.LABEL: lazy_gettext("Ik las het etiket op het toestel"),
    Grounds.BOARD_REPLACED: lazy_gettext("Het moederbord is vervangen"),
    Grounds.SHARED_IDENTITY: lazy_gettext("Twee toestellen dragen hetzelfde nummer"),
    Grounds.MOVED_BETWEEN_PARTNERS: lazy_gettext("Het toestel ging van de ene organisatie naar de andere"),
    Grounds.NOT_OURS: lazy_gettext("Het is niet van ons"),
    Grounds.CLOCK_WRONG: lazy_gettext("De klok van het station stond fout, de rest klopt"),
    Grounds.MISTAKE: lazy_gettext("Het verslag is een vergissing"),
    Grounds.OTHER: lazy_gettext("Iets anders"),
}


class DecisionForm(Form):
    """Which device is the report about, and how does the person know?

    ``choice`` is a device's code, or one of :data:`NEW_DEVICE`, :data:`OTHER_DEVICE` (then ``code`` says which) and
    :data:`NOT_OURS`.
    """

    choice = RadioField(lazy_gettext("Welk toestel is dit?"), [InputRequired(lazy_gettext("Kies een antwoord."))])
    code = StringField(
        lazy_gettext("Code van het andere toestel"),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "off",
            "spellcheck": "false",
            "maxlength": 500,
            "data-scan": "fill",
        },
    )
    grounds = SelectField(
        lazy_gettext("Hoe weet je dat?"),
        [InputRequired(lazy_gettext("Kies een antwoord."))],
        choices=[("", lazy_gettext("– kies –")), *((grounds.value, words) for grounds, words in GROUNDS.items())],
    )
