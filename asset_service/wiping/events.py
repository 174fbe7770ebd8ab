"""What can happen around the proof of a wipe."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from asset_service.ledger.events import Event
from asset_service.wiping.models import DestructionMethod, EvidenceStatus, NonceCheck


@dataclass(frozen=True, kw_only=True)
class WipeJobOpened(Event):
    """A station asked for nonces; ``subject_id`` is the job, ``carriers`` how many it will wipe."""

    carriers: int


@dataclass(frozen=True, kw_only=True)
class WipeReported(Event):
    """An accepted report says that a carrier was wiped; ``subject_id`` is the evidence."""

    component_id: UUID
    report_id: UUID
    report_sha256: str
    carrier_index: int
    exposure: int
    outcome: str
    level: str
    status: EvidenceStatus
    nonce_check: NonceCheck
    test: bool


@dataclass(frozen=True, kw_only=True)
class WipeConfirmed(Event):
    """A person vouched for a wipe that was made without a nonce that holds; ``subject_id`` is the evidence."""

    component_id: UUID
    exposure: int


@dataclass(frozen=True, kw_only=True)
class DestructionDemanded(Event):
    """The carrier could not be erased and must be destroyed; ``subject_id`` is the task."""

    component_id: UUID
    evidence_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class DestructionWithdrawn(Event):
    """The carrier was erased after all; ``subject_id`` is the task."""

    component_id: UUID


@dataclass(frozen=True, kw_only=True)
class DestructionDone(Event):
    """The carrier was destroyed, before a witness; ``subject_id`` is the task."""

    component_id: UUID
    method: DestructionMethod
    witness_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class AttestIssued(Event):
    """The wis-attest of an evidence was made and signed; ``subject_id`` is the evidence.

    ``standing`` is its large word. ``replaces`` is the public id of the attest that it takes the place of.
    """

    pdf_sha256: str
    seal_number: int
    language: str
    public_id: str
    standing: str
    replaces: str | None
