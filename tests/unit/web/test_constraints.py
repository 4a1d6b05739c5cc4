"""A violated constraint finds its field, whatever the database calls it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from agencyqa.web.constraints import constraint_errors, violated

METADATA = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s"})
sa.Table(
    "things",
    METADATA,
    sa.Column("code", sa.String, unique=True),
    sa.Column("year", sa.Integer),
    sa.Column("place", sa.Integer),
    sa.UniqueConstraint("year", "place"),
    sa.Index("ix_things_place", "place", unique=True),
)


class SqliteError(Exception):
    pass


def error(cause: BaseException) -> IntegrityError:
    return IntegrityError("INSERT", {}, cause)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("UNIQUE constraint failed: things.code", {"uq_things_code"}),
        ("UNIQUE constraint failed: things.place, things.year", {"uq_things_year_place"}),
        ("UNIQUE constraint failed: things.place", {"ix_things_place"}),
        ("UNIQUE constraint failed: index 'uq_open_period'", {"uq_open_period"}),
        ("CHECK constraint failed: ck_things_dates", {"ck_things_dates"}),
        ("UNIQUE constraint failed: elsewhere.code", set()),
        ("FOREIGN KEY constraint failed", set()),
    ],
)
def test_sqlite_names_columns(text: str, names: set[str]) -> None:
    assert violated(error(SqliteError(text)), METADATA) == names


def test_postgresql_names_the_constraint() -> None:
    cause = SqliteError("duplicate key value violates unique constraint")
    cause.diag = SimpleNamespace(constraint_name="uq_things_code")  # type: ignore[attr-defined]
    assert violated(error(cause), METADATA) == {"uq_things_code"}


def test_a_known_constraint_is_an_error_of_its_field() -> None:
    known = {"ck_things_dates": ("ends_on", "dates_reversed")}
    found = constraint_errors(error(SqliteError("CHECK constraint failed: ck_things_dates")), known)
    assert found is not None
    assert found.fields == {"ends_on": ("dates_reversed", {})}
    assert constraint_errors(error(SqliteError("CHECK constraint failed: ck_other")), known) is None
