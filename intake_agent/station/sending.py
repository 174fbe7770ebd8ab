"""Sends what waits in the outbox, and believes an acknowledgement only with the service's signed receipt for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uuid_utils

from intake_agent import policy
from intake_agent.language import gettext
from intake_agent.probes.json_facts import at, text
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.clock import CLOCK, moment
from intake_agent.station.enrolment import Station
from intake_agent.station.outbox import DamagedReportError, Outbox, OutboxError
from intake_agent.system_errors import in_words
from wipe_reports import messages, signing
from wipe_reports.messages import STATION_SETTINGS_TYPE, ReportAnswer, StationSettingsRequest
from wipe_reports.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service says to a station: its time, and the partner's own rule for the minimum where it has one.

    ``remarks`` is what people must know: a clock that is off, a rule that cannot be used.
    """

    time: datetime | None
    minimum_policy: Mapping[str, Any] | None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one report: the service's answer when it was acknowledged, else the trouble.

    ``later`` says that trying again later may help, ``asked_pause_seconds`` how long the service asked to wait.
    """

    report_id: str
    path: Path
    answer: dict[str, Any] | None
    trouble: str | None = None
    later: bool = False
    asked_pause_seconds: float | None = None


class ReceiptError(Exception):
    """The service's answer holds no receipt for this very report by a key of the service."""


def connect(own: Station) -> Client:
    """A client for the service this station is enrolled at, verified by what the station trusts. Close it after use."""
    return Client(own.service, trust=own.trust)


def ask_settings(own: Station, client: Client) -> Settings:
    """Ask the service's time and the partner's minimum; the agent's clock follows the one, the other is kept.

    Raises :class:`ServiceUnreachableError` and :class:`ServiceRefusedError`: then what was kept goes on counting.
    """
    request = messages.to_bytes(StationSettingsRequest(request_id=str(uuid_utils.uuid7())))
    answer = client.settings(signing.sign(request, own.key, STATION_SETTINGS_TYPE))
    now = moment(text(answer, "time")) or client.service_time
    remarks = [CLOCK.follow(now)]
    if own.state is not None:
        remarks.append(_store_policy(own.state, answer))
    rule = at(answer, "minimum_policy")
    return Settings(now, rule if isinstance(rule, dict) else None, tuple(remark for remark in remarks if remark))


def _store_policy(state: Path, answer: Mapping[str, Any]) -> str | None:
    try:
        policy.store(state, answer)
    except policy.PolicyError as error:
        return str(error)
    except OSError as error:
        return gettext("De regel voor het minimum kon niet bewaard worden: {reason}.", reason=in_words(error))
    return None


def send_waiting(
    outbox: Outbox, station: Station, client: Client, only: Path | None = None, *, also_refused: bool = True
) -> list[Sent]:
    """Send every waiting report (or ``only`` that one), oldest first. Each is tried; a service that is away ends it.

    ``also_refused`` tries once more what the service refused before: a person may have changed something there.
    """
    results = []
    for path in [only] if only is not None else outbox.waiting():
        if also_refused or not outbox.reason(path).exists():
            results.append(_tried(path, outbox, station, client))
            if results[-1].later:
                break
    return results


def _tried(path: Path, outbox: Outbox, station: Station, client: Client) -> Sent:
    try:
        return _send(path, outbox, station, client)
    except ServiceRefusedError as refusal:
        return Sent(path.stem, path, None, _refused(path, outbox, refusal))
    except ServiceUnreachableError as error:
        return Sent(path.stem, path, None, str(error), later=True, asked_pause_seconds=error.asked_pause_seconds)
    except DamagedReportError as error:
        return Sent(path.stem, error.path, None, str(error))
    except (ReceiptError, OutboxError) as error:
        return Sent(path.stem, path, None, str(error))
    except OSError as error:
        return Sent(
            path.stem, path, None, gettext("Met {path} lukt het niet: {reason}.", path=path, reason=in_words(error))
        )


def _refused(path: Path, outbox: Outbox, refusal: ServiceRefusedError) -> str:
    """The refusal with what to do about it: sending again will not help, and the report stays as proof."""
    try:
        reason = outbox.refused(path, str(refusal))
    except OSError as error:
        advice = gettext(
            "De reden kon niet bewaard worden ({reason}); geef ze door aan uw beheerder.", reason=in_words(error)
        )
    else:
        advice = gettext("Geweigerd, de reden staat in {reason}; geef dit aan uw beheerder.", reason=reason)
    return f"{refusal}\n{advice}"


def _send(path: Path, outbox: Outbox, station: Station, client: Client) -> Sent:
    compact = outbox.read(path)
    answer = client.send_report(compact)
    check_receipt(answer, path.stem, compact, station, client)
    return Sent(path.stem, outbox.acknowledged(path, answer), answer)


def check_receipt(answer: dict[str, Any], report_id: str, compact: str, station: Station, client: Client) -> None:
    """Does the answer prove that the service has these very bytes? Raises :class:`ReceiptError` where it does not."""
    receipt = messages.read(ReportAnswer, answer).receipt
    if receipt is None:
        raise ReceiptError(gettext("De dienst gaf geen ontvangstbewijs. Het verslag blijft in de wachtmap."))
    try:
        key = _service_key(receipt, station, client)
        one_line = json.loads(signing.verify(receipt, key, Receipt.TYPE))
    except (signing.SignatureInvalid, ValueError, RecursionError) as error:
        raise ReceiptError(gettext("Het ontvangstbewijs van de dienst klopt niet: {error}", error=error)) from error
    expected = (report_id, signing.fingerprint(compact), signing.key_id(station.key))
    if (text(one_line, "report_id"), text(one_line, "report_sha256"), text(one_line, "station_key_id")) != expected:
        raise ReceiptError(gettext("Het ontvangstbewijs van de dienst hoort bij een ander verslag."))


def _service_key(receipt: str, station: Station, client: Client) -> signing.Key:
    """The key that the receipt names; one that was not there at enrolment is asked of the service, over TLS."""
    header, _ = signing.peek(receipt)
    key_id = str(header.get("kid"))
    known = station.service_keys()
    if key_id not in known:
        known = Station(station.service, station.name, station.key, client.keys()).service_keys()
    if key_id not in known:
        raise ReceiptError(gettext("Het ontvangstbewijs is niet getekend met een sleutel van de dienst."))
    return known[key_id]
