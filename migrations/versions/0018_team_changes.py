"""changes of teams

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "team_changes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("joins_id", _ID, nullable=True),
        sa.Column("leaves_id", _ID, nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", _ID, nullable=True),
        sa.Column("proposed_by_body_id", _ID, nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "joins_id IS NOT NULL OR leaves_id IS NOT NULL", name=op.f("ck_team_changes_somebody_moves")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_team_changes_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_team_changes_engagement_id")
        ),
        sa.ForeignKeyConstraint(["joins_id"], ["persons.id"], name=op.f("fk_team_changes_joins_id")),
        sa.ForeignKeyConstraint(["leaves_id"], ["persons.id"], name=op.f("fk_team_changes_leaves_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_body_id"], ["bodies.id"], name=op.f("fk_team_changes_proposed_by_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk_team_changes_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_changes")),
        sa.UniqueConstraint("form_token", name=op.f("uq_team_changes_form_token")),
    )
    with op.batch_alter_table("team_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_changes_engagement_id_state"), ["engagement_id", "state"], unique=False
        )


def downgrade() -> None:
    op.drop_table("team_changes")
