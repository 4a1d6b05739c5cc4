"""applications of agencies for registration

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agency_applications",
        sa.Column("id", ID, nullable=False),
        sa.Column("bureau_id", ID, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("is_invited", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("has_declared", sa.Boolean(), nullable=False),
        sa.Column("qualifications", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("agency_id", ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("legal_representative", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("on_credit_platform", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_agency_applications_agency_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_agency_applications_bureau_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_applications")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agency_applications_token_hash")),
    )
    with op.batch_alter_table("agency_applications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agency_applications_bureau_id_state_id"),
            ["bureau_id", "state", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_agency_applications_credit_code"), ["credit_code"], unique=False)

    op.create_table(
        "application_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("provision_id", ID, nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["agency_applications.id"], name=op.f("fk_application_events_application_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_application_events_by_id")),
        sa.ForeignKeyConstraint(
            ["provision_id"], ["provisions.id"], name=op.f("fk_application_events_provision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_events")),
        sa.UniqueConstraint(
            "application_id", "number", name=op.f("uq_application_events_application_id_number")
        ),
    )


def downgrade() -> None:
    op.drop_table("application_events")
    op.drop_table("agency_applications")
