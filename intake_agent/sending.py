"""Sends what waits in the outbox, and believes an acknowledgement only with the service's signed receipt for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake_agent.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.outbox import Outbox
from intake_agent.probes.json_facts import text
from intake_agent.station import Station
from intake_agent.system_errors import in_words
from wipe_reports import signing

RECEIPT_TYPE = "wipe-receipt+jws"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one report: the service's answer when it was acknowledged, else the trouble in Dutch."""

    report_id: str
    path: Path
    answer: dict[str, Any] | None
    trouble: str | None = None


class ReceiptError(Exception):
    """The service's answer holds no receipt for this very report by a key of the service. In Dutch."""


def send_waiting(outbox: Outbox, station: Station, client: Client, only: Path | None = None) -> list[Sent]:
    """Send every waiting report (or ``only`` that one), oldest first. Each is tried; a service that is away ends it."""
    results = []
    for path in [only] if only is not None else outbox.waiting():
        try:
            results.append(_send(path, outbox, station, client))
        except ServiceRefusedError as refusal:
            results.append(Sent(path.stem, path, None, _refused(path, outbox, refusal)))
        except ReceiptError as error:
            results.append(Sent(path.stem, path, None, str(error)))
        except ServiceUnreachableError as error:
            results.append(Sent(path.stem, path, None, str(error)))
            break
        except UnicodeDecodeError:
            results.append(Sent(path.stem, path, None, f"{path} is beschadigd: dit is geen getekend verslag."))
        except OSError as error:
            results.append(Sent(path.stem, path, None, f"Met {path} lukt het niet: {in_words(error)}."))
    return results


def _refused(path: Path, outbox: Outbox, refusal: ServiceRefusedError) -> str:
    """The refusal with what to do about it: sending again will not help, and the report stays as proof."""
    try:
        reason = outbox.refused(path, str(refusal))
    except OSError as error:
        advice = f"De reden kon niet bewaard worden ({in_words(error)}); geef ze door aan uw beheerder."
    else:
        advice = f"Geweigerd, de reden staat in {reason}; geef dit aan uw beheerder."
    return f"{refusal}\n{advice}"


def _send(path: Path, outbox: Outbox, station: Station, client: Client) -> Sent:
    compact = path.read_text(encoding="ascii")
    answer = client.send_report(compact)
    check_receipt(answer, path.stem, compact, station, client)
    return Sent(path.stem, outbox.acknowledged(path, answer), answer)


def check_receipt(answer: dict[str, Any], report_id: str, compact: str, station: Station, client: Client) -> None:
    """Does the answer prove that the service has these very bytes? Raises :class:`ReceiptError` where it does not."""
    receipt = text(answer, "receipt")
    if receipt is None:
        raise ReceiptError("De dienst gaf geen ontvangstbewijs. Het verslag blijft in de wachtmap.")
    try:
        key = _service_key(receipt, station, client)
        said = json.loads(signing.verify(receipt, key, RECEIPT_TYPE))
    except (signing.SignatureInvalid, ValueError) as error:
        raise ReceiptError(f"Het ontvangstbewijs van de dienst klopt niet: {error}") from error
    expected = (report_id, signing.fingerprint(compact), signing.key_id(station.key))
    if (text(said, "report_id"), text(said, "report_sha256"), text(said, "station_key_id")) != expected:
        raise ReceiptError("Het ontvangstbewijs van de dienst hoort bij een ander verslag.")


def _service_key(receipt: str, station: Station, client: Client) -> signing.Key:
    """The key that the receipt names; one that was not there at enrolment is asked of the service, over TLS."""
    header, _ = signing.peek(receipt)
    key_id = str(header.get("kid"))
    known = station.service_keys()
    if key_id not in known:
        known = Station(station.service, station.name, station.key, client.keys()).service_keys()
    if key_id not in known:
        raise ReceiptError("Het ontvangstbewijs is niet getekend met een sleutel van de dienst.")
    return known[key_id]
