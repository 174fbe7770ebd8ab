"""Accessible Max Address by our own ATA command: a scripted ioctl answers as a drive does, byte by byte.

The commands' bytes are those of SAT-4 §12.2.3 and ACS-4 §7.1; the answers' layout is SAT-4 §12.2.6 (descriptor format)
and libata's ``ata_gen_passthru_sense`` (fixed format).
"""

from __future__ import annotations

import ctypes
import errno
from dataclasses import replace

import pytest

from intake_agent.wiping.drives.accessible_address import make_accessible
from intake_agent.wiping.drives.ata_command import SG_IO, SgHeader

FULL, VISIBLE = 976773168, 976771120
GET_NATIVE = bytes.fromhex("85 07 20 00 00 00 00 00 00 00 00 00 00 40 78 00")
SET = bytes.fromhex("85 07 20 00 01 00 00 3a 2f 00 60 00 38 40 78 00")
IDENTIFY = bytes.fromhex("85 08 0e 00 00 00 01 00 00 00 00 00 00 40 ec 00")


class ScriptedIoctl:
    """A drive behind SG_IO. ``word_119`` says what it has, ``fixed`` gives fixed-format sense data."""

    def __init__(self, serial: str, *, word_119: int = 0x4100, native: int = FULL, fixed: bool = False) -> None:
        self.serial, self.word_119, self.native, self.fixed = serial, word_119, native, fixed
        self.visible = VISIBLE
        self.sent: list[bytes] = []
        self.status, self.error = 0x50, 0
        self.host_status = 0
        self.silent = False
        self.fails: OSError | None = None

    def __call__(self, descriptor: int, request: int, header: SgHeader) -> int:
        assert request == SG_IO
        assert (header.interface_id, header.cmd_len, header.mx_sb_len) == (ord("S"), 16, 32)
        if self.fails is not None:
            raise self.fails
        command = ctypes.string_at(header.cmdp, 16)
        self.sent.append(command)
        header.host_status = self.host_status
        if command == IDENTIFY:
            assert (header.dxfer_direction, header.dxfer_len) == (-3, 512)
            ctypes.memmove(header.dxferp, self._identity(), 512)
        elif not self.silent:
            assert (header.dxfer_direction, header.dxfer_len) == (-1, 0)
            self._answer(header, 0 if command != GET_NATIVE else self.native - 1)
        return 0

    def _identity(self) -> bytes:
        words = [0] * 256
        serial = self.serial.ljust(20)[:20].encode()
        words[10:20] = [serial[at] << 8 | serial[at + 1] for at in range(0, 20, 2)]
        words[100:104] = [self.visible >> shift & 0xFFFF for shift in (0, 16, 32, 48)]
        words[119] = self.word_119
        return b"".join(word.to_bytes(2, "little") for word in words)

    def _answer(self, header: SgHeader, lba: int) -> None:
        at = lba.to_bytes(6, "little")
        if self.fixed:
            more = 0x20 if any(at[3:]) else 0
            sense = bytes((0xF0, 0, 0x01, self.error, self.status, 0x40, 0, 10, 0x80 | more, *at[:3]))
        else:
            registers = (1, self.error, 0, 0, at[3], at[0], at[4], at[1], at[5], at[2], 0x40, self.status)
            sense = bytes((0x72, 0x01, 0, 0x1D, 0, 0, 0, 14, 0x09, 0x0C, *registers))
        ctypes.memmove(header.sbp, sense, len(sense))
        header.sb_len_wr = len(sense)


@pytest.fixture
def drive(disk):
    return ScriptedIoctl(disk.serial)


def sets(drive: ScriptedIoctl) -> list[bytes]:
    return [command for command in drive.sent if command[14] == 0x78 and command[4] != 0]


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "schijf"
    file.touch()
    return file


def test_the_native_size_is_asked_and_then_set_byte_for_byte(drive, disk, path):
    assert make_accessible(disk, path, FULL, ioctl=drive) is None
    assert drive.sent == [IDENTIFY, GET_NATIVE, SET]


@pytest.mark.parametrize("word_119", [0x0000, 0x4000, 0x0100, 0x8100, 0xC100, 0xFFFF])
def test_nothing_is_sent_to_a_drive_whose_word_119_lacks_the_bit(disk, path, word_119):
    drive = ScriptedIoctl(disk.serial, word_119=word_119)
    assert "no Accessible Max Address" in (make_accessible(disk, path, FULL, ioctl=drive) or "")
    assert drive.sent == [IDENTIFY]


def test_nothing_is_sent_to_another_drive_or_to_one_without_a_serial_number_to_know_it_by(disk, path):
    drive = ScriptedIoctl("ANDERE-2")
    assert "another drive" in (make_accessible(disk, path, FULL, ioctl=drive) or "")
    assert "another drive" in (make_accessible(replace(disk, serial=None), path, FULL, ioctl=drive) or "")
    assert drive.sent == [IDENTIFY, IDENTIFY]


@pytest.mark.parametrize(
    ("native", "asked"), [(FULL + 8, FULL), (FULL, FULL + 8), (VISIBLE, VISIBLE), (2**48 - 1, 2**48 - 1)]
)
def test_sizes_that_do_not_agree_set_nothing(disk, path, native, asked):
    drive = ScriptedIoctl(disk.serial, native=native)
    assert "nothing was set" in (make_accessible(disk, path, asked, ioctl=drive) or "")
    assert not sets(drive)


def test_an_address_that_comes_back_in_part_sets_nothing(disk, path):
    drive = ScriptedIoctl(disk.serial, fixed=True)
    assert "whole" in (make_accessible(disk, path, FULL, ioctl=drive) or "")
    assert not sets(drive)


def test_a_drive_that_refuses_the_command_is_told_in_its_registers(drive, disk, path):
    real = drive._answer

    def refuses(header, lba):
        if drive.sent[-1] != GET_NATIVE:
            drive.status, drive.error = 0x51, 0x04
        real(header, lba)

    drive._answer = refuses
    assert make_accessible(disk, path, FULL, ioctl=drive) == "refused: status 0x51, error 0x04"


@pytest.mark.parametrize("how", ["silent", "host", "error", "gone"])
def test_an_answer_that_is_none_sets_nothing(drive, disk, path, how):
    if how == "silent":
        drive.silent = True
    elif how == "host":
        drive.host_status = 1
    elif how == "error":
        drive.fails = OSError(errno.ENOTTY, "Inappropriate ioctl for device")
    else:
        path.unlink()
    assert make_accessible(disk, path, FULL, ioctl=drive)
    assert not sets(drive)


def test_a_file_that_is_no_drive_is_told_by_the_kernels_own_answer(disk, path):
    assert "SG_IO" in (make_accessible(disk, path, FULL) or "")
