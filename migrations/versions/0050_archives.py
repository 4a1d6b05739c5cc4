"""sealed archives and the terms for which they are kept

Revision: 0050, after 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0034"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.CheckConstraint("years BETWEEN 1 AND 100", name=op.f("ck_retention_rules_years_possible")),
        _key("retention_rules", "bureau_id", "bodies"),
        _key("retention_rules", "entered_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint("bureau_id", "valid_from", name=op.f("uq_retention_rules_bureau_id_valid_from")),
    )
    op.create_table(
        "sealed_archives",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("file_id", _ID, nullable=False),
        sa.Column("rule_id", _ID, nullable=False),
        sa.Column("manifest_hash", sa.String(length=64), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.Column("sealed_by_id", _ID, nullable=True),
        _key("sealed_archives", "engagement_id", "engagements"),
        _key("sealed_archives", "file_id", "stored_files"),
        _key("sealed_archives", "rule_id", "retention_rules"),
        _key("sealed_archives", "sealed_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_archives")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_sealed_archives_engagement_id")),
    )
    with op.batch_alter_table("sealed_archives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_archives_file_id"), ["file_id"])


def downgrade() -> None:
    op.drop_table("sealed_archives")
    op.drop_table("retention_rules")
