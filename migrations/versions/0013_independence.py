"""teams, declarations of independence, recusal

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recusal_terms",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("tie_months", sa.Integer(), nullable=False),
        sa.Column("work_months", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_recusal_terms_bureau_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_recusal_terms_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal_terms")),
        sa.UniqueConstraint("bureau_id", "valid_from", name=op.f("uq_recusal_terms_bureau_id_valid_from")),
    )
    with op.batch_alter_table("recusal_terms", schema=None) as batch_op:
        batch_op.create_index(
            "uq_recusal_terms_shipped",
            ["valid_from"],
            unique=True,
            sqlite_where=sa.text("bureau_id IS NULL"),
            postgresql_where=sa.text("bureau_id IS NULL"),
        )

    op.create_table(
        "independence_declarations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", _ID, nullable=True),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_independence_declarations_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_independence_declarations_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_independence_declarations_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_independence_declarations")),
        sa.UniqueConstraint(
            "engagement_id",
            "person_id",
            "number",
            name=op.f("uq_independence_declarations_engagement_id_person_id_number"),
        ),
        sa.UniqueConstraint("form_token", name=op.f("uq_independence_declarations_form_token")),
    )
    with op.batch_alter_table("independence_declarations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_independence_declarations_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "team_members",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_team_members_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_team_members_engagement_id")
        ),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_team_members_entered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_team_members_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_members_engagement_id_valid_to"), ["engagement_id", "valid_to"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_team_members_person_id_valid_to"), ["person_id", "valid_to"], unique=False
        )
        batch_op.create_index(
            "uq_team_members_evaluator",
            ["engagement_id"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL AND role = 'principal_evaluator'"),
            postgresql_where=sa.text("valid_to IS NULL AND role = 'principal_evaluator'"),
        )
        batch_op.create_index(
            "uq_team_members_open",
            ["engagement_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )

    op.create_table(
        "recusal_cases",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("tie_id", _ID, nullable=True),
        sa.Column("declaration_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", _ID, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_recusal_cases_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["independence_declarations.id"], name=op.f("fk_recusal_cases_declaration_id")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_recusal_cases_engagement_id")
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_recusal_cases_opened_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_recusal_cases_person_id")),
        sa.ForeignKeyConstraint(["tie_id"], ["ties.id"], name=op.f("fk_recusal_cases_tie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal_cases")),
        sa.UniqueConstraint("declaration_id", name=op.f("uq_recusal_cases_declaration_id")),
        sa.UniqueConstraint("engagement_id", "tie_id", name=op.f("uq_recusal_cases_engagement_id_tie_id")),
    )
    with op.batch_alter_table("recusal_cases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recusal_cases_state_opened_at"), ["state", "opened_at"], unique=False
        )
    # The principal evaluator whom a contract names is the team that was known so far.
    op.execute(
        "INSERT INTO team_members"
        " (engagement_id, person_id, role, valid_from, reason, end_reason, entered_at, entered_by_id)"
        " SELECT id, principal_evaluator_id, 'principal_evaluator', contract_signed_on, '', '',"
        " created_at, created_by_id FROM engagements WHERE principal_evaluator_id IS NOT NULL ORDER BY id"
    )


def downgrade() -> None:
    op.drop_table("recusal_cases")
    op.drop_table("team_members")
    op.drop_table("independence_declarations")
    op.drop_table("recusal_terms")
