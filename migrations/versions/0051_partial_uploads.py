"""files that come in parts

Revision: 0051, after 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "partial_uploads",
        sa.Column("id", _ID, nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("membership_id", _ID, nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_partial_uploads_size_positive")),
        sa.CheckConstraint(
            "received BETWEEN 0 AND size", name=op.f("ck_partial_uploads_received_within_size")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_partial_uploads_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_uploads")),
        sa.UniqueConstraint("token", name=op.f("uq_partial_uploads_token")),
    )
    with op.batch_alter_table("partial_uploads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partial_uploads_membership_id_state_expires_at_id"),
            ["membership_id", "state", "expires_at", "id"],
        )
        batch_op.create_index(
            batch_op.f("ix_partial_uploads_state_expires_at_id"), ["state", "expires_at", "id"]
        )


def downgrade() -> None:
    op.drop_table("partial_uploads")
