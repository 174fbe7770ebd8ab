"""Whose label was scanned is known before anything is wiped, and what could not be asked is said."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from intake_agent import work
from intake_agent.run_options import RunOptions
from intake_agent.seeing import sources
from intake_agent.station import enrolment, labels
from intake_agent.station.client import Client

DEVICE = {
    "status": "device",
    "device": {
        "code": "HS-7K3M9P",
        "manufacturer": "Dell Inc.",
        "product": "Latitude 5490",
        "since": "2026-03-03T09:30:00Z",
    },
}


def asked(state: Path, code: str = "HS-7K3M9P") -> str:
    own = enrolment.load(state)
    with closing(Client(own.service, pause=lambda seconds: None)) as client:
        return labels.whose(own, client, code)


def test_the_device_that_bears_the_label_is_named(enrolled: Path, service) -> None:
    service.label = DEVICE
    assert asked(enrolled) == (
        "Dit etiket (HS-7K3M9P) hoort bij Dell Inc. Latitude 5490, in het boek sinds 3 maart 2026. "
        "Klopt dat met wat voor u staat?"
    )


def test_an_earlier_label_of_a_device_says_which_it_bears_now(enrolled: Path, service) -> None:
    service.label = DEVICE
    assert "dat nu HS-7K3M9P draagt" in asked(enrolled, "HS-222222")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": "blank", "device": None}, "Nieuw etiket (HS-7K3M9P)"),
        ({"status": "unknown", "device": None}, "kent de dienst niet"),
        ({"status": "device", "device": {}}, "een toestel zonder merk of model"),
        ({}, "kent de dienst niet"),
    ],
)
def test_every_answer_has_its_sentence(enrolled: Path, service, answer: dict, said: str) -> None:
    service.label = answer
    assert said in asked(enrolled)


def test_without_the_service_it_is_said_that_it_could_not_be_asked(enrolled: Path, service) -> None:
    assert labels.whose(enrolment.load(enrolled), None, "HS-7K3M9P") == labels.NOT_ASKED
    service.answers += [(503, {})] * 3
    assert asked(enrolled) == labels.NOT_ASKED


def test_what_the_service_refuses_is_told_in_its_words(enrolled: Path, service) -> None:
    service.answers.append((403, {"title": "Ingetrokken station", "status": 403, "code": "revoked_station"}))
    assert "Ingetrokken station" in asked(enrolled)


@pytest.mark.parametrize("online", [True, False])
def test_the_first_look_asks_whose_the_label_is(
    enrolled: Path, service, captures: Path, monkeypatch: pytest.MonkeyPatch, online: bool
) -> None:
    from intake_agent.captures import captured_folder  # noqa: PLC0415 - the capture stands in for this machine

    folder = min(one for one in captures.iterdir() if one.is_dir())
    monkeypatch.setattr(sources, "this_machine", lambda: captured_folder(folder))
    service.label = DEVICE
    under_way = work.begin(RunOptions(state=enrolled, operator="An", code="HS-7K3M9P", online=online))
    work.look(under_way)
    if under_way.client is not None:
        under_way.client.close()
    assert under_way.label is not None
    assert ("Latitude 5490" in under_way.label) == online
    assert (under_way.label == labels.NOT_ASKED) == (not online)
    assert not under_way.chosen
