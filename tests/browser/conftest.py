"""A running server with the demonstration year, and a real browser to use it with."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.desks import Desks
from tests.browser.forking import Forked, Forker
from tests.browser_finder import Browser
from tests.databases import FOLDER_VARIABLE, TestRun

# Two seconds where nothing else runs; on a busy machine it only has to come.
START_LIMIT_SECONDS = 120.0
GUNICORN = (
    "tests.browser.served:app --worker-class gthread --workers 1 --threads 8 --no-control-socket".split()
)


@dataclass(frozen=True)
class Demo:
    """The data folder that ``./dev run`` makes and the summary that it prints. Never written to."""

    data: Path
    summary: str


@dataclass(frozen=True)
class LiveServer:
    url: str
    data: Path
    summary: str


@pytest.fixture(scope="session")
def demo(test_run: TestRun) -> Demo:
    """Made once in a test run, by whichever worker needs it first."""
    data = test_run.folder / "demo"
    summary = test_run.folder / "demo.txt"
    with test_run.lock("demo"):
        if not summary.exists():
            data.mkdir(mode=0o700, exist_ok=True)
            summary.write_text(test_run.python("-m", "agencyqa.prepare", data=data))
    return Demo(data, summary.read_text())


@contextmanager
def serve(run: TestRun, demo: Demo, forker: Forker) -> Iterator[LiveServer]:
    """gunicorn as ``./dev run`` sets it, on a copy of the demonstration year."""
    with tempfile.TemporaryDirectory(prefix="server-", dir=run.folder) as folder:
        data = Path(folder) / "data"
        shutil.copytree(demo.data, data)
        log_file = Path(folder) / "server.log"
        # The socket is opened here and handed over, so that nobody else can take the port in between.
        with socket.create_server(("127.0.0.1", 0)) as listener, log_file.open("wb") as log:
            port = listener.getsockname()[1]
            environment = {**run.environment(data), "PORT": str(port), FOLDER_VARIABLE: str(run.folder)}
            server = forker.start(GUNICORN, environment, listener.fileno(), log.fileno())
            try:
                _await_ready(server, port, log_file)
                yield LiveServer(f"http://127.0.0.1:{port}", data, demo.summary)
            finally:
                # At once: a polite stop waits seconds for connections that the browser keeps open.
                server.stop(patience=10)
        assert "Traceback" not in log_file.read_text("utf-8"), f"The server logged errors:\n{_tail(log_file)}"


def _await_ready(server: Forked, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < deadline and not server.has_ended():
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise AssertionError(f"The server did not become ready:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text("utf-8")[-4000:]


@pytest.fixture(scope="session")
def forker(test_run: TestRun) -> Iterator[Forker]:
    with closing(Forker(test_run.folder)) as opened:
        yield opened


@pytest.fixture(scope="session")
def live_server(test_run: TestRun, demo: Demo, forker: Forker) -> Iterator[LiveServer]:
    """One server a worker, for journeys that only look."""
    with serve(test_run, demo, forker) as server:
        yield server


@pytest.fixture
def own_server(test_run: TestRun, demo: Demo, forker: Forker) -> Iterator[LiveServer]:
    """A server of this test alone, for journeys that change something."""
    with serve(test_run, demo, forker) as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = Browser.from_json(os.environ["AGENCYQA_TEST_BROWSER"])
    return {
        **browser_type_launch_args,
        "executable_path": found.executable,
        "args": found.arguments,
        "env": {**os.environ, **found.environment},
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture
def desks(new_context: Callable[..., BrowserContext]) -> Iterator[Desks]:
    """Browsers of this test. Any error in a console, or a file that is missing, fails it."""
    opened = Desks(new_context)
    yield opened
    assert opened.complaints == []
