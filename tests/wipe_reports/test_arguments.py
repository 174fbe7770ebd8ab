"""A command that is asked wrongly answers in Dutch, without one of argparse's own words."""

from __future__ import annotations

import re

import pytest

from wipe_reports.arguments import DutchParser

ENGLISH = re.compile(r"\b(usage|argument|arguments|required|expected|invalid|choose|unrecognized|options|show|exit)\b")


def parser() -> DutchParser:
    made = DutchParser(prog="proef", description="Een proef.")
    command = made.add_subparsers(required=True, metavar="OPDRACHT").add_parser("doe", help="doe het")
    command.add_argument("files", nargs="+", metavar="BESTAND")
    command.add_argument("--lang", choices=("nl", "en"))
    command.add_argument("--lamp")
    command.add_argument("--size", type=int)
    return made


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "geef ook: OPDRACHT"),
        (["doe"], "geef ook: BESTAND"),
        (["doe", "x", "--niets"], "onbekend: --niets"),
        (["doe", "x", "--lang"], "bij --lang hoort één waarde"),
        (["doe", "x", "--lang", "vo"], "bij --lang kan 'vo' niet; kies uit 'nl', 'en'"),
        (["doe", "x", "--size", "veel"], "bij --size kan 'veel' niet"),
        (["doe", "x", "--la", "nl"], "kan meer dan één ding zijn"),
        (["iets"], "bij OPDRACHT kan 'iets' niet; kies uit 'doe'"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_dutch(arguments, words, capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.startswith("gebruik: proef")
    assert ENGLISH.search(told) is None


@pytest.mark.parametrize("arguments", [["--help"], ["doe", "--help"]])
def test_the_help_is_dutch(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "toon deze uitleg" in told
    assert ENGLISH.search(told) is None
