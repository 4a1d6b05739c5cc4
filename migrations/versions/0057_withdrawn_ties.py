"""ties that were entered wrongly are withdrawn

Revision: 0057, after 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

USER = "fk_ties_withdrawn_by_id"


def upgrade() -> None:
    with op.batch_alter_table("ties") as ties:
        ties.add_column(sa.Column("withdrawn_at", sa.DateTime(), nullable=True))
        ties.add_column(
            sa.Column("withdrawn_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        ties.add_column(sa.Column("withdrawal_reason", sa.Text(), nullable=False, server_default=""))
        ties.create_foreign_key(op.f(USER), "users", ["withdrawn_by_id"], ["id"])
    with op.batch_alter_table("ties") as ties:
        ties.alter_column("withdrawal_reason", server_default=None)


def downgrade() -> None:
    """The older program would take a withdrawn tie for one that holds, and can read none of what came of it."""
    withdrawn = "SELECT id FROM ties WHERE withdrawn_at IS NOT NULL"
    op.execute(f"UPDATE recusal_cases SET tie_id = NULL WHERE tie_id IN ({withdrawn})")  # nosec B608
    op.execute("DELETE FROM ties WHERE withdrawn_at IS NOT NULL")
    op.execute("DELETE FROM record_proposals WHERE matter = 'tie_withdrawal'")
    # Both are closed, and nothing in the team changes by them.
    op.execute(
        "UPDATE recusal_cases SET state = 'continued', action = 'continue' WHERE state IN ('lifted', 'recorded')"
    )
    with op.batch_alter_table("ties") as ties:
        ties.drop_constraint(op.f(USER), type_="foreignkey")
        ties.drop_column("withdrawal_reason")
        ties.drop_column("withdrawn_by_id")
        ties.drop_column("withdrawn_at")
