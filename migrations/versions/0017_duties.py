"""limits and reminders as dated data, calendar addresses

Revision: 0017, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "duty_terms",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.CheckConstraint(
            "(kind = 'limit') = (duty IS NOT NULL)", name=op.f("ck_duty_terms_limit_of_one_duty")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_duty_terms_bureau_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_duty_terms_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_terms")),
        sa.UniqueConstraint(
            "bureau_id",
            "kind",
            "duty",
            "valid_from",
            name=op.f("uq_duty_terms_bureau_id_kind_duty_valid_from"),
        ),
    )
    op.create_index(
        "uq_duty_terms_reminder",
        "duty_terms",
        ["bureau_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("duty IS NULL"),
        postgresql_where=sa.text("duty IS NULL"),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", _ID, nullable=False),
        sa.Column("membership_id", _ID, nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_calendar_feeds_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
    )
    op.create_index(
        "uq_calendar_feeds_open",
        "calendar_feeds",
        ["membership_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("calendar_feeds")
    op.drop_table("duty_terms")
