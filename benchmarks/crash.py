"""``kill -9`` in the middle of uploads and writes: no half file, no lost acknowledged row.

.venv-test/bin/python -m benchmarks.crash [--uploads 200] [--kills 12] [--database-url URL of an empty database]

A server with the demonstration year takes files and small writes from several agencies' browsers at once, and is killed
again and again. Whatever it had acknowledged must be there afterwards, whole; whatever else is there must be whole too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from agencyqa.app import create_app
from agencyqa.audit.verification import verify
from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.extensions import db
from agencyqa.files.jobs import JOBS
from agencyqa.files.models import FileFault, StoredFile
from agencyqa.files.services import CONTENTS, INCOMING, current_store, key_of
from benchmarks.measure import machine
from config import ROOT, Settings

GUNICORN = "wsgi:app --worker-class gthread --workers 2 --threads 4 --no-control-socket".split()
CLIENTS = 4
SMALLEST, LARGEST = 20_000, 6_000_000


@dataclass
class Said:
    """What the server acknowledged: hashes of files, titles of deliverables."""

    files: dict[str, str] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    tried: int = 0
    broken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


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
        f"{len(said.files)} uploads acknowledged, {said.broken} broken off"
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
            threading.Thread(target=_upload, args=(number, browser.copy(), target, options.uploads, said))
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        chance = random.Random(7)
        kills = 0
        while any(client.is_alive() for client in clients):
            time.sleep(chance.uniform(0.4, 2.0))
            if kills < options.kills:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
                kills += 1
                server = _start(listener, environment)
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


class Browser:
    """As much of one as an agency needs: cookies, and the token of its session."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.body_id = 0

    def copy(self) -> Browser:
        other = Browser(self.port)
        other.cookies, other.token, other.body_id = dict(self.cookies), self.token, self.body_id
        return other

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        """(status, location, text). Raises OSError or HTTPException where the server died."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: each.value for name, each in SimpleCookie(line).items()})
        return answer.status, answer.headers.get("Location", ""), text

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        body = urlencode({"csrf_token": self.token, **fields}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")

    def read_token(self, path: str) -> str:
        _, _, text = self.ask("GET", path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert found is not None, text[:500]
        self.token = found[1]
        return text

    def sign_in(self, username: str, password: str) -> None:
        self.read_token("/sign-in")
        status, _, text = self.post("/sign-in", username=username, password=password)
        assert status == 302, text[:500]
        self.read_token("/account")
        _, _, text = self.ask("GET", "/")
        found = re.search(r'href="/agencies/(\d+)"', text)
        assert found is not None, text[:2000]
        self.body_id = int(found[1])


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


def paper(chance: random.Random) -> bytes:
    """A PDF of one page whose stream is noise; no two are alike."""
    noise = chance.randbytes(chance.randrange(SMALLEST, LARGEST)).replace(b"/", b".")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(noise), noise),
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, table)
    return bytes(out)


def _upload(number: int, browser: Browser, target: tuple[int, int], uploads: int, said: Said) -> None:
    chance = random.Random(1000 + number)
    engagement_id, deliverable_id = target
    base = f"/engagements/{engagement_id}/deliverables"
    count = 0
    while True:
        with said.lock:
            if said.tried >= uploads:
                return
            said.tried += 1
        data = paper(chance)
        count += 1
        try:
            status, _, text = browser.ask(
                "PUT",
                f"{base}/{deliverable_id}/upload",
                data,
                X_CSRFToken=browser.token,
                X_File_Name=f"paper-{number}-{count}.pdf",
                Content_Type="application/octet-stream",
            )
            if status == 200:
                with said.lock:
                    said.files[hashlib.sha256(data).hexdigest()] = f"paper-{number}-{count}.pdf"
            else:
                raise SystemExit(f"{status}: {text[:500]}")
            title = f"崩溃测试 {number}-{count}"
            status, location, text = browser.post(f"{base}/other", title=title)
            if status == 302 and "sign-in" not in location:
                with said.lock:
                    said.titles.append(title)
        except (OSError, HTTPException):
            with said.lock:
                said.broken += 1
            time.sleep(0.1)


def _look(environment: dict[str, str], said: Said) -> list[str]:
    """Every fault in what was left behind."""
    app = create_app(Settings.from_environ(environment))
    with app.app_context():
        return list(_faults(said))


def _faults(said: Said) -> Iterator[str]:
    session, store = db.session(), current_store()
    kept = set(session.scalars(sa.select(DeliverableVersion.sha256)))
    yield from (f"acknowledged and lost: {name}" for digest, name in said.files.items() if digest not in kept)
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
    session.rollback()
    # Two days later the nightly check has taken away what was broken off, and finds nothing wrong.
    later = utc_now() + timedelta(days=2)
    JOBS["files.verify"](session, later)
    session.commit()
    open_faults = session.scalars(sa.select(FileFault).where(FileFault.ended_at.is_(None))).all()
    orphans = sum(fault.kind.value == "orphan" for fault in open_faults)
    yield from (f"{fault.kind.value}: {fault.key}" for fault in open_faults if fault.kind.value != "orphan")
    if left := len(list(store.list(INCOMING))):
        yield f"{left} broken uploads were not cleared"
    report = verify(session)
    if report.fault is not None:
        yield "the audit chain does not hold"
    print(
        f"{whole} whole contents, {orphans} of them without a row; {remains} broken uploads, cleared at night"
    )


if __name__ == "__main__":
    sys.exit(main())
