"""The same verbs mean the same on a local folder and on a real object store."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agencyqa.files.errors import StoreUnavailable
from agencyqa.files.store import Store, make_store
from config import FileSettings
from tests.seaweedfs import SeaweedFS

PIECES = [bytes([number]) * 1_000_000 for number in range(13)]


@pytest.fixture(params=["folder", "object store"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return make_store(FileSettings(), tmp_path)
    server: SeaweedFS = request.getfixturevalue("object_store")
    given: dict[str, Any] = server.settings(tmp_path.name)
    return make_store(FileSettings(**given), tmp_path)


def keys(store: Store, prefix: str) -> dict[str, int]:
    return {entry.key: entry.size for entry in store.list(prefix)}


def test_the_verbs(store: Store) -> None:
    assert store.is_ready()
    assert store.size("in/a") is None
    store.put("in/a", iter(PIECES))
    store.put("in/empty", [])
    assert keys(store, "in/") == {"in/a": 13_000_000, "in/empty": 0}
    assert store.size("in/a") == 13_000_000
    with store.open("in/a", 13_000_000) as stream:
        assert hashlib.sha256(stream.read()).digest() == hashlib.sha256(b"".join(PIECES)).digest()
        stream.seek(-3, os.SEEK_END)
        assert (stream.read(9), stream.read(9), stream.tell()) == (b"\x0c\x0c\x0c", b"", 13_000_000)
        stream.seek(999_999)
        assert stream.read(2) == b"\x00\x01"
    with pytest.raises(FileNotFoundError):
        store.read("in/none", 0, 1)
    store.move("in/a", "kept/a")
    assert (keys(store, "in/"), keys(store, "kept/")) == ({"in/empty": 0}, {"kept/a": 13_000_000})
    # What has its place is never written over.
    store.put("in/b", [b"other"])
    store.move("in/b", "kept/a")
    assert (keys(store, "in/"), keys(store, "kept/")) == ({"in/empty": 0}, {"kept/a": 13_000_000})
    store.delete("kept/a")
    store.delete("kept/a")
    assert keys(store, "kept/") == {}


def test_a_second_name_for_a_file_of_this_machine(store: Store, tmp_path: Path) -> None:
    """Only a folder gives one; it is young however old the file is, and stays when the file's own name goes."""
    file = tmp_path / "whole"
    file.write_bytes(PIECES[7])
    os.utime(file, (0, 0))
    is_folder = store.folder is not None
    assert store.link(file, "in/linked") is is_folder
    assert store.link(tmp_path / "none", "in/none") is False
    assert keys(store, "in/") == ({"in/linked": 1_000_000} if is_folder else {})
    assert store.clear("in", datetime.now(UTC) - timedelta(days=1)) == 0
    file.unlink()
    if is_folder:
        store.move("in/linked", "kept/linked")
        assert store.read("kept/linked", 0, 2) == b"\x07\x07"
        # A name that is taken is no second name: what came is copied instead.
        file.write_bytes(b"other")
        assert store.link(file, "kept/linked") is False
        assert keys(store, "kept/") == {"kept/linked": 1_000_000}


def test_a_source_that_fails_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield from PIECES
        raise KeyError("the sender is gone")

    with pytest.raises(KeyError, match="the sender is gone"):
        store.put("in/a", broken())
    assert keys(store, "in/") == {}
    if store.folder is not None:
        assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_clearing(store: Store) -> None:
    now = datetime.now(UTC)
    store.put("in/a", [b"x"])
    assert store.clear("in/", now - timedelta(days=1)) == 0
    assert store.clear("in/", now + timedelta(days=1)) == 1
    assert keys(store, "in/") == {}


def test_what_a_killed_process_leaves_in_a_folder(tmp_path: Path) -> None:
    store = make_store(FileSettings(), tmp_path)
    store.put("in/young", [b"x"])
    part = tmp_path / "files" / "in" / "broken#1"
    part.write_bytes(b"half")
    os.utime(part, (time.time() - 90_000,) * 2)
    assert keys(store, "in/") == {"in/young": 1}
    assert store.clear("in", datetime.now(UTC) - timedelta(days=1)) == 1
    assert [path.name for path in (tmp_path / "files" / "in").iterdir()] == ["young"]


def test_keys_stay_inside(store: Store) -> None:
    for key in ("../out", "in/../../out", "/etc/passwd/../../x"):
        with pytest.raises(ValueError, match="illegal character sequence"):
            store.put(key, [b"x"])


def test_a_wrong_secret_and_a_dead_address(object_store: SeaweedFS, tmp_path: Path) -> None:
    given: dict[str, Any] = object_store.settings("x")
    wrong = make_store(FileSettings(**{**given, "secret": "not the secret"}), tmp_path)
    assert not wrong.is_ready()
    with pytest.raises(StoreUnavailable):
        wrong.put("a", [b"x"])
    dead = make_store(FileSettings(**{**given, "endpoint": "http://127.0.0.1:9"}), tmp_path)
    begun = time.monotonic()
    assert not dead.is_ready()
    assert time.monotonic() - begun < 12
    settings = FileSettings(**given)
    assert "not the secret" not in repr(wrong)
    assert settings.secret not in repr(settings)
    assert settings.key not in repr(settings)
