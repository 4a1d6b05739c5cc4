"""the three levels of internal review

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "internal_reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", _ID, nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("internal_reviews", "engagement_id", "engagements"),
        _key("internal_reviews", "opened_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_reviews")),
        sa.UniqueConstraint("engagement_id", "number", name=op.f("uq_internal_reviews_engagement_id_number")),
    )
    op.create_table(
        "reviewed_files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("review_id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        _key("reviewed_files", "review_id", "internal_reviews"),
        _key("reviewed_files", "version_id", "deliverable_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewed_files")),
        sa.UniqueConstraint("review_id", "version_id", name=op.f("uq_reviewed_files_review_id_version_id")),
    )
    with op.batch_alter_table("reviewed_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewed_files_version_id"), ["version_id"])
    op.create_table(
        "review_steps",
        sa.Column("id", _ID, nullable=False),
        sa.Column("review_id", _ID, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", _ID, nullable=False),
        _key("review_steps", "decided_by_id", "users"),
        _key("review_steps", "review_id", "internal_reviews"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_steps")),
        sa.UniqueConstraint("review_id", "level", name=op.f("uq_review_steps_review_id_level")),
        sa.UniqueConstraint(
            "review_id", "decided_by_id", name=op.f("uq_review_steps_review_id_decided_by_id")
        ),
    )
    op.create_table(
        "review_comments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("review_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by_id", _ID, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", _ID, nullable=True),
        _key("review_comments", "answered_by_id", "users"),
        _key("review_comments", "review_id", "internal_reviews"),
        _key("review_comments", "written_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_review_comments_review_id_number")),
    )
    op.create_table(
        "review_marks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("review_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", _ID, nullable=True),
        _key("review_marks", "recorded_by_id", "users"),
        _key("review_marks", "review_id", "internal_reviews"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_marks")),
    )
    with op.batch_alter_table("review_marks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_marks_review_id"), ["review_id"])


def downgrade() -> None:
    for table in ("review_marks", "review_comments", "review_steps", "reviewed_files", "internal_reviews"):
        op.drop_table(table)
