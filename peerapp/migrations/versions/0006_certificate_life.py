"""Consent, subscription, risk assessments and warnings

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REVIEW_MONTHS = 12
CERTIFICATE_COLUMNS = ("name_reason", "name_evidence", "risk_review_on")
SCHEME_COLUMNS = ("join_days", "risk_text_months", "consent_from_version", "day_swept_on")
TABLES = (
    "consent_text",
    "status_consent",
    "other_name",
    "subscription",
    "risk_assessment",
    "expiry_warning",
)


def upgrade() -> None:
    _add_columns()
    _make_consents()
    _make_other_names()
    _make_subscriptions()
    _make_risk_assessments()
    _make_warnings()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_scheme_id"), table, ["scheme_id"])
    _set_review_days()


def _add_columns() -> None:
    for name, default in (("join_days", "30"), ("risk_text_months", "6")):
        op.add_column(
            "scheme", sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        )
    version = sa.Column("consent_from_version", sa.Integer(), nullable=False, server_default="1")
    op.add_column("scheme", version)
    op.add_column("scheme", sa.Column("day_swept_on", sa.Date(), nullable=True))
    op.add_column("certificate", sa.Column("name_reason", sa.String(length=40), nullable=True))
    evidence = sa.Column("name_evidence", sa.String(length=200), nullable=False, server_default="")
    op.add_column("certificate", evidence)
    op.add_column("certificate", sa.Column("risk_review_on", sa.Date(), nullable=True))


def _make_consents() -> None:
    _create(
        "consent_text",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        _created(),
        _key("consent_text", "written_by_id", "account"),
        sa.UniqueConstraint("scheme_id", "version", name=op.f("uq_consent_text_scheme_id_version")),
    )
    _create(
        "status_consent",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("typed_name", sa.String(length=160), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        _key("status_consent", "volunteer_id", "volunteer", "CASCADE"),
    )
    op.create_index(op.f("ix_status_consent_volunteer_id"), "status_consent", ["volunteer_id"])


def _make_other_names() -> None:
    _create(
        "other_name",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("other_name", "volunteer_id", "volunteer", "CASCADE"),
        _key("other_name", "recorded_by_id", "account"),
    )
    op.create_index(op.f("ix_other_name_volunteer_id"), "other_name", ["volunteer_id"])


def _make_subscriptions() -> None:
    _create(
        "subscription",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("renew_by", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("subscription", "certificate_id", "certificate", "CASCADE"),
        _key("subscription", "recorded_by_id", "account"),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_subscription_certificate_id")),
    )


def _make_risk_assessments() -> None:
    texts = ("relevance", "age", "pattern", "rationale", "conditions")
    _create(
        "risk_assessment",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("talked_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("risk_assessment", "certificate_id", "certificate", "CASCADE"),
        _key("risk_assessment", "decided_by_id", "account"),
    )
    op.create_index(
        op.f("ix_risk_assessment_certificate_id"), "risk_assessment", ["certificate_id"]
    )


def _make_warnings() -> None:
    columns = ("kind", "subject_id", "due_on", "days")
    _create(
        "expiry_warning",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _created(),
        _key("expiry_warning", "volunteer_id", "volunteer", "CASCADE"),
        sa.UniqueConstraint(*columns, name=op.f("uq_expiry_warning_" + "_".join(columns))),
    )
    op.create_index(op.f("ix_expiry_warning_volunteer_id"), "expiry_warning", ["volunteer_id"])


def _create(table: str, *parts: Any) -> None:
    """Create a table with what all of ours have: an id and a scheme."""
    op.create_table(
        table,
        *(part for part in parts if isinstance(part, sa.Column)),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(part for part in parts if not isinstance(part, sa.Column)),
        _key(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _created() -> Any:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)


def _key(table: str, column: str, target: str, ondelete: str | None = None) -> Any:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def _set_review_days() -> None:
    """Give favourable decisions from before a day of review, a year on: without one none counts."""
    certificate = sa.table(
        "certificate",
        sa.column("id", sa.Uuid()),
        sa.column("risk_decision", sa.String()),
        sa.column("risk_decided_on", sa.Date()),
        sa.column("risk_review_on", sa.Date()),
    )
    decided = certificate.c.risk_decision == "favourable"
    query = sa.select(certificate.c.id, certificate.c.risk_decided_on).where(decided)
    for row_id, decided_on in op.get_bind().execute(query).all():
        if decided_on is not None:
            change = certificate.update().where(certificate.c.id == row_id)
            op.execute(change.values(risk_review_on=_a_year_on(decided_on)))


def _a_year_on(day: date) -> date:
    year = day.year + REVIEW_MONTHS // 12
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, columns in (("certificate", CERTIFICATE_COLUMNS), ("scheme", SCHEME_COLUMNS)):
        for column in columns:
            op.drop_column(table, column)
