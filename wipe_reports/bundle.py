"""The evidence bundle: one ZIP with the signed report, its receipt, its attest and its place in the ledger.

``manifest.json`` lists every file with its size and SHA-256. Only the names below may occur, each once, none larger
than its bound; so no path can lead outside, and no archive can grow in the reader's memory.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from wipe_reports import archives
from wipe_reports.words import TranslatedRefusal

FORMAT = "herstart/wipe-bundle"
VERSION = 1
LEDGER_HEAD_TYPE = "ledger-head+jws"
"""The JWS ``typ`` of a signed tree head."""

MANIFEST = "manifest.json"
PROOF = "proof.jws"
RECEIPT = "receipt.jws"
ATTEST = "attest.pdf"
LEDGER = "ledger.json"

_MEBIBYTE = 1024 * 1024
MAX_BYTES: Mapping[str, int] = {
    MANIFEST: 64 * 1024,
    PROOF: 2 * _MEBIBYTE,
    RECEIPT: 64 * 1024,
    ATTEST: 16 * _MEBIBYTE,
    LEDGER: _MEBIBYTE,
}
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BundleInvalid(TranslatedRefusal):
    """An archive that is no bundle, or one that is not to be unpacked. ``key`` names the reason."""


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """Where the report's event stands in the ledger.

    ``event`` is the event's canonical JSON (RFC 8785), the bytes of the leaf; ``inclusion_path`` runs from leaf to
    root (RFC 9162); ``head_jws`` is the service's signed tree head over ``{"seal", "tree_size", "root_hash",
    "sealed_at", "previous_root"}``, hashes in hexadecimal.
    """

    event: bytes
    leaf_index: int
    tree_size: int
    inclusion_path: tuple[bytes, ...]
    head_jws: str

    def to_json(self) -> bytes:
        """As ``ledger.json`` holds it."""
        members = {
            "event": self.event.decode("utf-8"),
            "leaf_index": self.leaf_index,
            "tree_size": self.tree_size,
            "inclusion_path": [one.hex() for one in self.inclusion_path],
            "head": self.head_jws,
        }
        return json.dumps(members, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> LedgerProof:
        """Read ``ledger.json``. Raises :class:`BundleInvalid`."""
        try:
            members = json.loads(raw)
            proof = cls(
                event=members["event"].encode(),
                leaf_index=members["leaf_index"],
                tree_size=members["tree_size"],
                inclusion_path=tuple(bytes.fromhex(one) for one in members["inclusion_path"]),
                head_jws=members["head"],
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BundleInvalid("bundle.ledger_form") from error
        numbers = (proof.leaf_index, proof.tree_size)
        if not all(type(one) is int for one in numbers) or not isinstance(proof.head_jws, str):
            raise BundleInvalid("bundle.ledger_form")
        return proof


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle's files as they are; ``disagreeing`` names those that the manifest does not describe."""

    proof: bytes
    receipt: bytes | None
    attest: bytes | None
    ledger: bytes | None
    disagreeing: tuple[str, ...] = ()


def write(
    file: IO[bytes],
    *,
    proof: str | bytes,
    receipt: str | bytes | None = None,
    attest: bytes | None = None,
    ledger: LedgerProof | None = None,
) -> None:
    """Write a bundle to ``file``; the same content gives the same bytes. Raises :class:`BundleInvalid` if too large."""
    contents = {
        PROOF: _ascii(proof),
        RECEIPT: None if receipt is None else _ascii(receipt),
        ATTEST: attest,
        LEDGER: None if ledger is None else ledger.to_json(),
    }
    present = {name: content for name, content in contents.items() if content is not None}
    for name, content in present.items():
        if len(content) > MAX_BYTES[name]:
            raise BundleInvalid("bundle.size", name=name)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {MANIFEST: _manifest(present), **present}.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)


def _ascii(compact: str | bytes) -> bytes:
    return compact.encode("ascii") if isinstance(compact, str) else compact


def _manifest(contents: Mapping[str, bytes]) -> bytes:
    entries = {
        name: {"size_bytes": len(content), "sha256": sha256(content).hexdigest()} for name, content in contents.items()
    }
    return json.dumps({"format": FORMAT, "version": VERSION, "files": entries}, indent=1).encode()


def read(file: IO[bytes]) -> Bundle:
    """Read a bundle into memory, bounded. Raises :class:`BundleInvalid` for anything that is not plainly one."""
    try:
        with archives.open_archive(file) as archive:
            _check_entries(archive.infolist())
            contents = {entry.filename: _content(archive, entry) for entry in archive.infolist()}
    except BundleInvalid:
        raise
    except archives.UNREADABLE as error:
        raise BundleInvalid("bundle.zip") from error
    if PROOF not in contents or MANIFEST not in contents:
        raise BundleInvalid("bundle.missing", name=MANIFEST if PROOF in contents else PROOF)
    disagreeing = _disagreeing(contents)
    return Bundle(
        contents[PROOF], contents.get(RECEIPT), contents.get(ATTEST), contents.get(LEDGER), tuple(disagreeing)
    )


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    for entry in entries:
        if entry.filename not in MAX_BYTES or names.count(entry.filename) > 1:
            raise BundleInvalid("bundle.name", name=entry.filename[:60])
        if entry.file_size > MAX_BYTES[entry.filename]:
            raise BundleInvalid("bundle.size", name=entry.filename)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    bound = MAX_BYTES[entry.filename]
    content = archives.read_member(archive, entry, bound + 1)
    if len(content) > bound:
        raise BundleInvalid("bundle.size", name=entry.filename)
    return content


def _disagreeing(contents: Mapping[str, bytes]) -> list[str]:
    try:
        manifest = json.loads(contents[MANIFEST])
        listed = {name: str(entry["sha256"]) for name, entry in manifest["files"].items()}
        known = (manifest["format"], manifest["version"]) == (FORMAT, VERSION)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleInvalid("bundle.manifest_form") from error
    if not known:
        raise BundleInvalid("bundle.manifest_form")
    present = {name: sha256(content).hexdigest() for name, content in contents.items() if name != MANIFEST}
    return sorted(name for name in listed.keys() | present.keys() if listed.get(name) != present.get(name))
