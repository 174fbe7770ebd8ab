"""Every word is there in every language, with the same facts, and figures read as people write them."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wipe_reports
from wipe_reports import codes, document, figures, messages, minimum_phrases, reasons, standing
from wipe_reports.words import CATALOGUES, HOUSE_LANGUAGE, LANGUAGES, of, of_reason, of_text

CATALOGUE = CATALOGUES[HOUSE_LANGUAGE]
MODULES = (codes, reasons, document, messages, standing)
NEVER_SHOWN = {standing.Bond, messages.LabelStatus, messages.ProcessorRule}
"""Values of the wire that stand in no line by themselves: the sentences about them say more than the value."""
NAMED = [one for module in MODULES for one in vars(module).values() if isinstance(one, type)]
KINDS = {one for one in NAMED if issubclass(one, StrEnum)} - {StrEnum}
SHOWN = sorted(KINDS - NEVER_SHOWN, key=lambda kind: kind.__name__)


def facts_in(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_every_language_says_the_same_facts(key, language):
    assert CATALOGUES[language][key]
    assert facts_in(CATALOGUES[language][key]) == facts_in(CATALOGUE[key])


@pytest.mark.parametrize("catalogue", [import_module(f"wipe_reports.words.{language}") for language in LANGUAGES])
def test_no_key_means_two_things(catalogue):
    subjects = (vars(module) for name, module in vars(catalogue).items() if getattr(module, "__package__", None))
    counts = [len(value) for names in subjects for name, value in names.items() if name.isupper()]
    assert len(catalogue.WORDS) == sum(counts)
    assert catalogue.WORDS.keys() == CATALOGUE.keys()


def test_no_words_are_left_that_nobody_says():
    code = "\n".join(file.read_text() for file in Path(wipe_reports.__file__).parent.glob("*.py"))
    computed = ("state.", "kind.", "name.", "title.", "lead.", "smart.", "role.", "holds.", "fails.", "unknown.")
    computed += ("found.", "duration.", "caution.", "reason.", "position.", "month.", "minimum.")
    computed += tuple(f"{kind.__name__}." for kind in SHOWN)
    assert [key for key in CATALOGUE if f'"{key}"' not in code.replace("'", '"') and not key.startswith(computed)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SHOWN)
def test_every_value_of_the_wire_has_its_own_word_in_every_language_and_no_other_has_one(kind, language):
    words = [of_reason(value, kind, language) for value in kind]
    assert len(set(words)) == len(words)
    of_kind = {key.removesuffix(".gloss") for key in CATALOGUES[language] if key.startswith(f"{kind.__name__}.")}
    assert of_kind == {f"{kind.__name__}.{value}" for value in kind}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_wipe_came_to_and_what_it_is_worth_are_one_word_where_they_are_one(language):
    shared = set(document.Outcome) & set(standing.Standing)
    assert len(shared) == 3
    for value in shared:
        assert of(document.Outcome(value), language) == of(standing.Standing(value), language)


@pytest.mark.parametrize("method", codes.Method)
def test_a_method_is_said_in_words_and_another_programs_own_as_it_stands(method):
    assert of_text(method.value, codes.Method, "nl") == of(method, "nl")
    assert of_text(f"{method} of next year", codes.Method, "nl") == f"{method} of next year"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("too_hot_now:71", "de schijf is te warm (71 °C): laat ze afkoelen en kijk opnieuw"),
        ("many_hours", "heel veel draaiuren"),
        ("many_hours:70000", "heel veel draaiuren (70000)"),
        ("a_reason_of_next_year:7", "a_reason_of_next_year:7"),
    ],
)
def test_a_reason_takes_its_figure_along(reason, words):
    assert of_reason(reason, reasons.HealthReason, "nl") == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("memory_fail", "te weinig geheugen (minder dan 4 GB)"),
        ("memory_unknown", "geheugen onbekend: iemand moet beslissen"),
        ("kind_not_covered:all-in-one", "geen regel voor dit soort toestel: iemand moet beslissen (alles-in-één)"),
    ],
)
def test_a_reason_of_the_minimum_reads_as_people_say_it(reason, words):
    assert minimum_phrases.reason(reason, "nl") == words


def test_sizes_and_counts_read_as_people_write_them():
    assert figures.size(500_107_862_016, "nl") == "500 GB"
    assert figures.size(1_920_383_410_176, "nl") == "1,9 TB"
    assert figures.size(1_920_383_410_176, "en") == "1.9 TB"
    assert figures.size(512, "nl") == "512 bytes"
    assert figures.count(1_234_567, "nl") == "1.234.567"
    assert figures.rate(500_000_000, timedelta(seconds=5), "nl") == "100"
    assert figures.rate(5, timedelta(0), "nl") == "–"


@given(st.integers(1, 2**63), st.data())
def test_what_is_not_everything_never_reads_as_100_percent(size, data):
    read = data.draw(st.integers(0, size))
    assert (figures.percent(Fraction(read, size), "en") == "100") == (read == size)


def test_times_stand_in_brussels_in_summer_and_winter():
    assert figures.moment(datetime(2026, 11, 21, 9, 30, tzinfo=UTC), "nl") == "21 november 2026, 10:30"
    assert figures.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "en") == "2 July 2026, 00:30"
    start = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    assert figures.period(start, start + timedelta(hours=1), "nl") == "21 november 2026, 10:30 – 11:30"
    assert "22 november" in figures.period(start, start + timedelta(days=1), "nl")
