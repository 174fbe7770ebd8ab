"""From signed report to acknowledgement: nothing leaves the outbox without the service's own receipt for it."""

from __future__ import annotations

import json
import socket
import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from intake_agent.cli import main
from intake_agent.machine import Machine
from intake_agent.station import enrolment
from intake_agent.station.client import Client, ServiceRefusedError, ServiceUnreachableError
from intake_agent.station.outbox import Outbox
from intake_agent.station.report import Signatory, build, signed
from intake_agent.station.sending import send_waiting

IDS = [f"0192f0c1-2b3a-7c4d-8e5f-{number:012x}" for number in range(1, 9)]


def a_report(state: Path, report_id: str = IDS[0]) -> Path:
    own = enrolment.load(state)
    who = Signatory(station=own.name, key=own.key, operator="An")
    report = build(Machine(), {}, who, report_id=report_id, created_at=datetime.now(UTC), test=False)
    return Outbox(state).put(report_id, signed(report, own.key))


def send(state: Path) -> list:
    own = enrolment.load(state)
    client = Client(own.service, pause=lambda seconds: None)
    try:
        return send_waiting(Outbox(state), own, client)
    finally:
        client.close()


def test_enrolment_keeps_the_key_for_its_owner_only_and_survives_being_repeated(enrolled: Path, service) -> None:
    key_file = enrolled / "station.key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_bytes()
    again = ["enrol", "--service", service.url, "--code", "GOED", "--name", "Bank 1", "--state", str(enrolled)]
    assert main(again) == 0
    assert key_file.read_bytes() == before
    assert b"PRIVATE" not in b"".join(body for _, _, body in service.requests)


def less_than_an_enrolment(service, lacking: str) -> dict:
    key_id = next(iter(service.stations))
    answer = {"station": {"id": "s1", "name": "Bank", "key_id": key_id}, "keys": service.trusted()}
    changes = {
        "all": {},
        "station": {**answer, "station": None},
        "name": {**answer, "station": {"key_id": key_id}},
        "key_id": {**answer, "station": {"name": "Bank", "key_id": "van iemand anders"}},
        "keys": {**answer, "keys": {"keys": []}},
        "service key": {**answer, "keys": {"keys": [{**service.trusted()["keys"][0], "herstart_role": "station"}]}},
        "whole key": {**answer, "keys": {"keys": [{**service.trusted()["keys"][0], "x": "?"}]}},
    }
    return changes[lacking]


@pytest.mark.parametrize("lacking", ["all", "station", "name", "key_id", "keys", "service key", "whole key"])
def test_an_answer_that_is_no_enrolment_is_refused_and_the_station_stays_as_it_was(
    enrolled: Path, service, lacking: str, capsys
) -> None:
    before = (enrolled / "station.json").read_bytes()
    service.answers.append((201, less_than_an_enrolment(service, lacking)))
    again = ["enrol", "--service", service.url, "--code", "GOED", "--name", "Bank 1", "--state", str(enrolled)]
    assert main(again) == 2
    assert "geen inschrijving van dit station" in capsys.readouterr().err
    assert (enrolled / "station.json").read_bytes() == before


def test_a_cut_while_enrolling_again_leaves_the_station_as_it_was(
    enrolled: Path, service, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (enrolled / "station.json").read_bytes()

    def no_power(descriptor: int) -> None:
        raise OSError(28, "power cut")

    monkeypatch.setattr("os.fsync", no_power)
    again = ["enrol", "--service", service.url, "--code", "GOED", "--name", "Bank 2", "--state", str(enrolled)]
    assert main(again) == 1
    assert (enrolled / "station.json").read_bytes() == before


def test_a_wrong_code_is_told_in_the_services_words(service, tmp_path: Path, capsys) -> None:
    command = ["enrol", "--service", service.url, "--code", "FOUT", "--name", "Bank", "--state", str(tmp_path)]
    assert main(command) == 1
    assert "Deze code is niet geldig." in capsys.readouterr().err


@pytest.mark.parametrize("address", ["http://herstart.example", "http://10.0.0.5:8000", "ftp://x", "herstart.example"])
def test_a_service_elsewhere_must_be_reached_over_https(address: str, tmp_path: Path) -> None:
    command = ["enrol", "--service", address, "--code", "GOED", "--name", "Bank", "--state", str(tmp_path / "staat")]
    assert main(command) == 2
    assert not (tmp_path / "staat").exists()


@pytest.mark.parametrize(
    "address", ["http://localhost:5000/", "http://127.0.0.1", "http://[::1]:80", "https://herstart.example/x/"]
)
def test_loopback_and_https_are_taken(address: str) -> None:
    assert enrolment.checked_service(address) == address.rstrip("/")


def test_an_acknowledged_report_moves_to_sent_with_its_receipt(enrolled: Path, service) -> None:
    path = a_report(enrolled)
    compact = path.read_bytes()
    (result,) = send(enrolled)
    assert result.answer["device"]["code"] == "HS-0001"
    assert Outbox(enrolled).waiting() == []
    kept = enrolled / "outbox" / "sent"
    assert (kept / path.name).read_bytes() == compact == service.reports[path.stem]
    assert json.loads((kept / f"{path.stem}.json").read_text())["receipt"]


def test_the_send_command_says_by_its_exit_code_whether_something_stays(enrolled: Path, service) -> None:
    a_report(enrolled, IDS[0])
    a_report(enrolled, IDS[1])
    service.answers.append((422, {"title": "Nee.", "status": 422}))
    assert main(["send", "--state", str(enrolled)]) == 1
    assert len(Outbox(enrolled).waiting()) == 1
    assert main(["send", "--state", str(enrolled)]) == 0
    assert main(["send", "--state", str(enrolled)]) == 0


def test_a_refused_report_stays_with_the_reason_beside_it_and_the_reason_goes_when_it_is_taken(
    enrolled: Path, service
) -> None:
    path = a_report(enrolled)
    errors = [{"field": "carriers[0].wipe", "message": "klopt niet"}]
    service.answers.append((422, {"title": "Geweigerd.", "detail": "Zie de velden.", "errors": errors}))
    (result,) = send(enrolled)
    assert result.answer is None
    assert path.exists()
    reason = path.with_name(f"{path.stem}.refused.txt")
    assert "carriers[0].wipe: klopt niet" in reason.read_text()
    assert f"Geweigerd, de reden staat in {reason}; geef dit aan uw beheerder." in result.trouble
    send(enrolled)
    assert not path.exists()
    assert not reason.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"report_sha256": "0" * 64},
        {"report_id": IDS[5]},
        {"station_key_id": "iemand anders"},
    ],
)
def test_a_receipt_for_something_else_is_no_acknowledgement(enrolled: Path, service, changes: dict) -> None:
    path = a_report(enrolled)
    service.receipt_changes = changes
    (result,) = send(enrolled)
    assert result.answer is None
    assert path.exists()


def test_a_receipt_by_a_key_that_is_not_the_services_is_no_acknowledgement(enrolled: Path, service) -> None:
    path = a_report(enrolled)
    from wipe_reports import signing  # noqa: PLC0415

    trusted, service.key = service.trusted(), signing.generate_key()
    service.trusted = lambda: trusted
    (result,) = send(enrolled)
    assert "niet getekend met een sleutel van de dienst" in result.trouble
    assert path.exists()


def test_a_new_service_key_is_fetched_from_the_service(enrolled: Path, service) -> None:
    from wipe_reports import signing  # noqa: PLC0415

    a_report(enrolled)
    service.key = signing.generate_key()
    (result,) = send(enrolled)
    assert result.answer is not None


@pytest.mark.parametrize("answer", [{}, {"receipt": "geen.jws"}, {"receipt": 5}, {"receipt": "a.b.c"}])
def test_an_answer_without_a_receipt_is_no_acknowledgement(enrolled: Path, service, answer: dict) -> None:
    path = a_report(enrolled)
    service.answers.append((201, answer))
    assert send(enrolled)[0].answer is None
    assert path.exists()


def test_the_same_report_sent_twice_is_one_report(enrolled: Path, service) -> None:
    path = a_report(enrolled)
    compact = path.read_text()
    send(enrolled)
    (enrolled / "outbox" / "sent" / path.name).rename(path)
    (result,) = send(enrolled)
    assert result.answer is not None
    assert service.reports == {path.stem: compact.encode()}


def test_what_fails_for_a_moment_is_tried_again(enrolled: Path, service) -> None:
    a_report(enrolled)
    service.answers += [(503, {}), (502, {})]
    assert send(enrolled)[0].answer is not None
    assert len([path for path, _, _ in service.requests if path.endswith("/reports")]) == 3


def test_a_service_that_stays_away_keeps_everything_and_asks_only_once_for_all(enrolled: Path, service) -> None:
    for report_id in IDS[:3]:
        a_report(enrolled, report_id)
    service.stop()
    (result,) = send(enrolled)
    assert "niet bereikbaar: op dit adres draait nu geen dienst." in result.trouble
    assert len(Outbox(enrolled).waiting()) == 3


def test_the_report_travels_as_jose_with_dutch_words_asked_for(enrolled: Path, service) -> None:
    a_report(enrolled)
    send(enrolled)
    headers = {name.lower(): value for name, value in service.requests[-1][1].items()}
    assert headers["content-type"] == "application/jose"
    assert headers["accept-language"] == "nl"


def test_a_web_page_of_a_hotspot_is_not_the_service() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text="<html>Log in</html>"))
    client = Client("https://herstart.example", transport=transport, pause=lambda seconds: None)
    with pytest.raises(ServiceUnreachableError, match="iets anders dan de dienst"):
        client.send_report("a.b.c")
    client.close()


def certificate_trouble() -> httpx.ConnectError:
    error = httpx.ConnectError("")
    error.__cause__ = ssl.SSLCertVerificationError()
    return error


def unknown_host() -> httpx.ConnectError:
    error = httpx.ConnectError("")
    error.__context__ = httpx.NetworkError("")
    error.__context__.__cause__ = socket.gaierror(-2, "Name or service not known")
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (certificate_trouble(), "het certificaat van de dienst klopt niet"),
        (unknown_host(), "het adres van de dienst bestaat niet"),
        (httpx.ReadTimeout(""), "er kwam niet op tijd een antwoord"),
        (httpx.ReadError(""), "de verbinding met het netwerk"),
    ],
)
def test_why_the_service_cannot_be_reached_is_said_in_words(error: httpx.TransportError, words: str) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    client = Client("https://herstart.example", transport=httpx.MockTransport(fail), pause=lambda seconds: None)
    with pytest.raises(ServiceUnreachableError, match=words) as caught:
        client.keys()
    assert type(error).__name__ not in str(caught.value)
    client.close()


@pytest.mark.parametrize(
    ("title", "detail", "sentence"),
    [
        ("De code klopt niet", "De code klopt niet: te oud.", "De code klopt niet: te oud."),
        ("Geweigerd.", "Zie de velden.", "Geweigerd. Zie de velden."),
        ("Geweigerd", "Zie de velden.", "Geweigerd. Zie de velden."),
        (None, "Zie de velden.", "Zie de velden."),
        ("Geweigerd", None, "Geweigerd."),
        ("Deze code is niet geldig.", None, "Deze code is niet geldig."),
    ],
)  # fmt: skip
def test_a_refusal_says_each_thing_once(title: str | None, detail: str | None, sentence: str) -> None:
    problem = {"title": title, "detail": detail}
    transport = httpx.MockTransport(lambda request: httpx.Response(422, json=problem))
    client = Client("https://herstart.example", transport=transport)
    with pytest.raises(ServiceRefusedError) as caught:
        client.send_report("a.b.c")
    assert str(caught.value) == sentence
    client.close()


def test_a_refusal_without_words_still_says_something() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(413, content=b"\xff\x00"))
    client = Client("https://herstart.example", transport=transport)
    with pytest.raises(ServiceRefusedError, match="413"):
        client.send_report("a.b.c")
    client.close()


def test_files_that_cannot_be_sent_do_not_hold_up_the_others(enrolled: Path, service, capsys) -> None:
    outbox = Outbox(enrolled)
    good = a_report(enrolled, IDS[2])
    broken, folder = outbox.folder / f"{IDS[0]}.jws", outbox.folder / f"{IDS[1]}.jws"
    broken.write_bytes(b"\xff\xfe")
    folder.mkdir()
    assert main(["send", "--state", str(enrolled)]) == 1
    assert list(service.reports) == [good.stem]
    assert outbox.waiting() == [folder]
    assert [path.name for path in outbox.set_aside()] == [broken.name]
    told = capsys.readouterr().out
    assert f"beschadigd en telt niet mee. Het ligt apart in {outbox.damaged / broken.name}" in told
    assert f"Met {folder} lukt het niet" in told


def test_a_torn_provisional_report_is_told_once_by_the_exit_code_and_ever_after_in_words(
    enrolled: Path, capsys
) -> None:
    outbox = Outbox(enrolled)
    outbox.prove_room()
    (outbox.provisional / f"{IDS[0]}.jws").write_bytes(b"half")
    assert main(["send", "--state", str(enrolled)]) == 1
    assert main(["send", "--state", str(enrolled)]) == 0
    assert capsys.readouterr().err.count(f"1 beschadigd in {outbox.damaged}") == 2


def test_what_a_cut_wipe_left_is_sent_and_told(enrolled: Path, service, capsys) -> None:
    path = a_report(enrolled)
    path.rename(path.parent / "provisional" / path.name)
    assert main(["send", "--state", str(enrolled)]) == 0
    assert list(service.reports) == [path.stem]
    assert "een wisbeurt werd afgebroken" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, '{"service": 5}'])
def test_a_broken_station_file_is_told_in_words(enrolled: Path, content: str, capsys) -> None:
    (enrolled / "station.json").write_text(content)
    assert main(["send", "--state", str(enrolled)]) == 2
    assert "station" in capsys.readouterr().err


def test_a_station_that_was_never_enrolled_is_told_how(tmp_path: Path, capsys) -> None:
    assert main(["run", "--test", "--state", str(tmp_path)]) == 2
    assert "intake-agent enrol" in capsys.readouterr().err
