"""The harness: one server and one folder a run, one database a worker and backend, one savepoint a test."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.browser_finder import NoBrowser, find_browser
from tests.databases import BACKENDS, FOLDER_VARIABLE, SECRET_KEY, SERVER_VARIABLE, TestRun
from tests.postgres import NoPostgres, Postgres
from tests.run_folder import RunFolder

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask import Flask
    from sqlalchemy.orm import Session

    from tests.client import Client

# How quickly examples come says something of the machine, not of the product.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

TESTS = Path(__file__).resolve().parent
BROWSER_VARIABLE = "AGENCYQA_TEST_BROWSER"
NO_BROWSER_VARIABLE = "AGENCYQA_TEST_NO_BROWSER"

# ------------------------------------------------------------------------------------------------ the run


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def may_select(config: pytest.Config, *below: str) -> bool:
    """Whether the command line can reach tests in one of these folders of ``tests``."""
    if config.option.collectonly:
        return False
    named = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    for folder in (TESTS / name for name in below):
        if any(path.is_relative_to(folder) or folder.is_relative_to(path) for path in named):
            return True
    return False


def pytest_configure(config: pytest.Config) -> None:
    if is_worker(config):
        return
    # A polite kill must clean up like Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    folder = RunFolder()
    config.add_cleanup(folder.remove)
    os.environ[FOLDER_VARIABLE] = str(folder.path)
    os.environ[SERVER_VARIABLE] = ""
    others = [
        entry.name for entry in TESTS.iterdir() if entry.is_dir() and entry.name not in {"unit", "browser"}
    ]
    if may_select(config, *others):
        os.environ[SERVER_VARIABLE] = _server(config, folder.path)
        config.add_cleanup(TestRun.from_environ().remove_template)
    if may_select(config, "browser") and config.option.markexpr != "not browser":
        try:
            os.environ[BROWSER_VARIABLE] = find_browser().to_json()
        except NoBrowser as error:
            os.environ[NO_BROWSER_VARIABLE] = str(error)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _server(config: pytest.Config, folder: Path) -> str:
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    server = Postgres(folder / "postgres")
    config.add_cleanup(server.stop)
    try:
        server.start()
    except NoPostgres as error:
        raise pytest.UsageError(str(error)) from error
    return server.url


# ------------------------------------------------------------------------------------------- browser journeys


# The longest first, so that what is stolen, and what comes last of all, is short.
LONG_JOURNEYS = (
    "commission",
    "every_page",
    "evidence",
    "application",
    "real_input",
    "scheme_editor",
    "uploads",
)


def _place_of(journey: pytest.Item) -> int:
    name = journey.path.stem.removeprefix("test_")
    return LONG_JOURNEYS.index(name) if name in LONG_JOURNEYS else len(LONG_JOURNEYS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread the browser journeys over the workers, each of which is first given one contiguous share.

    The first worker starts with its journeys, the others end with theirs: so one prepares the demonstration
    year while the rest is busy, and what is left at the end can be stolen.
    """
    for item in items:
        if item.path.is_relative_to(TESTS / "browser"):
            item.add_marker(pytest.mark.browser)
    journeys = sorted((item for item in items if item.get_closest_marker("browser")), key=_place_of)
    others = [item for item in items if not item.get_closest_marker("browser")]
    if journeys and NO_BROWSER_VARIABLE in os.environ:
        items[:] = others
        config.hook.pytest_deselected(items=journeys)
        if is_worker(config):
            config.workeroutput["journeys_not_run"] = len(journeys)  # type: ignore[attr-defined]
        else:
            config.stash[NOT_RUN] = len(journeys)
        return
    count = config.workerinput["workercount"] if is_worker(config) else 1  # type: ignore[attr-defined]
    ordered: list[pytest.Item] = []
    for worker in range(count):
        mine = journeys[worker::count]
        share = others[worker * len(others) // count : (worker + 1) * len(others) // count]
        ordered += mine + share if worker == 0 else share + mine
    items[:] = ordered


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end. Looking through it for garbage costs a twelfth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 20)


NOT_RUN = pytest.StashKey[int]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    output = getattr(node, "workeroutput", {})
    node.config.stash[NOT_RUN] = max(node.config.stash.get(NOT_RUN, 0), output.get("journeys_not_run", 0))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if (
        not is_worker(session.config)
        and session.config.stash.get(NOT_RUN, 0)
        and os.environ.get("CI") == "true"
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if number := config.stash.get(NOT_RUN, 0):
        reason = os.environ[NO_BROWSER_VARIABLE]
        terminalreporter.write_line(f"browser journeys NOT run ({number}): {reason}", red=True, bold=True)


# ------------------------------------------------------------------------------------------------ databases


@pytest.fixture(scope="session")
def test_run() -> TestRun:
    return TestRun.from_environ()


class WorkerApps:
    """The application of each backend, made once in this process whatever the order of the tests."""

    def __init__(self, run: TestRun) -> None:
        self.run = run
        self.urls: dict[str, str] = {}
        self.apps: dict[str, Flask] = {}

    def url(self, backend: str) -> str:
        if backend not in self.urls:
            self.urls[backend] = self.run.clone(backend)
        return self.urls[backend]

    def app(self, url: str) -> Flask:
        if url not in self.apps:
            self.apps[url] = make_app(self.run, url)
        return self.apps[url]

    def close(self) -> None:
        for app in self.apps.values():
            dispose(app)
        for url in self.urls.values():
            self.run.drop(url)


def make_app(run: TestRun, url: str, **files: Any) -> Flask:
    """An application for tests on this database; every one has a data folder of its own.

    ``files`` are values of ``FileSettings``, for tests of another store or limit.
    """

    from agencyqa.app import create_app
    from agencyqa.web.templating import Site
    from config import FileSettings, Settings
    from tests.client import Client, watch_commits
    from tests.compiled_rules import SharedRule
    from tests.compiled_templates import share_compiled

    Site.url_rule_class = SharedRule
    data = Path(tempfile.mkdtemp(prefix="data-", dir=run.folder))
    app = create_app(
        Settings(
            secret_key=SECRET_KEY,
            database_url=url,
            data_dir=data,
            secure_cookies=False,
            testing=True,
            log_level="WARNING",
            files=FileSettings(**files),
            field_keys=(("tests", b"k" * 32),),
            signing_keys=(("tests", b"s" * 32),),
        )
    )
    app.testing = True
    app.test_client_class = Client
    share_compiled(app, run.folder)
    watch_commits(app)
    return app


def dispose(app: Flask) -> None:
    """Give back the connections of an application that is no longer used."""
    from tests.client import engines_of

    for engine in engines_of(app).values():
        engine.engine.dispose()


@pytest.fixture(scope="session")
def worker_apps(test_run: TestRun) -> Iterator[WorkerApps]:
    from agencyqa.extensions import db
    from tests.client import listen_for_writes

    # On a connection that a test holds in a transaction, a commit of the application releases a savepoint. On
    # an engine the setting means nothing.
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    listen_for_writes()
    apps = WorkerApps(test_run)
    yield apps
    apps.close()


@pytest.fixture(scope="session", params=BACKENDS)
def database(request: pytest.FixtureRequest, worker_apps: WorkerApps) -> str:
    """The URL of this worker's database; a test that needs it, in any way, runs on both backends."""
    return worker_apps.url(request.param)


@pytest.fixture
def app(database: str, worker_apps: WorkerApps) -> Flask:
    """The worker's application. What a test does with it belongs inside ``connection``, which undoes it."""
    return worker_apps.app(database)


@pytest.fixture
def connection(app: Flask) -> Iterator[sa.Connection]:
    """The one connection of this test, in a transaction that is rolled back; the application uses it too."""
    from tests.client import engines_of

    engines = engines_of(app)
    engine = engines[None].engine
    with engine.connect() as held, held.begin() as transaction:
        engines[None] = held
        try:
            yield held
        finally:
            engines[None] = engine
            transaction.rollback()


@pytest.fixture
def session(connection: sa.Connection) -> Iterator[Session]:
    """The test's own session. What it commits is seen by requests of ``client`` and gone after the test."""
    from sqlalchemy.orm import Session

    with Session(connection, join_transaction_mode="create_savepoint") as opened:
        yield opened


@pytest.fixture
def new_client(app: Flask, session: Session) -> Callable[[], Client]:
    """Makes browsers with cookies of their own, for tests of several people."""

    def make() -> Client:
        made: Client = app.test_client()  # type: ignore[assignment]
        made.shared = session
        return made

    return make


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    """One browser. What ``session`` holds is committed before, and read anew after, each request."""
    return new_client()


@pytest.fixture
def real_database(database: str, test_run: TestRun) -> Iterator[str]:
    """The URL of a database of this test alone, with real commits: for threads, crashes and migrations."""
    from sqlalchemy import make_url

    url = test_run.clone(make_url(database).get_backend_name())
    yield url
    test_run.drop(url)


@pytest.fixture
def real_app(real_database: str, test_run: TestRun) -> Iterator[Flask]:
    """An application on ``real_database``: its commits are real, each connection is its own."""
    made = make_app(test_run, real_database)
    yield made
    dispose(made)
