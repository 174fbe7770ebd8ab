"""Several disks at once: a thread each, so that one that fails or waits never hurts the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial

from intake_agent.language import gettext
from intake_agent.machine import Disk
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives.drive import THIS_MACHINE, Drives
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.engine.one_disk import Finished, Job, MayStart, wipe_disk
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.progress import Progress, StopAsked, Watch
from wipe_reports.document import HiddenAreas

__all__ = ["Finished", "Follow", "Job", "wipe_all"]

Follow = Callable[[Disk, Progress], None]
"""Told of each disk's progress, never by two threads at the same time."""


def wipe_all(
    jobs: Sequence[Job],
    *,
    follow: Follow,
    stop_asked: StopAsked,
    may_start: MayStart,
    journals: Journals,
    drives: Drives = THIS_MACHINE,
) -> list[Finished]:
    """Wipe every job's disk, all at once; the results stand in the order of the jobs.

    ``may_start`` is asked just before the first byte of each disk, and again where opening a hidden area changed it; it
    is asked in that disk's thread. ``stop_asked`` stops them all. Frozen drives whose plan says so are thawed first,
    one after the other and before any disk is written, because the machine sleeps for it.
    """
    if not jobs:
        return []
    began_at, follower = CLOCK.now(), _Follower(follow)
    thawed = [job if stop_asked() else _thawed(job, drives) for job in jobs]
    with ThreadPoolExecutor(max_workers=len(jobs), thread_name_prefix="wipe") as pool:
        running = [
            _submitted(
                pool, partial(wipe_disk, job, _watch(follower, job, stop_asked, len(jobs)), may_start, journals, drives)
            )
            for job in thawed
        ]
    finished = [_finished(job, ending, began_at) for job, ending in zip(thawed, running, strict=True)]
    finished[0] = replace(finished[0], remarks=(*finished[0].remarks, *follower.remarks))
    return finished


def _submitted(pool: ThreadPoolExecutor, wiping: Callable[[], Finished]) -> Future[Finished]:
    """The wipe of one disk under way; where no thread can be had for it, its fault and not the other disks'."""
    try:
        return pool.submit(wiping)
    except RuntimeError as error:
        never: Future[Finished] = Future()
        never.set_exception(error)
        return never


def _watch(follower: _Follower, job: Job, stop_asked: StopAsked, disks_at_once: int) -> Watch:
    return Watch(partial(follower.listen, job.disk), stop_asked, disks_at_once)


class _Follower:
    """Tells ``follow``, one thread at a time. One that can no longer be reached (a lost line) stops no wipe."""

    def __init__(self, follow: Follow) -> None:
        self.remarks: tuple[str, ...] = ()
        self._follow, self._lock = follow, threading.Lock()

    def listen(self, disk: Disk, progress: Progress) -> None:
        with self._lock:
            if self.remarks:
                return
            try:
                self._follow(disk, progress)
            except Exception as error:  # noqa: BLE001 - whatever a console does wrong, the disk comes first
                self.remarks = (
                    gettext(
                        "De voortgang kon niet meer getoond worden ({kind}: {error}).",
                        kind=type(error).__name__,
                        error=error,
                    ),
                )


def _thawed(job: Job, drives: Drives) -> Job:
    """The job with the drive's state after a moment's sleep. Still frozen, it will refuse and the next step follows."""
    if not job.plan.needs_suspend:
        return job
    security = drives.sleep.unfreeze(job.disk, job.path)
    return replace(job, disk=replace(job.disk, security=security)) if security is not None else job


def _finished(job: Job, ending: Future[Finished], began_at: datetime) -> Finished:
    """How it ended; where this program itself failed, the disk is reported as cut: it may have been written to."""
    error = ending.exception()
    if error is None:
        return ending.result()
    return Finished(
        disk=job.disk,
        wipe=unfinished(job.plan, began_at, job.nonce),
        hidden_areas=HiddenAreas(),
        trouble=gettext(
            "{name}: de agent zelf ging fout ({kind}: {error}). Begin opnieuw.",
            name=job.disk.name,
            kind=type(error).__name__,
            error=error,
        ),
    )
