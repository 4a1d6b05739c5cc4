"""``kill -9`` in the middle of uploads and writes: no half file, no lost acknowledged row.

.venv-test/bin/python -m benchmarks.crash [--uploads 200] [--kills 12] [--database-url URL of an empty database]

A server with the demonstration year takes files and small writes from several agencies' browsers at once, and is killed
again and again. Whatever it had acknowledged must be there afterwards, whole; whatever else is there must be whole too.
What is larger than 1 MB goes in parts and goes on after each kill until it is there, and there once. At the end every
browser leaves one unfinished.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from agencyqa.app import create_app
from agencyqa.audit.verification import verify
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.extensions import db
from agencyqa.files.enums import UploadState
from agencyqa.files.jobs import JOBS
from agencyqa.files.models import FileFault, PartialUpload, StoredFile
from agencyqa.files.resuming import FOLDER, path_of
from agencyqa.files.services import CONTENTS, INCOMING, current_store, key_of
from benchmarks.crash_browsers import Browser, Said, upload_on
from benchmarks.measure import machine
from config import ROOT, Settings

GUNICORN = "wsgi:app --worker-class gthread --workers 2 --threads 4 --no-control-socket".split()
CLIENTS = 4


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.crash")
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--database-url", help="an empty database instead of SQLite in a temporary folder")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "AGENCYQA_DATA": folder, "HOST": "127.0.0.1"}
        if options.database_url:
            environment["AGENCYQA_DATABASE_URL"] = options.database_url
        subprocess.run(
            [sys.executable, "-m", "agencyqa.prepare"],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        said = Said()
        kills = _run(Path(folder), environment, options, said)
        faults = _look(environment, said)
    print(f"\n{machine()}")
    print(
        f"{said.tried} uploads and {len(said.titles)} small writes by {CLIENTS} browsers at once, {kills} kills; "
        f"{len(said.files)} uploads acknowledged, {said.broken} requests broken off; "
        f"{len(said.in_parts)} came in parts, which went on {said.resumed} times"
    )
    for fault in faults:
        print(f"FAULT: {fault}")
    print("no half file, no lost acknowledged row" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def _run(folder: Path, environment: dict[str, str], options: argparse.Namespace, said: Said) -> int:
    """Clients and killer side by side; returns how often the server was killed."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = _start(listener, environment)
        _await_ready(port)
        passwords = json.loads((folder / "demo_sign_ins.json").read_text("utf-8"))
        browser = Browser(port)
        browser.sign_in("agency", passwords["agency"])
        target = _open_engagement(environment, browser.body_id)
        clients = [
            threading.Thread(target=upload_on, args=(number, browser.copy(), target, options.uploads, said))
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        chance = random.Random(7)
        kills = 0
        while any(client.is_alive() for client in clients):
            time.sleep(chance.uniform(0.1, 1.0))
            if kills < options.kills:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
                kills += 1
                server = _start(listener, environment)
                # A server that only starts has nothing in its hands.
                _await_ready(port)
        done.set()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    return kills


def _start(listener: socket.socket, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that one signal reaches the master and its workers."""
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", *GUNICORN],
        cwd=ROOT,
        env=environment,
        pass_fds=[listener.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _await_ready(port: int) -> None:
    for _ in range(600):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)
    raise SystemExit("The server did not become ready.")


def _open_engagement(environment: dict[str, str], agency_id: int) -> tuple[int, int]:
    """(engagement, deliverable) of the agency to which a file can be uploaded."""
    from_there = create_app(Settings.from_environ(environment))
    with from_there.app_context():
        row = db.session.execute(
            sa.text(
                "SELECT d.engagement_id, d.id FROM deliverables d JOIN engagements e ON e.id = d.engagement_id "
                "WHERE d.agency_id = :agency AND e.state = 'contracted' AND d.state = 'expected' ORDER BY d.id"
            ),
            {"agency": agency_id},
        ).first()
        assert row is not None, "the agency has nothing to hand in"
        return int(row[0]), int(row[1])


def _look(environment: dict[str, str], said: Said) -> list[str]:
    """Every fault in what was left behind."""
    app = create_app(Settings.from_environ(environment))
    with app.app_context():
        return list(_faults(said))


def _faults(said: Said) -> Iterator[str]:
    session, store = db.session(), current_store()
    kept = Counter(session.scalars(sa.select(DeliverableVersion.sha256)))
    yield from (f"acknowledged and lost: {name}" for digest, name in said.files.items() if digest not in kept)
    yield from (
        f"taken {kept[digest]} times: {said.files[digest]}" for digest in said.in_parts if kept[digest] > 1
    )
    titles = set(session.scalars(sa.select(Deliverable.title)))
    yield from (f"acknowledged and lost: {title}" for title in said.titles if title not in titles)
    for stored in session.scalars(sa.select(StoredFile).order_by(StoredFile.id)):
        if store.size(key_of(stored.sha256)) != stored.size:
            yield f"row without its whole content: {stored.sha256}"
    whole = 0
    for entry in store.list(CONTENTS):
        with store.open(entry.key, entry.size) as stream:
            digest = hashlib.sha256(stream.read()).hexdigest()
        if digest == entry.key.rpartition("/")[2]:
            whole += 1
        else:
            yield f"half a file: {entry.key}"
    remains = len(list(store.list(INCOMING)))
    unfinished = session.scalars(
        sa.select(PartialUpload).where(PartialUpload.state == UploadState.OPEN)
    ).all()
    for upload in unfinished:
        lying = path_of(upload.token).read_bytes()[: upload.received]
        if len(lying) < upload.received or lying != said.left.get(upload.token, lying):
            yield f"not what was acknowledged of an unfinished upload: {upload.id}"
    if missing := said.left.keys() - {upload.token for upload in unfinished}:
        yield f"{len(missing)} unfinished uploads are gone"
    waiting = sum(upload.received for upload in unfinished)
    session.rollback()
    # Two days later the nightly check has taken away what was broken off, and finds nothing wrong.
    JOBS["files.verify"](session, utc_now() + timedelta(days=2))
    session.commit()
    # And four days later, what nobody has sent to its end.
    ended = JOBS["files.expire_uploads"](session, utc_now() + timedelta(days=4))
    session.commit()
    if ended != len(unfinished):
        yield f"{ended} of {len(unfinished)} unfinished uploads were ended"
    if parts := list(Path(current_app.config[FOLDER]).iterdir()):
        yield f"the bytes of {len(parts)} unfinished uploads were not cleared"
    open_faults = session.scalars(sa.select(FileFault).where(FileFault.ended_at.is_(None))).all()
    orphans = sum(fault.kind.value == "orphan" for fault in open_faults)
    yield from (f"{fault.kind.value}: {fault.key}" for fault in open_faults if fault.kind.value != "orphan")
    if left := len(list(store.list(INCOMING))):
        yield f"{left} broken uploads were not cleared"
    report = verify(session)
    if report.fault is not None:
        yield "the audit chain does not hold"
    print(
        f"{whole} whole contents, {orphans} of them without a row; {remains} broken uploads, cleared at night; "
        f"{len(unfinished)} uploads in parts unfinished with {waiting} bytes, cleared after three days"
    )


if __name__ == "__main__":
    sys.exit(main())
