"""The service's receipt: its signed word that it accepted one report, byte for byte, at one moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from wipe_reports import signing
from wipe_reports.fields import FieldRefused, Moment, written

_MOMENT = Moment()
_NAMES = ("report_id", "report_sha256", "station_key_id", "received_at")


class ReceiptInvalid(ValueError):  # noqa: N818 - beside ReportInvalid and SignatureInvalid
    """This is no receipt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """``report_sha256`` is :func:`wipe_reports.signing.fingerprint` of the report's JWS as it was received."""

    TYPE: ClassVar[str] = "wipe-receipt+jws"

    report_id: str
    report_sha256: str
    station_key_id: str
    received_at: datetime


def sign(receipt: Receipt, service_key: signing.Key) -> str:
    """The receipt as a JWS by the service."""
    members = {
        "report_id": receipt.report_id,
        "report_sha256": receipt.report_sha256,
        "station_key_id": receipt.station_key_id,
        "received_at": written(receipt.received_at),
    }
    return signing.sign(json.dumps(members, separators=(",", ":")).encode(), service_key, Receipt.TYPE)


def read(payload: bytes) -> Receipt:
    """The receipt in a JWS payload. Raises :class:`ReceiptInvalid`."""
    try:
        members = json.loads(payload)
        report_id, report_sha256, station_key_id, received_at = (members[name] for name in _NAMES)
        received = _MOMENT.parse(received_at)
    except (ValueError, KeyError, TypeError, RecursionError, FieldRefused) as error:
        raise ReceiptInvalid(str(error)) from error
    if not all(isinstance(one, str) for one in (report_id, report_sha256, station_key_id)):
        raise ReceiptInvalid("a member is no text")
    return Receipt(
        report_id=report_id, report_sha256=report_sha256, station_key_id=station_key_id, received_at=received
    )
