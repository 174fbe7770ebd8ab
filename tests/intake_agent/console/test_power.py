"""A machine is switched off by the agent only where it runs from the stick, or where that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_agent.console.power import runs_live, why_not


@pytest.mark.parametrize(
    ("line", "live"),
    [
        ("BOOT_IMAGE=/live/vmlinuz boot=live components", True),
        ("root=live:CDLABEL=X rd.live.image quiet", True),
        ("BOOT_IMAGE=/vmlinuz root=UUID=1 ro quiet", False),
        ("root=/dev/boot=live-ish", False),
    ],
)
def test_a_live_system_is_known_by_its_command_line(line: str, live: bool, tmp_path: Path) -> None:
    assert runs_live(line, tmp_path) is live


def test_a_live_system_is_known_by_its_mounted_medium(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cmdline").write_text("quiet")
    assert not runs_live(root=tmp_path)
    (tmp_path / "run/live/medium").mkdir(parents=True)
    assert runs_live(root=tmp_path)


def test_an_installed_system_is_left_on_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake_agent.console.power.runs_live", lambda: False)
    assert "zet het zelf uit" in str(why_not(asked_for=False))
    assert why_not(asked_for=True) is None
