"""Rows are read in the transaction of their session, whatever became of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from agencyqa.db import read_rows, reading


class Tables(DeclarativeBase):
    pass


class Thing(Tables):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


NAMES = sa.select(Thing.name).order_by(Thing.id)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"sqlite:///{tmp_path / 'things.db'}")
    Tables.metadata.create_all(made)
    yield made
    made.dispose()


def names(session: Session) -> list[str]:
    return [name for (name,) in read_rows(session, NAMES)]


def test_after_a_commit_a_rollback_and_a_savepoint(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(Thing(name="a"))
        assert names(session) == ["a"]
        session.commit()
        assert names(session) == ["a"]
        with session.begin_nested() as savepoint:
            session.add(Thing(name="b"))
            assert names(session) == ["a", "b"]
            savepoint.rollback()
        assert names(session) == ["a"]
        with session.begin_nested():
            session.add(Thing(name="c"))
        assert names(session) == ["a", "c"]
        session.rollback()
        assert names(session) == ["a"]
        session.close()
        # The same session, used on.
        assert names(session) == ["a"]


def test_a_transaction_that_failed_answers_nothing_until_it_is_rolled_back(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(Thing(name="a"))
        session.commit()
        assert names(session) == ["a"]
        session.add(Thing(name="a"))
        with pytest.raises(IntegrityError):
            names(session)
        with pytest.raises(PendingRollbackError):
            names(session)
        session.rollback()
        assert names(session) == ["a"]


def test_each_session_has_a_connection_of_its_own(engine: sa.Engine) -> None:
    with Session(engine) as one, Session(engine) as other:
        with reading():
            assert names(other) == []
        one.add(Thing(name="a"))
        assert (names(one), names(other)) == (["a"], [])
        one.commit()
        # What it has begun to read stays as it was until it ends.
        assert names(other) == []
        other.rollback()
        with reading():
            assert names(other) == ["a"]
