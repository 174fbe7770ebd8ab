"""The guest: a QEMU machine booted once for all tests, with drives on every bus and a stick for the station."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from intake_agent.station import enrolment
from wipe_reports import signing

HERE = Path(__file__).parent
SERVICE = "https://herstart.example"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """These tests take minutes: they run only where they are named (``make test-guest``), never with all others."""
    named = any(
        HERE in (Path(word.partition("::")[0]).resolve(), *Path(word).resolve().parents) for word in config.args
    )
    return None if named else True


def _machines() -> ModuleType:
    path = HERE.parents[1] / "deploy/test-guest/virtual_machine.py"
    spec = importlib.util.spec_from_file_location("virtual_machine", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def machines() -> ModuleType:
    """The module ``deploy/test-guest/virtual_machine.py``; skips where no guest can be booted."""
    module = _machines()
    if reason := module.why_not():
        pytest.skip(reason)
    return module


@pytest.fixture(scope="session")
def initramfs(machines: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guest's root with this checkout's agent in it."""
    return machines.initramfs(tmp_path_factory.mktemp("initramfs"), HERE / "guest_cases.py", HERE / "guest_devices.py")


@pytest.fixture(scope="session")
def own_station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of an enrolled station, with ``trusted.json`` for checking what it signs."""
    state = tmp_path_factory.mktemp("station")
    key, service_key = enrolment.key_for_enrolment(state), signing.generate_key()
    of_service = {**signing.public_jwk(service_key), "herstart_role": "service", "herstart_name": "dienst"}
    of_station = {**signing.public_jwk(key), "herstart_role": "station", "herstart_name": "Gastbank"}
    answer = {
        "station": {"id": "s1", "name": "Gastbank", "key_id": signing.key_id(key)},
        "partner": {"name": "Werkplaats"},
        "keys": {"keys": [of_service]},
    }
    enrolment.save(state, SERVICE, answer, key)
    (state / "trusted.json").write_text(json.dumps({"keys": [of_service, of_station]}))
    return state


@pytest.fixture(scope="session")
def start(own_station: Path) -> Callable[[Any], None]:
    """Powers a machine on, and mounts its stick as the live medium, with the station's files on it."""
    files = {name: (own_station / name).read_text() for name in ("station.key", "station.json")}

    def power_on(machine: Any) -> None:
        machine.start()
        machine.call("prepare_stick", serial="STICK-0001", files=files)

    return power_on


@pytest.fixture(scope="session")
def boot(
    machines: ModuleType, initramfs: Path, start: Callable[[Any], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    """Boots machines: ``boot(name, drives, smbios=…)``; a stick with the station's files is added to each."""
    running = []

    def make(name: str, drives: tuple[Any, ...], **options: Any) -> Any:
        stick = machines.Drive(serial="STICK-0001", bus="virtio", mebibytes=64)
        folder = tmp_path_factory.mktemp(name)
        machine = machines.VirtualMachine(folder / "machine", (stick, *drives), initramfs, **options)
        running.append(machine)
        start(machine)
        return machine

    yield make
    for machine in running:
        machine.cut_power()


@pytest.fixture(scope="session")
def guest(machines: ModuleType, boot: Callable[..., Any]) -> Any:
    """The guest that most tests share. Every test uses drives of its own, so that none depends on another."""
    drive = machines.Drive
    return boot(
        "guest",
        (
            drive(serial="VIRT-0001", bus="virtio", mebibytes=8),
            drive(serial="VIRT-GROWS", bus="virtio", mebibytes=8),
            drive(serial="SATA-0001", bus="sata", mebibytes=24),
            drive(serial="SATA-READ", bus="sata", mebibytes=16, broken=(("read", 9000), ("read", 20001))),
            drive(serial="SATA-GONE", bus="sata", mebibytes=24),
            drive(serial="SATA-PLAIN", bus="sata", mebibytes=8),
            drive(serial="NVME-0001", bus="nvme", mebibytes=8),
            drive(serial="NVME-FORMAT", bus="nvme", mebibytes=8),
            drive(serial="NVME-CRYPTO", bus="nvme", mebibytes=8),
            drive(serial="NVME-SANITIZE", bus="nvme", mebibytes=8),
            drive(serial="NVME-WARN", bus="nvme", mebibytes=8, options=",smart_critical_warning=4"),
            drive(serial="SCSI-0001", bus="scsi", mebibytes=8),
            drive(serial="SCSI-WRITE", bus="scsi", mebibytes=16, broken=(("write", 12345),)),
            drive(serial="SCSI-GONE", bus="scsi", mebibytes=24),
            drive(serial="SCSI-PULLED", bus="scsi", mebibytes=24),
            drive(serial="SCSI-BUSY", bus="scsi", mebibytes=8),
            drive(serial="TWIN-A", own_serial="TWIN", bus="scsi", mebibytes=8),
            drive(serial="TWIN-B", own_serial="TWIN", bus="scsi", mebibytes=8),
            drive(serial="USB-0001", bus="usb", mebibytes=8),
        ),
        smbios=(
            "type=1,manufacturer=Acme,product=DonorBook 7,serial=SN-0001,uuid=11111111-2222-3333-4444-555555555555",
            "type=3,manufacturer=Acme,serial=CH-1",
        ),
    )
