"""panels, year rules, agency-level sheets, credits

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "year_rules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_year_rules_bureau_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_rules")),
        sa.UniqueConstraint("bureau_id", "valid_from", name=op.f("uq_year_rules_bureau_id_valid_from")),
    )
    op.create_table(
        "agency_credits",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", _ID, nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_credits_agency_id")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_agency_credits_bureau_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_agency_credits_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["users.id"], name=op.f("fk_agency_credits_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_credits")),
    )
    with op.batch_alter_table("agency_credits", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agency_credits_bureau_id_year_agency_id"), ["bureau_id", "year", "agency_id"]
        )
    op.create_table(
        "engagement_weights",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("set_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_engagement_weights_engagement_id")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_engagement_weights_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_weights")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_engagement_weights_engagement_id")),
    )
    with op.batch_alter_table("share_tables", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role_missing", sa.String(length=40), server_default="wait", nullable=False)
        )
    with op.batch_alter_table("score_sheets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agency_id", _ID, nullable=True))
        batch_op.add_column(sa.Column("year", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("seat", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("scorer_user_id", _ID, nullable=True))
        batch_op.alter_column("engagement_id", existing_type=_ID, nullable=True)
        batch_op.drop_constraint(
            batch_op.f("uq_score_sheets_engagement_id_scorer_role_revision"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_score_sheets_engagement_id_scorer_role_seat_revision"),
            ["engagement_id", "scorer_role", "seat", "revision"],
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_score_sheets_bureau_id_agency_id_year_revision"),
            ["bureau_id", "agency_id", "year", "revision"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_score_sheets_one_target"), "(engagement_id IS NULL) <> (agency_id IS NULL)"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_score_sheets_agency_id"), "agencies", ["agency_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_score_sheets_scorer_user_id"), "users", ["scorer_user_id"], ["id"]
        )
        batch_op.create_index(
            batch_op.f("ix_score_sheets_scorer_user_id_state_id"), ["scorer_user_id", "state", "id"]
        )
    with op.batch_alter_table("assessment_rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("year_rules_id", _ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_assessment_rounds_year_rules_id"), "year_rules", ["year_rules_id"], ["id"]
        )
    with op.batch_alter_table("annual_results", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank_group", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("group_rank", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("group_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    # What the older schema has no place for goes: it could neither be shown nor opened there.
    newer = "SELECT id FROM score_sheets WHERE engagement_id IS NULL OR seat > 0"
    for table in ("sheet_scorers", "sheet_snapshots"):
        op.execute(f"DELETE FROM {table} WHERE sheet_id IN ({newer})")
    op.execute("DELETE FROM score_sheets WHERE engagement_id IS NULL OR seat > 0")
    with op.batch_alter_table("annual_results", schema=None) as batch_op:
        batch_op.drop_column("group_count")
        batch_op.drop_column("group_rank")
        batch_op.drop_column("rank_group")
    with op.batch_alter_table("assessment_rounds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_assessment_rounds_year_rules_id"), type_="foreignkey")
        batch_op.drop_column("year_rules_id")
    with op.batch_alter_table("score_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_sheets_scorer_user_id_state_id"))
        batch_op.drop_constraint(batch_op.f("fk_score_sheets_scorer_user_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_score_sheets_agency_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_score_sheets_one_target"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("uq_score_sheets_bureau_id_agency_id_year_revision"), type_="unique"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_score_sheets_engagement_id_scorer_role_seat_revision"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_score_sheets_engagement_id_scorer_role_revision"),
            ["engagement_id", "scorer_role", "revision"],
        )
        batch_op.alter_column("engagement_id", existing_type=_ID, nullable=False)
        batch_op.drop_column("scorer_user_id")
        batch_op.drop_column("seat")
        batch_op.drop_column("year")
        batch_op.drop_column("agency_id")
    with op.batch_alter_table("share_tables", schema=None) as batch_op:
        batch_op.drop_column("role_missing")
    op.drop_table("engagement_weights")
    with op.batch_alter_table("agency_credits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_credits_bureau_id_year_agency_id"))
    op.drop_table("agency_credits")
    op.drop_table("year_rules")
