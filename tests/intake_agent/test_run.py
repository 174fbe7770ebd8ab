"""The whole way on this machine, with a scratch carrier: nothing else is ever written to."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from intake_agent.cli import main
from intake_agent.console.choosing import by_asking
from intake_agent.inspection import examine
from intake_agent.machine import Disk, Machine
from intake_agent.run_options import RunOptions, code_in
from intake_agent.seeing import sources
from intake_agent.station.outbox import Outbox, OutboxError
from intake_agent.work import begin
from wipe_reports import contradictions, document, schema, signing
from wipe_reports.document import Level, Outcome, WipeReport


def run(state: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", *options, "--state", str(state)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def report_at(path: str | Path) -> WipeReport:
    _, payload = signing.peek(Path(path).read_bytes())
    return schema.from_bytes(payload)


def test_a_rehearsal_wipes_the_scratch_carrier_sends_the_report_and_prints_the_page(enrolled: Path, service) -> None:
    command = ("run", "--test", "--test-size-mib", "9", "--code", "hs7k3m9p", "--operator", "An", "--json")
    done = run(enrolled, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{service.url}/d/HS-0001" in done.stdout
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["sent"] is True
    assert result["device"]["code"] == "HS-0001"
    assert result["attests"] == []
    report = report_at(result["report_path"])
    assert report.report_id == result["report_id"]
    assert report.test is True
    assert report.operator.name == "An"
    assert report.device.code == "HS-7K3M9P"
    *looked_at, scratch = report.carriers
    assert [one.wipe for one in looked_at] == [None] * len(looked_at)
    assert len(looked_at) == len(examine(sources.this_machine()).disks)
    assert scratch.serial is not None
    assert scratch.serial.startswith("TEST-")
    assert scratch.wipe is not None
    assert (scratch.wipe.outcome, scratch.wipe.level) == (Outcome.ERASED, Level.CLEAR)
    assert scratch.wipe.nonce == f"nonce-{scratch.serial}"
    assert scratch.wipe.verification.bytes_read == scratch.size_bytes == 9 * 1024 * 1024
    assert contradictions.find(report) == []


def test_without_the_service_everything_is_done_and_the_report_waits_without_a_nonce(enrolled: Path, service) -> None:
    service.stop()
    done = run(enrolled, "run", "--test", "--test-size-mib", "1", "--json")
    assert done.returncode == 3, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["sent"] is False
    assert result["device"] is None
    report = report_at(result["report_path"])
    assert report.carriers[-1].wipe is not None
    assert report.carriers[-1].wipe.nonce is None
    assert report.carriers[-1].wipe.outcome is Outcome.ERASED
    assert "intake-agent send" in done.stdout


def test_wipe_never_asks_the_service_anything(enrolled: Path, service) -> None:
    asked = len(service.requests)
    done = run(enrolled, "wipe", "--test", "--test-size-mib", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(service.requests) == asked
    assert run(enrolled, "send").returncode == 0
    assert len(service.reports) == 1


@pytest.mark.parametrize("command", ["run", "wipe"])
def test_without_a_named_disk_and_without_a_person_nothing_is_wiped(enrolled: Path, command: str) -> None:
    done = run(enrolled, command)
    assert done.returncode == 2
    assert "--yes-wipe" in done.stdout
    assert not (enrolled / "outbox").exists()


def test_a_disk_that_is_not_there_refuses_the_whole_run(enrolled: Path) -> None:
    done = run(enrolled, "run", "--yes-wipe", "BESTAAT-NIET")
    assert done.returncode == 2
    assert "geen schijf met serienummer BESTAAT-NIET" in done.stdout
    assert Outbox(enrolled).waiting() == []


def test_a_rehearsal_and_a_real_disk_do_not_go_together(enrolled: Path) -> None:
    assert main(["run", "--test", "--yes-wipe", "X", "--state", str(enrolled)]) == 2


def test_without_a_name_and_without_a_person_to_ask_nothing_happens(
    enrolled: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.delenv("HERSTART_OPERATOR")
    assert main(["wipe", "--test", "--state", str(enrolled)]) == 2
    assert "--operator" in capsys.readouterr().err
    assert not (enrolled / "outbox").exists()


@pytest.mark.parametrize("code", ["HS-7K3M9", "HS-7K3M9PP", "7K3M9P", "HS_7K3M9P", "HS-7K3M9?"])
def test_a_code_without_the_form_of_one_is_refused_before_the_wipe(enrolled: Path, code: str, capsys) -> None:
    assert main(["wipe", "--test", "--code", code, "--state", str(enrolled)]) == 2
    assert f"{code} is geen code" in capsys.readouterr().err
    assert not (enrolled / "outbox").exists()


@pytest.mark.parametrize("typed", ["HS-7K3M9P", " hs7k3m9p ", "https://herstart.example/d/HS-7K3M9P/"])
def test_a_code_is_known_as_it_is_typed_or_scanned(typed: str) -> None:
    assert code_in(typed) == "HS-7K3M9P"


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """A person at the keyboard who gives these answers, and then only an empty line."""
    left = list(answers)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: left.pop(0) if left else "")


def test_a_person_is_asked_for_their_name_and_for_the_code_again(
    enrolled: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.delenv("HERSTART_OPERATOR")
    answering(monkeypatch, "Bo Janssens", "HS-7K3M9P")
    command = ["wipe", "--test", "--test-size-mib", "1", "--code", "HS-7K", "--json", "--state", str(enrolled)]
    assert main(command) == 0
    report = report_at(json.loads(capsys.readouterr().out.splitlines()[-1])["report_path"])
    assert report.operator.name == "Bo Janssens"
    assert report.device.code == "HS-7K3M9P"


def test_a_person_is_told_of_each_disk_why_it_cannot_be_wiped(
    enrolled: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    answering(monkeypatch)
    work = begin(RunOptions(state=enrolled, operator="An", online=False))
    work.machine = Machine(disks=(Disk(name="niet-daar", serial="S1"), Disk(name="ook-niet", serial=None)))
    assert by_asking(work) == []
    told = capsys.readouterr().out
    assert "niet-daar kan nu niet gewist worden:" in told
    assert "ook-niet kan nu niet gewist worden:" in told
    assert "de schijf is er niet meer" in told


def test_a_person_is_told_when_there_is_no_disk_at_all(enrolled: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    answering(monkeypatch)
    assert by_asking(begin(RunOptions(state=enrolled, operator="An", online=False))) == []
    assert "niets om te wissen" in capsys.readouterr().out


@pytest.mark.parametrize("serial", ["", "  "])
def test_an_empty_serial_number_names_no_disk(enrolled: Path, serial: str, capsys) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["wipe", "--yes-wipe", serial, "--state", str(enrolled)])
    assert refused.value.code == 2
    assert "het serienummer is leeg" in capsys.readouterr().err


def loop_files() -> dict[str, Path]:
    """The file behind each loop device of this machine: those of whoever else works here too."""
    found = {}
    for told in Path("/sys/block").glob("loop*/loop/backing_file"):
        with contextlib.suppress(OSError):  # detached since it was listed
            found[told.parts[3]] = Path(told.read_text().strip())
    return found


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_wipe_is_reported_as_not_erased_and_leaves_no_scratch_behind(
    enrolled: Path, stop: signal.Signals
) -> None:
    command = [sys.executable, "-u", "-m", "intake_agent.cli", "wipe", "--test", "--test-size-mib", "800", "--json"]
    with subprocess.Popen([*command, "--state", str(enrolled)], stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        lines, scratch_file = [], None
        for line in agent.stdout:
            lines.append(line)
            if "Overschrijven" in line:
                scratch_file = loop_files().get(line.split()[0])
                os.kill(agent.pid, stop)
                break
        lines += agent.stdout.readlines()
        assert agent.wait(timeout=60) == 1, "".join(lines)
    report = report_at(json.loads(lines[-1])["report_path"])
    wipe = report.carriers[-1].wipe
    assert wipe is not None
    assert (wipe.outcome, wipe.level) == (Outcome.NOT_ERASED, Level.NONE)
    assert "interrupted" in wipe.exceptions
    assert contradictions.find(report) == []
    if report.carriers[-1].bus == "loop":
        assert scratch_file is not None
        assert not scratch_file.parent.exists()
        assert not any(path.is_relative_to(scratch_file.parent) for path in loop_files().values())


def test_a_machine_whose_clock_is_years_behind_reports_in_the_services_time(
    enrolled: Path, service, tmp_path: Path
) -> None:
    service.clock_ahead = timedelta(days=900)
    done = run(enrolled, "run", "--test", "--test-size-mib", "1", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "achter" in done.stdout
    report = report_at(json.loads(done.stdout.splitlines()[-1])["report_path"])
    assert report.created_at.timestamp() - time.time() > 890 * 86400
    assert contradictions.find(report) == []


def test_the_report_is_a_jws_of_the_promised_kind_by_the_stations_key(enrolled: Path) -> None:
    done = run(enrolled, "wipe", "--test", "--test-size-mib", "1", "--json")
    path = Path(json.loads(done.stdout.splitlines()[-1])["report_path"])
    key = signing.load_private_key(enrolled / "station.key")
    header, _ = signing.peek(path.read_bytes())
    assert header == {"alg": "EdDSA", "typ": document.MEDIA_TYPE, "kid": signing.key_id(key)}
    assert signing.verify(path.read_bytes(), key, document.MEDIA_TYPE)


def test_where_the_outbox_cannot_hold_a_report_nothing_is_wiped(enrolled: Path) -> None:
    limit = 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-m", "intake_agent.cli", "wipe", "--test", "--state", str(enrolled), "--operator", "An"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "kan geen verslag bewaard worden" in done.stdout
    assert "Overschrijven" not in done.stdout
    assert [path for path in (enrolled / "outbox").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("command", ["run", "wipe"])
def test_a_report_that_the_outbox_cannot_keep_after_the_wipe_is_kept_elsewhere(
    enrolled: Path, service, capsys, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    put = Outbox.put

    def full(self: Outbox, report_id: str, compact: str) -> Path:
        if self.folder.is_relative_to(enrolled):
            raise OutboxError("Het verslag kan niet bewaard worden: vol.")
        return put(self, report_id, compact)

    monkeypatch.setattr(Outbox, "put", full)
    command_line = [command, "--test", "--test-size-mib", "1", "--json", "--operator", "An", "--state", str(enrolled)]
    assert main(command_line) == 1
    out = capsys.readouterr().out
    kept = Path(json.loads(out.splitlines()[-1])["report_path"])
    try:
        assert "Het getekende verslag staat nu in" in out
        assert kept.stat().st_size > 0
        assert report_at(kept).carriers[-1].wipe is not None
        assert len(service.reports) == (1 if command == "run" else 0)
    finally:
        shutil.rmtree(next(one for one in kept.parents if one.name.startswith("herstart-")))
