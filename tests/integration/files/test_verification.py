"""The nightly comparison finds what is missing, damaged or nameless, says since when, and says when it is over."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.clock import utc_now
from agencyqa.files import verification
from agencyqa.files.enums import FaultKind
from agencyqa.files.errors import StoreUnavailable
from agencyqa.files.jobs import verify
from agencyqa.files.models import FileCheck, FileFault, StoredFile
from agencyqa.files.services import current_store, key_of
from agencyqa.files.verification import look
from tests.client import Client
from tests.factories import files


@pytest.fixture
def app(app: Flask) -> Flask:
    """The store of these tests starts empty: it is that of a whole worker."""
    folder = app.config["SETTINGS"].data_dir / "files"
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    return app


def run(app: Flask, session: Session) -> int:
    with app.app_context():
        found = verify(session, utc_now())
        session.commit()
    return found


def faults(session: Session) -> set[tuple[FaultKind, str, bool]]:
    return {(fault.kind, fault.key, fault.ended_at is None) for fault in session.scalars(select(FileFault))}


def age(path: Path, days: float) -> None:
    moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_what_it_finds_and_when_it_is_over(
    app: Flask, client: Client, session: Session, officer: Membership, folder: Path
) -> None:
    whole, gone, short, changed = (files.make_stored(app, session) for _ in range(4))
    session.commit()
    paths = {row.sha256: folder / key_of(row.sha256) for row in (whole, gone, short, changed)}
    originals = {sha256: path.read_bytes() for sha256, path in paths.items()}
    paths[gone.sha256].unlink()
    paths[short.sha256].write_bytes(b"%PDF")
    paths[changed.sha256].write_bytes(originals[changed.sha256].replace(b"report", b"REPORT").swapcase())
    old, young = folder / "sha256/ab" / ("ab" * 32), folder / "sha256/ab" / ("ab" * 31 + "cd")
    stray = folder / "sha256/ab/notes.txt"
    for path in (old, young, stray):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nobody knows me")
    age(old, 2)
    age(stray, 2)
    left = folder / "incoming" / "broken#1"
    left.write_bytes(b"half")
    age(left, 2)

    assert run(app, session) == 3
    expected = {
        (FaultKind.MISSING, gone.sha256, True),
        (FaultKind.DAMAGED, short.sha256, True),
        (FaultKind.DAMAGED, changed.sha256, True),
        (FaultKind.ORPHAN, f"sha256/ab/{old.name}", True),
        (FaultKind.ORPHAN, "sha256/ab/notes.txt", True),
    }
    assert faults(session) == expected
    check = session.scalars(select(FileCheck)).one()
    assert (check.files, check.bytes, check.faults, check.cleared) == (3, whole.size + changed.size, 5, 1)
    assert not left.exists()
    session.expire_all()
    read = {row.sha256: row.verified_at is not None for row in session.scalars(select(StoredFile))}
    assert read == {row.sha256: row is whole for row in (whole, gone, short, changed)}
    # The second night says nothing twice.
    run(app, session)
    assert faults(session) == expected
    page = client.page(client.get("/files/"))
    assert "文件缺失" in page.text
    assert "没有登记的文件" in page.text
    assert "清理的中断上传" in page.text

    for sha256, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(originals[sha256])
    old.unlink()
    run(app, session)
    assert faults(session) == {(*fault[:2], fault[1].endswith("notes.txt")) for fault in expected}
    assert "未解决的问题 1" in client.page(client.get("/files/")).text


def test_a_night_reads_what_was_read_the_longest_ago(app: Flask, session: Session) -> None:
    stored = [
        files.make_stored(app, session, files.pdf(f"night {number}", padding=1000)) for number in range(3)
    ]
    session.commit()
    size = max(row.size for row in stored)
    nights = []
    with app.app_context():
        for _ in range(3):
            seen = look(session, current_store(), utc_now(), budget=size + 10)
            verification.conclude(session, seen)
            session.commit()
            nights.append(seen.read)
        assert nights == [{row.sha256} for row in stored]
        assert look(session, current_store(), utc_now(), budget=1).read == {stored[0].sha256}
        assert look(session, current_store(), utc_now(), seconds=-1).read == set()


def test_a_store_that_is_away_fails_the_run_and_blames_no_file(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    from agencyqa.files.store import make_store
    from config import FileSettings

    files.make_stored(app, session)
    session.commit()
    away = make_store(
        FileSettings(bucket="tests", endpoint="http://127.0.0.1:9", key="k", secret="s"), tmp_path
    )
    with pytest.raises(StoreUnavailable):
        look(session, away, utc_now())
    assert faults(session) == set()


def test_the_page_before_the_first_night(client: Client, officer: Membership) -> None:
    page = client.page(client.get("/files/"))
    assert "还没有核对过" in page.text
    assert "没有连接病毒扫描服务" in page.text
    assert "8 MB" in page.text


def test_from_the_command_line(real_app: Flask) -> None:
    from agencyqa.extensions import db

    runner = real_app.test_cli_runner()
    with real_app.app_context():
        stored = files.make_stored(real_app, db.session())
        db.session.commit()
        path = real_app.config["SETTINGS"].data_dir / "files" / key_of(stored.sha256)
        sha256 = stored.sha256
    done = runner.invoke(args=["files", "verify"])
    assert done.exit_code == 0
    assert done.output.startswith("1 contents read")
    orphan = path.with_name(sha256[:2] + "00" * 31)
    path.rename(orphan)
    age(orphan, 2)
    done = runner.invoke(args=["files", "verify"])
    assert done.exit_code == 1, (done.output, done.exception)
    assert f"MISSING {sha256}" in done.output
    assert f"ORPHAN {key_of(orphan.name)}" in done.output
    assert runner.invoke(args=["files", "remove-orphans"], input="n\n").exit_code == 1
    assert orphan.exists()
    done = runner.invoke(args=["files", "remove-orphans", "--yes"])
    assert "1 of 1 taken away." in done.output
    assert not orphan.exists()
