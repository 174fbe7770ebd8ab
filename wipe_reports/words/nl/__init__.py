"""Every word in Dutch: one catalogue, by subject."""

from __future__ import annotations

from wipe_reports.words.nl.attest import ATTEST
from wipe_reports.words.nl.checks import CHECKS
from wipe_reports.words.nl.disk import DISK
from wipe_reports.words.nl.figures import FIGURES
from wipe_reports.words.nl.machine import MACHINE
from wipe_reports.words.nl.refusals import REFUSALS
from wipe_reports.words.nl.standing import STANDINGS
from wipe_reports.words.nl.wipes import WIPES

NAME = "Nederlands"
WORDS = {**ATTEST, **CHECKS, **DISK, **FIGURES, **MACHINE, **REFUSALS, **STANDINGS, **WIPES}
