"""What the scanner says is kept and shown; what it has not seen is never called clean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.db import Base
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.files.enums import ScanState
from agencyqa.files.jobs import scan_waiting
from agencyqa.files.models import StoredFile
from agencyqa.files.owned import registered_owned
from tests.client import Client
from tests.conftest import WorkerApps, dispose
from tests.databases import TestRun
from tests.factories import files
from tests.factories.accounts import NOW, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import make_agency
from tests.factories.deliverables import hand_in, make_deliverable, make_version
from tests.factories.engagements import make_engagement
from tests.integration.files.clamd import EICAR, Clamd, running_clamd
from tests.integration.files.conftest import make_upload_app


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with running_clamd() as server:
        yield server


@pytest.fixture
def app(database: str, worker_apps: WorkerApps, test_run: TestRun, clamd: Clamd) -> Iterator[Flask]:
    host, port = clamd.address
    made = make_upload_app(test_run, database, scanner=f"{host}:{port}", block_unscanned=True)
    yield made
    dispose(made)


def run(app: Flask, session: Session, **later: float) -> int | None:
    with app.app_context():
        found = scan_waiting(session, NOW + timedelta(**later))
        session.commit()
    return found


def states(session: Session) -> dict[int, tuple[ScanState, str]]:
    rows = session.scalars(select(StoredFile).order_by(StoredFile.id))
    return {row.id: (row.scan_state, row.scan_detail) for row in rows}


def test_verdicts(app: Flask, clamd: Clamd, client: Client, session: Session, officer: Membership) -> None:
    clean = files.make_stored(app, session, files.pdf("clean"))
    ill = files.make_stored(app, session, files.pdf("ill " + EICAR.decode()))
    large = files.make_stored(app, session, files.pdf("large", padding=5_000_000))
    session.commit()
    ids = clean.id, ill.id, large.id
    # Blocked until somebody has looked.
    answer = client.get(f"/try/{ids[0]}")
    assert answer.status_code == 409
    assert "还没有通过病毒扫描" in client.page(answer).text
    assert run(app, session) == 3
    assert states(session) == {
        ids[0]: (ScanState.CLEAN, ""),
        ids[1]: (ScanState.INFECTED, "Eicar-Test-Signature"),
        ids[2]: (ScanState.NOT_SCANNED, "INSTREAM size limit exceeded"),
    }
    assert [client.get(f"/try/{number}").status_code for number in ids] == [200, 409, 409]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "files.file.infected")).one()
    assert (entry.target_id, entry.detail["detail"]) == (ids[1], "Eicar-Test-Signature")
    page = client.page(client.get("/files/"))
    assert "扫描发现病毒 1" in page.text
    assert "不能下载" in page.text
    # Only what was too large is tried again, and only a day later.
    assert run(app, session, minutes=15) == 0
    clamd.limit = 10_000_000
    assert run(app, session, days=2) == 1
    assert states(session)[ids[2]] == (ScanState.CLEAN, "")


def test_each_bureau_reads_of_what_stands_in_its_matters(
    app: Flask, clamd: Clamd, client: Client, session: Session
) -> None:
    ours, theirs = make_bureau(session), make_bureau(session)
    session.flush()
    ill = {
        name: files.make_stored(app, session, files.pdf(name + EICAR.decode()))
        for name in ("handed in", "handed in twice", "kept back", "of nobody")
    }
    for bureau, name, is_handed_in in (
        (ours, "handed in", True),
        (ours, "handed in twice", True),
        (theirs, "handed in twice", True),
        (theirs, "kept back", False),
    ):
        department, agency = make_department(session, bureau), make_agency(session, bureau)
        engagement = make_engagement(session, bureau, agency, department)
        plan = make_deliverable(session, engagement, DeliverableKind.PLAN)
        make_version(session, engagement, plan, stored=ill[name])
        if is_handed_in:
            hand_in(session, engagement)
    session.commit()
    assert run(app, session) == 4
    entries = session.scalars(select(AuditEntry).where(AuditEntry.event == "files.file.infected"))
    names = {stored.id: name for name, stored in ill.items()}
    told: dict[str, list[int | None]] = {}
    for entry in entries.all():
        told.setdefault(names[entry.target_id or 0], []).append(entry.bureau_id)
    assert told == {
        "handed in": [ours.id],
        "handed in twice": [ours.id, theirs.id],
        "kept back": [None],
        "of nobody": [None],
    }
    sign_in(client, make_member(session, theirs, Role.BUREAU_LEAD))
    log = client.get("/audit/?event=files.file.infected").text
    assert (ill["handed in twice"].sha256 in log, ill["handed in"].sha256 in log) == (True, False)


def test_every_table_that_owns_contents_says_whose_matter_they_are(app: Flask) -> None:
    owners = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is StoredFile.__table__ for key in column.foreign_keys)
    }
    told = {column.table.name for each in registered_owned() for column in [each.selected_columns[0]]}
    assert told == owners
    assert len(owners) == 10


def test_a_scanner_that_is_away(app: Flask, clamd: Clamd, session: Session, officer: Membership) -> None:
    stored = files.make_stored(app, session)
    session.commit()
    number = stored.id
    clamd.shutdown()
    clamd.server_close()
    assert run(app, session) == 0
    assert states(session) == {number: (ScanState.SCANNER_DOWN, "")}
    port = clamd.address[1]
    with running_clamd(port) as back:
        assert run(app, session) == 1
        assert back.seen == [stored.size]
    assert states(session) == {number: (ScanState.CLEAN, "")}
