"""The host's side of the test guest: a QEMU machine under TCG, its drives, and a line to the server inside it.

Never KVM: ``/dev/kvm`` may exist on a build machine and hang.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
CACHE = CHECKOUT / ".guest"
_BASE_INPUTS = (HERE / "build.sh", HERE / "packages.txt", HERE / "modules.txt", CHECKOUT / "requirements/agent.txt")
_BOOT_SECONDS = 240
NEEDS = ("qemu-system-x86_64", "mmdebstrap", "cpio")


class GuestError(Exception):
    """The guest did not do what it was asked; the message holds what it said."""


def why_not() -> str | None:
    """Why no guest can be built and booted here, or ``None``."""
    if os.geteuid() != 0:
        return "the test guest's root is unpacked as root"
    missing = [program for program in NEEDS if shutil.which(program) is None]
    return f"not installed: {', '.join(missing)} (make test-guest installs them)" if missing else None


def base() -> Path:
    """The folder with ``vmlinuz`` and ``root.cpio``; built where none is there for the inputs as they are now."""
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in _BASE_INPUTS)).hexdigest()[:16]
    folder = CACHE / digest
    if not (folder / "vmlinuz").exists():
        shutil.rmtree(CACHE, ignore_errors=True)
        done = subprocess.run(["sh", HERE / "build.sh", folder], capture_output=True, timeout=900, check=False)
        if done.returncode:
            raise GuestError(f"build.sh: {done.stderr.decode(errors='replace')[-2000:]}")
    return folder


def initramfs(folder: Path, *cases: Path) -> Path:
    """``root.cpio`` with this checkout's agent appended, and with ``cases``, the modules to call inside."""
    overlay = folder / "overlay"
    code = overlay / "opt/herstart"
    for package in ("intake_agent", "wipe_reports"):
        shutil.copytree(
            CHECKOUT / package,
            code / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    about = code / "herstart.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(distribution("herstart").read_text("METADATA") or "")
    shutil.copy(HERE / "guest_server.py", code / "guest_server.py")
    for module in cases:
        shutil.copy(module, code / module.name)
    command = overlay / "usr/local/bin/intake-agent"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\nexec python3 -m intake_agent.cli "$@"\n')
    command.chmod(0o755)
    shutil.copy(HERE / "init", overlay / "init")
    if sys.version_info[:2] == (3, 11):  # the guest's Python
        compile_all = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(code)]
        subprocess.run(compile_all, check=True, timeout=120)
    made = folder / "initramfs"
    names = b"\0".join(bytes(path.relative_to(overlay)) for path in sorted(overlay.rglob("*"))) + b"\0"
    with made.open("wb") as file:
        with (base() / "root.cpio").open("rb") as root:
            shutil.copyfileobj(root, file, 1 << 20)
        file.write(bytes(-file.tell() % 512))
        file.flush()
        subprocess.run(
            ["cpio", "--null", "--create", "--format=newc", "--quiet"],
            cwd=overlay, input=names, stdout=file, check=True, timeout=60,
        )  # fmt: skip
    shutil.rmtree(overlay)
    return made


@dataclass(frozen=True, kw_only=True)
class Drive:
    """One drive of the guest. ``serial`` names it everywhere; ``broken`` are (``read``/``write``, sector) that fail."""

    serial: str
    bus: str
    mebibytes: int
    broken: tuple[tuple[str, int], ...] = ()
    options: str = ""
    own_serial: str | None = None

    def node(self, image: Path) -> dict[str, Any]:
        """The block node, with an error injected at each broken sector."""
        file: dict[str, Any] = {"driver": "file", "filename": str(image)}
        if self.broken:
            errors = [
                {"event": "none", "iotype": operation, "sector": sector, "errno": 5}
                for operation, sector in self.broken
            ]
            file = {"driver": "blkdebug", "image": file, "inject-error": errors}
        return {"driver": "raw", "node-name": self._identity, "file": file}

    def device(self, port: int) -> str:
        """QEMU's ``-device`` for it; ``port`` is its place among the drives of its bus."""
        model = {
            "virtio": "virtio-blk-pci",
            "sata": f"ide-hd,bus=ide.{port},rotation_rate=7200,model=Donor Disk",
            "nvme": "nvme",
            "scsi": "scsi-hd,bus=scsi.0,vendor=DONOR,product=Disk,rotation_rate=7200",
            "usb": "usb-storage,bus=usb.0",
        }[self.bus]
        serial = self.own_serial or self.serial
        return f"{model},drive={self._identity},id=dev-{self._identity},serial={serial}{self.options}"

    @property
    def _identity(self) -> str:
        return self.serial.lower()


@dataclass
class VirtualMachine:
    """A guest with ``drives``. Their images lie in ``folder`` and stay there when the power is cut."""

    folder: Path
    drives: tuple[Drive, ...]
    initramfs: Path
    smbios: tuple[str, ...] = ()
    mebibytes: int = 1536
    _process: subprocess.Popen[bytes] | None = None
    _asked: int = 0
    _answers: dict[int, dict[str, Any]] = field(default_factory=dict)

    def image(self, serial: str) -> Path:
        """The file that holds a drive's content."""
        return self.folder / f"{serial}.img"

    def start(self) -> None:
        """Power on, and wait until the server inside answers. Raises :class:`GuestError` with the console's end."""
        self.folder.mkdir(exist_ok=True)
        for drive in self.drives:
            if not self.image(drive.serial).exists():
                self.image(drive.serial).touch()
                os.truncate(self.image(drive.serial), drive.mebibytes << 20)
        with _listening(self.folder / "agent.sock") as agent, _listening(self.folder / "qmp.sock") as control:
            with (self.folder / "qemu.log").open("wb") as log:
                self._process = subprocess.Popen(self._command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                self._control = control.accept()[0].makefile("rwb")
                self._socket = agent.accept()[0]
                self._line = self._socket.makefile("rwb")
                self._control.readline()
                self.qmp("qmp_capabilities")
                self._socket.settimeout(_BOOT_SECONDS)
                self._hear()
            except OSError as error:
                raise GuestError(f"the guest did not start ({error}):\n{self.said()}") from error

    def said(self) -> str:
        """The end of the serial console and of QEMU's own messages."""
        logs = (self.folder / "serial.log", self.folder / "qemu.log")
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in logs if path.exists())

    def ask(self, **request: Any) -> int:
        """Send a request and do not wait; returns its number for :meth:`answer`."""
        self._asked += 1
        self._line.write(json.dumps({"id": self._asked, **request}).encode() + b"\n")
        self._line.flush()
        return self._asked

    def answer(self, number: int, seconds: float = 120) -> dict[str, Any]:
        """The answer to a request. Raises :class:`GuestError` where it does not come, or was an exception."""
        self._socket.settimeout(seconds)
        while number not in self._answers:
            try:
                told = self._hear()
            except OSError as error:
                raise GuestError(f"no answer in {seconds} s:\n{self.said()}") from error
            self._answers[told["id"]] = told
        answer = self._answers.pop(number)
        if "raised" in answer:
            raise GuestError(answer["raised"])
        return answer

    def run(self, *command: str, seconds: float = 120, input: str = "") -> dict[str, Any]:  # noqa: A002 - subprocess's name
        """Run a program inside; returns ``code``, ``out`` and ``err``."""
        return self.answer(self.ask(run=command, seconds=seconds, input=input), seconds + 30)

    def call(self, function: str, /, **arguments: Any) -> Any:
        """Call a function of the cases inside; returns its value."""
        return self.answer(self.ask(**{"call": function, "with": arguments}), 240)["value"]

    def qmp(self, command: str, **arguments: Any) -> Any:
        """One command to QEMU itself. Raises :class:`GuestError` where QEMU refuses it."""
        self._control.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        self._control.flush()
        while line := self._control.readline():
            told = json.loads(line)
            if "error" in told:
                raise GuestError(f"{command}: {told['error']['desc']}")
            if "return" in told:
                return told["return"]
        raise GuestError(f"{command}: QEMU went away")

    def wait_until_written(self, serial: str, *, at_byte: int, seconds: float = 120) -> None:
        """Wait until what lies at ``at_byte`` of a drive's image is no longer what it was."""
        until = time.monotonic() + seconds
        with self.image(serial).open("rb", buffering=0) as image:
            before = os.pread(image.fileno(), 4096, at_byte)
            while os.pread(image.fileno(), 4096, at_byte) == before:
                if time.monotonic() > until:
                    raise GuestError(f"{serial} was not written at {at_byte} in {seconds} s:\n{self.said()}")
                time.sleep(0.05)

    def cut_power(self) -> None:
        """End the machine at this moment, as a power cut does: nothing inside hears of it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            for line in (self._line, self._control, self._socket):
                line.close()
            self._process = None

    def _hear(self) -> dict[str, Any]:
        line = self._line.readline()
        if not line:
            raise GuestError(f"the guest went away:\n{self.said()}")
        return json.loads(line)

    def _command(self) -> list[str]:
        command = [
            *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-M", "q35", "-smp", "2"),
            *("-m", str(self.mebibytes), "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot"),
            *("-serial", f"file:{self.folder / 'serial.log'}", "-kernel", str(base() / "vmlinuz")),
            *("-initrd", str(self.initramfs), "-append", "console=ttyS0 quiet panic=-1 mitigations=off nokaslr"),
            *("-device", "virtio-rng-pci", "-device", "virtio-serial-pci"),
            *(
                "-chardev",
                f"socket,id=agent,path={self.folder / 'agent.sock'}",
                "-device",
                "virtserialport,chardev=agent,name=herstart",
            ),
            *("-chardev", f"socket,id=control,path={self.folder / 'qmp.sock'}", "-mon", "chardev=control,mode=control"),
            *("-device", "virtio-scsi-pci,id=scsi", "-device", "qemu-xhci,id=usb"),
        ]
        for words in self.smbios:
            command += ["-smbios", words]
        ports: dict[str, int] = {}
        for drive in self.drives:
            port = ports[drive.bus] = ports.get(drive.bus, -1) + 1
            command += ["-blockdev", json.dumps(drive.node(self.image(drive.serial)))]
            command += ["-device", drive.device(port)]
        return command


def _listening(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    listener.settimeout(30)
    return listener


def _look_inside(command: list[str]) -> int:
    """Boot a guest with one drive a bus, run ``command`` in it, and print what it said."""
    buses = ("virtio", "sata", "nvme", "scsi", "usb")
    drives = tuple(Drive(serial=f"{bus.upper()}-0001", bus=bus, mebibytes=16) for bus in buses)
    with tempfile.TemporaryDirectory(prefix="herstart-guest-") as folder:
        machine = VirtualMachine(Path(folder) / "machine", drives, initramfs(Path(folder)))
        machine.start()
        try:
            answer = machine.run(*command, seconds=600)
        finally:
            machine.cut_power()
    print(answer["out"], end="")
    print(answer["err"], end="", file=sys.stderr)
    return int(answer["code"])


if __name__ == "__main__":
    sys.exit(_look_inside(sys.argv[1:]))
