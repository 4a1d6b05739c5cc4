"""changes that agencies propose, and their yearly reports on themselves

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROPOSED = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        "profile_proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("bureau_id", ID, nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("legal_representative", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("on_credit_platform", sa.Boolean(), nullable=False),
        sa.Column("platform_number", sa.String(length=80), nullable=False),
        sa.Column("platform_filed_on", sa.Date(), nullable=True),
        sa.Column("head_office_code", sa.String(length=18), nullable=False),
        sa.Column("sectors", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_profile_proposals_agency_id")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_profile_proposals_bureau_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_profile_proposals_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk_profile_proposals_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_proposals")),
    )
    with op.batch_alter_table("profile_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_proposals_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_profile_proposals_bureau_id_state_id"), ["bureau_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            "uq_profile_proposals_open",
            ["agency_id"],
            unique=True,
            sqlite_where=PROPOSED,
            postgresql_where=PROPOSED,
        )

    op.create_table(
        "report_years",
        sa.Column("id", ID, nullable=False),
        sa.Column("bureau_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("opened_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_report_years_bureau_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_report_years_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_years")),
        sa.UniqueConstraint("bureau_id", "year", name=op.f("uq_report_years_bureau_id_year")),
    )

    op.create_table(
        "self_reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("report_year_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("independence", sa.Text(), nullable=False),
        sa.Column("violations", sa.Text(), nullable=False),
        sa.Column("is_record_right", sa.Boolean(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=True),
        sa.Column("first_submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_self_reports_agency_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_self_reports_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["report_year_id"], ["report_years.id"], name=op.f("fk_self_reports_report_year_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_reports")),
        sa.UniqueConstraint(
            "report_year_id", "agency_id", name=op.f("uq_self_reports_report_year_id_agency_id")
        ),
    )
    with op.batch_alter_table("self_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_self_reports_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_self_reports_report_year_id_state_id"),
            ["report_year_id", "state", "id"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("self_reports")
    op.drop_table("report_years")
    op.drop_table("profile_proposals")
