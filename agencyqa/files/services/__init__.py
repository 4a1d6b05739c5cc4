"""Keeping contents. Who hands one in, and whether he may, is the business of the area that owns the file."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from agencyqa.errors import AgencyQAError
from agencyqa.files.enums import FileKind, ScanState
from agencyqa.files.errors import ContentMissing, FileRefused
from agencyqa.files.models import StoredFile
from agencyqa.files.names import clean_name
from agencyqa.files.sniffing import kind_of
from agencyqa.files.store import PIECE, Store

log = logging.getLogger(__name__)

INCOMING = "incoming"
CONTENTS = "sha256"
SET_ASIDE = "damaged"
STORE = "agencyqa.files.store"


@dataclass(frozen=True)
class Staged:
    """A content that has arrived and is not kept yet."""

    key: str
    sha256: str
    size: int


def current_store() -> Store:
    store: Store = current_app.extensions[STORE]
    return store


def key_of(sha256: str) -> str:
    return f"{CONTENTS}/{sha256[:2]}/{sha256}"


def open_stored(stored: StoredFile) -> BinaryIO:
    """A seekable reader that holds little in memory. Raise ContentMissing."""
    return open_content(current_store(), stored.sha256, stored.size)


def open_content(store: Store, sha256: str, size: int) -> BinaryIO:
    key = key_of(sha256)
    if store.size(key) != size:
        log.error("The content %s is missing or has another size", sha256)
        raise ContentMissing
    return store.open(key, size)


def keep_bytes(session: Session, data: bytes, *, now: datetime, name: str = "") -> StoredFile:
    """Keep what the system itself made or was given whole; raise FileRefused as for any upload.

    The row belongs to the caller's transaction. Where that fails, the nightly check reports a content without a row.
    """
    store = current_store()
    pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    with staging(store, pieces) as staged:
        kind = check(store, staged, clean_name(name) if name else "")
        return keep(session, store, staged, kind, now=now)[0]


@contextmanager
def staging(store: Store, chunks: Iterable[bytes], *, lying: Path | None = None) -> Iterator[Staged]:
    """Write a stream beside the contents and hash it on the way; at the end nothing of it is left there.

    ``lying`` is a file that holds the same bytes and that nobody writes to any more: where it can be, it gets a second
    name there and is only read.
    """
    key = f"{INCOMING}/{secrets.token_hex(16)}"
    digest = hashlib.sha256()
    size = 0

    def hashed() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    is_linked = lying is not None and store.link(lying, key)
    if not is_linked:
        store.put(key, hashed())
    try:
        if is_linked:
            for _ in hashed():
                pass
        yield Staged(key, digest.hexdigest(), size)
    finally:
        try:
            store.delete(key)
        except AgencyQAError:
            log.warning("Could not take away %s; the nightly check will", key)


def check(store: Store, staged: Staged, name: str) -> FileKind:
    """The kind of a staged content. Raise FileRefused."""
    with store.open(staged.key, staged.size) as stream:
        return kind_of(stream, staged.size, name)


def keep(
    session: Session, store: Store, staged: Staged, kind: FileKind, *, now: datetime
) -> tuple[StoredFile, bool]:
    """The row of a staged content, and whether its object is new.

    The row is written before the object gets its place: the unique hash makes everybody else who brings the same
    content wait for our transaction, so that two cannot disagree on whether it is kept (see ``forget``).
    """
    stored, _ = _row(session, staged, kind, now)
    if stored.scan_state is ScanState.INFECTED:
        raise FileRefused("file_infected_known")
    key = key_of(staged.sha256)
    lying = store.size(key)
    if lying == staged.size:
        return stored, False
    if lying is not None:
        # What lies there cannot be the content that its key names; it is kept aside for whoever looks into it.
        log.error("The content %s had %d instead of %d bytes and was set aside", key, lying, staged.size)
        store.move(key, f"{SET_ASIDE}/{staged.sha256}.{secrets.token_hex(4)}")
    store.move(staged.key, key)
    return stored, lying is None


def _row(session: Session, staged: Staged, kind: FileKind, now: datetime) -> tuple[StoredFile, bool]:
    """The row of this content and whether it was not there before."""
    by_hash = select(StoredFile).where(StoredFile.sha256 == staged.sha256)
    if (found := session.scalars(by_hash).one_or_none()) is not None:
        return found, False
    made = StoredFile(
        sha256=staged.sha256,
        size=staged.size,
        kind=kind,
        stored_at=now,
        scan_state=ScanState.NOT_SCANNED,
        scan_detail="",
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # Somebody else has kept the same content in this very moment.
        return session.scalars(by_hash).one(), False
    return made, True


def forget(session: Session, store: Store, sha256: str, *, now: datetime) -> bool:
    """Take away a content unless a row names it, and say whether it was. Needs a fresh transaction; ends it.

    A row is tried once more: if it can be written, nobody has one, and until it is rolled back nobody gets one.
    """
    try:
        # Whatever the row says of size and kind, it is never committed.
        _, is_new = _row(session, Staged("", sha256, 1), FileKind.ZIP, now)
        if is_new:
            store.delete(key_of(sha256))
        return is_new
    except (AgencyQAError, SQLAlchemyError):
        log.warning("The content %s is left without a row; the nightly check reports it", sha256)
        return False
    finally:
        session.rollback()
