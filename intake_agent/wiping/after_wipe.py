"""What a drive says of itself once its wipe is over: its S.M.A.R.T. facts, whether it cooled, whether it is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intake_agent.judging.health import judge_disk
from intake_agent.language import gettext
from intake_agent.machine import Disk
from intake_agent.seeing import sources
from intake_agent.wiping.drives import suspend
from intake_agent.wiping.engine.jobs import Finished, Job


def cooled(disk: Disk, after: Disk | None) -> Disk:
    """A drive that was too hot when it was looked at, with the verdict of when it no longer was."""
    if not disk.signs.too_hot or after is None or after.smart is None or after.signs.too_hot:
        return disk
    return replace(disk, health=judge_disk(after))


def asked_again(disk: Disk) -> tuple[Disk | None, list[str]]:
    """What the drive says of itself after its wipe; whatever goes wrong in asking, the wipe is still reported."""
    try:
        after = sources.disk_now(disk.name)
    except Exception as error:  # noqa: BLE001 - a wipe that was done must stand in a report
        remark = gettext(
            "{name}: na het wissen kon de schijf niet meer bevraagd worden ({kind}: {error}).",
            name=disk.name,
            kind=type(error).__name__,
            error=error,
        )
        return None, [remark]
    return after if after is not None and after.serial == disk.serial else None, []


def still_frozen(job: Job, finished: Finished) -> Iterator[str]:
    """Did the sleep that was agreed on not help?"""
    security = finished.disk.security
    if job.plan.needs_suspend and finished.wipe is not None and security is not None and security.frozen:
        yield f"{finished.disk.name}: {gettext(suspend.STILL_FROZEN)}"
