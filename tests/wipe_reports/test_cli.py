"""The command ``wipe-report``: what it says in words and in JSON, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from wipe_reports import cli, schema, signing
from wipe_reports.document import MEDIA_TYPE, Level, Outcome


@pytest.fixture
def files(evidence, pdf, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps(evidence.jwks))
    (tmp_path / "report.jws").write_text(evidence.proof)
    (tmp_path / "attest.pdf").write_bytes(pdf)
    (tmp_path / "bundle.zip").write_bytes(evidence.bundled(attest=pdf))
    return tmp_path


def test_the_command_says_in_words_what_holds(files, capsys):
    kinds = [str(files / name) for name in ("report.jws", "attest.pdf", "bundle.zip")]
    assert cli.main(["verify", *kinds, "--trusted-keys", str(files / "keys.json")]) == 0
    said = capsys.readouterr().out
    assert said.count("Alles klopt.") == 3
    assert "Schijf 1 (WD-WXA1A07K4RN3): Gewist" in said
    assert cli.main(["verify", *kinds, "--trusted-keys", str(files / "keys.json"), "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("Everything holds.") == 3


def test_the_command_answers_in_json_and_fails_as_a_whole(files, capsys):
    (files / "bent.jws").write_text((files / "report.jws").read_text()[:-6] + "AAAAAA")
    arguments = ["verify", str(files / "report.jws"), str(files / "bent.jws"), "--json"]
    assert cli.main([*arguments, "--trusted-keys", str(files / "keys.json")]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [one["ok"] for one in answer["files"]] == [True, False]
    codes = {check["code"] for check in answer["files"][1]["checks"] if check["state"] == "fails"}
    assert codes & {"jws.signature", "jws.form"}


def test_the_command_without_keys_exits_1_and_with_wrong_use_2(files, capsys):
    assert cli.main(["verify", str(files / "report.jws")]) == 1
    assert "zo bewijst dit bestand niets" in capsys.readouterr().out
    assert cli.main(["verify", str(files / "absent.jws")]) == 2
    assert cli.main(["verify", str(files / "report.jws"), "--trusted-keys", str(files / "report.jws")]) == 2
    with pytest.raises(SystemExit) as caught:
        cli.main(["verify"])
    assert caught.value.code == 2


def test_a_report_is_shown_in_words(files, capsys, evidence):
    assert cli.main(["show", str(files / "bundle.zip"), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    for words in ("Latitude E7470", "WD-WXA1A07K4RN3", "overwritten", "100 %", "M. Peeters"):
        assert words in said
    assert cli.main(["show", str(files / "report.jws"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["report"]["report_id"] == evidence.report.report_id
    assert cli.main(["show", str(files / "keys.json")]) == 1


def test_a_file_that_is_not_there_hides_no_answer_about_the_others(files, capsys):
    names = [str(files / name) for name in ("absent.jws", "report.jws")]
    keys = ["--trusted-keys", str(files / "keys.json")]
    assert cli.main(["verify", *names, str(files), *keys]) == 2
    told = capsys.readouterr()
    assert "Alles klopt." in told.out
    assert f"{names[0]}: dit bestand bestaat niet." in told.err
    assert f"{files}: dit is een map" in told.err
    assert cli.main(["verify", *names, *keys, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [one["ok"] for one in answer["files"]] == [True]
    assert cli.main(["show", *names, "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert "Latitude E7470" in told.out
    assert "this file does not exist" in told.err


def test_a_bent_attest_leaves_no_traceback_beside_the_answer(files):
    """pyHanko logs one of its own for a kind of signature that it does not know."""
    bent = (files / "attest.pdf").read_bytes().replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.attached")
    (files / "attest.pdf").write_bytes(bent)
    program = [sys.executable, "-m", "wipe_reports.cli", "verify", str(files / "attest.pdf"), "--lang", "en"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "the PDF is not signed" in done.stdout


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(files):
    program = [sys.executable, "-m", "wipe_reports.cli", "show", str(files / "report.jws")]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(program, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_missing_library_is_told_with_how_to_install_it(files):
    code = (
        "import sys\n"
        "for name in ('typst', 'segno', 'pyhanko', 'pyhanko_certvalidator', 'asn1crypto'): sys.modules[name] = None\n"
        "from wipe_reports import cli\n"
        "sys.exit(cli.main(['verify', *sys.argv[1:]]))\n"
    )
    names = [str(files / name) for name in ("attest.pdf", "report.jws")]
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'herstart[attest]'" in done.stderr
    assert "ontbreekt" in done.stderr
    assert "report.jws: ondertekend wisverslag" in done.stdout


def test_a_true_report_of_a_failed_wipe_is_not_taken_for_proof(  # noqa: PLR0917 - fixtures
    files, capsys, evidence, make_report, make_carrier, make_wipe
):
    wipe = make_wipe(outcome=Outcome.NOT_ERASED, level=Level.NONE, unreadable_sectors=3)
    report = make_report((make_carrier(wipe=wipe),), test=True)
    (files / "failed.jws").write_text(signing.sign(schema.to_bytes(report), evidence.station_key, MEDIA_TYPE))
    assert cli.main(["verify", str(files / "failed.jws"), "--trusted-keys", str(files / "keys.json")]) == 0
    said = capsys.readouterr().out
    assert "Niet gewist" in said
    assert "TEST: " in said
    arguments = ["verify", str(files / "failed.jws"), "--trusted-keys", str(files / "keys.json"), "--json"]
    assert cli.main(arguments) == 0
    (answer,) = json.loads(capsys.readouterr().out)["files"]
    assert answer["carriers"] == [{"serial": "WD-WXA1A07K4RN3", "outcome": "not_erased", "level": "none"}]
    assert answer["test"] is True
