"""milestones of engagements, and further archives of what came after the first was sealed

Revision: 0054, after 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "milestones",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", _ID, nullable=True),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_milestones_done_on_a_day")
        ),
        _key("milestones", "bureau_id", "bodies"),
        _key("milestones", "agency_id", "agencies"),
        _key("milestones", "engagement_id", "engagements"),
        _key("milestones", "created_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("form_token", name=op.f("uq_milestones_form_token")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_engagement_id_id"), ["engagement_id", "id"])
        batch_op.create_index(
            batch_op.f("ix_milestones_agency_id_state_due_on"), ["agency_id", "state", "due_on"]
        )
        batch_op.create_index(
            batch_op.f("ix_milestones_bureau_id_state_due_on"), ["bureau_id", "state", "due_on"]
        )
        batch_op.create_index(batch_op.f("ix_milestones_state_due_on"), ["state", "due_on"])
    op.create_table(
        "milestone_steps",
        sa.Column("id", _ID, nullable=False),
        sa.Column("milestone_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.Column("after_on", sa.Date(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("version_id", _ID, nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("body_id", _ID, nullable=True),
        _key("milestone_steps", "milestone_id", "milestones"),
        _key("milestone_steps", "version_id", "deliverable_versions"),
        _key("milestone_steps", "by_id", "users"),
        _key("milestone_steps", "body_id", "bodies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_steps")),
    )
    with op.batch_alter_table("milestone_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_steps_milestone_id_id"), ["milestone_id", "id"])
        batch_op.create_index(batch_op.f("ix_milestone_steps_version_id"), ["version_id"])
    op.create_table(
        "milestone_pauses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("milestone_id", _ID, nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ended_on >= began_on", name=op.f("ck_milestone_pauses_ended_after_beginning")),
        _key("milestone_pauses", "milestone_id", "milestones"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_pauses")),
    )
    with op.batch_alter_table("milestone_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_pauses_milestone_id_id"), ["milestone_id", "id"])
    with op.batch_alter_table("sealed_archives", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(batch_op.f("uq_sealed_archives_engagement_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_sealed_archives_engagement_id_number"), ["engagement_id", "number"]
        )
    with op.batch_alter_table("sealed_archives", schema=None) as batch_op:
        batch_op.alter_column("number", server_default=None)


def downgrade() -> None:
    # Only the first archive of each engagement has a place in the older schema.
    op.execute("DELETE FROM sealed_archives WHERE number > 1")
    with op.batch_alter_table("sealed_archives", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_sealed_archives_engagement_id_number"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_sealed_archives_engagement_id"), ["engagement_id"])
        batch_op.drop_column("number")
    op.drop_table("milestone_pauses")
    op.drop_table("milestone_steps")
    op.drop_table("milestones")
