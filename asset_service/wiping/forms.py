"""The forms around wipes."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from asset_service.core.forms import Form
from asset_service.wiping.models import DestructionMethod

METHODS = {
    DestructionMethod.SHREDDED: lazy_gettext("versnipperd (shredder)"),
    DestructionMethod.CRUSHED: lazy_gettext("geplet"),
    DestructionMethod.DRILLED: lazy_gettext("doorboord"),
    DestructionMethod.DEGAUSSED_AND_CRUSHED: lazy_gettext("ontmagnetiseerd en geplet"),
    DestructionMethod.BY_PROCESSOR: lazy_gettext("door een erkende verwerker"),
}


CHOOSE = lazy_gettext("Kies een antwoord.")
NOTHING_CHOSEN = ("", lazy_gettext("– kies –"))
"""The first choice: what is written down for good is chosen, never merely left as it stood."""


class InHandForm(Form):
    """What one reads on the disk in hand: the deliberate second thing beside the button."""

    typed = StringField(
        lazy_gettext("Welke schijf heb je in de hand?"),
        [DataRequired(lazy_gettext("Typ wat op de schijf staat: zonder dat bewaren we niets."))],
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "maxlength": 200,
            "data-scan": "fill",
        },
    )


class ConfirmationForm(InHandForm):
    """That a wipe belongs to the disk in hand, and that the disk was not used since."""

    unused = BooleanField(
        lazy_gettext("De wissing hoort bij deze schijf, en de schijf is daarna niet meer gebruikt"),
        [InputRequired(lazy_gettext("Vink dit aan als je het zeker weet. Anders wordt er niets bevestigd."))],
    )


class DestructionForm(InHandForm):
    """How a carrier was destroyed, and who saw it."""

    method = SelectField(
        lazy_gettext("Hoe is de schijf vernietigd?"),
        [InputRequired(CHOOSE)],
        choices=[NOTHING_CHOSEN, *((method.value, words) for method, words in METHODS.items())],
    )
    witness_id = SelectField(lazy_gettext("Wie was getuige?"), [InputRequired(CHOOSE)])
