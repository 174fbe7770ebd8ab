"""The forms of a device."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from asset_service.core.forms import Form
from asset_service.devices.models import Defect

CHOOSE = lazy_gettext("Kies een antwoord.")
REQUIRED = lazy_gettext("Vul dit in.")
SCANNED = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
    "maxlength": 500,
    "data-scan": "fill",
}
"""A field that one scans into: what a scanner types stays there, its Enter does nothing."""

DEFECTS = {
    Defect.OUTDATED: lazy_gettext("Te oud: er is geen markt meer voor"),
    Defect.RUST_OR_DAMAGE: lazy_gettext("Veel roest of schade aan de buitenkant"),
    Defect.BAD_CONDITION: lazy_gettext("In slechte staat"),
    Defect.NOT_REPAIRABLE: lazy_gettext("Herstellen is te duur"),
    Defect.CRT: lazy_gettext("Heeft een beeldbuis (CRT)"),
}
"""The five grounds of the ministerial decree of 23 June 2017, art. 1, in plain words."""


class DeviceForm(Form):
    """Form on a device's page. ``seen_version`` is of the device as the page showed it: what changed since is shown."""

    seen_version = IntegerField(validators=[Optional()])


class InspectionForm(DeviceForm):
    """The decree's inspection by a person."""

    reusable = RadioField(
        lazy_gettext("Kan dit toestel opnieuw gebruikt worden?"),
        [InputRequired(CHOOSE)],
        choices=[("yes", lazy_gettext("Ja, herbruikbaar")), ("no", lazy_gettext("Nee, niet herbruikbaar"))],
    )
    defects = SelectMultipleField(
        lazy_gettext("Waarom niet?"),
        choices=[(defect.value, words) for defect, words in DEFECTS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class NoCarrierForm(DeviceForm):
    """That there is no disk: said by who opened the device, never by a slip of the finger."""

    looked = BooleanField(
        lazy_gettext("Ik heb in het toestel gekeken"),
        [InputRequired(lazy_gettext("Kijk eerst in het toestel, en vink dit dan aan."))],
    )


class RemovalForm(Form):
    """That a disk is out of its device: what may hold data then lies loose."""

    out = BooleanField(
        lazy_gettext("De schijf is uit het toestel en ik heb ze in de hand"),
        [InputRequired(lazy_gettext("Neem de schijf eerst uit het toestel, en vink dit dan aan."))],
    )


class LabelForm(DeviceForm):
    """A label that was stuck on the device."""

    code = StringField(
        lazy_gettext("Code op het nieuwe etiket"),
        [DataRequired(REQUIRED)],
        render_kw=SCANNED,
    )


class InstallForm(Form):
    """Into which device a loose disk went."""

    code = StringField(
        lazy_gettext("Code van het toestel"),
        [DataRequired(REQUIRED)],
        render_kw=SCANNED,
    )


class MoveForm(DeviceForm):
    """Where the device goes."""

    site = SelectField(lazy_gettext("Naar welke plaats?"), [InputRequired(CHOOSE)])
