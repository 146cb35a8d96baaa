"""Sealed values

What is personal is sealed in place, row by row, under keys of persons that are made on the way.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from peerapp.migrations.sealing import SealedTable, register_keys, seal_tables, unseal_tables

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TEXT, DATE, JSON = sa.Text(), sa.Date(), sa.JSON()
SEALED: tuple[SealedTable, ...] = (
    SealedTable(
        "account", "id",
        {"email": sa.String(254)},
        {"email": "email_index"},
    ),
    SealedTable(
        "agreement", "family_id",
        {"given_by": sa.String(160)},
    ),
    SealedTable(
        "agreement_signature", "volunteer_id",
        {"typed_name": sa.String(160)},
    ),
    SealedTable(
        "certificate", "volunteer_id",
        {"number": sa.String(12), "name_as_printed": sa.String(160), "name_evidence":
         sa.String(200), "status_note": TEXT},
        {"number": "number_index"},
    ),
    SealedTable(
        "check_application", "volunteer_id",
        {"reference": sa.String(40), "ended_note": TEXT},
    ),
    SealedTable(
        "concern", "id",
        {"words": TEXT, "words_back": TEXT},
    ),
    SealedTable(
        "concern_event", "concern_id",
        {"note": TEXT},
    ),
    SealedTable(
        "end_survey", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = end_survey.match_id)',
        {"words": TEXT},
    ),
    SealedTable(
        "expense_claim", "volunteer_id",
        {"purpose": sa.String(200), "return_reason": sa.String(300)},
    ),
    SealedTable(
        "family", "id",
        {"phone": sa.String(40), "email": sa.String(254), "address": TEXT, "postcode":
         sa.String(8), "easting": sa.Integer(), "northing": sa.Integer(),
         "lead_practitioner": sa.String(160), "step_down_worker": sa.String(160),
         "details_query": TEXT},
    ),
    SealedTable(
        "family_child", "family_id",
        {"name": sa.String(160), "born_from": sa.Integer(), "born_to": sa.Integer()},
    ),
    SealedTable(
        "family_topic", "family_id",
        {"words": TEXT},
    ),
    SealedTable(
        "family_worker", "family_id",
        {"note": TEXT},
    ),
    SealedTable(
        "fee_decision", "volunteer_id",
        {"answers": JSON},
    ),
    SealedTable(
        "first_visit", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = first_visit.match_id)',
        {"note": TEXT},
    ),
    SealedTable(
        "gate_record", "volunteer_id",
        {"note": TEXT},
    ),
    SealedTable(
        "goal", "family_id",
        {"words": sa.String(300)},
    ),
    SealedTable(
        "identity_check", "volunteer_id",
        {"route_reason": TEXT, "withdrawn_reason": TEXT},
    ),
    SealedTable(
        "inside_message", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = inside_message.match_id)',
        {"words": TEXT},
    ),
    SealedTable(
        "interview", "volunteer_id",
        {"answers": JSON, "summary": TEXT, "conflict_note": TEXT},
    ),
    SealedTable(
        "match", "family_id",
        {"snapshot": JSON},
    ),
    SealedTable(
        "match_ending", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = match_ending.match_id)',
        {"note": TEXT, "short_notice": TEXT},
    ),
    SealedTable(
        "match_event", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = match_event.match_id)',
        {"note": TEXT},
    ),
    SealedTable(
        "message", 'COALESCE(account_id, (SELECT p1.volunteer_id FROM "reference" p1 WHERE p1.id = message.reference_id), referral_id, id)',
        {"to_address": sa.String(254), "subject": sa.String(200), "body": TEXT,
         "last_error": sa.String(200)},
    ),
    SealedTable(
        "other_name", "volunteer_id",
        {"name": sa.String(160), "evidence": sa.String(200)},
    ),
    SealedTable(
        "panel_decision", "volunteer_id",
        {"reasons": TEXT, "conditions": TEXT, "other_members": TEXT},
    ),
    SealedTable(
        "plan_override", "id",
        {"reason": TEXT, "agreed_note": TEXT, "ended_why": TEXT},
    ),
    SealedTable(
        "probation_review", "volunteer_id",
        {"reason": TEXT},
    ),
    SealedTable(
        "reference", "volunteer_id",
        {"name": sa.String(160), "email": sa.String(254), "phone": sa.String(40),
         "postcode": sa.String(8), "known_how": TEXT, "answers": JSON, "given_by":
         sa.String(160)},
    ),
    SealedTable(
        "reference_event", '(SELECT p1.volunteer_id FROM "reference" p1 WHERE p1.id = reference_event.reference_id)',
        {"reason": TEXT},
    ),
    SealedTable(
        "referral", "id",
        {"answers": JSON, "form_email": sa.String(254), "danger_note": TEXT,
         "decline_note": TEXT},
    ),
    SealedTable(
        "referral_event", "referral_id",
        {"reason": TEXT},
    ),
    SealedTable(
        "risk_assessment", '(SELECT p1.volunteer_id FROM "certificate" p1 WHERE p1.id = risk_assessment.certificate_id)',
        {"relevance": TEXT, "age": TEXT, "pattern": TEXT, "rationale": TEXT,
         "conditions": TEXT},
    ),
    SealedTable(
        "safe_contact", "family_id",
        {"times": sa.String(200), "alias": sa.String(80), "must_not_be_told": TEXT},
    ),
    SealedTable(
        "session_note", '(SELECT (SELECT p2.family_id FROM "match" p2 WHERE p2.id = p1.match_id) FROM "coaching_session" p1 WHERE p1.id = session_note.session_id)',
        {"text": TEXT},
    ),
    SealedTable(
        "session_plan", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = session_plan.match_id)',
        {"video_link": sa.String(500)},
    ),
    SealedTable(
        "status_consent", "volunteer_id",
        {"typed_name": sa.String(160)},
    ),
    SealedTable(
        "supervision_call", '(SELECT p1.family_id FROM "match" p1 WHERE p1.id = supervision_call.match_id)',
        {"note": TEXT},
    ),
    SealedTable(
        "training_record", "volunteer_id",
        {"evidence": sa.String(300)},
    ),
    SealedTable(
        "volunteer", "id",
        {"date_of_birth": DATE, "phone": sa.String(40), "postcode": sa.String(8),
         "easting": sa.Integer(), "northing": sa.Integer(), "scheme_phone":
         sa.String(40), "details_query": TEXT},
    ),
    SealedTable(
        "volunteer_event", "volunteer_id",
        {"reason": TEXT},
    ),
    SealedTable(
        "volunteer_pause", "volunteer_id",
        {"note": TEXT},
    ),
)


def upgrade() -> None:
    op.create_table(
        "scheme_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("is_index", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_key")),
    )
    op.create_index(
        "uq_scheme_key_active",
        "scheme_key",
        ["is_active"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "person_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=True),
        sa.Column("scheme_key_id", sa.Uuid(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"],
            name=op.f("fk_person_key_scheme_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scheme_key_id"], ["scheme_key.id"],
            name=op.f("fk_person_key_scheme_key_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_key")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_person_key_owner_id")),
    )
    op.create_index(op.f("ix_person_key_scheme_id"), "person_key", ["scheme_id"])
    op.create_index(op.f("ix_person_key_scheme_key_id"), "person_key", ["scheme_key_id"])
    # Files between upload and confirmation: whoever uploaded one uploads it again.
    op.execute("DELETE FROM family_import")
    with op.batch_alter_table("family_import") as batch:
        batch.drop_column("content")
        batch.add_column(sa.Column("content", sa.Text(), nullable=False))
    register_keys()
    seal_tables(SEALED)


def downgrade() -> None:
    unseal_tables(SEALED)
    op.execute("DELETE FROM family_import")
    with op.batch_alter_table("family_import") as batch:
        batch.drop_column("content")
        batch.add_column(sa.Column("content", sa.LargeBinary(), nullable=False))
    op.drop_table("person_key")
    op.drop_table("scheme_key")
