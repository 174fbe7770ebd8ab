"""What a station's message must be before anything in it is believed. Checked in order; the first refusal stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask_babel import gettext

from asset_service.accounts.queries import StationIdentity, station_by_key_id
from asset_service.core.errors import DomainError, FieldError
from asset_service.core.i18n import language
from asset_service.core.security import MAX_BODY_BYTES
from asset_service.wiping.queries import was_acknowledged
from wipe_reports import contradictions, schema, signing, words
from wipe_reports.document import MEDIA_TYPE, WipeReport


class Rejected(DomainError):  # noqa: N818 - like its sisters in core.errors
    """A message that is not taken. ``signed``: an enrolled station's signature held, so it is no stranger's."""

    def __init__(
        self,
        status: int,
        code: str,
        title: Any,
        errors: list[FieldError],
        station: StationIdentity | None = None,
        *,
        signed: bool = False,
    ) -> None:
        super().__init__(errors[0].message, code=code, errors=errors)
        self.status = status
        self.title = title
        self.station = station
        self.signed = signed


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedReport:
    """A report that an enrolled station signed and that does not contradict itself. ``jws`` as received."""

    report: WipeReport
    station: StationIdentity
    jws: bytes
    sha256: str


def check_report(raw: bytes) -> CheckedReport:
    """The report in the request's body ``raw``. Raises :class:`Rejected` naming the field.

    One that was acknowledged before is taken to be right, also where its station was revoked since: its station waits
    for the answer that it did not get.
    """
    station, payload = _signed(raw, MEDIA_TYPE)
    digest = sha256(raw.strip()).hexdigest()
    try:
        report = schema.from_bytes(payload)
    except schema.ReportInvalid as error:
        _refuse_revoked(station)
        raise _invalid(error.errors, station) from error
    found = contradictions.find(report)
    is_doubted = bool(found) or station.revoked_at is not None
    if is_doubted and not was_acknowledged(UUID(report.report_id), station.id, digest):
        _refuse_revoked(station)
        title = gettext("Dit verslag spreekt zichzelf tegen")
        raise Rejected(422, "report_contradicts_itself", title, _field_errors(found), station, signed=True)
    return CheckedReport(report=report, station=station, jws=raw.strip(), sha256=digest)


def check_signature(raw: bytes, typ: str) -> tuple[StationIdentity, bytes]:
    """Who signed ``raw`` as a ``typ``, and what they signed. Raises :class:`Rejected`, also for a revoked station."""
    station, payload = _signed(raw, typ)
    _refuse_revoked(station)
    return station, payload


def _signed(raw: bytes, typ: str) -> tuple[StationIdentity, bytes]:
    if len(raw) > MAX_BODY_BYTES:
        message = gettext("Een verslag is hoogstens %(size)s MB.", size=MAX_BODY_BYTES // 1024**2)
        raise Rejected(413, "too_large", gettext("Dit verslag is te groot"), [FieldError("body", message)])
    try:
        key_id = signing.claimed_key_id(raw)
    except signing.SignatureInvalid as error:
        raise _unsigned(400, "not_signed", "body", error) from error
    station = _station(key_id)
    try:
        return station, signing.verify(raw, station.key, typ)
    except signing.SignatureInvalid as error:
        status, code, field = _SIGNATURE_REFUSALS.get(error.key, (403, "signature_invalid", "signature"))
        raise _unsigned(status, code, field, error, station) from error


_SIGNATURE_REFUSALS = {
    "jws.typ": (422, "wrong_type", "typ"),
    "jws.alg": (422, "wrong_algorithm", "alg"),
    "jws.header": (422, "wrong_header", "header"),
    "jws.form": (400, "not_signed", "body"),
}


def _unsigned(
    status: int, code: str, field: str, error: signing.SignatureInvalid, station: StationIdentity | None = None
) -> Rejected:
    message = error.in_language(language())
    return Rejected(status, code, gettext("De handtekening klopt niet"), [FieldError(field, message)], station)


def _station(key_id: object) -> StationIdentity:
    # A thumbprint has 43 characters; what is longer is not worth a question to the database.
    plausible = isinstance(key_id, str) and len(key_id) <= 64 and key_id.isascii() and key_id.isprintable()
    station = station_by_key_id(str(key_id)) if plausible else None
    if station is None:
        message = gettext("Dit station is niet aangemeld. Meld het eerst aan met een code van je beheerder.")
        raise Rejected(403, "unknown_station", gettext("Onbekend station"), [FieldError("kid", message)])
    return station


def _refuse_revoked(station: StationIdentity) -> None:
    if station.revoked_at is not None:
        message = gettext("De toegang van dit station is ingetrokken. Vraag je beheerder om het opnieuw aan te melden.")
        title = gettext("Ingetrokken station")
        raise Rejected(403, "revoked_station", title, [FieldError("kid", message)], station)


def _invalid(errors: Iterable[words.FieldError], station: StationIdentity) -> Rejected:
    found = list(errors)
    keys = {one.key for one in found}
    if keys & {"version.future", "version.unknown"}:
        title, code, status = gettext("Deze versie kennen we niet"), "unsupported_version", 422
    elif any(key.startswith("json.") for key in keys):
        title, code, status = gettext("Dit is geen leesbaar verslag"), "not_json", 400
    else:
        title, code, status = gettext("Dit verslag klopt niet"), "report_invalid", 422
    return Rejected(status, code, title, _field_errors(found), station, signed=True)


def _field_errors(errors: Iterable[words.FieldError]) -> list[FieldError]:
    return [FieldError(one.field or "body", one.in_language(language())) for one in errors]
