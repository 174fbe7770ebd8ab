"""The JWK Set that others verify with: the stations' keys, the service's own, the certificate of the attests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from asset_service.accounts.models import Station
from asset_service.core.db import db
from asset_service.core.keys import attest_certificate_pem, service_key
from wipe_reports import signing, trust

SERVICE_NAME = "Herstart"


def key_set() -> dict[str, Any]:
    """All keys, revoked ones too (marked so: what they signed before stays provable)."""
    statement = select(Station.public_key, Station.key_id, Station.revoked_at).order_by(Station.id)
    return {
        "keys": [
            trust.published(service_key(), "service", SERVICE_NAME),
            trust.published_certificate(attest_certificate_pem(), SERVICE_NAME),
            *(_of_station(row) for row in db.session.execute(statement)),
        ]
    }


def _of_station(row: Row[Any]) -> dict[str, str]:
    # Strangers read this: a station is named by its key, as the attests print it. What we call it, only users see.
    return trust.published(signing.key_from_jwk(row.public_key), "station", row.key_id, row.revoked_at)
