"""indexes for registers of thousands of agencies

Revision: 0052, after 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0054"
branch_labels = None
depends_on = None

PLAIN = (
    ("engagements", ("bureau_id", "state", "due_on")),
    ("engagements", ("bureau_id", "due_on", "id")),
    ("engagements", ("bureau_id", "fee", "id")),
    ("deliverables", ("bureau_id", "due_on")),
    ("deliverables", ("bureau_id", "last_submitted_at")),
    ("deliverable_versions", ("deliverable_id", "decided_at")),
    ("internal_reviews", ("state", "opened_at")),
    ("selections", ("bureau_id", "held_on", "id")),
    ("selections", ("commissioner_id", "held_on", "id")),
    ("score_sheets", ("bureau_id", "due_on", "id")),
    ("score_sheets", ("bureau_id", "state", "due_on")),
    ("evaluation_records", ("bureau_id", "state", "submitted_at")),
)
# What a system administrator reads of the log.
ADMINISTRATOR = "refused OR event LIKE 'accounts.%' OR event LIKE 'auth.%' OR event LIKE 'jobs.%' OR event LIKE 'session.%'"


def upgrade() -> None:
    for table, columns in PLAIN:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
    op.drop_index(op.f("ix_selections_bureau_id_id"), table_name="selections")
    op.create_index(
        "ix_evaluation_records_grades",
        "evaluation_records",
        ["bureau_id", "state", "standard_id", "computed_grade"],
    )
    for name, table, keys, for_sqlite, for_postgresql in (
        (
            "ix_deliverables_missed",
            "deliverables",
            ["bureau_id", "state", "due_on"],
            "is_overdue = 1 AND first_submitted_at IS NULL",
            "is_overdue AND first_submitted_at IS NULL",
        ),
        (
            "ix_deliverables_paused",
            "deliverables",
            ["bureau_id"],
            "paused_on IS NOT NULL",
            "paused_on IS NOT NULL",
        ),
        (
            "ix_deliverables_belated",
            "deliverables",
            ["bureau_id", "state", "due_on"],
            "late_days > 0",
            "late_days > 0",
        ),
        (
            "ix_unit_opinions_unanswered",
            "unit_opinions",
            ["engagement_id", "written_at"],
            "answered_at IS NULL",
            "answered_at IS NULL",
        ),
        (
            "ix_problem_answers_promised",
            "problem_answers",
            ["rectify_by", "id"],
            "rectified_on IS NULL AND rectify_by IS NOT NULL",
            "rectified_on IS NULL AND rectify_by IS NOT NULL",
        ),
        ("ix_audit_entries_administrator", "audit_entries", ["sequence"], ADMINISTRATOR, ADMINISTRATOR),
    ):
        op.create_index(
            name, table, keys, sqlite_where=sa.text(for_sqlite), postgresql_where=sa.text(for_postgresql)
        )


def downgrade() -> None:
    op.drop_index("ix_audit_entries_administrator", table_name="audit_entries")
    op.drop_index("ix_problem_answers_promised", table_name="problem_answers")
    op.drop_index("ix_unit_opinions_unanswered", table_name="unit_opinions")
    op.drop_index("ix_deliverables_belated", table_name="deliverables")
    op.drop_index("ix_deliverables_paused", table_name="deliverables")
    op.drop_index("ix_deliverables_missed", table_name="deliverables")
    op.drop_index("ix_evaluation_records_grades", table_name="evaluation_records")
    op.create_index(op.f("ix_selections_bureau_id_id"), "selections", ["bureau_id", "id"])
    for table, columns in reversed(PLAIN):
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
