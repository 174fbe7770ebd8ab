"""Whose label was scanned: asked of the service before anything is wiped, and said in words on the screen."""

from __future__ import annotations

import uuid_utils

from intake_agent.language import gettext, gettext_noop, language
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.enrolment import Station
from wipe_reports import figures, messages, signing
from wipe_reports.messages import LABEL_LOOKUP_TYPE, LabelAnswer, LabelledDevice, LabelRequest, LabelStatus

NOT_ASKED = gettext_noop(
    "Bij welk toestel dit etiket hoort, kon niet nagevraagd worden: er is geen verbinding met de dienst."
)


def whose(own: Station, client: Client | None, code: str) -> str:
    """Whose label ``code`` is by the service's books, in one sentence; without the service, that it was not asked."""
    if client is None:
        return gettext(NOT_ASKED)
    request = messages.to_bytes(LabelRequest(request_id=str(uuid_utils.uuid7()), code=code))
    try:
        answer = client.label(signing.sign(request, own.key, LABEL_LOOKUP_TYPE))
    except ServiceUnreachableError:
        return gettext(NOT_ASKED)
    except ServiceRefusedError as error:
        return gettext(
            "Bij welk toestel dit etiket hoort, kon niet nagevraagd worden. {sentence}", sentence=error.sentence
        )
    return in_words(messages.read(LabelAnswer, answer), code)


def in_words(answer: LabelAnswer, code: str) -> str:
    """The service's answer in one sentence."""
    match answer.status:
        case LabelStatus.DEVICE:
            holder = answer.device or LabelledDevice()
            named = " ".join(part for part in (holder.manufacturer, holder.product) if part)
            name = named or gettext("een toestel zonder merk of model")
            now = gettext(", dat nu {code} draagt", code=holder.code) if holder.code and holder.code != code else ""
            day = (
                gettext(", in het boek sinds {day}", day=figures.moment(holder.since, language()).partition(",")[0])
                if holder.since
                else ""
            )
            return gettext(
                "Dit etiket ({code}) hoort bij {name}{now}{day}. Klopt dat met wat voor u staat?",
                code=code,
                name=name,
                now=now,
                day=day,
            )
        case LabelStatus.BLANK:
            return gettext("Nieuw etiket ({code}): het hangt nog aan geen enkel toestel.", code=code)
        case _:
            return gettext(
                "Dit etiket ({code}) kent de dienst niet. Het verslag wacht straks op iemand die beslist.", code=code
            )
