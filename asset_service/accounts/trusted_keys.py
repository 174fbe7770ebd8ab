"""The JWK Set that others verify with: the stations' keys, the service's own, the certificate of the attests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from sqlalchemy import Row, select

from asset_service.accounts.models import Station
from asset_service.core.db import db
from asset_service.core.keys import attest_certificate_pem, service_key
from wipe_reports import signing, trust

SERVICE_NAME = "Herstart"
log = structlog.get_logger(__name__)


def key_set() -> dict[str, Any]:
    """All keys, revoked ones too (marked so: what they signed before stays provable)."""
    statement = select(Station.public_key, Station.key_id, Station.revoked_at).order_by(Station.id)
    return {
        "keys": [
            trust.published(service_key(), "service", SERVICE_NAME),
            trust.published_certificate(attest_certificate_pem(), SERVICE_NAME),
            *_of_stations(db.session.execute(statement)),
        ]
    }


def _of_stations(rows: Iterable[Row[Any]]) -> Iterator[dict[str, str]]:
    for row in rows:
        try:
            key = signing.key_from_jwk(row.public_key)
        except signing.SignatureInvalid as error:
            # Enrolled before such keys were refused: nothing that it signs is taken, and nobody is told to trust it.
            log.warning("a station's key is not published", reason=error.key)
            continue
        # Strangers read this: a station is named by its key, as the attests print it. What we call it, only users see.
        yield trust.published(key, "station", row.key_id, row.revoked_at)
