"""The migrations alone make the schema that the models describe, and go back down with rows in the tables."""

from __future__ import annotations

import flask_migrate
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from agencyqa.auth.roles import Role
from agencyqa.extensions import db
from tests.factories.accounts import make_bureau, make_department, make_member


def directory(app: Flask) -> str:
    found: str = app.extensions["migrate"].directory
    return found


def test_the_schema_is_what_the_models_say(real_app: Flask) -> None:
    with real_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_and_up_again_with_rows_in_the_tables(real_app: Flask) -> None:
    with real_app.app_context():
        bureau = make_bureau(db.session())
        make_member(db.session(), make_department(db.session(), bureau), Role.DEPARTMENT_OFFICER)
        db.session.commit()
        db.session.remove()
        flask_migrate.downgrade(directory=directory(real_app), revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
        flask_migrate.upgrade(directory=directory(real_app))
        assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version", *db.metadata.tables}


def test_every_constraint_has_a_name(real_app: Flask) -> None:
    with real_app.app_context():
        inspector = sa.inspect(db.engine)
        for table in db.metadata.tables:
            unnamed = [
                constraint
                for constraint in (
                    inspector.get_pk_constraint(table),
                    *inspector.get_unique_constraints(table),
                    *inspector.get_foreign_keys(table),
                )
                if not constraint["name"]
            ]
            assert unnamed == [], table


def test_numbers_of_score_and_money_are_integers() -> None:
    """No binary floats and no NUMERIC anywhere: marks are ten-thousandths, money is fen."""
    wrong = [
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Float | sa.Numeric)
    ]
    assert wrong == []
