"""branches, internal rules, filing and fields of work; ties of people and with others than bodies

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROFILES = ("agency_profiles", "agency_applications")
TEXTS = {"platform_number": 80, "head_office_code": 18, "sectors": 300}


def upgrade() -> None:
    for table in PROFILES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("platform_filed_on", sa.Date(), nullable=True))
            for name, length in TEXTS.items():
                batch_op.add_column(
                    sa.Column(name, sa.String(length=length), nullable=False, server_default="")
                )
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, length in TEXTS.items():
                batch_op.alter_column(name, existing_type=sa.String(length=length), server_default=None)

    op.create_table(
        "branches",
        sa.Column("id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("head", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_branches_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
        sa.UniqueConstraint("form_token", name=op.f("uq_branches_form_token")),
    )
    with op.batch_alter_table("branches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_branches_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "agency_documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("uploaded_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_documents_agency_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_agency_documents_file_id")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_agency_documents_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_documents")),
        sa.UniqueConstraint(
            "agency_id", "kind", "number", name=op.f("uq_agency_documents_agency_id_kind_number")
        ),
    )
    with op.batch_alter_table("agency_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agency_documents_file_id"), ["file_id"], unique=False)

    with op.batch_alter_table("ties", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", ID, nullable=True))
        batch_op.add_column(sa.Column("other_name", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("bureau_id", ID, nullable=True))
        batch_op.add_column(sa.Column("share", sa.Integer(), nullable=True))
    # A tie belonged to the bureau to which its body answers.
    op.execute(
        "UPDATE ties SET bureau_id = (SELECT bodies.bureau_id FROM bodies WHERE bodies.id = ties.body_id)"
    )
    with op.batch_alter_table("ties", schema=None) as batch_op:
        batch_op.alter_column("other_name", existing_type=sa.String(length=200), server_default=None)
        batch_op.alter_column("bureau_id", existing_type=ID, nullable=False)
        batch_op.alter_column("body_id", existing_type=ID, nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_ties_bureau_id"), "bodies", ["bureau_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_ties_person_id"), "persons", ["person_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_ties_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ties_body_id"), ["body_id"], unique=False)


def downgrade() -> None:
    # The older schema knows ties of agencies with bodies only.
    op.execute("DELETE FROM ties WHERE body_id IS NULL OR person_id IS NOT NULL")
    with op.batch_alter_table("ties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ties_body_id"))
        batch_op.drop_index(batch_op.f("ix_ties_person_id"))
        batch_op.drop_constraint(batch_op.f("fk_ties_person_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ties_bureau_id"), type_="foreignkey")
        batch_op.alter_column("body_id", existing_type=ID, nullable=False)
        for name in ("share", "bureau_id", "other_name", "person_id"):
            batch_op.drop_column(name)
    op.drop_table("agency_documents")
    op.drop_table("branches")
    for table in PROFILES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in ("platform_filed_on", *TEXTS):
                batch_op.drop_column(name)
