"""What devices declare of themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.devices import api, formats, gates, pages, scanning, totals_pages, words
from asset_service.devices.device_part import device_part
from asset_service.devices.event_words import EVENT_WORDS
from asset_service.devices.forms import InspectionForm, NoCarrierForm
from asset_service.devices.lifecycle import Action
from asset_service.frame.rooms import Room, StepButton

ROOM = Room(
    name="devices",
    apis=(api.blueprint,),
    pages=(pages.blueprint, totals_pages.blueprint),
    gates={"no_carrier_installed": gates.NO_CARRIER_INSTALLED},
    step_buttons={
        Action.RECEIVE: StepButton(words=lazy_gettext("Binnenboeken"), endpoint="devices.receive", icon="inbox"),
        Action.INSPECT: StepButton(
            words=lazy_gettext("Keuren"),
            endpoint="devices.inspect",
            icon="search",
            form=InspectionForm,
            template="devices/inspect_step.html",
        ),
        Action.CONFIRM_NO_CARRIER: StepButton(
            words=lazy_gettext("Bevestigen dat er geen schijf in zit"),
            endpoint="devices.confirm_no_carrier",
            icon="disk",
            form=NoCarrierForm,
            template="devices/no_carrier_step.html",
        ),
    },
    device_part=device_part,
    event_words=EVENT_WORDS,
    looks={
        "DEVICE_STATES": words.DEVICE_STATES,
        "DATA_STATUSES": words.DATA_STATUSES,
        "DEVICE_KINDS": words.DEVICE_KINDS,
        "INSPECTIONS": words.INSPECTIONS,
        "COMPONENT_KINDS": words.COMPONENT_KINDS,
        "MEDIA": words.MEDIA,
        "HEALTH_VERDICTS": words.HEALTH_VERDICTS,
    },
    filters=(formats.model_name, formats.part_name, formats.disk_name, formats.component_facts),
    scan=scanning.resolve,
)
