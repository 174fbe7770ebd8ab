"""An attest is issued anew when the service's word of its wipe changes; who confirmed a wipe did so in a position."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ISSUED = "language, issued_at, pdf_sha256, seal_number"


def upgrade() -> None:
    op.add_column("wipe_evidence", sa.Column("confirmed_as", sa.String(length=20), nullable=True))
    # The key changes. Nothing refers to this table, and it is no part of the ledger: it is made anew beside itself.
    op.execute("CREATE TABLE attest_before AS SELECT * FROM attest")
    op.drop_table("attest")
    op.create_table(
        "attest",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("said", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["wipe_evidence.id"], name=op.f("fk_attest_evidence_id")),
        sa.ForeignKeyConstraint(["seal_number"], ["ledger_seal.number"], name=op.f("fk_attest_seal_number")),
        sa.PrimaryKeyConstraint("evidence_id", "revision", "language", name=op.f("pk_attest")),
    )
    op.create_index(op.f("ix_attest_public_id"), "attest", ["public_id"])
    # What those of before said of the service's word is not known: nothing, so that the next one is issued anew.
    op.execute(
        f"INSERT INTO attest (evidence_id, revision, public_id, said, {_ISSUED}) "  # noqa: S608 - names of our own
        f"SELECT evidence_id, 1, (SELECT public_id FROM wipe_evidence WHERE id = evidence_id), '{{}}', {_ISSUED} "
        "FROM attest_before"
    )
    op.drop_table("attest_before")


def downgrade() -> None:
    raise RuntimeError("proof of wiping is never taken down")
