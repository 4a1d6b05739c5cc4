"""selections of agencies and exclusions

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency_exclusions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("assessment_year", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", _ID, nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_agency_exclusions_ends_after_start")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_exclusions_agency_id")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_agency_exclusions_bureau_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_agency_exclusions_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["users.id"], name=op.f("fk_agency_exclusions_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_exclusions")),
        sa.UniqueConstraint("form_token", name=op.f("uq_agency_exclusions_form_token")),
    )
    with op.batch_alter_table("agency_exclusions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agency_exclusions_agency_id_bureau_id_valid_from"),
            ["agency_id", "bureau_id", "valid_from"],
            unique=False,
        )

    op.create_table(
        "selections",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("object_id", _ID, nullable=False),
        sa.Column("work_kind", sa.String(length=40), nullable=False),
        sa.Column("commissioner_id", _ID, nullable=False),
        sa.Column("evaluated_unit_id", _ID, nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("method_reason", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("chosen_agency_id", _ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("engagement_id", _ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", _ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_selections_bureau_id")),
        sa.ForeignKeyConstraint(
            ["chosen_agency_id"], ["agencies.id"], name=op.f("fk_selections_chosen_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["bodies.id"], name=op.f("fk_selections_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_selections_created_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_selections_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_selections_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["evaluated_unit_id"], ["bodies.id"], name=op.f("fk_selections_evaluated_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["object_id"], ["evaluation_objects.id"], name=op.f("fk_selections_object_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_selections_engagement_id")),
    )
    with op.batch_alter_table("selections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selections_bureau_id_id"), ["bureau_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_selections_object_id_state"), ["object_id", "state"], unique=False
        )

    op.create_table(
        "selection_candidates",
        sa.Column("id", _ID, nullable=False),
        sa.Column("selection_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("offer", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.CheckConstraint("offer >= 0", name=op.f("ck_selection_candidates_offer_not_negative")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_selection_candidates_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_selection_candidates_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_candidates_selection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_candidates")),
        sa.UniqueConstraint(
            "selection_id", "agency_id", name=op.f("uq_selection_candidates_selection_id_agency_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("selection_candidates")
    op.drop_table("selections")
    op.drop_table("agency_exclusions")
