"""A disk and its wipes as pages show them: what each proved, where its proof is, and what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from asset_service.core.i18n import language
from asset_service.devices.data_status import is_clean
from asset_service.devices.models import Component, DataStatus
from asset_service.frame.looks import Look
from asset_service.wiping import attests, queries
from asset_service.wiping.models import DestructionTask, EvidenceStatus, WipeEvidence
from asset_service.wiping.standings import headline_of, standing_of
from asset_service.wiping.words import EVIDENCE_WORDS, standing_look, wipe_notes
from wipe_reports.document import Outcome, WipeReport
from wipe_reports.standing import Standing

WIPES_SHOWN = 10

Documents = dict[UUID, WipeReport]
"""What reports say, by their ids: one report tells of many disks, and is read once a page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeLine:
    """One wipe of a carrier, and where its proof is: at ``pdf_url`` where it was issued, else to be issued there."""

    wipe: WipeEvidence
    look: Look
    status_words: LazyString | str
    waits: bool
    notes: Sequence[str]
    pdf_url: str | None
    pdf_words: LazyString | str
    issue_url: str | None
    issue_words: LazyString | str
    bundle_url: str | None
    check_url: str
    confirm_url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierLine:
    """One data carrier with its wipes, latest first, and its open destruction task."""

    component: Component
    wipes: Sequence[WipeLine]
    task: DestructionTask | None
    task_url: str | None
    remove_url: str | None


def wipe_lines(
    disk: Component, wipes: Sequence[WipeEvidence], may_confirm: bool, documents: Documents
) -> list[WipeLine]:
    """A disk's latest wipes, the last one first, as the pages show them; ``documents`` are those read so far."""
    if disk.carrier is None:
        return []
    return [_wipe(wipe, disk.carrier.data_status, may_confirm, documents) for wipe in wipes[:WIPES_SHOWN]]


def _status_words(wipe: WipeEvidence, now: DataStatus) -> LazyString | str:
    """What is still to be done about the wipe; nothing more where the disk has since been wiped or destroyed."""
    done = wipe.status is EvidenceStatus.NOT_ERASED and is_clean(now)
    return "" if done else EVIDENCE_WORDS.get(wipe.status, "")


def _notes(wipe: WipeEvidence, documents: Documents) -> list[str]:
    if wipe.report_id not in documents:
        documents[wipe.report_id] = queries.document_of(wipe.report)
    reported = documents[wipe.report_id].carriers[wipe.carrier_index]
    return list(wipe_notes(reported.wipe, reported)) if reported.wipe is not None else []


def _wipe(wipe: WipeEvidence, now: DataStatus, may_confirm: bool, documents: Documents) -> WipeLine:
    waits = wipe.status is EvidenceStatus.AWAITING_CONFIRMATION
    erased = wipe.outcome == Outcome.ERASED
    standing = standing_of(wipe)
    issued = erased and attests.current(wipe.id, language()) is not None
    address = url_for("wiping.attest", public_id=wipe.public_id)
    attests_erasure = standing is Standing.ERASED
    bundle = url_for("wiping_api.attest_bundle", public_id=wipe.public_id, lang=language())
    return WipeLine(
        wipe=wipe,
        look=standing_look(standing, headline_of(wipe, standing, language())),
        status_words=_status_words(wipe, now),
        waits=waits,
        notes=_notes(wipe, documents),
        pdf_url=address if issued else None,
        pdf_words=lazy_gettext("Wisattest (PDF)") if attests_erasure else lazy_gettext("Wisverslag (PDF)"),
        issue_url=address if erased and not issued else None,
        issue_words=lazy_gettext("Wisattest uitgeven") if attests_erasure else lazy_gettext("Wisverslag uitgeven"),
        bundle_url=bundle if issued else None,
        check_url=url_for("wiping.check", public_id=wipe.public_id),
        confirm_url=url_for("wiping.confirm", evidence_id=wipe.id) if waits and may_confirm else None,
    )
