"""annual plans

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "annual_plans",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", _ID, nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("approved_by_id", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_annual_plans_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_annual_plans_bureau_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_annual_plans_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plans")),
        sa.UniqueConstraint(
            "bureau_id", "year", "number", name=op.f("uq_annual_plans_bureau_id_year_number")
        ),
    )
    with op.batch_alter_table("annual_plans", schema=None) as batch_op:
        batch_op.create_index(
            "uq_annual_plans_approved",
            ["bureau_id", "year"],
            unique=True,
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        )
        batch_op.create_index(
            "uq_annual_plans_draft",
            ["bureau_id", "year"],
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        )

    op.create_table(
        "plan_lines",
        sa.Column("id", _ID, nullable=False),
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("object_id", _ID, nullable=False),
        sa.Column("work_kind", sa.String(length=40), nullable=False),
        sa.Column("commissioner_id", _ID, nullable=False),
        sa.Column("evaluated_unit_id", _ID, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_plan_lines_budget_not_negative")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["bodies.id"], name=op.f("fk_plan_lines_commissioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["evaluated_unit_id"], ["bodies.id"], name=op.f("fk_plan_lines_evaluated_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["object_id"], ["evaluation_objects.id"], name=op.f("fk_plan_lines_object_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["annual_plans.id"], name=op.f("fk_plan_lines_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_lines")),
        sa.UniqueConstraint(
            "plan_id", "object_id", "work_kind", name=op.f("uq_plan_lines_plan_id_object_id_work_kind")
        ),
    )
    with op.batch_alter_table("plan_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_lines_object_id_work_kind"), ["object_id", "work_kind"], unique=False
        )


def downgrade() -> None:
    op.drop_table("plan_lines")
    op.drop_table("annual_plans")
