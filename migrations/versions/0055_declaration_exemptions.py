"""who of a team can sign no declaration any more, and by whose word the file goes without it

Revision: 0055, after 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_GRANTED = sa.text("state = 'granted'")


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_declaration_exemptions_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "declaration_exemptions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("engagement_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("granted_by_id", _ID, nullable=True),
        sa.Column("granted_by_name", sa.String(length=80), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", _ID, nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=80), nullable=False),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("engagement_id", "engagements"),
        _key("person_id", "persons"),
        _key("granted_by_id", "users"),
        _key("withdrawn_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_exemptions")),
    )
    with op.batch_alter_table("declaration_exemptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_exemptions_engagement_id_person_id"), ["engagement_id", "person_id"]
        )
        batch_op.create_index(
            "uq_declaration_exemptions_granted",
            ["engagement_id", "person_id"],
            unique=True,
            sqlite_where=_GRANTED,
            postgresql_where=_GRANTED,
        )


def downgrade() -> None:
    op.drop_table("declaration_exemptions")
