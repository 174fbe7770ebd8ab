"""How the facts of a device look on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.devices.models import ExposureReason
from asset_service.frame.looks import Look

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

DEVICE_KINDS = {
    "laptop": Look(lazy_gettext("laptop"), "device"),
    "desktop": Look(lazy_gettext("desktop"), "desktop"),
    "all-in-one": Look(lazy_gettext("alles-in-één"), "desktop"),
    "tablet": Look(lazy_gettext("tablet"), "device"),
    "server": Look(lazy_gettext("server"), "parts"),
    "monitor": Look(lazy_gettext("scherm"), "desktop"),
    "phone": Look(lazy_gettext("telefoon"), "device"),
    "virtual": Look(lazy_gettext("virtuele machine"), "desktop"),
    "other": Look(lazy_gettext("ander toestel"), "device"),
}

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

MEDIA = {
    "hdd": Look(lazy_gettext("harde schijf")),
    "ssd": Look(lazy_gettext("SSD")),
    "nvme": Look(lazy_gettext("NVMe-SSD")),
    "emmc": Look(lazy_gettext("eMMC")),
    "flash": Look(lazy_gettext("flashgeheugen")),
    "virtual": Look(lazy_gettext("virtuele schijf")),
    "unknown": Look(lazy_gettext("schijf")),
}

HEALTH_VERDICTS = {
    "healthy": Look(lazy_gettext("gezond"), "check", "good"),
    "worn": Look(lazy_gettext("versleten"), "warning", "wait"),
    "failing": Look(lazy_gettext("begeeft het"), "cross", "bad"),
    "unknown": Look(lazy_gettext("gezondheid onbekend"), "question"),
}

EXPOSURE_REASONS = {
    ExposureReason.FIRST_SEEN: lazy_gettext("voor het eerst gezien"),
    ExposureReason.FROM_OUTSIDE: lazy_gettext("kwam van buiten"),
    ExposureReason.LENT: lazy_gettext("uitgeleend"),
    ExposureReason.CORRECTED: lazy_gettext("rechtgezet"),
}
