from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.jobs.registry import works_of
from agencyqa.jobs.schedule import BY_NAME
from agencyqa.jobs.upkeep import refresh_statistics
from tests.factories.accounts import NOW, make_bureau

# One bureau owns everything, and each name is there once: the index of the names is the better one.
TABLE = """
CREATE TABLE work (id INTEGER PRIMARY KEY, bureau_id INTEGER, name TEXT);
CREATE INDEX by_bureau ON work (bureau_id);
CREATE INDEX by_name ON work (name);
"""
QUESTION = "EXPLAIN QUERY PLAN SELECT id FROM work WHERE bureau_id = 1 AND name BETWEEN '0500' AND '0501'"

_turns = itertools.count()


def fill(connection: sa.Connection, bureau_id: int, names: range) -> None:
    rows = [{"bureau_id": bureau_id, "name": f"{number:04}"} for number in names]
    connection.execute(sa.text("INSERT INTO work (bureau_id, name) VALUES (:bureau_id, :name)"), rows)
    connection.commit()


def refresh(engine: sa.Engine) -> None:
    with Session(engine) as session:
        assert refresh_statistics(session, NOW) == 2
        session.commit()


def index_used(connection: sa.Connection) -> str:
    # Running a statement notices that the schema has changed, explaining one does not; nor does one that is known.
    connection.exec_driver_sql("SELECT count(*) FROM work").one()
    found: Any = connection.exec_driver_sql(f"{QUESTION} -- {next(_turns)}").one().detail
    connection.rollback()
    return "by_bureau" if "by_bureau" in found else "by_name"


def test_every_worker_goes_by_the_new_figures(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'figures.sqlite3'}")
    with engine.connect() as connection:
        for statement in TABLE.strip().split(";\n"):
            connection.exec_driver_sql(statement)
        connection.commit()
        fill(connection, 2, range(1000))
        fill(connection, 1, range(3))
    # A worker that has looked at the schema long ago.
    with engine.connect() as worker:
        before = index_used(worker)
        refresh(engine)
        first = index_used(worker)
        with engine.connect() as connection:
            connection.exec_driver_sql("UPDATE work SET bureau_id = id, name = '0500'")
            connection.commit()
        stale = index_used(worker)
        refresh(engine)
        assert (before, first, stale, index_used(worker)) == ("by_bureau", "by_name", "by_name", "by_bureau")
    engine.dispose()


def test_the_job_is_done_by_the_application(app: Flask, session: Session) -> None:
    assert works_of(app)["database.refresh_statistics"] is refresh_statistics
    assert BY_NAME["database.refresh_statistics"].cron == "30 3 * * *"
    make_bureau(session)
    session.commit()
    counted = refresh_statistics(session, NOW)
    if session.get_bind().dialect.name == "sqlite":
        bodies = session.scalar(sa.text("SELECT max(stat) FROM sqlite_stat1 WHERE tbl = 'bodies'"))
        assert counted is not None
        assert counted > 1
        assert str(bodies).startswith("1 ")
    else:
        # Autovacuum does it there.
        assert counted is None
