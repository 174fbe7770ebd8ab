"""Whose label was scanned: asked of the service before anything is wiped, and said in words on the screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import uuid_utils

from intake_agent.probes.json_facts import text
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.clock import moment
from intake_agent.station.enrolment import Station
from wipe_reports import figures, signing

LOOKUP_TYPE = "label-lookup+jws"
NOT_ASKED = "Bij welk toestel dit etiket hoort, kon niet nagevraagd worden: er is geen verbinding met de dienst."


def whose(own: Station, client: Client | None, code: str) -> str:
    """Whose label ``code`` is by the service's books, in one sentence; without the service, that it was not asked."""
    if client is None:
        return NOT_ASKED
    request = json.dumps({"request_id": str(uuid_utils.uuid7()), "code": code}).encode()
    try:
        answer = client.label(signing.sign(request, own.key, LOOKUP_TYPE))
    except ServiceUnreachableError:
        return NOT_ASKED
    except ServiceRefusedError as error:
        return f"Bij welk toestel dit etiket hoort, kon niet nagevraagd worden. {error.sentence}"
    return in_words(answer, code)


def in_words(answer: Mapping[str, Any], code: str) -> str:
    """The service's answer in one sentence."""
    match text(answer, "status"):
        case "device":
            maker, product = text(answer, "device", "manufacturer"), text(answer, "device", "product")
            name = " ".join(part for part in (maker, product) if part) or "een toestel zonder merk of model"
            bears, since = text(answer, "device", "code"), moment(text(answer, "device", "since"))
            now = f", dat nu {bears} draagt" if bears and bears != code else ""
            day = f", in het boek sinds {figures.moment(since, 'nl').partition(',')[0]}" if since else ""
            return f"Dit etiket ({code}) hoort bij {name}{now}{day}. Klopt dat met wat voor u staat?"
        case "blank":
            return f"Nieuw etiket ({code}): het hangt nog aan geen enkel toestel."
        case _:
            return f"Dit etiket ({code}) kent de dienst niet. Het verslag wacht straks op iemand die beslist."
