"""What was tried on a live service with carried ZIP files: what hurts is refused, and every file is told of."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

import httpx
import pytest

from asset_service.accounts.models import Role

MIB = 1024**2


@pytest.fixture
def served(settings, serve):
    return serve(settings)


@pytest.fixture
def hand_in(served, make_station, make_user):
    """``hand_in(content)`` → the page that tells what became of a carried ZIP."""
    user = make_user(Role.TECHNICIAN, make_station().partner)
    with httpx.Client(base_url=served.address, timeout=120) as browser:
        sent = {"email": user.email, "password": user.password, "csrf_token": _form_token(browser, "/login")}
        assert browser.post("/login", data=sent).status_code == 302

        def hand(content: bytes) -> str:
            token = {"csrf_token": _form_token(browser, "/intake/import")}
            answer = browser.post("/intake/import", data=token, files={"files": ("herstart.zip", content)})
            assert answer.status_code == 200, answer.text
            return answer.text

        yield hand


def test_a_kilobyte_that_unpacks_to_a_gigabyte_costs_the_service_no_memory(served, hand_in):
    before = _most_memory_bytes(served.process.pid)
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert "Dit bestand in de ZIP is beschadigd of versleuteld." in hand_in(_zeros(method, 256 * MIB))
    assert _most_memory_bytes(served.process.pid) < before + 128 * MIB


def test_of_every_file_in_an_archive_is_told_what_became_of_it(hand_in):
    told = hand_in(
        _zipped({"map.jws/": b"inhoud", "brief.txt": b"", "leeg/": b"", "nest.zip": _zipped({"a.jws": b""})})
    )
    for name in ("map.jws", "brief.txt", "nest.zip"):
        assert name in told, name
    assert "Alles is aangenomen" not in told


def test_a_member_whose_name_wants_elsewhere_is_a_file_like_any_other(hand_in):
    for name in ("..\\..\\weg.jws", "../../weg.jws", "/weg.jws", "a\x00weg.jws", "", "weg\u202e.jws"):
        told = hand_in(_zipped({name: b"geen verslag"}))
        assert "Alles is aangenomen" not in told, name
        assert ".." not in re.sub(r"<[^>]+>", "", told), name
        assert "\u202e" not in told, name


def test_archives_that_are_not_plainly_one_are_refused_and_told(hand_in):
    plain = _zipped({"a.jws": b"x"})
    end = plain.rindex(b"PK\x05\x06")
    zip64 = plain[:end] + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1) + plain[end:]
    encrypted = bytearray(plain)
    encrypted[6] |= 1
    encrypted[plain.index(b"PK\x01\x02") + 8] |= 1
    for content in (plain + b"na", plain + plain, b"PK\x03\x04" + plain, zip64, plain[:-5], bytes(encrypted)):
        assert "Alles is aangenomen" not in hand_in(content)


def test_two_members_of_one_name_and_two_that_share_their_bytes_are_each_told(hand_in):
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.jws", b"een")
            archive.writestr("a.jws", b"twee")
    assert hand_in(file.getvalue()).count("a.jws") == 2


def _zeros(method: int, size_bytes: int) -> bytes:
    """A ZIP whose one member is that many zeros, packed by ``method``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        member = zipfile.ZipInfo("bom.jws")
        member.compress_type = method
        with archive.open(member, "w") as opened:
            for _ in range(size_bytes // MIB):
                opened.write(bytes(MIB))
    return file.getvalue()


def _zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo("x")
            member.filename = name
            archive.writestr(member, content)
    return file.getvalue()


def _most_memory_bytes(master: int) -> int:
    """The most memory that one of the service's processes ever held."""
    children = [int(one) for one in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    peaks = []
    for process in (master, *children):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
        peaks.append(int(found[1]) * 1024 if found else 0)
    return max(peaks)


def _form_token(browser: httpx.Client, path: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)[-1]
