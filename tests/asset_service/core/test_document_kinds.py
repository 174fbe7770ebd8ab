"""What is stored is what it says it is; and of an image nothing that a camera added."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_service.core.documents import checks, images
from asset_service.core.documents.kinds import KINDS, kind_of
from asset_service.core.errors import Invalid
from wipe_reports import press

MADE_AT = datetime(2026, 11, 28, tzinfo=UTC)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "content of " + name)
    return file.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(*chunks: bytes, width: int = 2, height: int = 1) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks)


PIXELS, END = png_chunk(b"IDAT", zlib.compress(b"\0\x10\x20")), png_chunk(b"IEND", b"")
PNG = png_of(PIXELS, END)


@pytest.fixture(scope="session", params=["baseline", "progressive"])
def photo(request, tmp_path_factory) -> bytes:
    """A real JPEG, drawn by another program."""
    program = shutil.which("pdftoppm")
    assert program is not None, "pdftoppm is missing: install poppler-utils"
    folder = tmp_path_factory.mktemp("photo")
    template = press.Template(b'#set document(title: "x")\n#set page(width: 60mm, height: 40mm)\n= Herstart')
    (folder / "page.pdf").write_bytes(
        press.render(press.Printout(template=template, language="nl", facts={}, made_at=MADE_AT))
    )
    options = ["-jpeg", "-r", "150", "-jpegopt", f"progressive={'y' if request.param == 'progressive' else 'n'}"]
    subprocess.run([program, *options, "-singlefile", folder / "page.pdf", folder / "page"], check=True)
    return (folder / "page.jpg").read_bytes()


def stored(content: bytes, media_type: str, step: int = 11) -> bytes:
    """What the kind stores of ``content`` that comes in pieces."""
    pieces = [content[at : at + step] for at in range(0, len(content), step)]
    return b"".join(kind_of(media_type).check(pieces))


GOOD = {
    "application/pdf": b"%PDF-1.7 \n%%EOF",
    "application/zip": zipped("a.txt", "b.txt"),
    XLSX: zipped("[Content_Types].xml", "xl/workbook.xml"),
    "application/json": json.dumps({"naam": "Zoë", "list": [1, 2]}).encode(),
    "text/csv": "code;naam\nHS-1;Zoë €\n".encode(),
    "image/png": PNG,
    "application/jose": b"a.b.c",
    "application/octet-stream": bytes(range(256)),
}


@pytest.mark.parametrize("media_type", GOOD)
@pytest.mark.parametrize("step", [1, 3, 64 * 1024])
def test_a_good_file_is_stored_as_it_is_however_it_comes_in(media_type, step):
    assert stored(GOOD[media_type], media_type, step) == GOOD[media_type]


BAD = [
    ("application/pdf", b"", "geen pdf"),
    ("application/pdf", b"<html>%PDF-1.7", "geen pdf"),
    ("application/zip", b"", "geen zip"),
    ("application/zip", b"PK\x03\x04 and then nothing", "geen zip"),
    ("application/zip", GOOD["application/zip"][:-1], "geen zip"),
    ("application/zip", GOOD["application/zip"][:200] + GOOD["application/zip"][-22:], "geen zip"),
    ("application/zip", b"MZ" + GOOD["application/zip"], "geen zip"),
    (XLSX, GOOD["application/zip"], "geen Excel"),
    (XLSX, b"code;naam\n", "geen Excel"),
    ("application/json", b"", "geen geldige JSON"),
    ("application/json", b'{"a": 1', "geen geldige JSON"),
    ("application/json", b"[" * 100_000, "geen geldige JSON"),
    ("text/csv", "naam\nZoë".encode("latin-1"), "niet in UTF-8"),
    ("text/csv", "naam\nZoë".encode("utf-16"), "niet in UTF-8"),
    ("text/csv", "Zo\u00eb".encode()[:-1], "niet in UTF-8"),
    ("text/csv", b"a\0b", "niet in UTF-8"),
    ("image/png", b"", "geen png"),
    ("image/png", b"\xff\xd8\xff\xe0 a photo", "geen png"),
    ("image/png", PNG[:-1], "geen png"),
    ("image/png", PNG[:45] + bytes([PNG[45] ^ 1]) + PNG[46:], "geen png"),
    ("image/png", png_of(END), "geen png"),
    ("image/png", png_of(png_chunk(b"IHDR", bytes(13)), PIXELS, END), "geen png"),
    ("image/png", png_of(png_chunk(b"EVIL", b""), PIXELS, END), "geen png"),
    ("image/png", png_of(PIXELS, END, height=0), "geen png"),
    ("image/png", png_of(PIXELS, END, width=60_000, height=60_000), "120 miljoen beeldpunten"),
    ("image/jpeg", b"", "geen jpeg"),
    ("image/jpeg", PNG, "geen jpeg"),
    ("image/jpeg", b"\xff\xd8\xff\xd9", "geen jpeg"),
    ("image/jpeg", b"\xff\xd8\xff\xe1\x00\x01", "geen jpeg"),
    ("image/jpeg", b"\xff\xd8" + b"\xff\xc0\x00\x11\x08\xff\xff\xff\xff" + bytes(10), "120 miljoen beeldpunten"),
    ("image/jpeg", b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_000_000, "geen jpeg"),
    ("image/jpeg", b"\xff\xd8" + b"\xff" * 1_000_000 + b"\xd9", "geen jpeg"),
    ("image/png", png_of(png_chunk(b"tEXt", b"") * 500_000, PIXELS, END), "geen png"),
    ("image/svg+xml", b"<svg/>", "wordt niet bewaard"),
    ("text/html", b"<script>", "wordt niet bewaard"),
]  # fmt: skip


@pytest.mark.parametrize(("media_type", "content", "words"), BAD)
@pytest.mark.parametrize("step", [1, 64 * 1024])
def test_a_file_that_is_not_what_it_says_is_refused_in_words(media_type, content, words, step):
    with pytest.raises(Invalid, match=words):
        stored(content, media_type, step)


def test_a_large_zip_is_known_by_its_end(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = b"made by a test"
        for number in range(2000):
            archive.writestr(f"{number:04d}.txt", bytes(200))
    assert stored(file.getvalue(), "application/zip", 64 * 1024) == file.getvalue()


def test_no_two_kinds_share_a_suffix_and_none_is_shown_that_can_run():
    assert len({kind.suffix for kind in KINDS}) == len(KINDS) == len({kind.media_type for kind in KINDS})
    assert {kind.media_type for kind in KINDS if kind.shown == "inline"} == {
        "application/pdf", "image/png", "image/jpeg",
    }  # fmt: skip


def test_a_png_is_stored_without_what_was_written_into_it():
    added = [
        png_chunk(b"tEXt", b"Author\0Jan Peeters"),
        png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"Jan Peeters")),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0Jan Peeters"),
        png_chunk(b"eXIf", b"MM\0*Jan Peeters"),
        png_chunk(b"tIME", bytes(7)),
    ]
    colors = png_chunk(b"gAMA", struct.pack(">I", 45455))
    dirty = png_of(added[0], colors, *added[1:], PIXELS, added[0], END) + b"Jan Peeters behind the end"
    assert stored(dirty, "image/png") == png_of(colors, PIXELS, END)


def exif(order: str, orientation: int, *, jan: bytes = b"Jan Peeters GPS 51.05 N") -> bytes:
    entries = [(0x010F, 2, 20, 100), (0x0112, 3, 1, None), (0x8825, 4, 1, 60)]
    packed = struct.pack(f"{order}HI", 42, 8) + struct.pack(f"{order}H", len(entries))
    for tag, kind, count, value in entries:
        packed += struct.pack(f"{order}HHI", tag, kind, count)
        packed += struct.pack(f"{order}HH", orientation, 0) if value is None else struct.pack(f"{order}I", value)
    return b"Exif\0\0" + (b"II" if order == "<" else b"MM") + packed + jan


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


ADDED = [
    segment(0xE0, b"JFXX\0\x10 Jan Peeters in small"),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0 Jan Peeters"),
    segment(0xE2, b"MPF\0 Jan Peeters"),
    segment(0xED, b"Photoshop 3.0\x008BIM Jan Peeters"),
    segment(0xFE, b"Jan Peeters"),
    segment(0xF7, b"Jan Peeters"),
]


def test_a_photo_is_stored_as_it_is_drawn(photo):
    assert stored(photo, "image/jpeg") == photo
    assert stored(photo, "image/jpeg", 1) == photo


def test_a_photo_is_stored_without_what_the_camera_added(photo):
    place_of_scan = photo.index(b"\xff\xda")
    dirty = (
        photo[:2]
        + b"".join(ADDED)
        + segment(0xE1, exif("<", 1))
        + photo[2:place_of_scan]
        + ADDED[-1]
        + b"\xff\xff"
        + photo[place_of_scan:]
        + b"a film of Jan Peeters behind the end"
    )
    for step in (1, 7, 64 * 1024):
        assert stored(dirty, "image/jpeg", step) == photo


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(10))
def test_a_photo_keeps_how_it_must_be_turned_and_nothing_else_of_exif(photo, order, orientation):
    kept = stored(photo[:2] + segment(0xE1, exif(order, orientation)) + photo[2:], "image/jpeg")
    assert b"Jan Peeters" not in kept
    if not 2 <= orientation <= 8:
        assert kept == photo
    else:
        alone = segment(0xE1, images._exif_of(orientation))
        assert kept == photo[:2] + alone + photo[2:]
        assert images._orientation(images._exif_of(orientation)) == orientation


def test_a_photo_keeps_its_colors_and_loses_a_small_copy_inside(photo):
    profile, adobe = segment(0xE2, b"ICC_PROFILE\0\1\1 profile"), segment(0xEE, b"Adobe" + bytes(7))
    small_copy = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + b"RGB")
    kept = stored(photo[:2] + small_copy + profile + adobe + photo[2:], "image/jpeg")
    assert kept == photo[:2] + profile + adobe + photo[2:]


STARTS = [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"Exif\0\0MM\0*", b"PK\x05\x06"]


@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=200))
def test_junk_is_refused_or_stored_and_never_an_error(start, rest):
    images._orientation(start + rest)
    for check in (images.png, images.jpeg, checks.zip_archive, checks.utf8_text, checks.json_document, checks.pdf):
        with suppress(Invalid):
            b"".join(check([start, rest]))


def test_a_workbook_of_thousands_of_parts_is_one_too():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ["[Content_Types].xml", *(f"xl/worksheets/sheet{number}.xml" for number in range(2000))]:
            archive.writestr(name, "")
    assert b"".join(checks.spreadsheet([file.getvalue()])) == file.getvalue()
