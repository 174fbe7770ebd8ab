"""One ATA command to a drive through Linux's SG_IO, for what no program of the field sends on every system.

The command travels as ATA PASS-THROUGH (16) (SAT-4 §12.2.3: operation code 85h, registers in bytes 3 to 14) with
CK_COND set, so that the drive's registers come back in the sense data. Descriptor format carries all 48 bits of the
address (SAT-4 §12.2.6: descriptor 09h of 12 bytes); fixed format, which libata uses where D_SENSE is 0, carries 24 of
them (libata ``ata_gen_passthru_sense``): then the address is not known. The ioctl is Linux's ``scsi/sg.h``, version 3.
"""

from __future__ import annotations

import ctypes
import fcntl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Ioctl = Callable[[int, int, Any], int]

SG_IO = 0x2285
_NO_DATA, _FROM_DRIVE = -1, -3
_TIMEOUT_MILLISECONDS = 30_000
_SENSE_BYTES = 32
_PASS_THROUGH_16 = 0x85
_PROTOCOL_NO_DATA, _PROTOCOL_PIO_IN = 3, 4
_EXTENDED = 1
_CHECK_CONDITION = 0x20
_ONE_BLOCK_FROM_DRIVE = 0x0E
"""T_DIR from the device, BYT_BLOK in blocks, T_LENGTH in the count field."""
_REGISTERS_DESCRIPTOR = 0x09
_ERROR_BITS = 0x21
"""Status bits ERR (0) and DEVICE FAULT (5), ACS-4 §6.2."""


class AtaCommandError(Exception):
    """The command did not reach the drive, or what came back is no answer of one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AtaCommand:
    """The registers of one 48-bit command."""

    command: int
    feature: int = 0
    count: int = 0
    lba: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AtaAnswer:
    """The drive's registers after a command. ``lba`` is ``None`` where not all of its 48 bits came back."""

    status: int
    error: int
    lba: int | None

    @property
    def succeeded(self) -> bool:
        """Did the drive carry it out?"""
        return not self.status & _ERROR_BITS


class SgHeader(ctypes.Structure):
    """``struct sg_io_hdr`` (Linux ``scsi/sg.h``)."""

    _fields_ = (
        ("interface_id", ctypes.c_int),
        ("dxfer_direction", ctypes.c_int),
        ("cmd_len", ctypes.c_ubyte),
        ("mx_sb_len", ctypes.c_ubyte),
        ("iovec_count", ctypes.c_ushort),
        ("dxfer_len", ctypes.c_uint),
        ("dxferp", ctypes.c_void_p),
        ("cmdp", ctypes.c_void_p),
        ("sbp", ctypes.c_void_p),
        ("timeout", ctypes.c_uint),
        ("flags", ctypes.c_uint),
        ("pack_id", ctypes.c_int),
        ("usr_ptr", ctypes.c_void_p),
        ("status", ctypes.c_ubyte),
        ("masked_status", ctypes.c_ubyte),
        ("msg_status", ctypes.c_ubyte),
        ("sb_len_wr", ctypes.c_ubyte),
        ("host_status", ctypes.c_ushort),
        ("driver_status", ctypes.c_ushort),
        ("resid", ctypes.c_int),
        ("duration", ctypes.c_uint),
        ("info", ctypes.c_uint),
    )


def ask(descriptor: int, command: AtaCommand, *, ioctl: Ioctl = fcntl.ioctl) -> AtaAnswer:
    """Send a command without data. Raises :class:`AtaCommandError` where no register of the drive comes back."""
    cdb = _cdb(command, _PROTOCOL_NO_DATA, _CHECK_CONDITION)
    _, sense = _sent(descriptor, cdb, 0, ioctl)
    return _registers(sense)


def read_block(descriptor: int, command: AtaCommand, *, ioctl: Ioctl = fcntl.ioctl) -> bytes:
    """Send a command that answers with 512 bytes (PIO data-in). Raises :class:`AtaCommandError` where none come."""
    data, sense = _sent(descriptor, _cdb(command, _PROTOCOL_PIO_IN, _ONE_BLOCK_FROM_DRIVE), 512, ioctl)
    if sense or not any(data):
        raise AtaCommandError("the drive gave no data")
    return data


def _cdb(command: AtaCommand, protocol: int, flags: int) -> bytes:
    lba, count, feature = (
        value.to_bytes(size, "little") for value, size in ((command.lba, 6), (command.count, 2), (command.feature, 2))
    )
    extended = _EXTENDED if protocol == _PROTOCOL_NO_DATA else 0
    head = (_PASS_THROUGH_16, protocol << 1 | extended, flags)
    address = (lba[3], lba[0], lba[4], lba[1], lba[5], lba[2])
    return bytes((*head, feature[1], feature[0], count[1], count[0], *address, 0x40, command.command, 0))


def _sent(descriptor: int, cdb: bytes, data_bytes: int, ioctl: Ioctl) -> tuple[bytes, bytes]:
    """The data and the sense data that came back."""
    command = ctypes.create_string_buffer(cdb, len(cdb))
    sense, data = ctypes.create_string_buffer(_SENSE_BYTES), ctypes.create_string_buffer(max(data_bytes, 1))
    header = SgHeader(
        interface_id=ord("S"),
        dxfer_direction=_FROM_DRIVE if data_bytes else _NO_DATA,
        cmd_len=len(cdb),
        mx_sb_len=_SENSE_BYTES,
        dxfer_len=data_bytes,
        dxferp=ctypes.addressof(data) if data_bytes else None,
        cmdp=ctypes.addressof(command),
        sbp=ctypes.addressof(sense),
        timeout=_TIMEOUT_MILLISECONDS,
    )
    try:
        ioctl(descriptor, SG_IO, header)
    except OSError as error:
        raise AtaCommandError(f"SG_IO: {error.strerror}") from error
    if header.host_status:
        raise AtaCommandError(f"the host adapter answered {header.host_status:#x}")
    return data.raw[:data_bytes], sense.raw[: header.sb_len_wr]


def _registers(sense: bytes) -> AtaAnswer:
    response = sense[0] & 0x7F if sense else 0
    if response in {0x72, 0x73}:
        return _by_descriptor(sense)
    if response in {0x70, 0x71} and len(sense) >= 12 and sense[4]:
        incomplete = sense[8] & 0x20
        lba = None if incomplete else int.from_bytes(sense[9:12], "little")
        return AtaAnswer(error=sense[3], status=sense[4], lba=lba)
    raise AtaCommandError(f"no registers in the answer: {sense[:16].hex(' ') or 'no sense data'}")


def _by_descriptor(sense: bytes) -> AtaAnswer:
    at = 8
    while at + 1 < len(sense):
        one = sense[at : at + 2 + sense[at + 1]]
        if one[0] == _REGISTERS_DESCRIPTOR and len(one) == 14:
            extended = one[2] & 1
            lba = bytes((one[7], one[9], one[11], one[6], one[8], one[10]))
            return AtaAnswer(error=one[3], status=one[13], lba=int.from_bytes(lba, "little") if extended else None)
        at += len(one)
    raise AtaCommandError(f"no registers in the answer: {sense[:24].hex(' ')}")
