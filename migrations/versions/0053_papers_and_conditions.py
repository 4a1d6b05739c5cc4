"""papers of applicants, conditions of registration as dated data, and proposals about the whole record

Revision: 0053, after 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0051"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Kinds of papers that only this revision knows, in every table that names one.
_PAPERS = ("business_licence", "practice_licence")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    with op.batch_alter_table("agency_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_token", sa.String(length=32), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_agency_applications_form_token"), ["form_token"])
    op.create_table(
        "application_files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("application_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_id", _ID, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        _key("application_files", "application_id", "agency_applications"),
        _key("application_files", "file_id", "stored_files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_files")),
    )
    with op.batch_alter_table("application_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_files_application_id"), ["application_id"])
        batch_op.create_index(batch_op.f("ix_application_files_file_id"), ["file_id"])
    op.create_table(
        "admission_conditions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("min_qualifications", sa.Integer(), nullable=False),
        sa.Column("min_evaluators", sa.Integer(), nullable=False),
        sa.Column("clean_years", sa.Integer(), nullable=False),
        sa.Column("papers", sa.String(length=300), nullable=False),
        sa.Column("provision_key", sa.String(length=80), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=True),
        sa.Column("entered_by_id", _ID, nullable=True),
        _key("admission_conditions", "bureau_id", "bodies"),
        _key("admission_conditions", "entered_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_conditions")),
    )
    with op.batch_alter_table("evaluator_conditions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("entered_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("entered_by_id", _ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_evaluator_conditions_entered_by_id"), "users", ["entered_by_id"], ["id"]
        )
    with op.batch_alter_table("evaluator_conditions", schema=None) as batch_op:
        batch_op.alter_column("source", server_default=None)
    op.create_table(
        "record_proposals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("bureau_id", _ID, nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("file_id", _ID, nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", _ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("record_proposals", "agency_id", "agencies"),
        _key("record_proposals", "bureau_id", "bodies"),
        _key("record_proposals", "file_id", "stored_files"),
        _key("record_proposals", "proposed_by_id", "users"),
        _key("record_proposals", "decided_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_proposals")),
        sa.UniqueConstraint("form_token", name=op.f("uq_record_proposals_form_token")),
    )
    with op.batch_alter_table("record_proposals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_record_proposals_bureau_id_state_id"), ["bureau_id", "state", "id"]
        )
        batch_op.create_index(batch_op.f("ix_record_proposals_agency_id"), ["agency_id"])
        batch_op.create_index(batch_op.f("ix_record_proposals_file_id"), ["file_id"])


def downgrade() -> None:
    op.drop_table("record_proposals")
    with op.batch_alter_table("evaluator_conditions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evaluator_conditions_entered_by_id"), type_="foreignkey")
        batch_op.drop_column("entered_by_id")
        batch_op.drop_column("entered_at")
        batch_op.drop_column("source")
    op.drop_table("admission_conditions")
    op.drop_table("application_files")
    documents = sa.table("agency_documents", sa.column("kind", sa.String()))
    op.execute(documents.delete().where(documents.c.kind.in_(_PAPERS)))
    with op.batch_alter_table("agency_applications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_agency_applications_form_token"), type_="unique")
        batch_op.drop_column("form_token")
