"""comments of the evaluated unit on the draft, experts on the plan

Revision: 0031, after 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "unit_opinions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by_id", _ID, nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", _ID, nullable=True),
        _key("unit_opinions", "answered_by_id", "users"),
        _key("unit_opinions", "engagement_id", "engagements"),
        _key("unit_opinions", "version_id", "deliverable_versions"),
        _key("unit_opinions", "written_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_opinions")),
        sa.UniqueConstraint("engagement_id", "number", name=op.f("uq_unit_opinions_engagement_id_number")),
    )
    op.create_table(
        "plan_reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("expert", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", _ID, nullable=True),
        sa.CheckConstraint("score BETWEEN 0 AND 1000000", name=op.f("ck_plan_reviews_score_of_a_hundred")),
        _key("plan_reviews", "engagement_id", "engagements"),
        _key("plan_reviews", "recorded_by_id", "users"),
        _key("plan_reviews", "version_id", "deliverable_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reviews")),
    )
    with op.batch_alter_table("plan_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_reviews_engagement_id_id"), ["engagement_id", "id"])


def downgrade() -> None:
    op.drop_table("plan_reviews")
    op.drop_table("unit_opinions")
