"""JSON endpoints of wiping: attests and bundles, wipes that wait for a person, destruction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import gettext

from asset_service.accounts.access import current_access, requires
from asset_service.core import documents, printing
from asset_service.core.api import Blueprint
from asset_service.core.db import transaction
from asset_service.core.errors import NotFound
from asset_service.core.schemas import PageRequest
from asset_service.devices.roles import READERS
from asset_service.wiping import attests, operations, queries, schemas
from asset_service.wiping.jobs import issue_anew, issued_attest
from asset_service.wiping.models import Attest
from asset_service.wiping.roles import CONFIRMERS, DESTROYERS
from wipe_reports.words import Language

blueprint = Blueprint("wiping_api", __name__, url_prefix="/api/v1", description="Wiping")
_BINARY = {"type": "string", "format": "binary"}


def current_attest(public_id: str, language: Language) -> Attest:
    """The attest as issued. Raises :class:`NotFound` where none says what the service says now: reading issues none."""
    found = queries.evidence_by_public_id(current_access(), public_id)
    known = attests.current(found.id, language)
    if known is None:
        message = gettext(
            "Dit attest is nog niet uitgegeven, of het zegt niet meer wat wij weten. Geef het uit met de knop op de "
            "pagina van het toestel, of in de API met POST op dit adres."
        )
        raise NotFound(message, code="attest_not_issued")
    return known


@blueprint.get("/attests/<public_id>.pdf")
@blueprint.arguments(schemas.AttestLanguage, location="query")
@blueprint.response(200, _BINARY, content_type=printing.PDF)
@requires(READERS)
def attest_pdf(sent: dict[str, Any], public_id: str) -> Any:
    """The wis-attest of one wiped carrier, where one was issued that says what the service says now."""
    return pdf_response(current_attest(public_id, sent["lang"]))


@blueprint.post("/attests/<public_id>.pdf")
@blueprint.arguments(schemas.AttestLanguage, location="query")
@blueprint.response(200, _BINARY, content_type=printing.PDF)
@requires(READERS)
def issue_attest(sent: dict[str, Any], public_id: str) -> Any:
    """Issue the wis-attest where it was not, and give it; one that says the same as before is not issued again."""
    found = queries.evidence_by_public_id(current_access(), public_id)
    return pdf_response(issued_attest(found.id, sent["lang"]))


def pdf_response(made: Attest) -> Response:
    """The attest's PDF."""
    return documents.answer(made.pdf_sha256, f"wisattest-{made.public_id}")


@blueprint.get("/attests/<public_id>/bundle.zip")
@blueprint.arguments(schemas.AttestLanguage, location="query")
@blueprint.response(200, _BINARY, content_type="application/zip")
@requires(READERS)
def attest_bundle(sent: dict[str, Any], public_id: str) -> Any:
    """The evidence bundle: signed report, receipt, issued attest and the proof of its place in the ledger."""
    content = attests.bundle_of(current_attest(public_id, sent["lang"]))
    headers = {"Content-Disposition": f'attachment; filename="wisbewijs-{public_id}.zip"'}
    return Response(content, mimetype="application/zip", headers=headers)


@blueprint.get("/reports/<uuid:report_id>.jws")
@blueprint.response(200, {"type": "string"}, content_type="application/jose")
@requires(READERS)
def signed_report(report_id: UUID) -> Any:
    """A station's signed report exactly as received."""
    found = queries.signed_report(current_access(), report_id)
    headers = {"Content-Disposition": f'attachment; filename="{report_id}.jws"'}
    return Response(found.jws, mimetype="application/jose", headers=headers)


@blueprint.get("/wipes/awaiting-confirmation")
@blueprint.arguments(PageRequest, location="query")
@blueprint.response(200, schemas.EvidencePage)
@requires(READERS)
def awaiting(sent: dict[str, Any]) -> Any:
    """Wipes that a person must confirm, latest first."""
    return queries.awaiting(current_access(), **sent)


@blueprint.post("/wipes/<uuid:evidence_id>/confirm")
@blueprint.response(200, schemas.Evidence)
@requires(CONFIRMERS)
def confirm(evidence_id: UUID) -> Any:
    """Vouch for a wipe that was made without the service's nonce. Its attest is issued anew."""
    with transaction():
        confirmed = operations.confirm_wipe(current_access(), evidence_id)
    issue_anew(evidence_id)
    return confirmed


@blueprint.get("/destruction-tasks")
@blueprint.arguments(PageRequest, location="query")
@blueprint.response(200, schemas.TaskPage)
@requires(READERS)
def tasks(sent: dict[str, Any]) -> Any:
    """Carriers that must be destroyed, latest task first."""
    return queries.open_tasks(current_access(), **sent)


@blueprint.post("/destruction-tasks/<uuid:task_id>/done")
@blueprint.arguments(schemas.Destruction)
@blueprint.response(200, schemas.Task)
@requires(DESTROYERS)
def destroyed(sent: dict[str, Any], task_id: UUID) -> Any:
    """Say how the carrier was destroyed, and who saw it."""
    with transaction():
        return operations.destroy(current_access(), task_id, **sent)


@blueprint.post("/components/<uuid:component_id>/destruction-task")
@blueprint.response(201, schemas.Task)
@requires(DESTROYERS)
def demand_destruction(component_id: UUID) -> Any:
    """Decide that the carrier must be destroyed rather than wiped."""
    with transaction():
        return operations.demand_destruction(current_access(), component_id)
