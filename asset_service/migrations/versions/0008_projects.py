"""A role may hold in a whole project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WITHOUT_PARTNER = "partner_id IS NULL"
EVERYWHERE = "partner_id IS NULL AND project_id IS NULL"
IN_PROJECT = "project_id IS NOT NULL"
AT_PARTNER = "partner_id IS NOT NULL AND site_id IS NULL"
AT_SITE = "site_id IS NOT NULL"


def upgrade() -> None:
    """SQLite changes a check only by building the table anew, which keeps no partial index: those are made again."""
    for name in ("ix_role_grant_user_id", "uq_role_grant_admin", "uq_role_grant_partner", "uq_role_grant_site"):
        op.drop_index(name, "role_grant")
    with op.batch_alter_table("role_grant", copy_from=_before()) as table:
        table.add_column(sa.Column("project_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_role_grant_project_id"), "project", ["project_id"], ["id"])
        table.drop_constraint(op.f("ck_role_grant_only_admin_without_partner"), type_="check")
        table.create_check_constraint(op.f("ck_role_grant_only_admin_everywhere"), f"(role = 'admin') = ({EVERYWHERE})")
        table.create_check_constraint(
            op.f("ck_role_grant_project_or_partner"), "project_id IS NULL OR partner_id IS NULL"
        )
    op.create_index(op.f("ix_role_grant_user_id"), "role_grant", ["user_id"])
    _create_unique("admin", EVERYWHERE, "user_id", "role")
    _create_unique("project", IN_PROJECT, "user_id", "role", "project_id")
    _create_unique("partner", AT_PARTNER, "user_id", "role", "partner_id")
    _create_unique("site", AT_SITE, "user_id", "role", "site_id")


def downgrade() -> None:
    raise RuntimeError("who may do what is never taken down")


def _before() -> sa.Table:
    """``role_grant`` as 0002 made it, without its indexes."""
    return sa.Table(
        "role_grant",
        sa.MetaData(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            f"(role = 'admin') = ({WITHOUT_PARTNER})", name=op.f("ck_role_grant_only_admin_without_partner")
        ),
        sa.CheckConstraint("site_id IS NULL OR partner_id IS NOT NULL", name=op.f("ck_role_grant_site_within_partner")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_role_grant_partner_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_role_grant_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )


def _create_unique(shape: str, condition: str, *columns: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"uq_role_grant_{shape}",
        "role_grant",
        list(columns),
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
