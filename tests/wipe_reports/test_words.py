"""Every word is there in both languages, with the same facts, and figures read as people write them."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wipe_reports
from wipe_reports import figures
from wipe_reports.words import CATALOGUES, LANGUAGES, en, nl

CATALOGUE = CATALOGUES["nl"]


def facts_in(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_both_languages_say_the_same_facts(key):
    dutch, english = (CATALOGUES[language][key] for language in LANGUAGES)
    assert dutch
    assert english
    assert facts_in(dutch) == facts_in(english)


@pytest.mark.parametrize("catalogue", [nl, en])
def test_no_key_means_two_things(catalogue):
    subjects = (vars(module) for name, module in vars(catalogue).items() if getattr(module, "__package__", None))
    counts = [len(value) for names in subjects for name, value in names.items() if name.isupper()]
    assert len(catalogue.WORDS) == sum(counts)
    assert catalogue.WORDS.keys() == CATALOGUE.keys()


def test_no_words_are_left_that_nobody_says():
    code = "\n".join(file.read_text() for file in Path(wipe_reports.__file__).parent.glob("*.py"))
    computed = ("state.", "kind.", "name.", "outcome.", "title.", "lead.", "medium.", "technique.", "level.")
    computed += ("verification.", "area.", "smart.", "role.", "holds.", "fails.", "unknown.", "exception.", "attempt.")
    computed += ("found.", "duration.", "standing.", "caution.", "reason.", "position.", "override.", "month.")
    assert [key for key in CATALOGUE if f'"{key}"' not in code.replace("'", '"') and not key.startswith(computed)] == []


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
