"""scheme drafts

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Until now only drafts without errors were stored.
    with op.batch_alter_table("scheme_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("error_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("edited_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("scheme_versions", schema=None) as batch_op:
        batch_op.alter_column("error_count", server_default=None)


def downgrade() -> None:
    # The schema before has no place for a draft with errors.
    op.execute(sa.text("DELETE FROM scheme_versions WHERE state = 'draft' AND error_count > 0"))
    with op.batch_alter_table("scheme_versions", schema=None) as batch_op:
        batch_op.drop_column("edited_at")
        batch_op.drop_column("error_count")
