"""The page on which a person hands in reports that were carried here on a stick, and takes the receipts back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from asset_service.accounts.access import current_access, requires
from asset_service.core.db import utc_now
from asset_service.core.errors import FieldError, Invalid, TooLarge
from asset_service.core.security import csrf, limiter
from asset_service.intake import offline_files, offline_import
from asset_service.intake.roles import DECIDERS

blueprint = Blueprint("intake_import", __name__, template_folder="templates")


@blueprint.post("/intake/import")
@limiter.limit("30/minute")
@csrf.exempt
@requires(DECIDERS)
def import_reports() -> Any:
    """Take every report in the files in, and tell of each what became of it."""
    files = _uploaded()
    given = offline_files.read((file.filename or "?", file.stream) for file in files)
    imported = list(offline_import.import_files(current_access(), given, request.remote_addr or ""))
    answered = [one.report_id for one in imported if one.report_id is not None]
    results = offline_import.ImportResult
    return render_template("intake/imported.html", imported=imported, report_ids=answered, results=results)


def _uploaded() -> list[Any]:
    """The files of the form. The form token is asked for here: the form may be larger than any other's."""
    request.max_content_length = offline_files.MAX_UPLOAD_BYTES
    try:
        csrf.protect()
        files = [file for file in request.files.getlist("files") if file.filename]
    except RequestEntityTooLarge as error:
        most = offline_files.MAX_UPLOAD_BYTES // 1024**2
        raise TooLarge(gettext("Breng hoogstens %(size)s MB in één keer binnen.", size=most)) from error
    if not files:
        message = gettext("Kies eerst een bestand van de stick.")
        raise Invalid(message, errors=[FieldError("files", message)])
    return files


@blueprint.post("/intake/import/receipts")
@requires(DECIDERS)
def receipts() -> Response:
    """The service's answers as one ZIP: with it the stick knows what it need not send any more."""
    asked = request.form.getlist("report_id")[: offline_files.MAX_REPORTS]
    content = offline_import.receipts(current_access(), [_report_id(one) for one in asked])
    name = f"herstart-ontvangstbewijzen-{utc_now():%Y%m%d-%H%M}.zip"
    return Response(
        content, mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _report_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        message = gettext("Dit is geen verslagnummer.")
        raise Invalid(message, errors=[FieldError("report_id", message)]) from error
