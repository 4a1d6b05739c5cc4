"""The two addresses that a supervisor of processes asks."""

from __future__ import annotations

import sqlalchemy as sa

from tests.client import Client


def test_the_process_answers_without_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_a_migrated_database_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (
        200,
        {"status": "ok", "database": "ok", "migrations": "ok", "store": "ok"},
    )


def test_a_database_of_an_older_version_is_not_ready(client: Client, connection: sa.Connection) -> None:
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (
        503,
        {"status": "unavailable", "database": "ok", "migrations": "not up to date"},
    )
