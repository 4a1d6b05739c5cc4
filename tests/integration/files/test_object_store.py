"""Uploads and downloads over a real object store, also when it goes away in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.files.models import StoredFile
from agencyqa.files.services import current_store, key_of
from tests.client import Client
from tests.conftest import WorkerApps, dispose
from tests.databases import TestRun
from tests.factories import files
from tests.integration.files.conftest import make_upload_app, told
from tests.integration.files.line import Line, line_to
from tests.integration.files.test_resuming import begun, finish, patch
from tests.seaweedfs import SeaweedFS

URL = "/try/upload?note=x"


@pytest.fixture
def line(object_store: SeaweedFS) -> Iterator[Line]:
    with line_to(int(object_store.endpoint.rpartition(":")[2])) as made:
        yield made


@pytest.fixture
def app(
    database: str,
    worker_apps: WorkerApps,
    test_run: TestRun,
    object_store: SeaweedFS,
    line: Line,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    place: dict[str, Any] = object_store.settings(tmp_path_factory.mktemp("prefix").name)
    place["endpoint"] = f"http://127.0.0.1:{line.port}"
    made = make_upload_app(test_run, database, **place)
    yield made
    dispose(made)


def contents(app: Flask) -> dict[str, int]:
    with app.app_context():
        store = current_store()
        return {
            entry.key: entry.size for prefix in ("incoming", "sha256") for entry in store.list(f"{prefix}/")
        }


def test_in_and_out(app: Flask, client: Client, session: Session, sender: Membership) -> None:
    data = files.pdf("far away", padding=7_000_000)
    assert client.put(URL, data=data, headers={"X-File-Name": "a.pdf"}).status_code == 200
    stored = session.scalars(select(StoredFile)).one()
    assert contents(app) == {key_of(stored.sha256): len(data)}
    refused = client.put(URL, data=data, headers={"X-File-Name": "a.docx"})
    assert (refused.status_code, len(contents(app))) == (422, 1)
    assert client.get(f"/try/{stored.id}").data == data
    assert client.get(f"/try/{stored.id}", headers={"Range": "bytes=6999990-"}).data == data[6_999_990:]
    # Twice is once.
    assert client.put(f"{URL}2", data=data, headers={"X-File-Name": "b.pdf"}).status_code == 200
    assert contents(app) == {key_of(stored.sha256): len(data)}
    ready = client.get("/readyz")
    assert (ready.status_code, told(ready)["store"]) == (200, "ok")


def test_cut_off_in_the_middle(
    app: Flask,
    client: Client,
    session: Session,
    sender: Membership,
    line: Line,
    new_client: Callable[[], Client],
    object_store: SeaweedFS,
) -> None:
    line.cut_after(3_000_000)
    answer = client.put(URL, data=files.pdf(padding=7_500_000), headers={"X-File-Name": "a.pdf"})
    assert (answer.status_code, told(answer)["code"]) == (503, "store_unavailable")
    assert told(answer)["message"].startswith("文件存储暂时无法访问")
    page = client.get("/readyz")
    assert (page.status_code, told(page)["store"], told(page)["database"]) == (503, "unreachable", "ok")
    assert session.scalars(select(StoredFile)).all() == []
    refusal = session.scalars(select(AuditEntry).where(AuditEntry.refused)).one()
    assert (refusal.detail["code"], refusal.actor_user_id) == ("store_unavailable", sender.user_id)


def test_parts_wait_beside_the_store_until_it_is_back(
    app: Flask, client: Client, session: Session, sender: Membership, line: Line
) -> None:
    """They lie on this machine; when the store goes away at the end, nothing has to be sent again."""
    data = files.pdf("in parts, far away", padding=6_000_000)
    url = begun(client, len(data))
    assert patch(client, url, 0, data[:3_000_000]) == (200, 3_000_000)
    assert contents(app) == {}
    assert patch(client, url, 3_000_000, data[3_000_000:]) == (200, len(data))
    assert told(finish(client, url)) == {"location": "/inbox"}
    stored = session.scalars(select(StoredFile)).one()
    assert contents(app) == {key_of(stored.sha256): len(data)}
    other = files.pdf("cut off at the end", padding=6_000_000)
    url = begun(client, len(other))
    assert patch(client, url, 0, other) == (200, len(other))
    line.cut_after(3_000_000)
    answer = finish(client, url)
    assert (answer.status_code, told(answer)["code"]) == (503, "store_unavailable")
    assert told(client.get(url))["offset"] == len(other)
