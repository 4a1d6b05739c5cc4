"""terms of contracts, fee tables, subcontracts

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fee_tables",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("brackets", sa.JSON(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_fee_tables_bureau_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_fee_tables_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_tables")),
        sa.UniqueConstraint("bureau_id", "valid_from", name=op.f("uq_fee_tables_bureau_id_valid_from")),
    )
    op.create_table(
        "contract_terms",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("fee_table_id", _ID, nullable=True),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("reckoned", sa.BigInteger(), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("difference_reason", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_contract_terms_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_contract_terms_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["fee_table_id"], ["fee_tables.id"], name=op.f("fk_contract_terms_fee_table_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_terms")),
        sa.UniqueConstraint("engagement_id", "number", name=op.f("uq_contract_terms_engagement_id_number")),
    )
    op.create_table(
        "subcontracts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("requested_by_id", _ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("share > 0 AND share < 1000000", name=op.f("ck_subcontracts_share_is_a_part")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_subcontracts_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_subcontracts_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_subcontracts_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subcontracts")),
        sa.UniqueConstraint("form_token", name=op.f("uq_subcontracts_form_token")),
    )
    with op.batch_alter_table("subcontracts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subcontracts_engagement_id_state"), ["engagement_id", "state"], unique=False
        )

    op.create_table(
        "payment_milestones",
        sa.Column("id", _ID, nullable=False),
        sa.Column("terms_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_milestones_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["contract_terms.id"], name=op.f("fk_payment_milestones_terms_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_milestones")),
        sa.UniqueConstraint("terms_id", "position", name=op.f("uq_payment_milestones_terms_id_position")),
    )


def downgrade() -> None:
    op.drop_table("payment_milestones")
    op.drop_table("subcontracts")
    op.drop_table("contract_terms")
    op.drop_table("fee_tables")
