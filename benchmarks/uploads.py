"""A large file into a real server and out again: time beside a bare floor, memory beside the idle process.

.venv-test/bin/python -m benchmarks.uploads [--megabytes 200] [--rounds 5] [--folder where the data lies]
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import logging
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, User
from agencyqa.accounts.passwords import hash_password
from agencyqa.accounts.services.administration import BodyData, add_body
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Agency, Registration
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.models import EvaluationObject
from benchmarks.data import NOW, PASSWORD, make_app, session_of
from benchmarks.measure import MEGA, machine
from benchmarks.upload_content import BOUNDARY, Content

AGENCY = "agency"
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    """A gunicorn of one worker. ``idle`` is its memory after small requests, in bytes."""

    port: int
    worker: int
    cookie: str = ""
    idle: int = 0

    def ask(
        self, method: str, path: str, body: Iterator[bytes] | bytes = b"", length: int = 0, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            length = len(body)
        connection.request(
            method, path, body, {"Cookie": self.cookie, "Content-Length": str(length), **given}
        )
        answer = connection.getresponse()
        found = answer.status, answer.msg, answer.read()
        if "Set-Cookie" in answer.msg:
            self.cookie = str(answer.msg["Set-Cookie"]).partition(";")[0]
        connection.close()
        return found

    def memory(self, field: str) -> int:
        """``VmRSS``, or ``VmHWM``: the highest since ``forget_peak``."""
        text = Path(f"/proc/{self.worker}/status").read_text()
        found = re.search(rf"{field}:\s+(\d+) kB", text)
        assert found is not None
        return int(found.group(1)) * 1024

    def worked(self) -> float:
        """Seconds of the processor so far: what others do on the machine at the same time changes them little."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        target,
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
    ]
    command += ["--workers", "1", "--threads", "8", "--no-control-socket", "--log-level", "error"]
    process = subprocess.Popen(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment}
    )
    try:
        yield Server(port, _worker_of(process.pid, port))
    finally:
        process.terminate()
        process.wait()


def _worker_of(parent: int, port: int) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])
        except (OSError, IndexError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def prepare(folder: Path) -> tuple[dict[str, str], str]:
    """A database with one engagement under way; the environment of its server and the address of an upload."""
    app = make_app(folder)
    with session_of(app) as session:
        engagement = _engagement(session)
        deliverable = Deliverable(
            bureau_id=engagement.bureau_id,
            agency_id=engagement.agency_id,
            engagement_id=engagement.id,
            kind=DeliverableKind.REPORT,
            number=1,
            title="",
            is_required=True,
            is_due_provisional=False,
            due_reason="",
            state=DeliverableState.EXPECTED,
            is_overdue=False,
            is_lateness_provisional=False,
            created_at=NOW,
        )
        session.add(deliverable)
        session.flush()
        path = f"/engagements/{engagement.id}/deliverables/{deliverable.id}/upload"
    settings = app.config["SETTINGS"]
    environment = {
        "AGENCYQA_DATA": str(folder),
        "AGENCYQA_DATABASE_URL": settings.database_url,
        "AGENCYQA_SECRET_KEY": settings.secret_key,
        "AGENCYQA_LOG_LEVEL": "ERROR",
        "HOST": "127.0.0.1",
    }
    return environment, path


def _engagement(session: Session) -> Engagement:
    """Work under way of an agency, one of whose people may sign in."""
    bureau = add_body(session, BodyData(BodyKind.BUREAU, "示例区财政局"), now=NOW)
    unit = add_body(session, BodyData(BodyKind.DEPARTMENT, "示例区教育局", bureau_id=bureau.id), now=NOW)
    body = add_body(session, BodyData(BodyKind.AGENCY, "城东会计师事务所"), now=NOW)
    session.add(Agency(id=body.id, credit_code="91310000MA0000001X", created_at=NOW, changed_at=NOW))
    session.flush()
    session.add(
        Registration(agency_id=body.id, bureau_id=bureau.id, standing=Standing.REGISTERED, created_at=NOW)
    )
    user = User(
        username=AGENCY, display_name="测量账号", password_hash=hash_password(PASSWORD), created_at=NOW
    )
    session.add(user)
    session.flush()
    since = date(2016, 1, 1)
    session.add(Membership(user_id=user.id, body_id=body.id, role=Role.AGENCY_MANAGER, valid_from=since))
    subject = EvaluationObject(
        bureau_id=bureau.id,
        department_id=unit.id,
        code="XM00001",
        amount=500_000_000,
        name="校舍维修",
        kind=ObjectKind.PROJECT,
        budget_type=BudgetType.GENERAL_PUBLIC,
        budget_year=2021,
        created_at=NOW,
    )
    session.add(subject)
    session.flush()
    engagement = Engagement(
        bureau_id=bureau.id,
        object_id=subject.id,
        agency_id=body.id,
        commissioner_id=bureau.id,
        evaluated_unit_id=unit.id,
        work_kind=WorkKind.EVALUATION,
        contract_number="SLQ-2022-0001",
        contract_signed_on=date(2022, 3, 1),
        due_on=date(2030, 1, 1),
        fee=6_000_000,
        assessment_year=2022,
        state=EngagementState.CONTRACTED,
        created_at=NOW,
    )
    session.add(engagement)
    session.flush()
    return engagement


def sign_in(server: Server) -> None:
    _, _, page = server.ask("GET", "/sign-in")
    values = {"csrf_token": _token(page), "username": AGENCY, "password": PASSWORD}
    status, _, text = server.ask(
        "POST",
        "/sign-in",
        urllib.parse.urlencode(values).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert status == 302, text.decode()


def _token(page: bytes) -> str:
    found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found.group(1).decode()


def put(server: Server, path: str, content: Content, token: str) -> float:
    body, length = content.pieces()
    began = time.perf_counter()
    status, _, text = server.ask("PUT", path, body, length, X_File_Name="a.pdf", X_CSRFToken=token)
    seconds = time.perf_counter() - began
    assert status == 200, text.decode()
    return seconds


def put_bare(server: Server, content: Content) -> float:
    body, length = content.pieces()
    began = time.perf_counter()
    server.ask("PUT", "/file", body, length)
    return time.perf_counter() - began


def in_parts(server: Server, path: str, content: Content, token: str) -> float:
    """As the script sends a large file: opened, part by part, and taken by the form."""
    pieces, _ = content.pieces()
    began = time.perf_counter()
    size = str(content.size)
    status, _, text = server.ask("PUT", path, X_File_Name="a.pdf", X_CSRFToken=token, X_Upload_Size=size)
    assert status == 201, text.decode()
    upload = json.loads(text)
    while upload["offset"] < content.size:
        part, pieces = _part(pieces, min(upload["part"], content.size - upload["offset"]))
        offset = str(upload["offset"])
        status, _, text = server.ask(
            "PATCH", f"/uploads/{upload['upload']}", part, X_CSRFToken=token, Upload_Offset=offset
        )
        assert status == 200, text.decode()
        upload = json.loads(text)
    fields = urllib.parse.urlencode({"upload_token": upload["upload"]}).encode()
    status, _, text = server.ask("PUT", path, fields, X_CSRFToken=token, X_Form_Length=str(len(fields)))
    assert status == 200, text.decode()
    return time.perf_counter() - began


def _part(pieces: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The next bytes; what is left of their last piece begins the next part."""
    found: list[bytes] = []
    length = 0
    while length < size:
        found.append(next(pieces))
        length += len(found[-1])
    whole = b"".join(found)
    return whole[:size], itertools.chain([whole[size:]], pieces)


def post(server: Server, path: str, content: Content, token: str) -> float:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    before = f'{head}"csrf_token"\r\n\r\n{token}\r\n{head}"file"; filename="a.pdf"\r\n\r\n'.encode()
    body, length = content.pieces(before, f"\r\n--{BOUNDARY}--\r\n".encode())
    began = time.perf_counter()
    status, _, text = server.ask(
        "POST", path, body, length, Content_Type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    seconds = time.perf_counter() - began
    assert status == 302, text.decode()
    return seconds


def get(server: Server, path: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": server.cookie})
    answer = connection.getresponse()
    assert answer.status == 200
    while answer.read(MEGA):
        pass
    connection.close()
    return time.perf_counter() - began


def measured(server: Server, call: Callable[[], float]) -> tuple[float, float, float]:
    """Seconds, those of the server's processor, and megabytes above idle at the highest point."""
    server.forget_peak()
    before = server.worked()
    seconds = call()
    return seconds, server.worked() - before, (server.memory("VmHWM") - server.idle) / MEGA


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.uploads")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; by default the temporary one"
    )
    options = parser.parse_args(arguments)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        run(Path(name), Content(options.megabytes * MEGA), options.rounds)
    return 0


def run(folder: Path, content: Content, rounds: int) -> None:
    environment, path = prepare(folder)
    bare_folder = folder / "bare"
    bare_folder.mkdir()
    with (
        served("wsgi:app", environment) as server,
        served("benchmarks.bare_upload:app", {"BARE_UPLOAD_FOLDER": str(bare_folder)}) as bare,
    ):
        sign_in(server)
        token = _token(server.ask("GET", path)[2])
        small = Content(20_000)
        for _ in range(5):
            put(server, path, small, token)
            in_parts(server, path, small, token)
            post(server, path, small, token)
        server.idle, bare.idle = server.memory("VmRSS"), bare.memory("VmRSS")
        print(f"{machine()}\n{content.size // MEGA} MB, {rounds} turns; idle {server.idle / MEGA:.0f} MB\n")
        times: dict[str, list[tuple[float, float, float]]] = {
            name: [] for name in ("floor", "put", "parts", "form", "download")
        }
        for _ in range(rounds):
            times["floor"].append(measured(bare, lambda: put_bare(bare, content)))
            times["put"].append(measured(server, lambda: put(server, path, content, token)))
            times["parts"].append(measured(server, lambda: in_parts(server, path, content, token)))
            times["form"].append(measured(server, lambda: post(server, path, content, token)))
            times["download"].append(measured(server, lambda: get(server, _newest(folder, path))))
            _drop_contents(folder)
        floor = statistics.median(each[0] for each in times["floor"])
        for name, found in times.items():
            seconds, worked = (statistics.median(each[place] for each in found) for place in (0, 1))
            peak = max(each[2] for each in found)
            print(
                f"{name:<10}{seconds:>8.2f} s{seconds / floor:>8.2f} x floor"
                f"{worked:>8.2f} s of the processor{peak:>8.1f} MB above idle"
            )


def _newest(folder: Path, path: str) -> str:
    """The address of the version uploaded last."""
    engine = sa.create_engine(f"sqlite:///{folder / 'benchmark.sqlite3'}")
    with engine.connect() as connection:
        version = connection.scalar(sa.select(sa.func.max(DeliverableVersion.id)))
    engine.dispose()
    return f"{path.rpartition('/deliverables/')[0]}/deliverables/versions/{version}/download"


def _drop_contents(folder: Path) -> None:
    """Room for the next turn; nobody reads them again."""
    for file in (folder / "files" / "sha256").rglob("*"):
        if file.is_file():
            file.unlink()


if __name__ == "__main__":
    sys.exit(main())
