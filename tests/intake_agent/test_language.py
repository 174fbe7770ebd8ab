"""Every text of the agent has its English, and one place says which language is spoken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import intake_agent
from intake_agent import language
from intake_agent.cli import main
from intake_agent.unattended import kernel_options
from wipe_reports import words

PACKAGE = Path(intake_agent.__file__).parent
CATALOGUE = language.FOLDER / "en" / "LC_MESSAGES" / f"{language.DOMAIN}.po"
KEYWORDS = {"gettext": None, "gettext_noop": None, "ngettext": (1, 2)}


def in_the_code() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found}


def english_words() -> dict[str | tuple[str, ...], Message]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message for message in read_po(file, locale="en") if message.id}


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def facts(text: str) -> set[tuple[str, str | None, str | None]]:
    """What a text fills in, with how it is written."""
    return {(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None}


def test_the_catalogue_has_every_text_of_the_code_and_no_other() -> None:
    assert in_the_code() == set(english_words())


def test_every_text_has_its_english() -> None:
    lacking = [one.id for one in english_words().values() if not all(forms(one.string)) or one.fuzzy]
    assert lacking == []


@pytest.mark.parametrize("side", ["start", "end"])
def test_a_translation_begins_and_ends_with_the_space_that_its_text_has(side: str) -> None:
    at = 0 if side == "start" else -1
    for one in english_words().values():
        for text in forms(one.string):
            assert text[at].isspace() == forms(one.id)[0][at].isspace(), one.id


def test_a_translation_fills_in_what_its_text_fills_in() -> None:
    for one in english_words().values():
        for text in forms(one.string):
            assert facts(text) == facts(forms(one.id)[-1]), one.id


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    names = {"gettext", "gettext_noop", "ngettext"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def test_a_text_stands_where_the_catalogue_is_gathered_from() -> None:
    """Neither within an f-string nor made of one: both are passed over in silence."""
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        hidden = [
            ast.unparse(call)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for call in _calls(node)
            if isinstance(call.args[0], ast.Constant)
        ]
        made = [ast.unparse(call) for call in _calls(tree) if isinstance(call.args[0], ast.JoinedStr)]
        assert (hidden, made) == ([], []), file


def test_a_call_gives_its_text_every_fact_that_it_names() -> None:
    for file in PACKAGE.rglob("*.py"):
        for call in _calls(ast.parse(file.read_text(encoding="utf-8"))):
            text, name = call.args[-2 if len(call.args) == 3 else 0], ast.unparse(call.func)
            given = {keyword.arg for keyword in call.keywords} | ({"number"} if name == "ngettext" else set())
            if isinstance(text, ast.Constant) and name != "gettext_noop" and call.keywords:
                assert {fact for fact, _, _ in facts(text.value)} <= given, f"{file}: {text.value}"
                assert {keyword.arg for keyword in call.keywords} <= {fact for fact, _, _ in facts(text.value)}, (
                    text.value
                )


def test_the_agent_speaks_the_languages_of_the_house() -> None:
    assert language.LANGUAGES == words.LANGUAGES


@pytest.mark.parametrize(
    ("asked", "environment", "spoken"),
    [
        ([], {}, "nl"),
        (["inspect"], {"LANG": "C.UTF-8"}, "nl"),
        (["inspect"], {"LANG": "en_GB.UTF-8"}, "en"),
        (["inspect"], {"LANG": "nl_BE.UTF-8"}, "nl"),
        (["inspect"], {"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "nl"),
        (["inspect"], {"LANG": "en_GB.UTF-8", "LC_ALL": ""}, "en"),
        (["inspect"], {"HERSTART_LANGUAGE": "en", "LANG": "nl_BE.UTF-8"}, "en"),
        (["inspect"], {"HERSTART_LANGUAGE": "nl", "LANG": "en_GB.UTF-8"}, "nl"),
        (["inspect", "--language", "en"], {"HERSTART_LANGUAGE": "nl"}, "en"),
        (["inspect", "--language=nl"], {"HERSTART_LANGUAGE": "en"}, "nl"),
        (["inspect", "--language"], {}, "nl"),
        (["inspect", "--language", "xx"], {"LANG": "xx_XX"}, "nl"),
        (["inspect"], {"HERSTART_LANGUAGE": "en-GB"}, "en"),
    ],
)
def test_the_command_line_goes_before_the_environment(
    asked: list[str], environment: dict[str, str], spoken: str
) -> None:
    language.choose(asked, environment)
    assert language.language() == spoken


def test_without_a_compiled_catalogue_everything_is_dutch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language.use("en")
    assert language.gettext("Er is geen schijf met serienummer {serial}.", serial="7") == (
        "Er is geen schijf met serienummer 7."
    )
    assert (language.language(), language.decimal("5.1")) == ("nl", "5,1")


@pytest.mark.parametrize("content", [b"", b"junk of a worn stick", bytes.fromhex("de120495") + b"\xff" * 24])
def test_a_catalogue_that_cannot_be_read_keeps_nothing_from_being_said(
    content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiled = tmp_path / "en" / "LC_MESSAGES" / f"{language.DOMAIN}.mo"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(content)
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language.use("en")
    assert language.gettext("Het toestel gaat uit.") == "Het toestel gaat uit."


def test_a_translation_that_cannot_be_filled_in_is_said_in_dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bent(NullTranslations):
        def gettext(self, message: str) -> str:
            return "{nothing} {0} {serial.nothing}"

    monkeypatch.setattr(language._Chosen, "catalogue", Bent())
    assert language.gettext("Er is geen schijf met serienummer {serial}.", serial="7") == (
        "Er is geen schijf met serienummer 7."
    )


def test_one_thing_and_several_are_told_apart_in_english(english: None) -> None:
    texts = ("{number} verslag wacht", "{number} verslagen wachten")
    assert [language.ngettext(*texts, number) for number in (0, 1, 2)] == [
        "0 reports wait",
        "1 report waits",
        "2 reports wait",
    ]


def test_figures_follow_the_language(english: None) -> None:
    assert (language.decimal("5.1"), language.grouped(1234567)) == ("5.1", "1,234,567")
    language.use("nl")
    assert (language.decimal("5.1"), language.grouped(1234567)) == ("5,1", "1.234.567")


DUTCH = re.compile(
    r"\b(het|een|van|niet|geen|wordt|werd|schijf|schijven|toestel|verslag|met|voor|deze|dit|naar|onbekend|geheugen|"
    r"versie|ongeveer|volgens|gezien|sectoren|gewist|wissen)\b",
    re.IGNORECASE,
)


def test_what_is_said_of_every_machine_has_no_dutch_left(
    english: None, captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in sorted(captures.iterdir()):
        assert main(["inspect", "--language", "en", "--captured", str(folder)]) == 0
        said = capsys.readouterr().out.replace("Voorbeeld NV", "")
        assert DUTCH.findall(said) == [], said


@pytest.mark.parametrize("command", [[], ["inspect"], ["run"], ["send"], ["enrol"], ["export"], ["test"], ["doctor"]])
def test_help_is_english_too(command: list[str], english: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*command, "--language", "en", "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert DUTCH.findall(said) == [], said


def test_a_policy_chooses_the_language_unless_the_command_line_does(
    english: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "bench.toml"
    policy.write_text('operator = "An"\nwipe = "nothing"\nlanguage = "en"\n')
    asked = ["run", "--policy", str(policy), "--state", str(tmp_path / "state")]
    assert main(asked) == 2
    assert "This station is not enrolled yet." in capsys.readouterr().err
    assert main([*asked, "--language", "nl"]) == 2
    assert "Dit station is nog niet ingeschreven." in capsys.readouterr().err


def test_a_language_on_the_kernels_command_line_is_no_policy_by_itself() -> None:
    assert kernel_options.from_kernel("quiet herstart.live herstart.language=en") is None
    assert kernel_options.language_alone("quiet herstart.language=en") == "en"
    assert kernel_options.language_alone("quiet herstart.language=xx") is None
    told = kernel_options.from_kernel("herstart.operator=An herstart.wipe=nothing herstart.language=en")
    assert told is not None
    assert told.language == "en"
