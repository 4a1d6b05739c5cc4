"""Two people bring the same content in the same moment, with real commits on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select

from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.services import Staged, check, current_store, forget, keep, key_of, staging
from tests.factories import files
from tests.factories.accounts import NOW

DATA = files.pdf("brought by two")


@contextmanager
def kept(app: Flask) -> Iterator[Staged]:
    """Inside, the content has its place and its row is not committed."""
    with app.app_context():
        store = current_store()
        with staging(store, [DATA]) as staged:
            keep(db.session(), store, staged, check(store, staged, ""), now=NOW)
            yield staged


@pytest.mark.parametrize("first_succeeds", [True, False])
def test_one_row_one_content_whoever_fails(real_app: Flask, first_succeeds: bool) -> None:
    has_kept = threading.Event()
    second: list[str] = []

    def bring_second() -> None:
        has_kept.wait(10)
        with kept(real_app) as staged:
            db.session.commit()
            second.append(staged.sha256)

    thread = threading.Thread(target=bring_second)
    thread.start()
    with kept(real_app) as staged:
        has_kept.set()
        time.sleep(0.4)
        # The other waits for our row, so it cannot have relied on an object that we may take away again.
        assert second == []
        if first_succeeds:
            db.session.commit()
        else:
            db.session.rollback()
            forget(db.session(), current_store(), staged.sha256, now=NOW)
    thread.join(20)
    assert second == [staged.sha256]
    with real_app.app_context():
        store = current_store()
        assert db.session.scalars(select(StoredFile.sha256)).all() == [staged.sha256]
        assert store.read(key_of(staged.sha256), 0, len(DATA)) == DATA
        assert [entry.key for entry in store.list("incoming/")] == []
        # What a row names is never taken away.
        db.session.rollback()
        assert not forget(db.session(), store, staged.sha256, now=NOW)
        assert store.size(key_of(staged.sha256)) == len(DATA)
