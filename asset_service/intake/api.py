"""JSON endpoints of intake: stations' reports and wipe jobs, reports that wait for a person, quarantine."""

from __future__ import annotations

import sys
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext
from marshmallow import Schema, ValidationError

from asset_service.accounts.access import current_access, requires
from asset_service.accounts.queries import StationIdentity
from asset_service.core.access import public
from asset_service.core.api import Blueprint
from asset_service.core.db import transaction, utc_now
from asset_service.core.errors import DomainError, FieldError, Invalid, flattened
from asset_service.core.input import Unreadable, read_json
from asset_service.core.schemas import PageRequest
from asset_service.core.security import MAX_BODY_BYTES, allow, csrf, limiter, who_asks
from asset_service.devices import queries as device_queries
from asset_service.intake import decisions, quarantine, queries, schemas
from asset_service.intake.checks import Rejected, check_report, check_signature
from asset_service.intake.models import UnmatchedReport
from asset_service.intake.receiving import in_one_transaction, quarantine_report, receive
from asset_service.intake.roles import DECIDERS, QUARANTINE_READERS
from asset_service.minimum.operations import policy_in_force
from asset_service.wiping import operations as wiping_operations
from wipe_reports.document import MEDIA_TYPE
from wipe_reports.messages import LABEL_LOOKUP_TYPE, STATION_SETTINGS_TYPE, WIPE_JOB_TYPE

REPORTS_OF_AN_ADDRESS = "6000/minute"
"""A bench of twenty behind one address empties its outboxes within this. As many of each other message of stations."""

REPORTS_OF_A_STATION = "2400/minute"
REFUSED_OF_AN_ADDRESS = "300/minute"
"""What is refused is kept in quarantine, which strangers could fill. A station's own refused messages count as its."""

WIPE_JOBS_OF_A_STATION = "1200/minute"
QUESTIONS_OF_A_STATION = "120/minute"

blueprint = Blueprint("intake_api", __name__, url_prefix="/api/v1", description="Intake")


def _signed_by_station(typ: str) -> dict[str, Any]:
    description = f"A compact JWS (EdDSA) by an enrolled station's key, typ {typ}"
    content = {"application/jose": {"schema": {"type": "string"}}}
    return {"requestBody": {"required": True, "description": description, "content": content}, "security": []}


def _body() -> bytes:
    """The body, read up to one byte more than is taken: what is too large is still kept in part."""
    request.max_content_length = sys.maxsize
    return request.stream.read(MAX_BODY_BYTES + 1)


@blueprint.post("/reports")
@limiter.limit(lambda: REPORTS_OF_AN_ADDRESS)
@blueprint.doc(**_signed_by_station(MEDIA_TYPE))
@blueprint.response(201, schemas.ReportAnswer)
@blueprint.alt_response(200, schema=schemas.ReportAnswer, description="The same report again: the same answer")
@csrf.exempt
@public
def receive_report() -> Any:
    """Take in a station's signed report. What is refused is kept in quarantine, within bounds."""
    raw = _body()
    try:
        checked = check_report(raw)
        allow(REPORTS_OF_A_STATION, "reports", str(checked.station.id))
        answer = receive(checked)
    except Rejected as rejected:
        _count_refused("refused reports", rejected)
        quarantine_report(raw, rejected, request.remote_addr or "")
        raise
    return Response(answer.body, 201 if answer.is_new else 200, mimetype="application/json")


def _count_refused(what: str, rejected: Rejected) -> None:
    """Count by whom it is: a stranger behind a station's own address must not use up what the station may."""
    by = str(rejected.station.id) if rejected.signed and rejected.station else who_asks()
    allow(REFUSED_OF_AN_ADDRESS, what, by)


def _checked_request(typ: str, limit: str) -> tuple[StationIdentity, bytes]:
    """Which station asks, and what. Only a signature that holds counts for a station."""
    try:
        station, payload = check_signature(_body(), typ)
    except Rejected as rejected:
        _count_refused(f"refused {typ}", rejected)
        raise
    allow(limit, typ, str(station.id))
    return station, payload


@blueprint.post("/wipe-jobs")
@limiter.limit(lambda: REPORTS_OF_AN_ADDRESS)
@blueprint.doc(**_signed_by_station(WIPE_JOB_TYPE))
@blueprint.response(201, schemas.WipeJobAnswer)
@blueprint.alt_response(200, schema=schemas.WipeJobAnswer, description="The same request again: the same answer")
@csrf.exempt
@public
def open_wipe_job() -> Any:
    """Give a nonce for each carrier that a station will wipe; it binds the wipe to the carrier's exposure."""
    station, payload = _checked_request(WIPE_JOB_TYPE, WIPE_JOBS_OF_A_STATION)
    sent = _loaded(schemas.WipeJobRequest(), payload)
    carriers = [wiping_operations.CarrierToWipe(**one) for one in sent["carriers"]]
    digest = sha256(payload).hexdigest()
    job = in_one_transaction(partial(wiping_operations.open_job, station, sent["request_id"], carriers, digest))
    return Response(job.body, 201 if job.is_new else 200, mimetype="application/json")


@blueprint.post("/stations/settings")
@limiter.limit(lambda: REPORTS_OF_AN_ADDRESS)
@blueprint.doc(**_signed_by_station(STATION_SETTINGS_TYPE))
@blueprint.response(200, schemas.StationSettings)
@csrf.exempt
@public
def station_settings() -> Any:
    """What a station works by: the service's time, and its partner's minimum. Asking changes nothing."""
    station, payload = _checked_request(STATION_SETTINGS_TYPE, QUESTIONS_OF_A_STATION)
    _loaded(schemas.StationSettingsRequest(), payload)
    policy = policy_in_force(station.partner_id)
    return {"time": utc_now(), "minimum_policy": policy}


@blueprint.post("/stations/label")
@limiter.limit(lambda: REPORTS_OF_AN_ADDRESS)
@blueprint.doc(**_signed_by_station(LABEL_LOOKUP_TYPE))
@blueprint.response(200, schemas.LabelAnswer)
@csrf.exempt
@public
def label() -> Any:
    """Whose label a station's operator has scanned, so that they see it before they wipe. Asking changes nothing."""
    station, payload = _checked_request(LABEL_LOOKUP_TYPE, QUESTIONS_OF_A_STATION)
    sent = _loaded(schemas.LabelRequest(), payload)
    return queries.holder_of_label(station.partner_id, sent["code"])


def _loaded(schema: Schema, payload: bytes) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(read_json(payload))
    except Unreadable as error:
        raise DomainError(error.detail, code="not_json", errors=[FieldError("body", error.detail)]) from error
    except ValidationError as error:
        messages = error.normalized_messages()
        raise Invalid(gettext("Kijk de aangeduide velden na."), errors=flattened(messages)) from error
    return loaded


@blueprint.get("/unmatched-reports")
@blueprint.arguments(PageRequest, location="query")
@blueprint.response(200, schemas.UnmatchedPage)
@requires(DECIDERS)
def unmatched_reports(sent: dict[str, Any]) -> Any:
    """Reports that wait for a person, latest first."""
    return queries.unmatched(current_access(), **sent)


@blueprint.get("/unmatched-reports/<uuid:report_id>")
@blueprint.response(200, schemas.UnmatchedReport)
@requires(DECIDERS)
def unmatched_report(report_id: UUID) -> Any:
    """One of them, with the codes of its candidates."""
    waiting = queries.unmatched_report(current_access(), report_id)
    codes = [device.code for device in queries.candidates(current_access(), waiting)]
    return {**_columns(waiting), "candidates": codes}


def _columns(waiting: UnmatchedReport) -> dict[str, Any]:
    names = ("report_id", "report", "manufacturer", "product", "serial", "reasons", "resolved_at")
    return {name: getattr(waiting, name) for name in names}


@blueprint.post("/unmatched-reports/<uuid:report_id>/resolve")
@blueprint.arguments(schemas.Resolution)
@blueprint.response(200, schemas.ResolvedDevice)
@requires(DECIDERS)
def resolve(sent: dict[str, Any], report_id: UUID) -> Any:
    """Say which device the report is about."""
    access = current_access()
    with transaction():
        device = device_queries.device_by_code(access, sent["code"]) if sent["code"] is not None else None
        device_id = device.id if device is not None else None
        found = decisions.resolve_unmatched(access, report_id, device_id=device_id, grounds=sent["grounds"])
        return {"code": found.code if found is not None else None}


@blueprint.post("/unmatched-reports/<uuid:report_id>/reject")
@blueprint.arguments(schemas.Rejection)
@blueprint.response(204)
@requires(DECIDERS)
def reject(sent: dict[str, Any], report_id: UUID) -> None:
    """Say that the report is about no device of ours; it is kept."""
    with transaction():
        decisions.reject_unmatched(current_access(), report_id, **sent)


@blueprint.get("/quarantine")
@blueprint.arguments(PageRequest, location="query")
@blueprint.response(200, schemas.QuarantinePage)
@requires(QUARANTINE_READERS)
def quarantined(sent: dict[str, Any]) -> Any:
    """What was refused, latest first."""
    return queries.quarantined(current_access(), **sent)


@blueprint.get("/quarantine/<uuid:item_id>/bytes")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@requires(QUARANTINE_READERS)
def quarantined_bytes(item_id: UUID) -> Any:
    """The refused bytes, as received."""
    item = queries.quarantined_item(current_access(), item_id)
    headers = {"Content-Disposition": f'attachment; filename="{item.sha256}.bin"'}
    return Response(item.body, mimetype="application/octet-stream", headers=headers)


@blueprint.delete("/quarantine/<uuid:item_id>")
@blueprint.response(204)
@requires(QUARANTINE_READERS)
def throw_away(item_id: UUID) -> None:
    """Delete the refused bytes."""
    with transaction():
        quarantine.throw_away(current_access(), item_id)
