"""signatures of receipts and the keys that made them

Revision: 0012, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", _ID, nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_signing_keys_fingerprint")),
    )
    op.create_table(
        "receipt_signatures",
        sa.Column("id", _ID, nullable=False),
        sa.Column("submission_id", _ID, nullable=False),
        sa.Column("key_id", _ID, nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.Column("value", sa.String(length=88), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["signing_keys.id"], name=op.f("fk_receipt_signatures_key_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_receipt_signatures_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_signatures")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_receipt_signatures_submission_id")),
    )
    with op.batch_alter_table("receipt_signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_signatures_key_id"), ["key_id"])


def downgrade() -> None:
    op.drop_table("receipt_signatures")
    op.drop_table("signing_keys")
