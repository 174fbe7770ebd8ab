"""The forms around wipes."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.validators import InputRequired

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


class DestructionForm(Form):
    """How a carrier was destroyed, and who saw it."""

    method = SelectField(
        lazy_gettext("Hoe is de schijf vernietigd?"),
        [InputRequired(CHOOSE)],
        choices=[NOTHING_CHOSEN, *((method.value, words) for method, words in METHODS.items())],
    )
    witness_id = SelectField(lazy_gettext("Wie was getuige?"), [InputRequired(CHOOSE)])
