"""The forms of intake."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import DecimalField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from asset_service.core.forms import Form
from asset_service.devices.models import DeviceKind
from asset_service.intake.minimum_policies import NAME_LENGTH, RULED_KINDS
from asset_service.intake.models import Grounds
from wipe_reports.messages import ProcessorRule

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


PERSON = "person"
PROCESSORS = [
    (PERSON, lazy_gettext("Laat een mens beslissen")),
    (ProcessorRule.CORE_I3.value, lazy_gettext("Minstens Core i3")),
    (ProcessorRule.ANY.value, lazy_gettext("Elke processor")),
]


class _OnVersion(Form):
    """A form about the version of the minimum that the user saw."""

    present_version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=0)])


class PolicyWithdrawalForm(_OnVersion):
    """Let the call's own minimum hold again."""


class PolicyForm(_OnVersion):
    """A partner's minimum: for each kind of device what processor and how much memory. Fields are named by kind."""

    name = StringField(
        lazy_gettext("Naam van dit minimum"), render_kw={"maxlength": NAME_LENGTH, "autocomplete": "off"}
    )

    def rule(self, kind: DeviceKind) -> tuple[Any, Any]:
        """The fields of one kind: processor and memory in GB."""
        start = kind.name.lower()
        return self[f"{start}_processor"], self[f"{start}_memory_gb"]


for _kind in RULED_KINDS:
    setattr(PolicyForm, f"{_kind.name.lower()}_processor", SelectField(lazy_gettext("Processor"), choices=PROCESSORS))
    setattr(
        PolicyForm,
        f"{_kind.name.lower()}_memory_gb",
        DecimalField(
            lazy_gettext("Geheugen in GB, minstens"),
            validators=[Optional()],
            places=None,
            render_kw={"min": "0.5", "max": "1024", "step": "0.5", "inputmode": "decimal"},
        ),
    )
