"""JSON endpoints of accounts: enrolment, trusted keys, one's own account and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from asset_service.accounts import operations, queries, schemas, trusted_keys
from asset_service.accounts.access import current_access, requires
from asset_service.core.access import public
from asset_service.core.api import Blueprint
from asset_service.core.db import transaction
from asset_service.core.security import limiter

blueprint = Blueprint("accounts_api", __name__, url_prefix="/api/v1", description="Accounts")


@blueprint.get("/keys")
@blueprint.response(200, schemas.KeySet)
@public
def keys() -> dict[str, Any]:
    """The public keys to verify reports, receipts, ledger heads and attests with (JWK Set)."""
    return trusted_keys.key_set()


@blueprint.post("/stations/enrol")
@limiter.limit("10/minute;100/hour")
@blueprint.arguments(schemas.Enrolment)
@blueprint.response(201, schemas.Enrolled)
@blueprint.alt_response(200, schema=schemas.Enrolled, description="The same code and key again")
@public
def enrol(sent: dict[str, Any]) -> Any:
    """Enrol a station: a one-time code for trust in its key."""
    with transaction():
        station, is_new = operations.enrol_station(**sent)
        answer = {
            "station": {"id": station.id, "name": station.name, "key_id": station.key_id},
            "partner": {"name": station.partner.name},
        }
    return {**answer, "keys": trusted_keys.key_set()}, 201 if is_new else 200


@blueprint.get("/me")
@blueprint.response(200, schemas.Me)
@requires()
def me() -> Any:
    """Who the token or session belongs to, and their roles."""
    return current_access()


@blueprint.get("/tokens")
@blueprint.arguments(schemas.PageRequest, location="query")
@blueprint.response(200, schemas.TokenPage)
@requires()
def tokens(sent: dict[str, Any]) -> Any:
    """One's own API tokens, latest first."""
    return queries.tokens(current_access(), **sent)


@blueprint.post("/tokens")
@blueprint.arguments(schemas.NewToken)
@blueprint.response(201, schemas.CreatedToken)
@requires()
def create_token(sent: dict[str, Any]) -> Any:
    """Make an API token; it is shown in this answer only."""
    with transaction():
        life = timedelta(days=sent["valid_days"])
        row, token = operations.create_token(current_access(), name=sent["name"], valid_for=life)
        shown = {name: getattr(row, name) for name in schemas.Token().fields}
        return {**shown, "token": token}


@blueprint.delete("/tokens/<uuid:token_id>")
@blueprint.response(204)
@requires()
def revoke_token(token_id: UUID) -> None:
    """Revoke an API token."""
    with transaction():
        operations.revoke_token(current_access(), token_id)
