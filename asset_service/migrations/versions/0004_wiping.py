"""Signed reports, proof of wiping, attests and tasks of destruction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_signed_report()
    _create_wipe_job()
    _create_wipe_evidence()
    _create_wipe_nonce()
    _create_attest()
    _create_destruction_task()


def downgrade() -> None:
    raise RuntimeError("proof of wiping is never taken down")


def _create_signed_report() -> None:
    """A station's report exactly as received, the service's receipt, and the answer that was given."""
    op.create_table(
        "signed_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("jws", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_signed_report_device_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_signed_report_partner_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_signed_report_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_report")),
    )
    op.create_index("ix_signed_report_device_id_id", "signed_report", ["device_id", "id"])


def _create_wipe_job() -> None:
    """A station's request for nonces before it wipes; the same ``request_id`` again gets the same job."""
    op.create_table(
        "wipe_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_wipe_job_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wipe_job")),
        sa.UniqueConstraint("station_id", "request_id", name=op.f("uq_wipe_job_station_id_request_id")),
    )


def _create_wipe_evidence() -> None:
    """One carrier's wipe in one report, and what it did to the carrier."""
    op.create_table(
        "wipe_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("carrier_index", sa.Integer(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("nonce_check", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("technique", sa.String(length=30), nullable=False),
        sa.Column("method", sa.String(length=300), nullable=False),
        sa.Column("standard", sa.String(length=300), nullable=False),
        sa.Column("verification", sa.String(length=30), nullable=False),
        sa.Column("verified_bytes", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_as", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_wipe_evidence_confirmed_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["component_id"], ["data_carrier.component_id"], name=op.f("fk_wipe_evidence_component_id")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["app_user.id"], name=op.f("fk_wipe_evidence_confirmed_by")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_wipe_evidence_device_id")),
        sa.ForeignKeyConstraint(["report_id"], ["signed_report.id"], name=op.f("fk_wipe_evidence_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wipe_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wipe_evidence_public_id")),
        sa.UniqueConstraint("report_id", "carrier_index", name=op.f("uq_wipe_evidence_report_id_carrier_index")),
    )
    op.create_index(
        "ix_wipe_evidence_awaiting",
        "wipe_evidence",
        ["id"],
        sqlite_where=sa.text("status = 'awaiting_confirmation'"),
        postgresql_where=sa.text("status = 'awaiting_confirmation'"),
    )
    op.create_index("ix_wipe_evidence_component_id_id", "wipe_evidence", ["component_id", "id"])


def _create_wipe_nonce() -> None:
    """Binds one wipe to one station, one carrier (``carrier_identity``, ``size_bytes``) and its numbered exposure."""
    op.create_table(
        "wipe_nonce",
        sa.Column("nonce", sa.String(length=26), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("carrier_identity", sa.String(length=500), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by_report_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["wipe_job.id"], name=op.f("fk_wipe_nonce_job_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_wipe_nonce_station_id")),
        sa.ForeignKeyConstraint(
            ["used_by_report_id"], ["signed_report.id"], name=op.f("fk_wipe_nonce_used_by_report_id")
        ),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_wipe_nonce")),
    )
    op.create_index(op.f("ix_wipe_nonce_job_id"), "wipe_nonce", ["job_id"])


def _create_attest() -> None:
    """The wis-attest of one evidence: the signed PDF lies in ``core.documents``."""
    op.create_table(
        "attest",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["wipe_evidence.id"], name=op.f("fk_attest_evidence_id")),
        sa.ForeignKeyConstraint(["seal_number"], ["ledger_seal.number"], name=op.f("fk_attest_seal_number")),
        sa.PrimaryKeyConstraint("evidence_id", "revision", "language", name=op.f("pk_attest")),
    )
    op.create_index(op.f("ix_attest_public_id"), "attest", ["public_id"])


def _create_destruction_task() -> None:
    """A carrier that must be destroyed, and once done: how, by whom, before which witness (both users)."""
    op.create_table(
        "destruction_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witness_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (method IS NULL) AND (done_at IS NULL) = (done_by IS NULL)",
            name=op.f("ck_destruction_task_done_with_method"),
        ),
        sa.ForeignKeyConstraint(
            ["component_id"], ["data_carrier.component_id"], name=op.f("fk_destruction_task_component_id")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["app_user.id"], name=op.f("fk_destruction_task_done_by")),
        sa.ForeignKeyConstraint(["evidence_id"], ["wipe_evidence.id"], name=op.f("fk_destruction_task_evidence_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_destruction_task_partner_id")),
        sa.ForeignKeyConstraint(["witness_id"], ["app_user.id"], name=op.f("fk_destruction_task_witness_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_task")),
    )
    op.create_index("ix_destruction_task_component_id", "destruction_task", ["component_id"])
    op.create_index(
        "ix_destruction_task_open",
        "destruction_task",
        ["id"],
        sqlite_where=sa.text("done_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND withdrawn_at IS NULL"),
    )
