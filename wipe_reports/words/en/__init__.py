"""Every word in English: one catalogue, by subject."""

from __future__ import annotations

from wipe_reports.words.en.attest import ATTEST
from wipe_reports.words.en.checks import CHECKS
from wipe_reports.words.en.disk import DISK
from wipe_reports.words.en.figures import FIGURES
from wipe_reports.words.en.machine import MACHINE
from wipe_reports.words.en.refusals import REFUSALS
from wipe_reports.words.en.standing import STANDINGS
from wipe_reports.words.en.wipes import WIPES

NAME = "English"
WORDS = {**ATTEST, **CHECKS, **DISK, **FIGURES, **MACHINE, **REFUSALS, **STANDINGS, **WIPES}
