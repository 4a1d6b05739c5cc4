"""When the database is away, locked or empty: a page that says so, never a stack trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from agencyqa.auth.roles import Role
from agencyqa.extensions import db
from tests.client import engines_of
from tests.conftest import dispose, make_app
from tests.databases import TestRun
from tests.factories.accounts import PASSWORD, make_bureau, make_member

AWAY = {
    "sqlite": "sqlite:////nowhere/at/all.sqlite3",
    "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
}


@pytest.fixture(params=sorted(AWAY))
def away(request: pytest.FixtureRequest, test_run: TestRun) -> Iterator[Flask]:
    made = make_app(test_run, AWAY[request.param])
    yield made
    dispose(made)


def test_the_process_lives_and_is_not_ready(away: Flask) -> None:
    client = away.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "unreachable"})
    assert client.get("/static/app.css").status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in"])
def test_a_page_says_that_it_cannot_be_served(away: Flask, path: str) -> None:
    answer = away.test_client().get(path)
    assert answer.status_code in {302, 503}
    if answer.status_code == 503:
        assert "暂时无法服务" in answer.text
        assert "Traceback" not in answer.text
        assert answer.headers["Retry-After"] == "30"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_empty_database_is_not_ready(test_run: TestRun, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_app(test_run, f"sqlite:///{tmp_path_factory.mktemp('empty') / 'empty.sqlite3'}")
    answer = made.test_client().get("/readyz")
    dispose(made)
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "unavailable", "database": "ok", "migrations": "not up to date"},
    )


@contextmanager
def impatient(app: Flask) -> Iterator[None]:
    """Connections that wait a moment instead of ten seconds for the one who writes."""
    engine = engines_of(app)[None].engine

    def shorten(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 50")

    engine.dispose()
    sa.event.listen(engine, "connect", shorten)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", shorten)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_while_somebody_writes_others_read_and_a_second_writer_is_asked_to_wait(real_app: Flask) -> None:
    """SQLite has one writer: pages open all the same, and a form that waited too long is told so."""
    with real_app.app_context():
        session = db.session()
        username = make_member(session, make_bureau(session), Role.BUREAU_LEAD).user.username
        session.commit()
        file = engines_of(real_app)[None].engine.url.database or ""
    with impatient(real_app):
        client = real_app.test_client()
        form = {"username": username, "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 302
        writer = sqlite3.connect(file, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        try:
            assert client.get("/").status_code == 200
            assert client.get("/agencies/").status_code == 200
            answer = client.post("/inbox/read-all")
        finally:
            writer.rollback()
            writer.close()
        assert answer.status_code == 503
        assert "暂时无法服务" in answer.text
        assert client.post("/inbox/read-all").status_code == 302
