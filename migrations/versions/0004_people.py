"""people of agencies: roles, titles and licences, records, sealed fields

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = sa.text("valid_to IS NULL")
OPEN_EVALUATOR = sa.text("valid_to IS NULL AND role = 'principal_evaluator'")


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_credentials_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("form_token", name=op.f("uq_credentials_form_token")),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credentials_expires_on"), ["expires_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_credentials_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bureau_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("bars_until", sa.Date(), nullable=True),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["bureau_id"], ["bodies.id"], name=op.f("fk_person_records_bureau_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_records_person_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_person_records_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_records")),
        sa.UniqueConstraint("form_token", name=op.f("uq_person_records_form_token")),
    )
    with op.batch_alter_table("person_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_records_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sealed_fields",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sealed_fields_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_fields")),
        sa.UniqueConstraint("person_id", "field", name=op.f("uq_sealed_fields_person_id_field")),
    )
    with op.batch_alter_table("sealed_fields", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_fields_key_id_id"), ["key_id", "id"], unique=False)
        batch_op.create_index("uq_sealed_fields_lookup", ["lookup"], unique=True)

    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("education", sa.String(length=40), nullable=True))

    # Whoever was entered so far was a principal evaluator.
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=40), nullable=False, server_default="principal_evaluator")
        )
        batch_op.add_column(sa.Column("end_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(length=40), server_default=None)
        batch_op.alter_column("end_reason", existing_type=sa.Text(), server_default=None)
        batch_op.drop_index("uq_appointments_open")
        batch_op.drop_index(batch_op.f("ix_appointments_agency_id"))
        batch_op.create_index(
            batch_op.f("ix_appointments_agency_id_role_valid_to"),
            ["agency_id", "role", "valid_to"],
            unique=False,
        )
        batch_op.create_index(
            "uq_appointments_open",
            ["person_id"],
            unique=True,
            sqlite_where=OPEN_EVALUATOR,
            postgresql_where=OPEN_EVALUATOR,
        )


def downgrade() -> None:
    # The older schema knows principal evaluators only.
    op.execute("DELETE FROM appointments WHERE role <> 'principal_evaluator'")
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.drop_index("uq_appointments_open")
        batch_op.drop_index(batch_op.f("ix_appointments_agency_id_role_valid_to"))
        batch_op.drop_column("end_reason")
        batch_op.drop_column("role")
        batch_op.create_index(batch_op.f("ix_appointments_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            "uq_appointments_open", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.drop_column("education")
    op.drop_table("sealed_fields")
    op.drop_table("person_records")
    op.drop_table("credentials")
