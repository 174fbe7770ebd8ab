"""Network addresses are hints of identity, and no constraint asks a clock to go forward."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from asset_service.devices.identity import search_words

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    strong = sa.text("kind IN ('model_serial', 'uuid') AND NOT shared")
    op.drop_index("uq_device_identity_strong", "device_identity")
    op.create_index(
        "uq_device_identity_strong",
        "device_identity",
        ["kind", "value"],
        unique=True,
        sqlite_where=strong,
        postgresql_where=strong,
    )
    counted = sa.Column("sightings", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("data_carrier", counted)
    seen_then = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("unmatched_report", sa.Column("seen_then", seen_then, nullable=False, server_default=sa.text("'{}'")))
    _remember_what_was_seen_since()
    _number_the_stays()
    _find_without_accents()


def _find_without_accents() -> None:
    """The words with an accent that devices are found by, also without it."""
    connection = op.get_bind()
    of_other_letters = "term GLOB '*[^ -~]*'" if connection.dialect.name == "sqlite" else "term ~ '[^ -~]'"
    rows = connection.exec_driver_sql(f"SELECT term, device_id FROM device_term WHERE {of_other_letters}").all()  # noqa: S608
    insert = sa.text(
        "INSERT INTO device_term (term, device_id) VALUES (:term, :device_id) ON CONFLICT (term, device_id) DO NOTHING"
    )
    for term, device_id in rows:
        for word in search_words(term):
            connection.execute(insert, {"term": word, "device_id": device_id})


def _remember_what_was_seen_since() -> None:
    """What waits was judged by the clock so far: a carrier seen since its report came is counted as seen once more."""
    op.execute("UPDATE data_carrier SET sightings = 1")


def _number_the_stays() -> None:
    """Nothing refers to this table, so that it can be made anew with its rows."""
    op.create_table(
        "component_stay_numbered",
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_component_stay_numbered_from_one")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_component_stay_component")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_component_stay_device")),
        sa.PrimaryKeyConstraint("component_id", "number", name=op.f("pk_component_stay_numbered")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO component_stay_numbered (component_id, number, removed_at, device_id, installed_at) "
        "SELECT component_id, row_number() OVER (PARTITION BY component_id ORDER BY removed_at), removed_at, device_id, "
        "installed_at FROM component_stay"
    )
    op.drop_table("component_stay")
    op.rename_table("component_stay_numbered", "component_stay")


def downgrade() -> None:
    raise RuntimeError("proof of wiping is never taken down")
