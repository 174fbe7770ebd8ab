"""Devices, proof of wiping, intake."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('device',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('data_status', sa.String(length=40), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('manufacturer', sa.String(length=200), nullable=True),
    sa.Column('product', sa.String(length=200), nullable=True),
    sa.Column('serial', sa.String(length=200), nullable=True),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('minimum', sa.String(length=40), nullable=True),
    sa.Column('minimum_reasons', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('minimum_upgrade', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('reusable', sa.Boolean(), nullable=True),
    sa.Column('defects', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_device_partner_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_device_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('code', name=op.f('uq_device_code'))
    )
    op.create_index('ix_device_partner_id_data_status_id', 'device', ['partner_id', 'data_status', 'id'], unique=False)
    op.create_index('ix_device_partner_id_id', 'device', ['partner_id', 'id'], unique=False)
    op.create_index('ix_device_partner_id_kind_id', 'device', ['partner_id', 'kind', 'id'], unique=False)
    op.create_index('ix_device_partner_id_state_id', 'device', ['partner_id', 'state', 'id'], unique=False)
    op.create_index('ix_device_site_id_id', 'device', ['site_id', 'id'], unique=False)
    op.create_table('component',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=True),
    sa.Column('installed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('partner_id', sa.Uuid(), nullable=True),
    sa.Column('site_id', sa.Uuid(), nullable=True),
    sa.Column('slot', sa.String(length=100), nullable=True),
    sa.Column('manufacturer', sa.String(length=200), nullable=True),
    sa.Column('model', sa.String(length=200), nullable=True),
    sa.Column('serial', sa.String(length=200), nullable=True),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(device_id IS NULL) = (installed_at IS NULL)', name=op.f('ck_component_installed_at_a_time')),
    sa.CheckConstraint('(device_id IS NULL) = (partner_id IS NOT NULL)', name=op.f('ck_component_installed_or_loose')),
    sa.CheckConstraint('(partner_id IS NULL) = (site_id IS NULL)', name=op.f('ck_component_loose_at_a_site')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_component_device_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_component_partner_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_component_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_component'))
    )
    op.create_index('ix_component_device_id_id', 'component', ['device_id', 'id'], unique=False)
    op.create_index('ix_component_loose', 'component', ['partner_id', 'id'], unique=False, sqlite_where=sa.text('partner_id IS NOT NULL'), postgresql_where=sa.text('partner_id IS NOT NULL'))
    op.create_table('device_code',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_code_device_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_device_code_partner_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_device_code')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_device_code_device_id'), 'device_code', ['device_id'], unique=False)
    op.create_table('device_identity',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=500), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_identity_device_id')),
    sa.PrimaryKeyConstraint('kind', 'value', 'device_id', name=op.f('pk_device_identity')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_device_identity_device_id', 'device_identity', ['device_id'], unique=False)
    op.create_index('uq_device_identity_strong', 'device_identity', ['kind', 'value'], unique=True, sqlite_where=sa.text("kind <> 'board_serial' AND NOT shared"), postgresql_where=sa.text("kind <> 'board_serial' AND NOT shared"))
    op.create_table('device_term',
    sa.Column('term', sa.String(length=100).with_variant(sa.String(length=100, collation='C'), 'postgresql'), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_term_device_id')),
    sa.PrimaryKeyConstraint('term', 'device_id', name=op.f('pk_device_term')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_device_term_device_id', 'device_term', ['device_id'], unique=False)
    op.create_table('component_stay',
    sa.Column('component_id', sa.Uuid(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=False),
    sa.Column('installed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('removed_at >= installed_at', name=op.f('ck_component_stay_times_in_order')),
    sa.ForeignKeyConstraint(['component_id'], ['component.id'], name=op.f('fk_component_stay_component_id')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_component_stay_device_id')),
    sa.PrimaryKeyConstraint('component_id', 'removed_at', name=op.f('pk_component_stay')),
    sqlite_with_rowid=False
    )
    op.create_table('data_carrier',
    sa.Column('component_id', sa.Uuid(), nullable=False),
    sa.Column('identity', sa.String(length=500).with_variant(sa.String(length=500, collation='C'), 'postgresql'), nullable=True),
    sa.Column('data_status', sa.String(length=40), nullable=False),
    sa.Column('exposure', sa.Integer(), nullable=False),
    sa.Column('medium', sa.String(length=20), nullable=False),
    sa.Column('bus', sa.String(length=50), nullable=True),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('health', sa.String(length=20), nullable=False),
    sa.Column('health_reasons', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('power_on_hours', sa.Integer(), nullable=True),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.CheckConstraint('exposure >= 0', name=op.f('ck_data_carrier_exposure_not_negative')),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_data_carrier_size_not_negative')),
    sa.ForeignKeyConstraint(['component_id'], ['component.id'], name=op.f('fk_data_carrier_component_id')),
    sa.PrimaryKeyConstraint('component_id', name=op.f('pk_data_carrier')),
    sqlite_with_rowid=False
    )
    op.create_index('uq_data_carrier_identity', 'data_carrier', ['identity'], unique=True)
    op.create_table('quarantined_report',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=True),
    sa.Column('signed', sa.Boolean(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('field', sa.String(length=300), nullable=False),
    sa.Column('message', sa.String(length=1000), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('kept_bytes', sa.Integer(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_quarantined_report_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantined_report'))
    )
    op.create_index('ix_quarantined_report_signed_id', 'quarantined_report', ['signed', 'id'], unique=False)
    op.create_index('ix_quarantined_report_source_received_at', 'quarantined_report', ['source', 'received_at'], unique=False)
    op.create_index('uq_quarantined_report_sha256', 'quarantined_report', ['sha256'], unique=True)
    op.create_table('signed_report',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=True),
    sa.Column('result', sa.String(length=40), nullable=False),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('jws', sa.LargeBinary(), nullable=False),
    sa.Column('receipt', sa.String(), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_signed_report_device_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_signed_report_partner_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_signed_report_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_report'))
    )
    op.create_index('ix_signed_report_device_id_id', 'signed_report', ['device_id', 'id'], unique=False)
    op.create_table('wipe_job',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('request_sha256', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_wipe_job_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wipe_job')),
    sa.UniqueConstraint('station_id', 'request_id', name=op.f('uq_wipe_job_station_id_request_id'))
    )
    op.create_table('carrier_exposure',
    sa.Column('component_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('exposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_carrier_exposure_numbered_from_one')),
    sa.ForeignKeyConstraint(['component_id'], ['data_carrier.component_id'], name=op.f('fk_carrier_exposure_component_id')),
    sa.PrimaryKeyConstraint('component_id', 'number', name=op.f('pk_carrier_exposure')),
    sqlite_with_rowid=False
    )
    op.create_table('unmatched_report',
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('holder_partner_id', sa.Uuid(), nullable=True),
    sa.Column('reasons', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('candidate_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('manufacturer', sa.String(length=200), nullable=True),
    sa.Column('product', sa.String(length=200), nullable=True),
    sa.Column('serial', sa.String(length=200), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by', sa.Uuid(), nullable=True),
    sa.Column('grounds', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['holder_partner_id'], ['partner.id'], name=op.f('fk_unmatched_report_holder_partner_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_unmatched_report_partner_id')),
    sa.ForeignKeyConstraint(['report_id'], ['signed_report.id'], name=op.f('fk_unmatched_report_report_id')),
    sa.ForeignKeyConstraint(['resolved_by'], ['app_user.id'], name=op.f('fk_unmatched_report_resolved_by')),
    sa.PrimaryKeyConstraint('report_id', name=op.f('pk_unmatched_report'))
    )
    op.create_index('ix_unmatched_report_holder_partner_id_resolved_at_report_id', 'unmatched_report', ['holder_partner_id', 'resolved_at', 'report_id'], unique=False)
    op.create_index('ix_unmatched_report_partner_id_resolved_at_report_id', 'unmatched_report', ['partner_id', 'resolved_at', 'report_id'], unique=False)
    op.create_table('wipe_evidence',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('public_id', sa.String(length=26), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('carrier_index', sa.Integer(), nullable=False),
    sa.Column('component_id', sa.Uuid(), nullable=False),
    sa.Column('device_id', sa.Uuid(), nullable=False),
    sa.Column('exposure', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('nonce_check', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=30), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('technique', sa.String(length=30), nullable=False),
    sa.Column('method', sa.String(length=300), nullable=False),
    sa.Column('standard', sa.String(length=300), nullable=False),
    sa.Column('verification', sa.String(length=30), nullable=False),
    sa.Column('verified_bytes', sa.BigInteger(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('(confirmed_at IS NULL) = (confirmed_by IS NULL)', name=op.f('ck_wipe_evidence_confirmed_by_somebody')),
    sa.ForeignKeyConstraint(['component_id'], ['data_carrier.component_id'], name=op.f('fk_wipe_evidence_component_id')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['app_user.id'], name=op.f('fk_wipe_evidence_confirmed_by')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_wipe_evidence_device_id')),
    sa.ForeignKeyConstraint(['report_id'], ['signed_report.id'], name=op.f('fk_wipe_evidence_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wipe_evidence')),
    sa.UniqueConstraint('public_id', name=op.f('uq_wipe_evidence_public_id')),
    sa.UniqueConstraint('report_id', 'carrier_index', name=op.f('uq_wipe_evidence_report_id_carrier_index'))
    )
    op.create_index('ix_wipe_evidence_awaiting', 'wipe_evidence', ['id'], unique=False, sqlite_where=sa.text("status = 'awaiting_confirmation'"), postgresql_where=sa.text("status = 'awaiting_confirmation'"))
    op.create_index('ix_wipe_evidence_component_id_id', 'wipe_evidence', ['component_id', 'id'], unique=False)
    op.create_table('wipe_nonce',
    sa.Column('nonce', sa.String(length=26), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('station_id', sa.Uuid(), nullable=False),
    sa.Column('carrier_identity', sa.String(length=500), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('exposure', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_by_report_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['wipe_job.id'], name=op.f('fk_wipe_nonce_job_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_wipe_nonce_station_id')),
    sa.ForeignKeyConstraint(['used_by_report_id'], ['signed_report.id'], name=op.f('fk_wipe_nonce_used_by_report_id')),
    sa.PrimaryKeyConstraint('nonce', name=op.f('pk_wipe_nonce'))
    )
    op.create_index(op.f('ix_wipe_nonce_job_id'), 'wipe_nonce', ['job_id'], unique=False)
    op.create_table('attest',
    sa.Column('evidence_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pdf_sha256', sa.String(length=64), nullable=False),
    sa.Column('seal_number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['wipe_evidence.id'], name=op.f('fk_attest_evidence_id')),
    sa.ForeignKeyConstraint(['seal_number'], ['ledger_seal.number'], name=op.f('fk_attest_seal_number')),
    sa.PrimaryKeyConstraint('evidence_id', 'language', name=op.f('pk_attest'))
    )
    op.create_table('destruction_task',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('component_id', sa.Uuid(), nullable=False),
    sa.Column('partner_id', sa.Uuid(), nullable=False),
    sa.Column('evidence_id', sa.Uuid(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('method', sa.String(length=40), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('witness_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('(done_at IS NULL) = (method IS NULL) AND (done_at IS NULL) = (done_by IS NULL)', name=op.f('ck_destruction_task_done_with_method')),
    sa.ForeignKeyConstraint(['component_id'], ['data_carrier.component_id'], name=op.f('fk_destruction_task_component_id')),
    sa.ForeignKeyConstraint(['done_by'], ['app_user.id'], name=op.f('fk_destruction_task_done_by')),
    sa.ForeignKeyConstraint(['evidence_id'], ['wipe_evidence.id'], name=op.f('fk_destruction_task_evidence_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_destruction_task_partner_id')),
    sa.ForeignKeyConstraint(['witness_id'], ['app_user.id'], name=op.f('fk_destruction_task_witness_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_destruction_task'))
    )
    op.create_index('ix_destruction_task_component_id', 'destruction_task', ['component_id'], unique=False)
    op.create_index('ix_destruction_task_open', 'destruction_task', ['id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND withdrawn_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND withdrawn_at IS NULL'))


def downgrade() -> None:
    raise RuntimeError("proof of wiping is never taken down")
