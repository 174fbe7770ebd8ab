"""The ground: projects, partners, users, stations, and the ledger with the triggers that keep it append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from asset_service.ledger import triggers

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('app_user',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_app_user')),
    sa.UniqueConstraint('email', name=op.f('uq_app_user_email'))
    )
    op.create_table('ledger_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=True),
    sa.Column('actor_kind', sa.String(length=10), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('canonical', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_event'))
    )
    op.create_index('ix_ledger_event_device_id_id', 'ledger_event', ['device_id', 'id'], unique=False)
    op.create_index('ix_ledger_event_subject_id_id', 'ledger_event', ['subject_id', 'id'], unique=False)
    op.create_table('ledger_seal',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tree_size', sa.Integer(), nullable=False),
    sa.Column('root_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('previous_root_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('head_jws', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_ledger_seal')),
    sa.UniqueConstraint('previous_root_hash', name=op.f('uq_ledger_seal_previous_root_hash'))
    )
    op.create_table('partner',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('enterprise_number', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner')),
    sa.UniqueConstraint('enterprise_number', name=op.f('uq_partner_enterprise_number'))
    )
    op.create_table('project',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('call', sa.String(length=200), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('extended_until', sa.Date(), nullable=True),
    sa.Column('extension_decision', sa.String(length=500), nullable=True),
    sa.CheckConstraint('(extended_until IS NULL) = (extension_decision IS NULL)', name=op.f('ck_project_extension_has_decision')),
    sa.CheckConstraint('period_end >= period_start', name=op.f('ck_project_period_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project'))
    )
    op.create_table('api_token',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_api_token_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_api_token_token_sha256'))
    )
    op.create_index(op.f('ix_api_token_user_id'), 'api_token', ['user_id'], unique=False)
    op.create_table('ledger_leaf',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('seal_number', sa.Integer(), nullable=False),
    sa.Column('leaf_index', sa.Integer(), nullable=False),
    sa.Column('leaf_hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['ledger_event.id'], name=op.f('fk_ledger_leaf_event_id')),
    sa.ForeignKeyConstraint(['seal_number'], ['ledger_seal.number'], name=op.f('fk_ledger_leaf_seal_number')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_ledger_leaf')),
    sa.UniqueConstraint('seal_number', 'leaf_index', name=op.f('uq_ledger_leaf_seal_number_leaf_index'))
    )
    op.create_table('membership',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('promotor', 'member', name='partnerkind', native_enum=False, length=40), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_membership_dates_in_order')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_membership_partner_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_membership_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('project_id', 'partner_id', 'since', name=op.f('uq_membership_project_id_partner_id_since'))
    )
    op.create_index(op.f('ix_membership_partner_id'), 'membership', ['partner_id'], unique=False)
    op.create_table('project_municipality',
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('nis_code', sa.String(length=5), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_municipality_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'nis_code', name=op.f('pk_project_municipality'))
    )
    op.create_table('site',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_site_partner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site')),
    sa.UniqueConstraint('partner_id', 'name', name=op.f('uq_site_partner_id_name'))
    )
    op.create_table('enrolment_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('code_sha256', sa.String(length=64), nullable=False),
    sa.Column('max_uses', sa.Integer(), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('uses <= max_uses', name=op.f('ck_enrolment_code_uses_within_bound')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_enrolment_code_partner_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_enrolment_code_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_code')),
    sa.UniqueConstraint('code_sha256', name=op.f('uq_enrolment_code_code_sha256'))
    )
    op.create_table('role_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('technician', 'stock_manager', 'desk', 'reporter', 'partner_admin', 'admin', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=True),
    sa.Column('site_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(role = 'admin') = (partner_id IS NULL)", name=op.f('ck_role_grant_only_admin_without_partner')),
    sa.CheckConstraint('site_id IS NULL OR partner_id IS NOT NULL', name=op.f('ck_role_grant_site_within_partner')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_role_grant_partner_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_role_grant_site_id')),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_role_grant_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index(op.f('ix_role_grant_user_id'), 'role_grant', ['user_id'], unique=False)
    op.create_index('uq_role_grant_admin', 'role_grant', ['user_id', 'role'], unique=True, sqlite_where=sa.text('partner_id IS NULL'), postgresql_where=sa.text('partner_id IS NULL'))
    op.create_index('uq_role_grant_partner', 'role_grant', ['user_id', 'role', 'partner_id'], unique=True, sqlite_where=sa.text('partner_id IS NOT NULL AND site_id IS NULL'), postgresql_where=sa.text('partner_id IS NOT NULL AND site_id IS NULL'))
    op.create_index('uq_role_grant_site', 'role_grant', ['user_id', 'role', 'site_id'], unique=True, sqlite_where=sa.text('site_id IS NOT NULL'), postgresql_where=sa.text('site_id IS NOT NULL'))
    op.create_table('station',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('key_id', sa.String(length=43), nullable=False),
    sa.Column('public_key', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('enrolment_code_id', sa.Uuid(), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['enrolment_code_id'], ['enrolment_code.id'], name=op.f('fk_station_enrolment_code_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_station_partner_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_station_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station')),
    sa.UniqueConstraint('key_id', name=op.f('uq_station_key_id'))
    )
    op.create_index('ix_station_partner_id_name', 'station', ['partner_id', 'name'], unique=False)
    for statement in triggers.creation(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the ledger is never taken down")
