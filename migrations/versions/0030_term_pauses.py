"""terms that stand still, and by whose word a date moved

Revision: 0030, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("deliverables", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_on", sa.Date(), nullable=True))
    with op.batch_alter_table("due_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("authority", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("due_changes", schema=None) as batch_op:
        batch_op.alter_column("authority", server_default=None)
    op.create_table(
        "term_pauses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("deliverable_id", _ID, nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("begun_by_id", _ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", _ID, nullable=True),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.CheckConstraint("ended_on >= began_on", name=op.f("ck_term_pauses_ended_after_beginning")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["users.id"], name=op.f("fk_term_pauses_begun_by_id")),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverables.id"], name=op.f("fk_term_pauses_deliverable_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_term_pauses_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_pauses")),
    )
    with op.batch_alter_table("term_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_pauses_deliverable_id_id"), ["deliverable_id", "id"])


def downgrade() -> None:
    op.drop_table("term_pauses")
    with op.batch_alter_table("due_changes", schema=None) as batch_op:
        batch_op.drop_column("authority")
    with op.batch_alter_table("deliverables", schema=None) as batch_op:
        batch_op.drop_column("paused_on")
