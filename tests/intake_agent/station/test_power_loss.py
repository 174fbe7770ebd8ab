"""Power loss at any byte: every state a cut may leave on the stick is restored, and the next start goes on from there.

What the outbox does to the stick is recorded from its real functions. A cut then leaves what was flushed, and of the
rest whatever a bad stick makes of it: any subset of the names that were made or removed since their folder was flushed,
a file that was not flushed cut off at any byte or filled up with zeros, and a removed file that is still named while
its clusters already hold something else.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake_agent.station.client import ServiceRefusedError
from intake_agent.station.enrolment import Station
from intake_agent.station.outbox import Outbox
from intake_agent.station.sending import send_waiting
from wipe_reports import signing

BEFORE, CUT = "0192f0c1-2b3a-7c4d-8e5f-00000000000a", "0192f0c1-2b3a-7c4d-8e5f-00000000000b"
KEY, SERVICE_KEY = signing.generate_key(), signing.generate_key()
TRUSTED = {"keys": [{**signing.public_jwk(SERVICE_KEY), "herstart_role": "service", "herstart_name": "dienst"}]}
STATION = Station("https://herstart.example", "Bank", KEY, TRUSTED)


def a_report(report_id: str, said: str) -> str:
    return signing.sign(json.dumps({"report_id": report_id, "said": said}).encode(), KEY, "wipe-report+jws")


EARLIER, PROVISIONAL, FINAL = a_report(BEFORE, "x"), a_report(CUT, "cut"), a_report(CUT, "wiped")


@dataclass
class Service:
    """A service that keeps the first bytes of each id and refuses any others."""

    accepted: dict[str, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)

    def send_report(self, compact: str) -> dict[str, Any]:
        report_id = json.loads(signing.verify(compact, KEY, "wipe-report+jws"))["report_id"]
        if self.accepted.setdefault(report_id, compact) != compact:
            self.conflicts.append(report_id)
            raise ServiceRefusedError(409, "report_differs", "Onder dit nummer is er al een ander verslag.")
        receipt = {
            "report_id": report_id,
            "report_sha256": signing.fingerprint(compact),
            "station_key_id": signing.key_id(KEY),
            "received_at": datetime.now(UTC).isoformat(),
        }
        return {"receipt": signing.sign(json.dumps(receipt).encode(), SERVICE_KEY, "wipe-receipt+jws")}


@dataclass(frozen=True)
class Step:
    """One thing done to the stick, with what the service had accepted and what the agent had promised by then."""

    what: str
    path: str
    data: bytes = b""
    accepted: tuple[tuple[str, str], ...] = ()
    promised: str = ""


class Recorder:
    """Writes down every change under ``root`` while the real functions run."""

    def __init__(self, root: Path, service: Service) -> None:
        self.root, self.service, self.steps, self.promised = root, service, list[Step](), ""
        self._paths: dict[int, str] = {}

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        real = {name: getattr(os, name) for name in ("open", "write", "fsync", "unlink", "mkdir", "rename")}

        def opened(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            descriptor = real["open"](path, flags, *rest, **named)
            if str(path).startswith(str(self.root)):
                self._paths[descriptor] = self._inside(path)
                if flags & os.O_CREAT:
                    self._note("truncate" if flags & os.O_TRUNC else "create", path)
            return descriptor

        def written(descriptor: int, data: Any) -> int:
            count = real["write"](descriptor, data)
            if descriptor in self._paths:
                self._note("write", self.root / self._paths[descriptor], bytes(data[:count]))
            return count

        def flushed(descriptor: int) -> None:
            self._note("flush", self.root / self._paths[descriptor])

        patch.setattr(os, "open", opened)
        patch.setattr(os, "write", written)
        patch.setattr(os, "fsync", flushed)
        for name in ("unlink", "mkdir"):
            patch.setattr(os, name, self._noted(name, real[name]))
        patch.setattr(os, "rename", self._renamed(real["rename"]))

    def _noted(self, name: str, real: Callable[..., None]) -> Callable[..., None]:
        def done(path: Any, *rest: Any, **named: Any) -> None:
            real(path, *rest, **named)
            self._note(name, path)

        return done

    def _renamed(self, real: Callable[..., None]) -> Callable[..., None]:
        def done(source: Any, target: Any) -> None:
            content = Path(source).read_bytes()
            real(source, target)
            for what, path in (("create", target), ("write", target), ("flush", target), ("unlink", source)):
                self._note(what, path, content if what == "write" else b"")

        return done

    def _inside(self, path: Any) -> str:
        return str(Path(path).relative_to(self.root))

    def _note(self, what: str, path: Any, data: bytes = b"") -> None:
        accepted = tuple(self.service.accepted.items())
        self.steps.append(Step(what, self._inside(path), data, accepted, self.promised))


@dataclass
class Stick:
    """What a stick surely holds (``kept``) and what is still on its way: names per folder, content per file."""

    kept: dict[str, bytes]
    now: dict[str, bytes] = field(default_factory=dict)
    unflushed: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, bool] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        path = step.path
        if step.what in {"create", "truncate"}:
            if path not in self.now:
                self.pending[path] = True
            self.unflushed[path] = self.now[path] = b""
        elif step.what == "write":
            self.unflushed[path] = self.now[path] = self.now[path] + step.data
        elif step.what == "unlink":
            del self.now[path]
            self.unflushed.pop(path, None)
            self.pending[path] = False
        elif step.what == "flush":
            self._flush(path)

    def _flush(self, path: str) -> None:
        self.unflushed.pop(path, None)
        if path in self.now:
            if self.pending.get(path) is None:
                self.kept[path] = self.now[path]
            return
        for named in [one for one in self.pending if str(Path(one).parent) == path]:
            if self.pending.pop(named):
                self.kept[named] = self.now[named]
            else:
                self.kept.pop(named, None)

    def after_cut(self) -> Iterator[dict[str, bytes]]:
        """Every state that a cut at this moment may leave."""
        for done in itertools.product((True, False), repeat=len(self.pending)):
            state = dict(self.kept)
            gone_but_named = []
            for (path, made), happened in zip(self.pending.items(), done, strict=True):
                if made and happened:
                    state[path] = self.now[path]
                elif not made and happened:
                    state.pop(path, None)
                elif not made:
                    gone_but_named.append(path)
            for path in self.unflushed.keys() & state.keys():
                state[path] = self.unflushed[path]
            yield state
            yield from ({**state, path: bytes(len(state[path]))} for path in gone_but_named if path in state)


def cuts(steps: list[Step], before: dict[str, bytes]) -> Iterator[tuple[dict[str, bytes], Step]]:
    """Every state after a cut at every byte, with the step that was being done; copies beside it at every 32nd."""
    stick = Stick(kept=dict(before), now=dict(before))
    for step in steps:
        stick.take(step)
        if step.what == "write":
            whole = stick.unflushed[step.path]
            for length in range(0, len(whole), 32 if "sent/" in step.path else 1):
                torn = (
                    [whole[:length]] if length % 32 else [whole[:length], whole[:length] + bytes(len(whole) - length)]
                )
                for stick.unflushed[step.path] in torn:
                    yield from ((state, step) for state in stick.after_cut())
            stick.unflushed[step.path] = whole
        yield from ((state, step) for state in stick.after_cut())


def put_back(state: dict[str, bytes], folder: Path) -> None:
    for path, content in state.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def on_stick(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def start(state: Path, service: Service) -> None:
    outbox = Outbox(state)
    outbox.promote_left()
    send_waiting(outbox, STATION, service)


def wipe_and_send(state: Path, service: Service, recorder: Recorder) -> None:
    outbox = Outbox(state)
    outbox.put(BEFORE, EARLIER)
    recorder.promised = "earlier"
    outbox.put_provisional(CUT, PROVISIONAL)
    recorder.promised = "provisional"
    outbox.put(CUT, FINAL)
    recorder.promised = "final"
    start(state, service)


def go_on_after_a_cut(state: Path, service: Service, recorder: Recorder) -> None:
    recorder.promised = "provisional"
    start(state, service)


SCENES = {
    "wiped, kept and sent": (wipe_and_send, {}),
    "cut while wiping, then sent": (
        go_on_after_a_cut,
        {f"outbox/{BEFORE}.jws": EARLIER, f"outbox/provisional/{CUT}.jws": PROVISIONAL},
    ),
    "cut while the report was written, then sent": (
        go_on_after_a_cut,
        {
            f"outbox/{BEFORE}.jws": EARLIER,
            f"outbox/{CUT}.jws": FINAL[:100],
            f"outbox/provisional/{CUT}.jws": PROVISIONAL,
        },
    ),
}


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder that is quick to fill and empty thousands of times, where the system has one."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory)) if os.access(memory, os.W_OK) else tmp_path
    yield folder
    shutil.rmtree(folder)


def what_went_wrong(state: dict[str, bytes], step: Step, folder: Path, starts: int) -> str | None:
    """Go on from one state a cut left; what of the outbox's promises is broken, if any."""
    put_back(state, folder)
    service = Service(dict(step.accepted))
    for _ in range(starts):
        start(folder, service)
    outbox, accepted = Outbox(folder), service.accepted
    whole = {EARLIER.encode(), PROVISIONAL.encode(), FINAL.encode()}
    checks = {
        "the service was offered two reports under one id": not service.conflicts,
        "the earlier report is lost": not step.promised or accepted.get(BEFORE) == EARLIER,
        "the report is lost": step.promised != "final" or accepted.get(CUT) == FINAL,
        "it is lost that a disk was being wiped": step.promised != "provisional" or CUT in accepted,
        "a report that is not whole was accepted": {one.encode() for one in accepted.values()} <= whole,
        "something stays behind": not outbox.waiting() and not list(outbox.provisional.glob("*")),
        "a whole report was set aside": all(path.read_bytes() not in whole for path in outbox.set_aside()),
    }
    return next((wrong for wrong, held in checks.items() if not held), None)


@pytest.mark.parametrize("scene", list(SCENES))
def test_a_cut_at_any_byte_loses_nothing_and_sends_nothing_twice_or_torn(
    scene: str, tmp_path: Path, in_memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happens, texts = SCENES[scene]
    before = {path: text.encode() for path, text in {"station.key": KEY.as_pem(private=True).decode(), **texts}.items()}
    stick = tmp_path / "stick"
    put_back(before, stick)
    service = Service()
    recorder = Recorder(stick, service)
    with monkeypatch.context() as patch:
        recorder.watch(patch)
        happens(stick, service, recorder)
    replayed = Stick(kept=dict(before), now=dict(before))
    for step in recorder.steps:
        replayed.take(step)
    assert replayed.kept == on_stick(stick), "a change of the stick was not recorded, or never flushed"

    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    seen = set()
    for number, (state, step) in enumerate(cuts(recorder.steps, before)):
        known = (frozenset(state.items()), step.accepted, step.promised)
        if known not in seen:
            seen.add(known)
            folder = tmp_path / str(number)
            wrong = what_went_wrong(state, step, folder, starts=1 if number % 16 else 2)
            assert wrong is None, f"{wrong}, after a cut in: {step.what} {step.path}, which left {state}"
            shutil.rmtree(folder)
    assert len(seen) > 400
    print(f"{scene}: {len(seen)} states after a cut")
