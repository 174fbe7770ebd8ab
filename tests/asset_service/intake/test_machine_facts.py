"""What a report tells of a machine is shown in words, with a warning where something may stop the next owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asset_service.accounts.models import Role
from asset_service.intake import machine_facts
from asset_service.wiping.words import wipe_notes
from wipe_reports import document as d
from wipe_reports.older_reports import upgrade_of_text

MAC = "a0:b1:c2:d3:e4:f5"
NETWORK = (d.NetworkInterface(name="wlp2s0", kind=d.NetworkKind.WIFI, mac=MAC, model="Intel 8265"),)


@pytest.fixture
def database_url(sqlite_url):
    """Words do not depend on the database."""
    return sqlite_url


@pytest.fixture
def said(app, reports):
    """``said(report changes…, macs=…, language=…)`` → {label: lines}."""

    def facts(macs=False, language="nl", **changes):
        with app.test_request_context(headers={"Accept-Language": language}):
            found = machine_facts.machine_facts(reports.report(None, **changes), macs)
            return {str(fact.label): fact.lines for fact in found}

    return facts


def test_what_is_not_known_takes_no_line(said):
    assert said() == {}


def test_a_screen_is_told_by_size_pixels_and_year(said):
    screen = d.Display(connector="eDP-1", width_px=1366, height_px=768, diagonal_tenths_inch=140, year=2013)
    assert said(displays=(screen,)) == {"Scherm": ["14 inch, 1366 × 768, 2013"]}
    assert said(displays=(d.Display(connector="HDMI-A-1"),)) == {"Scherm": ["HDMI-A-1"]}


def test_an_adapters_address_is_told_only_where_it_is_asked_for(said):
    assert said(network=NETWORK) == {"Netwerk": ["Wifi · Intel 8265"]}
    assert said(network=NETWORK, macs=True) == {"Netwerk": [f"Wifi · Intel 8265 · {MAC}"]}


def test_a_lock_warns_in_words_and_one_nobody_listed_is_not_hidden(said):
    locks = ("computrace_active", "lock_of_next_year")
    told = said(firmware=d.Firmware(locks=locks))["Let op"]
    assert told[0].startswith("BIOS-slot (Absolute) gezien")
    assert told[1] == "Lock of next year"


@pytest.mark.parametrize(
    ("firmware", "label", "words"),
    [
        (d.Firmware(has_windows_licence=True), "Windows-licentie", "aanwezig"),
        (d.Firmware(has_windows_licence=False), "Windows-licentie", "niet gezien"),
        (d.Firmware(has_tpm=True, tpm_version="2.0"), "TPM", "2.0"),
        (d.Firmware(has_tpm=False), "TPM", "geen"),
        (d.Firmware(bios_date="2022-01-14"), "BIOS", "14 jan 2022"),
        (d.Firmware(bios_date="2022-13-32"), "BIOS", "2022-13-32"),
        (d.Firmware(is_uefi=False, bios_version="A12"), "BIOS", "A12, oude stijl (geen UEFI)"),
    ],
)
def test_the_firmware_is_told_by_what_is_known(said, firmware, label, words):
    assert said(firmware=firmware) == {label: [words]}


def test_year_and_weight_are_told_as_estimates(said):
    told = said(estimate=d.Estimate(year=2015, year_basis="bios_date", weight_class=d.WeightClass.FROM_1_TO_2_KG))
    assert told == {"Bouwjaar": ["omstreeks 2015 (volgens de datum van de BIOS)"], "Gewicht": ["1 tot 2 kg (geschat)"]}


def test_a_wrong_clock_is_told_in_the_language_of_the_screen(said):
    wrong = d.ClockCheck(ahead_seconds=10 * 86_400, corrected=False)
    assert "10 dagen voor" in said(clock=wrong)["Klok van het toestel"][0]
    (english,) = said(clock=wrong, language="en").values()
    assert "10 days fast" in english[0]


def test_what_a_test_found_is_told_in_the_language_of_the_screen(said, reports):
    at = reports.report(None).created_at
    tested = d.PartTest(
        kind="smart_short", subject="S1", started_at=at, ended_at=at, passed=False,
        findings=("drive_says:Completed: read failure", "at_block:48821", "found_next_year:7"),
    )  # fmt: skip
    (dutch,) = said(tests=(tested,))["Tests"]
    found = "de schijf vond een fout (Completed: read failure), bij blok 48821, found_next_year:7"
    assert dutch == f"Zelftest van de schijf (S1): niet geslaagd, {found}"
    (english,) = said(tests=(tested,), language="en").values()
    assert "the disk found an error (Completed: read failure), at block 48821" in english[0]


@pytest.mark.parametrize("lock", ["storage_without_driver", "storage_without_disk", "hidden_nvme_disks"])
def test_a_lock_that_may_hide_a_disk_is_told_in_words(said, lock):
    (line,) = said(firmware=d.Firmware(locks=(lock,)))["Let op"]
    assert "schijf" in line.lower()
    assert line != lock.replace("_", " ").capitalize()


@pytest.mark.parametrize(
    ("controller", "words"),
    [
        ({"name": "Intel SATA", "driver": "ahci", "disks": ("sda", "sdb")}, "Intel SATA: sda, sdb"),
        ({"driver": "ahci", "disks": ()}, "0106: geen schijf gezien"),
        ({"driver": "ahci"}, "0106: niet geweten welke schijf erachter zit"),
        ({"disks": ()}, "0106: geen stuurprogramma: wat erachter zit, is niet te zien"),
    ],
)
def test_a_controller_is_told_with_what_was_seen_behind_it(said, controller, words):
    one = d.StorageController(slot="0000:00:17.0", kind="0106", **controller)
    assert said(storage=(one,)) == {"Schijfcontroller": [words]}


def test_a_judgement_that_was_set_aside_is_told_with_who_did(app, reports):
    overrides = tuple(d.Override(judgement=judgement, by="An Peeters") for judgement in d.Judgement)
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        notes = list(wipe_notes(reports.wipe(512, overrides=overrides)))
    assert "Toch gewist: het toestel draaide op zijn batterij (bevestigd door An Peeters)" in notes
    assert len(notes) == len(d.Judgement)


def test_a_judgement_that_was_set_aside_stands_on_the_devices_page(
    *, app, client, make_station, make_user, login, reports
):
    station, disk = make_station(), reports.carrier()
    override = d.Override(judgement=d.Judgement.MEDIUM_UNKNOWN, by="An Peeters")
    (nonce,) = reports.nonces(client, station, disk)
    wiped = replace(disk, wipe=reports.wipe(disk.size_bytes, nonce, overrides=(override,)))
    answer = reports.send(client, reports.report(None, wiped), station).json
    browser = login(app.test_client(), make_user(Role.TECHNICIAN, station.partner))
    words = "niet te zien of de schijf in het toestel hoorde (bevestigd door An Peeters)"
    assert words in browser.get(f"/d/{answer['device']['code']}").text


def test_every_word_of_the_document_has_a_look():
    assert {one.value for one in d.NetworkKind} == set(machine_facts.NETWORK_KINDS)
    assert {one.value for one in d.WeightClass} == set(machine_facts.WEIGHTS)


def test_the_pages_show_the_machine_and_no_stranger_sees_an_address(
    *, app, client, make_station, make_user, login, reports
):
    station = make_station()
    disk = reports.wiped(client, station, reports.carrier())
    made = reports.report(
        None,
        disk,
        network=NETWORK,
        firmware=d.Firmware(locks=("computrace_active",)),
        displays=(d.Display(connector="eDP-1", diagonal_tenths_inch=156),),
        minimum=d.Minimum(verdict=d.MinimumVerdict.PASS, policy="Hageland, versie 3"),
    )
    answer = reports.send(client, made, station).json
    code, check = answer["device"]["code"], answer["attests"][0]["check_url"].rpartition("/")[2]
    assert MAC not in client.get(f"/w/{check}").text
    browser = login(app.test_client(), make_user(Role.TECHNICIAN, station.partner))
    page = browser.get(f"/d/{code}").text
    for words in ("BIOS-slot (Absolute) gezien", "15.6″", "Hageland, versie 3", "Intel 8265"):
        assert words in page
    assert MAC not in page
    assert MAC in browser.get(f"/intake/reports/{made.report_id}").text


@pytest.mark.parametrize(
    ("upgrade", "dutch"),
    [
        ("+ 1 × 4 GB DDR4 SO-DIMM: one slot free", "+ 1 × 4 GB DDR4 SO-DIMM: 1 plaats vrij"),
        ("+ 2 × 2 GB DDR3: 2 slots free, replaces 1 GB", "+ 2 × 2 GB DDR3: 2 plaatsen vrij, vervangt 1 GB"),
        ("+ 1 × 4 GB", "+ 1 × 4 GB"),
        ("+ 1 × 4 GB: in a way of next year", "+ 1 × 4 GB"),
    ],
)
def test_what_would_help_is_said_in_the_language_of_the_screen(app, upgrade, dutch):
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        assert app.jinja_env.filters["upgrade_words"](upgrade_of_text(upgrade)) == dutch
