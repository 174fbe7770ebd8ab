"""The events of this room in plain words, as a timeline tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from asset_service.frame.looks import look
from asset_service.frame.rooms import EventWords
from asset_service.wiping import events
from asset_service.wiping.forms import METHODS
from asset_service.wiping.models import DestructionMethod
from asset_service.wiping.words import OUTCOMES


def _reported(data: Mapping[str, Any]) -> str:
    outcome = look(OUTCOMES, data["outcome"]).words
    if data["test"]:
        return gettext("Proef met wissen gemeld: %(outcome)s", outcome=outcome)
    return gettext("Wissing gemeld: %(outcome)s", outcome=outcome)


def _destroyed(data: Mapping[str, Any]) -> str:
    return gettext("Een schijf is vernietigd: %(method)s", method=METHODS[DestructionMethod(data["method"])])


EVENT_WORDS: dict[type, EventWords] = {
    events.WipeJobOpened: lazy_gettext("Een station begon aan een wissing"),
    events.WipeReported: _reported,
    events.WipeConfirmed: lazy_gettext("Een persoon bevestigde een wissing"),
    events.DestructionDemanded: lazy_gettext("Een schijf moet vernietigd worden"),
    events.DestructionWithdrawn: lazy_gettext("Vernietigen is niet meer nodig: de schijf is toch gewist"),
    events.DestructionDone: _destroyed,
    events.AttestIssued: lazy_gettext("Wisattest uitgegeven"),
}
