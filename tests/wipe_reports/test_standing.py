"""What a wipe is worth: one rule, and the page, the command and the JSON that say nothing else."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import attest, cli, pdf_signature, press, schema, signing
from wipe_reports.document import MEDIA_TYPE, ClockCheck, Level, Outcome, VerificationMethod
from wipe_reports.standing import Bond, ServiceWord, Standing, cautions, headline, standing, tone
from wipe_reports.verify import verify
from wipe_reports.words import LANGUAGES

LATER = datetime(2026, 11, 25, 14, 42, tzinfo=UTC)
AWAITING = ServiceWord(bond=Bond.NOTHING_YET, reasons=("absent",))
CONFIRMED = ServiceWord(bond=Bond.PERSON, validator="An Claes", validator_position="stock_manager", validated_at=LATER)
words = st.builds(
    ServiceWord,
    bond=st.sampled_from(Bond),
    reasons=st.lists(st.sampled_from(["absent", "times", "never heard of"]), max_size=2).map(tuple),
    used_since=st.none() | st.just(LATER),
    destroyed_at=st.none() | st.just(LATER),
)


@given(st.sampled_from(Outcome), st.booleans(), words)
def test_only_an_erased_disk_that_the_service_binds_to_its_wipe_is_good(outcome, test, word):
    """Green needs everything at once; no other combination may ever be green."""
    everything = (
        outcome is Outcome.ERASED
        and not test
        and word.bond in (Bond.NONCE, Bond.PERSON)
        and word.used_since is None
        and word.destroyed_at is None
    )
    found = standing(outcome, test=test, word=word)
    assert (tone(found) == "good") == everything == (found is Standing.ERASED)


@given(words)
def test_the_services_word_survives_its_own_json(word):
    assert ServiceWord.from_json(json.loads(json.dumps(word.to_json()))) == word


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("of", Standing)
def test_every_standing_has_its_own_word(language, of):
    """Nothing but *erased* may begin with the word that people look for."""
    word = headline(of, Outcome.ERASED, VerificationMethod.FULL_READ_BACK, language)
    assert word.startswith(("Gewist", "Erased")) == (of is Standing.ERASED)


def content_for(evidence, report, **changes):
    proof = signing.sign(schema.to_bytes(report), evidence.station_key, MEDIA_TYPE)
    return dataclasses.replace(evidence.content, report=report, proof_jws=proof, receipt_jws=None, **changes)


def text_of(pdf, tmp_path):
    file = tmp_path / "attest.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


CASES = {
    "unconfirmed": (AWAITING, {}, {}, "NOG TE BEVESTIGEN", "zonder eenmalig nummer van de dienst"),
    "no word, no nonce": (None, {}, {"nonce": None}, "NOG TE BEVESTIGEN", "zonder eenmalig nummer van de dienst"),
    "times": (ServiceWord(bond=Bond.NOTHING_YET, reasons=("times",)), {}, {}, "NOG TE BEVESTIGEN", "kunnen niet klop"),
    "rehearsal": (CONFIRMED, {"test": True}, {}, "OEFENING: GEWIST", "bewijst niets over een echte schijf"),
    "used again": (
        dataclasses.replace(CONFIRMED, used_since=LATER), {}, {}, "OPNIEUW GEBRUIKT", "Sinds 25 november 2026, 15:42",
    ),
    "uncounted": (ServiceWord(bond=Bond.NOT_THIS), {}, {}, "TELT NIET MEE", "deze wissing telt niet mee"),
    "destroyed": (dataclasses.replace(AWAITING, destroyed_at=LATER), {}, {}, "VERNIETIGD", "op 25 november 2026"),
    "exceptions": (
        CONFIRMED, {}, {"outcome": Outcome.ERASED_WITH_EXCEPTIONS, "level": Level.NONE, "unreadable_sectors": 8},
        "NIET VOLLEDIG GEWIST", "geen bewijs van wissing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_page_that_is_not_erased_and_bound_says_so_in_its_largest_word(
    *, case, evidence, make_report, make_carrier, make_wipe, tmp_path
):
    word, of_report, of_wipe, large, why = CASES[case]
    report = make_report((make_carrier(wipe=make_wipe(**of_wipe)),), **of_report)
    content = content_for(evidence, report, word=word)
    assert attest.facts(content)["tone"] != "good"
    text = text_of(attest.render(content), tmp_path)
    assert large in text
    assert why in text
    assert "Wisattest" not in text
    assert "Wisverslag –" in text


def test_a_confirmed_page_names_who_validated_it_when_and_in_which_position(evidence, tmp_path):
    content = dataclasses.replace(evidence.content, word=CONFIRMED, replaces="aaaabbbbccccddddeeeeffffgg")
    text = text_of(attest.render(content), tmp_path)
    assert "GEWIST" in text
    assert "Nagezien door An Claes, voorraadbeheerder, 25 november 2026, 15:42" in text
    assert "Vervangt attest aaaabbbbccccddddeeeeffffgg" in text


@pytest.mark.parametrize(
    ("method", "large", "why"),
    [
        (VerificationMethod.SAMPLED_READ_BACK, "GEWIST, STEEKPROEF TERUGGELEZEN", "steekproef teruggelezen: 12"),
        (VerificationMethod.NONE, "GEWIST, NIET TERUGGELEZEN", "niet teruggelezen"),
    ],
)
def test_what_was_not_read_back_whole_stands_in_the_large_word(
    *, evidence, make_report, make_carrier, make_wipe, tmp_path, method, large, why
):
    wipe = make_wipe()
    read = wipe.bytes_written // 8 if method is VerificationMethod.SAMPLED_READ_BACK else 0
    checked = dataclasses.replace(wipe.verification, method=method, bytes_read=read)
    report = make_report((make_carrier(wipe=dataclasses.replace(wipe, verification=checked)),))
    text = text_of(attest.render(content_for(evidence, report)), tmp_path)
    assert large in text
    assert why in text


def test_a_clock_that_was_off_is_said_below_the_large_word(evidence, make_report, tmp_path):
    report = make_report(clock=ClockCheck(ahead_seconds=3 * 86_400, corrected=False))
    assert "liep 3 dagen voor" in text_of(attest.render(content_for(evidence, report)), tmp_path)


def test_times_that_cannot_be_true_are_said_once_a_person_has_confirmed_the_wipe_too(evidence, tmp_path):
    word = dataclasses.replace(CONFIRMED, reasons=("times",))
    text = text_of(attest.render(dataclasses.replace(evidence.content, word=word)), tmp_path)
    assert "GEWIST" in text
    assert "De tijden in het verslag kunnen niet kloppen." in text


def test_the_command_says_of_an_unconfirmed_wipe_what_the_page_says(evidence, tmp_path, capsys):
    pdf = evidence.pdf(word=AWAITING)
    (tmp_path / "attest.pdf").write_bytes(pdf)
    (tmp_path / "keys.json").write_text(json.dumps(evidence.jwks))
    arguments = ["verify", str(tmp_path / "attest.pdf"), "--trusted-keys", str(tmp_path / "keys.json")]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert "Nog te bevestigen" in said
    assert "zonder eenmalig nummer" in said
    assert ": Gewist" not in said
    assert cli.main([*arguments, "--json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out)["files"]
    (told,) = answer["standings"]
    assert (told["standing"], told["reasons"]) == ("unconfirmed", ["absent"])
    assert told["service"]["bond"] == "nothing_yet"
    assert cli.main(["show", *arguments[1:]]) == 0
    assert "Nog te bevestigen" in capsys.readouterr().out


def test_a_report_without_a_nonce_is_to_be_confirmed_where_only_it_speaks(
    *, evidence, make_report, make_carrier, make_wipe
):
    report = make_report((make_carrier(wipe=make_wipe(nonce=None)), make_carrier(1, wipe=None)))
    proof = signing.sign(schema.to_bytes(report), evidence.station_key, MEDIA_TYPE)
    findings = verify(proof.encode(), evidence.trusted())
    assert [findings.standing(index) for index in (0, 1)] == [Standing.UNCONFIRMED, None]


def test_data_that_says_better_of_itself_than_the_service_did_is_not_believed(evidence):
    """The page cannot be compared with another template; what follows from the service's word still can."""
    data = attest.metadata(dataclasses.replace(evidence.content, word=AWAITING))
    assert data["standing"] == "unconfirmed"
    bent = {**data, "standing": "erased", "made_with": {"typst": "0"}}
    findings = _verified_with(evidence, bent)
    assert "fails.attest_form" in {one.key for one in findings.checks if one.state == "fails"}


@pytest.mark.parametrize("service", [5, [], {}, {"bond": "magic"}, {"bond": "nonce", "reasons": [7]}])
def test_a_service_word_of_another_form_fails_and_never_raises(evidence, service):
    data = {**attest.metadata(evidence.content), "service": service}
    findings = _verified_with(evidence, data)
    assert "fails.attest_form" in {one.key for one in findings.checks if one.state == "fails"}


def test_an_attest_of_before_the_services_word_is_read_by_its_report(evidence):
    data = {**attest.metadata(evidence.content), "version": 1, "made_with": {"typst": "0"}}
    for name in ("service", "standing", "replaces"):
        del data[name]
    findings = _verified_with(evidence, data)
    assert findings.ok, findings.checks
    assert findings.standing(0) is Standing.ERASED


def _verified_with(evidence, data):
    """What verification finds of an attest whose ``attest.json`` is ``data``, signed by the service all the same."""
    honest = attest.printout(evidence.content)
    attached = [
        dataclasses.replace(one, content=json.dumps(data)) if one.name == attest.METADATA else one
        for one in honest.attachments
    ]
    bent = press.render(dataclasses.replace(honest, attachments=attached))
    return verify(pdf_signature.sign(bent, evidence.signer), evidence.trusted())


def test_cautions_of_a_wipe_that_never_was_are_none(evidence, make_report, make_carrier):
    report = make_report((make_carrier(wipe=None),))
    assert list(cautions(report, report.carriers[0], AWAITING, "nl")) == []
