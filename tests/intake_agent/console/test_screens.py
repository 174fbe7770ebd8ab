"""The technician's screens, walked with keys at 80 by 24; what is wiped are scratch carriers, and it really is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from intake_agent.console.flow import DONE, REFUSED
from intake_agent.console.screens.confirm import ConfirmScreen
from intake_agent.console.screens.disks import DiskLine, DisksScreen
from intake_agent.console.screens.label import LabelScreen
from intake_agent.console.screens.machine import MachineScreen
from intake_agent.console.screens.result import ResultScreen
from wipe_reports import contradictions
from wipe_reports.document import Level, Outcome


def test_a_machine_is_walked_from_its_label_to_a_sent_report(at_work, service, reported) -> None:
    async def walk() -> int | None:
        async with at_work(8, 8) as technician:
            await technician.see(LabelScreen)
            technician.picture("1-label")
            await technician.scan("https://herstart.example/d/HS-7K3M9P")
            await technician.see(MachineScreen)
            shown = technician.picture("2-machine")
            assert "[OK] VOLDOET aan het minimum" in shown
            assert "Voorbeeld NV Dunboek 13 (laptop" in shown
            assert "[OK] gezond" in shown
            assert "[XX] gaat stuk: batterij is versleten (minder dan de helft)" in shown
            await technician.press("enter")
            await technician.see(DisksScreen)
            shown = technician.picture("3-disks")
            assert "[XX] Dit is een oefening: deze schijf wordt niet aangeraakt." in shown
            before = [one.path.read_bytes() for one in technician.app.work.scratch]
            await technician.press("down", "space", "down", "space")
            assert technician.reads().count("[x] proef") == 2
            technician.picture("3-disks-ticked")
            await technician.press("enter")
            await technician.see(ConfirmScreen)
            shown = technician.picture("4-confirm")
            assert all(f"serienummer {one.disk.serial}" in shown for one in technician.app.work.scratch)
            await technician.confirm_by_serial()
            await technician.see(ResultScreen)
            shown = technician.picture("6-result")
            assert shown.count("[OK] GEWIST (niveau clear)") == 2
            assert "[OK] Verslag verstuurd en aangenomen." in shown
            assert f"{service.url}/d/HS-0001" in shown
            assert "█" in shown
            after = [one.path.read_bytes() for one in technician.app.work.scratch]
            for old, new in zip(before, after, strict=True):
                assert len(new) == len(old)
                assert not any(old[at : at + 4096] == new[at : at + 4096] for at in range(0, len(old), 4096))
            await technician.press("enter")
            await technician.pilot.pause()
            return technician.app.return_value

    assert asyncio.run(walk()) == DONE
    report = reported(0)
    assert (report.operator.name, report.device.code) == ("An", "HS-7K3M9P")
    wipes = [carrier.wipe for carrier in report.carriers if carrier.wipe is not None]
    assert [(wipe.outcome, wipe.level) for wipe in wipes] == [(Outcome.ERASED, Level.CLEAR)] * 2
    assert all(wipe.nonce for wipe in wipes)
    assert contradictions.find(report) == []


def test_esc_at_the_first_screen_leaves_everything_untouched(at_work, service, enrolled: Path) -> None:
    async def walk() -> int | None:
        async with at_work(1) as technician:
            await technician.see(LabelScreen)
            await technician.press("escape")
            await technician.pilot.pause()
            return technician.app.return_value

    assert asyncio.run(walk()) == REFUSED
    assert service.reports == {}
    assert not list((enrolled / "outbox").glob("*.jws"))


@pytest.mark.parametrize(
    ("scanned", "words"),
    [
        ("HS-7K", "HS-7K is geen code van een toestel. Op het etiket staat iets als HS-7K3M9P. Scan opnieuw."),
        ("", "Er is nog geen etiket gescand. Scan het, of kies 'Geen etiket'."),
    ],
)
def test_what_is_no_label_is_said_in_words_and_may_be_scanned_again(at_work, scanned: str, words: str) -> None:
    async def walk() -> None:
        async with at_work() as technician:
            await technician.see(LabelScreen)
            await technician.scan(scanned)
            assert words in technician.reads()
            await technician.scan("HS-7K3M9P")
            await technician.see(MachineScreen)

    asyncio.run(walk())


def test_a_name_is_asked_where_it_is_not_known_and_a_machine_may_have_no_label(at_work) -> None:
    async def walk() -> None:
        async with at_work(operator="") as technician:
            await technician.see(LabelScreen)
            await technician.press("tab", "tab", "tab", "enter")
            assert "Typ eerst uw naam" in technician.reads()
            await technician.scan("Bo")
            await technician.press("tab", "tab", "enter")
            await technician.see(MachineScreen)
            assert (technician.app.work.options.operator, technician.app.work.options.code) == ("Bo", None)

    asyncio.run(walk())


def test_a_label_scanned_into_the_field_for_the_name_is_taken_as_the_label(at_work) -> None:
    async def walk() -> None:
        async with at_work(operator="") as technician:
            await technician.see(LabelScreen)
            await technician.scan("HS-7K3M9P")
            await technician.scan("Bo")
            await technician.press("enter")
            await technician.see(MachineScreen)
            assert (technician.app.work.options.operator, technician.app.work.options.code) == ("Bo", "HS-7K3M9P")

    asyncio.run(walk())


def test_a_disk_that_may_not_be_wiped_cannot_be_ticked(at_work) -> None:
    async def walk() -> None:
        async with at_work() as technician:
            await technician.to_the_disks()
            await technician.press("space")
            assert "[x]" not in technician.reads()
            assert not any(line.ticked for line in technician.app.screen.query(DiskLine))

    asyncio.run(walk())


def test_parts_are_tested_from_the_machine_screen_and_the_report_says_how(at_work, reported) -> None:
    async def walk() -> None:
        async with at_work(machine="old-desktop") as technician:
            technician.app.stress_seconds = 0.2
            await technician.see(LabelScreen)
            await technician.scan("HS-7K3M9P")
            await technician.see(MachineScreen)
            await technician.press("down", "enter")
            await technician.answer(3)
            await technician.see_words("Test processor")
            technician.picture("2-machine-tested")
            await technician.press("enter")
            await technician.see(DisksScreen)
            await technician.press("enter")
            await technician.answer(1)
            await technician.see(ResultScreen)

    asyncio.run(walk())
    tests = reported(0).tests
    assert {test.kind for test in tests} == {"smart_short", "processor_stress", "memory_stress", "disk_read"}
    assert [test.passed for test in tests if test.kind == "processor_stress"] == [True]


def test_without_a_tick_a_report_without_a_wipe_is_made_after_a_question(at_work, reported) -> None:
    async def walk() -> None:
        async with at_work(1) as technician:
            await technician.to_the_disks()
            await technician.press("enter")
            await technician.answer(0)
            await technician.see(DisksScreen)
            await technician.press("enter")
            await technician.answer(1)
            await technician.see(ResultScreen)
            assert "Er is niets gewist; het verslag zegt alleen wat dit toestel is." in technician.reads()

    asyncio.run(walk())
    assert [carrier.wipe for carrier in reported(0).carriers] == [None]


def test_only_a_serial_number_or_the_long_key_sequence_confirms(at_work) -> None:
    async def walk() -> None:
        async with at_work(1) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.see(ConfirmScreen)
            await technician.press("enter")
            assert "Er is nog niets getypt of gescand. Er is niets gewist." in technician.reads()
            await technician.scan("0000")
            assert "0000 hoort bij geen van deze schijven. Er is niets gewist." in technician.reads()
            await technician.press("tab", "enter", "space", "enter", "space", "enter")
            assert "nog 1 keer op de spatiebalk" in technician.reads()
            await technician.press("tab", "up", "enter")
            assert "nog 3 keer op de spatiebalk" in technician.reads()
            assert isinstance(technician.app.screen, ConfirmScreen)
            await technician.press("space", "space", "space")
            assert "druk nu op Enter om te WISSEN" in technician.reads()
            await technician.press("enter")
            await technician.see(ResultScreen)

    asyncio.run(walk())


def test_esc_goes_a_step_back_and_nothing_is_wiped(at_work, service) -> None:
    async def walk() -> None:
        async with at_work(1) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.see(ConfirmScreen)
            await technician.press("escape")
            await technician.see(DisksScreen)
            await technician.press("escape")
            await technician.see(MachineScreen)
            await technician.press("escape")
            await technician.see(LabelScreen)

    asyncio.run(walk())
    assert service.reports == {}


def test_a_service_that_is_away_is_told_and_the_report_can_be_sent_again(at_work, service, enrolled: Path) -> None:
    async def walk() -> int | None:
        service.answers = [(500, {})] * 2
        async with at_work(1) as technician:
            await technician.to_the_scratch_disk()
            await technician.press("space", "enter")
            await technician.confirm_by_serial()
            await technician.see(ResultScreen)
            shown = technician.picture("6-result-not-sent")
            assert "nog niet verstuurd" in shown
            assert str(enrolled / "outbox") in shown.replace(" ", "")
            assert len(list((enrolled / "outbox").glob("*.jws"))) == 1
            await technician.press("enter")
            await technician.see_words("Verslag verstuurd en aangenomen.")
            await technician.press("enter")
            await technician.pilot.pause()
            return technician.app.return_value

    assert asyncio.run(walk()) == DONE
    assert len(service.reports) == 1


def test_at_the_bench_a_round_follows_a_round_each_with_its_own_report(at_work, service, reported) -> None:
    async def walk() -> None:
        async with at_work(1, bench=True) as technician:
            for rounds in (1, 2):
                await technician.see(LabelScreen)
                await technician.press("enter")
                await technician.see(DisksScreen)
                await technician.press("down", "space", "enter")
                await technician.confirm_by_serial()
                await technician.see(ResultScreen)
                assert len(service.reports) == rounds
                await technician.press("enter")

    asyncio.run(walk())
    assert reported(0).report_id != reported(1).report_id
