"""The press prints whatever template a package brings: here labels, and a table over several pages."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from wipe_reports import pdf_signature, press
from wipe_reports.words import LANGUAGES

MADE_AT = datetime(2026, 11, 28, 9, 30, 12, 345, tzinfo=UTC)

LABELS = """
#let facts = json(bytes(sys.inputs.facts))
#set document(title: facts.title)
#set text(lang: facts.language, region: facts.region, font: "DejaVu Sans Mono")
#set page(width: 62mm, height: 29mm, margin: 2mm)
#for (number, label) in facts.labels.enumerate() {
  if number > 0 { pagebreak() }
  grid(columns: (25mm, 1fr), column-gutter: 2mm,
    image(bytes(label.qr_svg), format: "svg", width: 25mm, alt: label.url),
    text(size: 14pt, label.code))
}
"""

TABLE = """
#let facts = json(bytes(sys.inputs.facts))
#set document(title: facts.title)
#set text(lang: facts.language, region: facts.region, font: "Libertinus Serif")
#set page(paper: "a4", numbering: "1 / 1")
= #facts.title
#table(columns: 2, table.header[Code][Model], ..facts.rows.flatten())
#for one in facts.attachments {
  pdf.attach(one.name, bytes(sys.inputs.at(one.name)), relationship: one.relationship, mime-type: one.media_type,
    description: one.description)
}
"""


def asked(program: str, pdf: bytes, tmp_path, *options: str) -> str:
    """What one of poppler's programs says of the PDF."""
    file = tmp_path / "printed.pdf"
    file.write_bytes(pdf)
    command = [program, *options, file] if program == "pdfinfo" else [program, *options, file, "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A package that is none of ours, with templates of its own."""
    package = tmp_path / "printing_room"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "labels.typ").write_text(LABELS)
    (package / "table.typ").write_text(TABLE)
    monkeypatch.syspath_prepend(tmp_path)
    yield package.name
    sys.modules.pop(package.name, None)


def labels(room: str, count: int, **changes: object) -> press.Printout:
    shown = [
        {"code": f"HS-{number:04d}", "url": url, "qr_svg": press.qr_svg(url)}
        for number, url in ((number, f"https://herstart.example/d/HS-{number:04d}") for number in range(count))
    ]
    template = press.Template.of_package(room, "labels.typ")
    facts = {"title": "Etiketten", "labels": shown}
    printout = press.Printout(template=template, language="nl", facts=facts, made_at=MADE_AT)
    return dataclasses.replace(printout, **changes)


def table(room: str, rows: list[tuple[str, str]], language: str = "nl") -> press.Printout:
    return press.Printout(
        template=press.Template.of_package(room, "table.typ"),
        language=language,
        facts={"title": "Lijst", "rows": rows},
        made_at=MADE_AT,
        attachments=[
            press.Attachment(
                name="rows.json",
                content=json.dumps(rows),
                media_type="application/json",
                description="De rijen",
                relationship="data",
            )
        ],
    )


def test_labels_of_another_package_are_pages_of_their_size(room, tmp_path):
    pdf = press.render(labels(room, 3))
    said = asked("pdfinfo", pdf, tmp_path)
    assert re.search(r"Pages:\s+3\n", said)
    assert re.search(r"Page size:\s+175\.7\d* x 82\.2\d* pts", said)
    assert "HS-0002" in asked("pdftotext", pdf, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_runs_over_pages_with_its_rows_inside_in_any_language(room, tmp_path, language):
    rows = [(f"HS-{number:04d}", f"Model {number}") for number in range(200)]
    pdf = press.render(table(room, rows, language))
    assert asked("pdftotext", pdf, tmp_path).count("\f") > 3
    assert f"/Lang({language}-".encode() in pdf
    assert json.loads(pdf_signature.attachments(pdf)["rows.json"]) == [list(row) for row in rows]


@pytest.mark.parametrize("make", [lambda room: labels(room, 2), lambda room: table(room, [("HS-1", "x")])])
def test_every_printout_can_be_archived_read_aloud_and_signed(room, make):
    pdf = press.render(make(room))
    assert b"<pdfaid:conformance>A<" in pdf
    assert b"<pdfuaid:part>1<" in pdf
    signer = pdf_signature.load_signer(*pdf_signature.new_certificate("Herstart"))
    (signature,) = pdf_signature.check(pdf_signature.sign(pdf, signer), [signer.certificate])
    assert (signature.intact, signature.whole, signature.trusted) == (True, True, True)


def test_what_the_fonts_lack_is_written_as_its_number_however_deep_it_lies(room, tmp_path):
    text = asked("pdftotext", press.render(table(room, [("HS-😀", "#panic() 漢é")])), tmp_path, "-layout")
    assert "HS-[U+1F600]" in text
    assert "#panic() [U+6F22]é" in text


def test_the_same_printout_gives_the_same_bytes_and_another_moment_others(room):
    assert press.render(labels(room, 2)) == press.render(labels(room, 2))
    later = labels(room, 2, made_at=MADE_AT.replace(hour=10))
    assert press.render(later) != press.render(labels(room, 2))


def test_facts_that_the_template_lacks_are_an_error(room):
    with pytest.raises(RuntimeError, match="labels"):
        press.render(labels(room, 1, facts={"title": "Etiketten"}))
