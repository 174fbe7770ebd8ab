"""How a wipe went, in words: cut and resumed, tried otherwise first, read back by sample, on a clock that was wrong."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import attest, wipe_phrases
from wipe_reports.document import (
    Attempt,
    AttemptResult,
    Canaries,
    ClockCheck,
    Judgement,
    Level,
    Medium,
    Operator,
    Outcome,
    Override,
    Sample,
    Technique,
    Verification,
    VerificationMethod,
)
from wipe_reports.reasons import WipeException
from wipe_reports.words import LANGUAGES, say

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SEED = "9f3ac1d2b4e5f60718293a4b5c6d7e8f"


def sampled(size):
    return Verification(
        method=VerificationMethod.SAMPLED_READ_BACK,
        started_at=START + timedelta(minutes=90),
        ended_at=START + timedelta(minutes=99),
        bytes_read=size // 10,
        canaries=Canaries(planted=2048, survived=0),
        sample=Sample(seed=SEED, sections=1000, samples_per_section=2, bytes_per_sample=25_006_080),
        found="no canary",
        passed=True,
    )


def tried(count=1):
    return tuple(
        Attempt(
            technique=Technique.SECURE_ERASE,
            method="ATA security erase unit (enhanced)",
            started_at=START + timedelta(minutes=number),
            result=list(AttemptResult)[number % 5],
            detail="SG_IO: bad/missing sense data, sb[]: 70 00 05 00 00 00 00 0a 04 51 40 01 21 04",
        )
        for number in range(count)
    )


@pytest.fixture
def page(make_report, make_carrier, make_wipe, make_evidence, tmp_path):
    """``page(language, wipe changes…, carrier={…}, report={…})`` → (text of the attest, how many pages)."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed (deploy/test-programs.sh installs it)")

    def make(language="nl", carrier=None, report=None, **changes):
        disk = make_carrier(wipe=make_wipe(**changes), **(carrier or {}))
        made = make_evidence(make_report((disk,), **(report or {})))
        file = tmp_path / "page.pdf"
        file.write_bytes(attest.render(replace(made.content, language=language)))
        text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
        return " ".join(text.split()), text.count("\f")

    return make


def test_a_wipe_that_went_on_where_it_was_cut_says_so(page):
    assert "onderbroken, en daarna" in page(interrupted=True, resumed=True)[0]
    assert "gone on" in page("en", interrupted=True, resumed=True)[0]
    assert "opnieuw begonnen" in page(interrupted=True)[0]
    assert "onderbroken" not in page()[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("judgement", Judgement)
def test_a_judgement_that_was_set_aside_stands_on_the_page_with_who_did(page, language, judgement):
    one = Override(judgement=judgement, by="An Peeters", seen=("LVM2_member",))
    text, pages = page(language, overrides=(one,))
    assert pages == 1
    assert say("label.overrides", language) in text
    assert text.count("An Peeters)") == 1
    assert say("label.overrides", language) not in page(language)[0]


def test_what_was_seen_of_an_attempt_is_said_before_the_drives_own_words():
    (one,) = tried(1)
    seen = replace(one, findings=("canaries_left:1/2002", "not_verified", "seen_next_year:7"), detail="sense: 05 24 00")
    said = wipe_phrases.attempt(seen, "nl", detailed=True)
    expected = "kwam terug: 1/2002, er werd niet teruggelezen, seen_next_year:7, sense: 05 24 00)"
    assert said.endswith(expected)
    assert "1/2002" not in wipe_phrases.attempt(seen, "nl")
    assert wipe_phrases.attempt(replace(seen, detail=None), "en", detailed=True).endswith("7)")


def test_what_a_judgement_rested_on_is_said_beside_it():
    marks = Override(judgement=Judgement.SIGNATURES, by="An", seen=("LVM2_member", "crypto_LUKS"))
    expected = "de schijf droeg een merk van RAID, LVM of versleuteling: LVM2_member, crypto_LUKS (bevestigd door An)"
    assert wipe_phrases.override(marks, "nl") == expected
    doubted = Override(judgement=Judgement.MEDIUM_UNKNOWN, by="An", seen=("built_in_or_loose",))
    assert wipe_phrases.override(doubted, "en").endswith(": the device's own or somebody's (confirmed by An)")


@pytest.mark.parametrize(
    ("position", "unattended_by", "words"),
    [
        (None, (), "Bank 2"),
        ("technician", (), "Bank 2, technician"),
        (None, ("kernel_command_line",), "Bank 2 (unattended, by the kernel command line)"),
        (
            "technician",
            ("policy_file:bank.toml", "kernel_command_line"),
            "Bank 2, technician (unattended, by policy bank.toml and the kernel command line)",
        ),
        ("technician", ("source_of_next_year:7",), "Bank 2, technician (unattended, by source_of_next_year:7)"),
    ],
)
def test_who_answered_is_said_with_role_and_the_leave_to_work_unattended(position, unattended_by, words):
    operator = Operator(name="Bank 2", position=position, unattended_by=unattended_by)
    assert wipe_phrases.operator(operator, "en") == words


def test_all_judgements_set_aside_keep_to_one_page(page):
    overrides = tuple(Override(judgement=one, by="An Peeters") for one in Judgement)
    assert page(overrides=overrides)[1] == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 3, 16])
def test_what_was_tried_first_stands_on_the_one_page(page, language, count):
    text, pages = page(language, attempts=tried(count), interrupted=True)
    assert pages == 1
    assert "ATA security" in text
    assert ("en nog 13" in text or "and 13 more" in text) == (count == 16)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_purge_read_back_by_sample_says_which_and_what_was_found(page, language):
    text, pages = page(
        language,
        carrier={"medium": Medium.NVME, "bus": "nvme"},
        technique=Technique.BLOCK_ERASE,
        method="nvme sanitize (block erase)",
        level=Level.CLEAR,
        passes=(),
        bytes_written=0,
        verification=sampled(500_107_862_016),
        attempts=tried(),
    )
    assert pages == 1
    assert SEED in text.replace("\u200b", "").replace(" ", "")
    assert ("2.000" if language == "nl" else "2,000") in text
    assert ("geen enkel proefblok" if language == "nl" else "not one canary block") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clock_that_was_wrong_is_told_with_what_was_done_about_it(page, language):
    told = page(language, report={"clock": ClockCheck(ahead_seconds=-3 * 86_400, corrected=True)})[0]
    assert ("liep 3 dagen achter" if language == "nl" else "was 3 days slow") in told
    assert ("verbeterd" if language == "nl" else "follow the service's clock") in told
    left = page(language, report={"clock": ClockCheck(ahead_seconds=7200, corrected=False)})[0]
    assert ("van het toestel" if language == "nl" else "device's own") in left
    right = page(language, report={"clock": ClockCheck(ahead_seconds=2, corrected=False)})[0]
    assert "2 min" not in right


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exception_is_said_in_words_and_one_without_words_by_its_key(page, language):
    text, pages = page(
        language,
        outcome=Outcome.NOT_ERASED,
        level=Level.NONE,
        exceptions=("interrupted", "read_back_differs", "something_of_next_year"),
        interrupted=True,
    )
    assert pages == 1
    assert "interrupted" not in text
    assert "read_back_differs" not in text
    assert "something_of_next_year" in text


@given(st.text(max_size=40), st.sampled_from(LANGUAGES))
def test_a_key_nobody_knows_is_shown_as_it_is(key, language):
    if key not in tuple(WipeException):
        assert wipe_phrases.exception(key, language) == key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_found_is_said_also_of_a_fill_nobody_listed(language):
    def said(found):
        return wipe_phrases.found(Verification(method=VerificationMethod.FULL_READ_BACK, found=found), language)

    assert "(a5)" in said("uniform a5")
    assert said("noise of a kind") == "noise of a kind"
    assert said(None) is None


@given(st.integers(min_value=-(2**40), max_value=2**40), st.booleans())
def test_a_clock_is_told_from_a_minute_off_and_never_as_nothing(ahead, corrected):
    said = wipe_phrases.clock(ClockCheck(ahead_seconds=ahead, corrected=corrected), "nl")
    assert (said is None) == (abs(ahead) < wipe_phrases.CLOCK_RIGHT_SECONDS)
    if said is not None:
        assert " 0 " not in said
        assert ("voor" in said.partition(";")[0]) == (ahead > 0)
