"""How the facts of a device look on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.devices.models import ExposureReason
from asset_service.frame.looks import Look, wire_looks
from wipe_reports.codes import MachineKind
from wipe_reports.document import HealthVerdict, Medium

DEVICE_STATES = {
    "announced": Look(lazy_gettext("aangekondigd"), "clock"),
    "received": Look(lazy_gettext("binnengekomen"), "inbox"),
    "inspected": Look(lazy_gettext("gekeurd"), "search"),
    "in_repair": Look(lazy_gettext("in herstelling"), "settings", "wait"),
    "ready": Look(lazy_gettext("klaar voor uitleen"), "check", "good"),
    "reserved": Look(lazy_gettext("gereserveerd"), "lock"),
    "on_loan": Look(lazy_gettext("uitgeleend"), "user"),
    "returned": Look(lazy_gettext("teruggebracht"), "back"),
    "missing": Look(lazy_gettext("vermist"), "question", "bad"),
    "handed_off": Look(lazy_gettext("afgevoerd"), "leave"),
    "transferred": Look(lazy_gettext("overgedragen"), "arrow"),
    "dismantled": Look(lazy_gettext("ontmanteld"), "parts"),
}

DATA_STATUSES = {
    "unknown": Look(lazy_gettext("nog niet bekend"), "question", "wait"),
    "none": Look(lazy_gettext("geen schijf"), "check", "good"),
    "exposed": Look(lazy_gettext("nog niet gewist"), "warning", "bad"),
    "wiped": Look(lazy_gettext("gewist"), "shield", "good"),
    "destroyed": Look(lazy_gettext("vernietigd"), "shield", "good"),
}

_MACHINES = wire_looks(
    MachineKind,
    {
        MachineKind.LAPTOP: ("device", "plain"),
        MachineKind.DESKTOP: ("desktop", "plain"),
        MachineKind.ALL_IN_ONE: ("desktop", "plain"),
        MachineKind.TABLET: ("device", "plain"),
        MachineKind.SERVER: ("parts", "plain"),
        MachineKind.VIRTUAL: ("desktop", "plain"),
        MachineKind.OTHER: ("device", "plain"),
    },
)

DEVICE_KINDS = _MACHINES | {
    "monitor": Look(lazy_gettext("scherm"), "desktop"),
    "phone": Look(lazy_gettext("telefoon"), "device"),
}
"""The kinds of machine that an agent tells of, and those that only people register."""

INSPECTIONS = {
    "reusable": Look(lazy_gettext("herbruikbaar"), "check", "good"),
    "not_reusable": Look(lazy_gettext("niet herbruikbaar"), "cross", "bad"),
}

COMPONENT_KINDS = {
    "processor": Look(lazy_gettext("processor"), "parts"),
    "memory": Look(lazy_gettext("geheugen"), "parts"),
    "disk": Look(lazy_gettext("schijf"), "disk"),
    "battery": Look(lazy_gettext("batterij"), "parts"),
}

MEDIA = wire_looks(Medium)

HEALTH_VERDICTS = wire_looks(
    HealthVerdict,
    {
        HealthVerdict.HEALTHY: ("check", "good"),
        HealthVerdict.WORN: ("warning", "wait"),
        HealthVerdict.FAILING: ("cross", "bad"),
        HealthVerdict.UNKNOWN: ("question", "plain"),
    },
)

EXPOSURE_REASONS = {
    ExposureReason.FIRST_SEEN: lazy_gettext("voor het eerst gezien"),
    ExposureReason.FROM_OUTSIDE: lazy_gettext("kwam van buiten"),
    ExposureReason.LENT: lazy_gettext("uitgeleend"),
    ExposureReason.CORRECTED: lazy_gettext("rechtgezet"),
}
