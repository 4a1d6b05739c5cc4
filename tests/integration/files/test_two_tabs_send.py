"""One file in parts from two tabs in the same moment, with real commits on both databases: one is first."""

from __future__ import annotations

import contextvars
import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from agencyqa.accounts.models import InstallationFact
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.extensions import db
from agencyqa.files import resuming
from agencyqa.files.models import PartialUpload, StoredFile
from agencyqa.files.services import current_store, open_content
from tests.client import Client
from tests.conftest import dispose
from tests.databases import TestRun
from tests.factories import files
from tests.factories.accounts import PASSWORD, make_agency_body, make_member, user_of
from tests.integration.files.conftest import make_upload_app, told
from tests.integration.files.test_resuming import DATA, begun, finish, patch
from tests.integration.files.test_uploads import arriving


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


class Stuck:
    """A line that dies without a word after its first piece, and comes back to life."""

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)
        self.has_begun, self.may_go_on = Event(), Event()

    def read(self, size: int) -> bytes:
        if self.data.tell():
            self.has_begun.set()
            assert self.may_go_on.wait(20)
        return self.data.read(size)


@pytest.mark.parametrize("is_whole", [True, False])
def test_who_begins_anew_waits_for_nobody(app: Flask, tabs: list[Client], is_whole: bool) -> None:
    """His part counts, and what the first sender still holds never gets among the bytes that counted."""
    url = begun(tabs[0])
    path = Path(app.config[resuming.FOLDER]) / url.rpartition("/")[2]
    other = b"%" + bytes(len(DATA) - 1)
    stuck = Stuck(other)

    def first() -> tuple[int, int | None]:
        return patch(tabs[0], url, 0, b"", environ_overrides=arriving(stuck, len(other)))

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(contextvars.Context().run, first)
        assert stuck.has_begun.wait(20)
        assert path.read_bytes() == other[: 2**20]
        end = len(DATA) if is_whole else 2**20 + 5
        assert patch(tabs[1], url, 0, DATA[:end]) == (200, end)
        assert path.read_bytes() == DATA[:end]
        if is_whole:
            finished = finish(tabs[1], url, "anew", hashlib.sha256(DATA).hexdigest())
            assert told(finished) == {"location": "/inbox"}
        stuck.may_go_on.set()
        assert waiting.result(60) == ((404, None) if is_whole else (409, end))
    if not is_whole:
        assert path.read_bytes() == DATA[:end]
        assert patch(tabs[0], url, end, DATA[end:]) == (200, len(DATA))
        assert told(finish(tabs[0], url)) == {"location": "/inbox"}
    with app.app_context():
        assert db.session.scalars(select(StoredFile.sha256)).all() == [hashlib.sha256(DATA).hexdigest()]
        with open_content(current_store(), hashlib.sha256(DATA).hexdigest(), len(DATA)) as stream:
            assert stream.read() == DATA


def test_who_finds_the_disk_full_takes_nothing_from_the_other(app: Flask, tabs: list[Client]) -> None:
    """He is stopped before he can say that his part takes the place of the other's, so that one stays whole."""
    url = begun(tabs[0])
    path = Path(app.config[resuming.FOLDER]) / url.rpartition("/")[2]
    resuming.count_of(path).symlink_to("/dev/full")
    stuck = Stuck(DATA)

    def first() -> tuple[int, int | None]:
        return patch(tabs[0], url, 0, b"", environ_overrides=arriving(stuck, len(DATA)))

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(contextvars.Context().run, first)
        assert stuck.has_begun.wait(20)
        assert patch(tabs[1], url, 0, b"%" * 500) == (507, None)
        assert path.read_bytes() == DATA[: 2**20]
        stuck.may_go_on.set()
        assert waiting.result(60) == (200, len(DATA))
    assert told(finish(tabs[0], url, "whole", hashlib.sha256(DATA).hexdigest())) == {"location": "/inbox"}
