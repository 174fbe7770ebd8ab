"""The JWK Set that others verify with: the stations' keys, the service's own, the certificate of the attests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from asset_service.accounts.models import Station
from asset_service.core.db import db
from asset_service.core.keys import service_key
from wipe_reports import signing


def key_set() -> dict[str, Any]:
    """All keys, revoked ones too (marked so: what they signed before stays provable)."""
    return {"keys": [_service_jwk(), *_station_jwks()]}


def _service_jwk() -> dict[str, Any]:
    return {**signing.public_jwk(service_key()), "herstart_role": "service", "herstart_name": "Herstart"}


def _station_jwks() -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Station.key_id, Station.public_key, Station.name, Station.revoked_at).order_by(Station.id)
    )
    return [_station_jwk(row) for row in rows]


def _station_jwk(row: Any) -> dict[str, Any]:
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": row.public_key["x"],
        "kid": row.key_id,
        "use": "sig",
        "herstart_role": "station",
        "herstart_name": row.name,
    }
    if row.revoked_at is not None:
        jwk["revoked_at"] = row.revoked_at.isoformat().replace("+00:00", "Z")
    return jwk
