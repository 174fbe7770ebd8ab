"""The forms of the minimum."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import DecimalField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from asset_service.core.forms import Form
from asset_service.devices.models import DeviceKind
from asset_service.minimum.operations import NAME_LENGTH, RULED_KINDS
from wipe_reports.messages import ProcessorRule

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
