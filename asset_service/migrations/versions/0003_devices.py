"""Devices, their components and data carriers, and the identities they are recognised by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_device()
    _create_component()
    _create_device_code()
    _create_device_identity()
    _create_device_term()
    _create_component_stay()
    _create_data_carrier()
    _create_carrier_exposure()


def downgrade() -> None:
    raise RuntimeError("devices are never taken down")


def _create_device() -> None:
    """One device. ``code`` is the label it bears now; earlier ones stay in :class:`DeviceCode` and still find it."""
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("data_status", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("manufacturer", sa.String(length=200), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("serial", sa.String(length=200), nullable=True),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("minimum", sa.String(length=40), nullable=True),
        sa.Column("minimum_reasons", JSON, nullable=False),
        sa.Column("minimum_upgrade", JSON, nullable=True),
        sa.Column("reusable", sa.Boolean(), nullable=True),
        sa.Column("defects", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_device_partner_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
    )
    op.create_index("ix_device_partner_id_data_status_id", "device", ["partner_id", "data_status", "id"])
    op.create_index("ix_device_partner_id_id", "device", ["partner_id", "id"])
    op.create_index("ix_device_partner_id_kind_id", "device", ["partner_id", "kind", "id"])
    op.create_index("ix_device_partner_id_state_id", "device", ["partner_id", "state", "id"])
    op.create_index("ix_device_site_id_id", "device", ["site_id", "id"])


def _create_component() -> None:
    """A part. ``device_id`` is the device it sits in since ``installed_at``; a loose part lies at ``site_id``."""
    op.create_table(
        "component",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("slot", sa.String(length=100), nullable=True),
        sa.Column("manufacturer", sa.String(length=200), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("serial", sa.String(length=200), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(device_id IS NULL) = (installed_at IS NULL)", name=op.f("ck_component_installed_at_a_time")
        ),
        sa.CheckConstraint(
            "(device_id IS NULL) = (partner_id IS NOT NULL)", name=op.f("ck_component_installed_or_loose")
        ),
        sa.CheckConstraint("(partner_id IS NULL) = (site_id IS NULL)", name=op.f("ck_component_loose_at_a_site")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_component_device_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_component_partner_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_component_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component")),
    )
    op.create_index("ix_component_device_id_id", "component", ["device_id", "id"])
    op.create_index(
        "ix_component_loose",
        "component",
        ["partner_id", "id"],
        sqlite_where=sa.text("partner_id IS NOT NULL"),
        postgresql_where=sa.text("partner_id IS NOT NULL"),
    )


def _create_device_code() -> None:
    """A printed label's code, unique over the whole service; ``device_id`` is ``NULL`` while the label is blank."""
    op.create_table(
        "device_code",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_code_device_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_device_code_partner_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_device_code")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_device_code_device_id"), "device_code", ["device_id"])


def _create_device_identity() -> None:
    """One usable, normalised way to know a device again."""
    op.create_table(
        "device_identity",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_identity_device_id")),
        sa.PrimaryKeyConstraint("kind", "value", "device_id", name=op.f("pk_device_identity")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_device_identity_device_id", "device_identity", ["device_id"])
    op.create_index(
        "uq_device_identity_strong",
        "device_identity",
        ["kind", "value"],
        unique=True,
        sqlite_where=sa.text("kind IN ('model_serial', 'uuid') AND NOT shared"),
        postgresql_where=sa.text("kind IN ('model_serial', 'uuid') AND NOT shared"),
    )


def _create_device_term() -> None:
    """A word by which the list finds a device: its codes, its serial, the words of maker and model."""
    op.create_table(
        "device_term",
        sa.Column(
            "term",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_term_device_id")),
        sa.PrimaryKeyConstraint("term", "device_id", name=op.f("pk_device_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_device_term_device_id", "device_term", ["device_id"])


def _create_component_stay() -> None:
    """A component's stay in a device that has ended; the present one is the component's own row. Never forgotten."""
    op.create_table(
        "component_stay",
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_component_stay_numbered_from_one")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_component_stay_component_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_component_stay_device_id")),
        sa.PrimaryKeyConstraint("component_id", "number", name=op.f("pk_component_stay")),
        sqlite_with_rowid=False,
    )


def _create_data_carrier() -> None:
    """What makes a disk component a data carrier. ``exposure`` is the number of its latest exposure, from 1."""
    op.create_table(
        "data_carrier",
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column(
            "identity",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("data_status", sa.String(length=40), nullable=False),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(length=20), nullable=False),
        sa.Column("bus", sa.String(length=50), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("health", sa.String(length=20), nullable=False),
        sa.Column("health_reasons", JSON, nullable=False),
        sa.Column("power_on_hours", sa.Integer(), nullable=True),
        sa.Column("sightings", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.CheckConstraint("exposure >= 0", name=op.f("ck_data_carrier_exposure_not_negative")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_data_carrier_size_not_negative")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_data_carrier_component_id")),
        sa.PrimaryKeyConstraint("component_id", name=op.f("pk_data_carrier")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_data_carrier_identity", "data_carrier", ["identity"], unique=True)


def _create_carrier_exposure() -> None:
    """One numbered time that data may have come onto a carrier; ``cleared_at`` is when proof took it away."""
    op.create_table(
        "carrier_exposure",
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("exposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_carrier_exposure_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["component_id"], ["data_carrier.component_id"], name=op.f("fk_carrier_exposure_component_id")
        ),
        sa.PrimaryKeyConstraint("component_id", "number", name=op.f("pk_carrier_exposure")),
        sqlite_with_rowid=False,
    )
