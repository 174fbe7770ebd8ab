"""Without a person: what the policy allows is wiped, what a rule forbids is not, and the report says who allowed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from intake_agent import work as steps
from intake_agent.captures import captured_folder
from intake_agent.cli import main
from intake_agent.console import lock_words, power, unattended_flow
from intake_agent.console.flow import DONE, FAILED, REFUSED
from intake_agent.inspection import examine
from intake_agent.machine import Disk, Firmware, Medium, MediumDoubt
from intake_agent.run_options import RunOptions
from intake_agent.unattended.policy import from_values
from intake_agent.wiping.safety import Refusal
from intake_agent.work import Work
from wipe_reports import schema, signing, wipe_phrases
from wipe_reports.document import Outcome, WipeReport

POLICY = 'operator = "Bank 2"\nposition = "werkplaats Gent"\nwipe = ["virtual"]\n'


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, scratch_disks, captures: Path) -> Callable[..., None]:
    """A captured laptop with two scratch carriers stands where this machine would be."""

    def stand(**changes: object) -> None:
        seen, carriers = (
            examine(captured_folder(captures / "thin-laptop")),
            scratch_disks(*changes.get("sizes", (1, 1))),
        )
        seen = replace(seen, **changes.get("seen", {}))

        def look(work: Work) -> list[str]:
            work.machine, work.scratch = seen, carriers
            return []

        monkeypatch.setattr(steps, "look", look)
        if refused := changes.get("refused"):
            offered = steps.offered

            def offered_but_one(work: Work) -> list[object]:
                return [
                    replace(one, against=(Refusal("mounted", "in gebruik"),)) if one.disk.name == refused else one
                    for one in offered(work)
                ]

            monkeypatch.setattr(steps, "offered", offered_but_one)

    return stand


def run(enrolled: Path, policy: str, *options: str) -> int:
    path = enrolled / "bank.toml"
    path.write_text(policy)
    return main(["run", "--policy", str(path), "--state", str(enrolled), *options])


def reported(service) -> WipeReport:
    (sent,) = service.reports.values()
    return schema.from_bytes(signing.peek(sent)[1])


def test_what_the_policy_speaks_of_is_wiped_and_the_report_names_the_policy(machine, enrolled, service) -> None:
    machine()
    assert run(enrolled, POLICY) == DONE
    report = reported(service)
    assert report.operator.name == "Bank 2"
    assert (report.operator.position, report.operator.unattended_by) == ("werkplaats Gent", ("policy_file:bank.toml",))
    said = wipe_phrases.operator(report.operator, "nl")
    assert said == "Bank 2, werkplaats Gent (onbemand, volgens beleid bank.toml)"
    outcomes = {carrier.name: carrier.wipe and carrier.wipe.outcome for carrier in report.carriers}
    assert outcomes == {"nvme0n1": None, "proef1": Outcome.ERASED, "proef2": Outcome.ERASED}


def test_a_disk_that_a_rule_forbids_is_left_and_the_run_counts_as_failed(machine, enrolled, service, capsys) -> None:
    machine(refused="proef1")
    assert run(enrolled, POLICY) == FAILED
    assert "wordt NIET gewist" in capsys.readouterr().out
    outcomes = {carrier.name: carrier.wipe and carrier.wipe.outcome for carrier in reported(service).carriers}
    assert outcomes["proef2"] is Outcome.ERASED
    assert outcomes.get("proef1") is None


def test_a_level_that_was_not_reached_counts_as_failed(machine, enrolled, capsys) -> None:
    machine()
    assert run(enrolled, POLICY + 'level = "purge"\n') == FAILED
    assert "niveau clear, het beleid vraagt purge" in capsys.readouterr().out


def test_a_policy_that_wipes_nothing_reports_the_machine(machine, enrolled, service) -> None:
    machine()
    assert run(enrolled, 'operator = "Bank 2"\nwipe = "nothing"\n') == DONE
    assert {carrier.wipe for carrier in reported(service).carriers} == {None}


def test_another_service_than_the_stations_is_refused_before_anything_is_looked_at(enrolled, service, capsys) -> None:
    assert run(enrolled, POLICY + 'service = "https://andere.example"\n') == REFUSED
    assert "hoort bij" in capsys.readouterr().out
    assert service.reports == {}


def test_a_policy_that_wants_a_label_refuses_where_nobody_can_scan_one(enrolled, service, capsys) -> None:
    assert run(enrolled, POLICY + 'code = "scan"\n') == REFUSED
    assert "er is er geen gescand" in capsys.readouterr().out
    assert service.reports == {}


STICK = Disk(name="sdz", serial="ST-1", bus="usb", removable=True, size_bytes=16 * 10**9)
DOUBTED = Disk(name="mmcblk0", serial="0x1a2b", medium=Medium.EMMC, bus="mmc", doubt=MediumDoubt.CARD_OR_EMMC)


UNTOLD = Disk(name="sdy", serial="U-1", size_bytes=10**12)
SHORT = {
    "no disk at all": ("all", {"sizes": (), "seen": {"disks": ()}}, "geen schijf waarvan het beleid spreekt"),
    "only a stick": ("all", {"sizes": (), "seen": {"disks": (STICK,)}}, "geen schijf waarvan het beleid spreekt"),
    "none of its kinds": ("hdd", {"sizes": ()}, "geen schijf waarvan het beleid spreekt"),
    "refused": ("all", {"sizes": (1,)}, "staat nog vol, kijk na"),
    "eMMC or card": ("all", {"seen": {"disks": (DOUBTED,)}}, "mmcblk0 (0x1a2b): staat nog vol, kijk na"),
    "whose nobody knows": ("virtual", {"seen": {"disks": (UNTOLD,)}}, "kan een schijf van het toestel zelf zijn"),
    **{
        lock: ("virtual", {"seen": {"firmware": Firmware(locks=(lock,))}}, lock_words.in_words(lock))
        for lock in ("storage_without_driver", "storage_without_disk", "hidden_nvme_disks")
    },
}


@pytest.mark.parametrize("why", SHORT)
def test_a_run_that_may_have_left_a_disk_fails_says_why_and_leaves_the_machine_on(
    machine, enrolled, monkeypatch, capsys, why: str
) -> None:
    off: list[bool] = []
    monkeypatch.setattr(power, "power_off", lambda: off.append(True))
    wipe, changes, words = SHORT[why]
    machine(**changes)
    assert run(enrolled, f'operator = "Bank 2"\nwipe = "{wipe}"\nafter = "power-off"\n') == FAILED
    assert words in " ".join(capsys.readouterr().out.split())
    assert off == []


def test_a_stick_or_a_kind_that_the_policy_does_not_name_may_be_left(machine, enrolled) -> None:
    machine(seen={"disks": (STICK, Disk(name="sda", serial="S-1", medium=Medium.HDD, bus="sata", size_bytes=10**12))})
    assert run(enrolled, POLICY) == DONE


def test_a_label_on_the_command_line_is_the_machines_label(machine, enrolled, service) -> None:
    machine()
    assert run(enrolled, POLICY + 'code = "scan"\n', "--code", "HS-7K3M9P") == DONE
    assert reported(service).device.code == "HS-7K3M9P"


def test_the_machine_goes_off_only_when_the_report_lies_safe(machine, enrolled, monkeypatch) -> None:
    off: list[bool] = []
    monkeypatch.setattr(power, "power_off", lambda: off.append(True))
    assert run(enrolled, POLICY + 'after = "power-off"\nservice = "https://andere.example"\n') == REFUSED
    assert off == []
    machine()
    assert run(enrolled, POLICY + 'after = "power-off"\n') == DONE
    assert off == [True]


def test_a_machine_with_a_disk_that_was_not_erased_stays_on_to_be_seen(machine, enrolled, monkeypatch, capsys) -> None:
    off: list[bool] = []
    monkeypatch.setattr(power, "power_off", lambda: off.append(True))
    machine(refused="proef1")
    assert run(enrolled, POLICY + 'after = "power-off"\n') == FAILED
    assert off == []
    assert "blijft aan" in capsys.readouterr().out


def test_a_wrong_policy_is_refused_in_words(enrolled, capsys) -> None:
    assert run(enrolled, 'operator = "An"\n') == REFUSED
    assert "wipe: dit ontbreekt" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--test", "--bench", "--yes-wipe=X"])
def test_a_policy_and_another_way_to_choose_disks_do_not_go_together(enrolled, option: str, capsys) -> None:
    assert run(enrolled, POLICY, option) == REFUSED
    assert "Een beleid zegt zelf wat er gewist wordt" in capsys.readouterr().err


def test_the_kernels_command_line_is_a_policy_too(machine, enrolled, service, monkeypatch, tmp_path: Path) -> None:
    line = tmp_path / "cmdline"
    line.write_text("quiet herstart.operator=Bank_3 herstart.wipe=virtual herstart.code=HS-7K3M9P\n")
    monkeypatch.setattr("intake_agent.unattended.kernel_options.COMMAND_LINE", line)
    machine()
    assert main(["run", "--kernel-command-line", "--state", str(enrolled)]) == DONE
    report = reported(service)
    assert (report.operator.name, report.device.code) == ("Bank 3", "HS-7K3M9P")
    assert report.operator.unattended_by == ("kernel_command_line",)
    assert "volgens de startregel" in wipe_phrases.operator(report.operator, "nl")


def test_the_policy_goes_before_what_the_command_line_wished(enrolled) -> None:
    policy = from_values({"operator": "Bank 2", "wipe": "all"}, sources=("policy_file:x",))
    wished = RunOptions(state=enrolled, operator="An", accepts_signatures=True, sampled=True)
    careful = unattended_flow.wishes_of(policy, wished)
    assert (careful.accepts_signatures, careful.sampled, careful.operator) == (False, False, "Bank 2")
