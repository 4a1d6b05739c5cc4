"""One file in parts from two tabs in the same moment, with real commits on both databases: one is first."""

from __future__ import annotations

import contextvars
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from agencyqa.accounts.models import InstallationFact
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.extensions import db
from agencyqa.files.models import PartialUpload, StoredFile
from tests.client import Client
from tests.conftest import dispose
from tests.databases import TestRun
from tests.factories import files
from tests.factories.accounts import PASSWORD, make_agency_body, make_member, user_of
from tests.integration.files.conftest import make_upload_app, told
from tests.integration.files.test_resuming import DATA, begun, finish, patch


@pytest.fixture
def app(real_database: str, test_run: TestRun) -> Iterator[Flask]:
    made = make_upload_app(test_run, real_database)
    yield made
    dispose(made)


@pytest.fixture
def tabs(app: Flask) -> list[Client]:
    """Two browsers of one person."""
    with app.app_context():
        member = make_member(db.session(), make_agency_body(db.session()), Role.AGENCY_MANAGER)
        username = user_of(db.session(), member).username
        db.session.commit()
    made: list[Client] = [app.test_client(), app.test_client()]  # type: ignore[list-item]
    for tab in made:
        assert tab.post("/sign-in", data={"username": username, "password": PASSWORD}).status_code == 302
        tab.csrf_token()
    return made


def both(tabs: list[Client], call: Callable[[Client, int], Any]) -> list[Any]:
    start = Barrier(2)

    def one(tab: Client, number: int) -> Any:
        start.wait(20)
        return call(tab, number)

    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(contextvars.Context().run, one, tab, n) for n, tab in enumerate(tabs)]
        return [each.result(60) for each in calls]


def send(url: str, offset: int, part: bytes, tab: Client, number: int) -> tuple[int, int | None]:
    return patch(tab, url, offset, part)


def test_each_part_counts_once_and_so_does_the_file(app: Flask, tabs: list[Client]) -> None:
    url = begun(tabs[0])
    step = 700_000
    offset = 0
    while offset < len(DATA):
        part = DATA[offset : offset + step]
        answers = both(tabs, partial(send, url, offset, part))
        # The other part came too late and is told where the file ends; or it came before it was looked at.
        assert sorted(answers) == [(200, offset + len(part)), (409, offset + len(part))]
        offset += len(part)
    sha256 = hashlib.sha256(DATA).hexdigest()
    answers = both(tabs, lambda tab, number: told(finish(tab, url, f"tab {number}", sha256)))
    assert answers == [{"location": "/inbox"}] * 2
    with app.app_context():
        assert db.session.scalars(select(StoredFile.sha256)).all() == [sha256]
        taken = select(func.count()).where(InstallationFact.key.like("upload tab %"))
        assert db.session.scalar(taken) == 1
        entries = select(AuditEntry.event).where(AuditEntry.event.like("files.upload.%"))
        assert db.session.scalars(entries.order_by(AuditEntry.id)).all() == [
            "files.upload.opened",
            "files.upload.taken",
        ]


def test_giving_up_against_a_part(app: Flask, tabs: list[Client]) -> None:
    """Whichever is first: the upload is over, and no bytes are left that nobody looks after."""
    data = files.pdf("given up", padding=500_000)
    url = begun(tabs[0], len(data))

    def act(tab: Client, number: int) -> int:
        return patch(tab, url, 0, data)[0] if number else tab.delete(url).status_code

    gone, sent = both(tabs, act)
    assert (gone, sent) in {(200, 200), (200, 404)}
    assert tabs[0].get(url).status_code == 404
    with app.app_context():
        upload = db.session.scalars(select(PartialUpload)).one()
        assert (upload.state, upload.received) == ("given_up", len(data) if sent == 200 else 0)
    assert patch(tabs[1], url, len(data), b"")[0] == 404
