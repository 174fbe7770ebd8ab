"""What a station gets for its report: a receipt that the service signed, the device, and where its attests are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import rfc8785
from flask import current_app

from asset_service.core.keys import service_key
from asset_service.devices import queries as device_queries
from asset_service.intake.received import Received
from asset_service.ledger.operations import moment
from asset_service.wiping.evidence import JudgedWipe
from asset_service.wiping.models import ReportResult
from wipe_reports import signing
from wipe_reports.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Answer:
    """What the station is sent: the body's exact bytes, and whether the report is new.

    ``receipt`` stands in the body of a new one too. ``attests`` are the evidence ids whose attest can be issued now.
    """

    body: bytes
    is_new: bool
    receipt: str = ""
    attests: tuple[UUID, ...] = ()

    def members(self) -> dict[str, Any]:
        """The body's members."""
        members: dict[str, Any] = orjson.loads(self.body)
        return members


def answer(
    received: Received, result: ReportResult, code: str | None = None, wipes: Sequence[JudgedWipe] = ()
) -> Answer:
    """The answer to a new report: what became of it, the label's ``code`` of its device, and its wipes' attests."""
    receipt, attested = _receipt(received), [one for one in wipes if one.is_attested]
    body = {
        "report_id": received.report.report_id,
        "result": result.value,
        "device": {"code": code, "url": device_queries.page_url(code)} if code else None,
        "receipt": receipt,
        "received_at": moment(received.received_at),
        "attests": [_attest(one) for one in attested],
    }
    return Answer(orjson.dumps(body), True, receipt, tuple(one.evidence_id for one in attested))


def _receipt(received: Received) -> str:
    claims = {
        "report_id": received.report.report_id,
        "report_sha256": received.sha256,
        "station_key_id": received.station_key_id,
        "received_at": moment(received.received_at),
    }
    return signing.sign(rfc8785.dumps(claims), service_key(), Receipt.TYPE)


def _attest(wipe: JudgedWipe) -> dict[str, str | None]:
    base_url = current_app.extensions["herstart_settings"].base_url
    return {
        "carrier_serial": wipe.carrier.serial,
        "pdf_url": f"{base_url}/api/v1/attests/{wipe.public_id}.pdf",
        "check_url": f"{base_url}/w/{wipe.public_id}",
    }
