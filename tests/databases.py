"""Databases for one test run: migrated once for each backend, then cloned as often as somebody needs one."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.postgres import NoPostgres

ROOT = Path(__file__).resolve().parent.parent
BACKENDS = ("sqlite", "postgresql")
SECRET_KEY = "only for tests, and at least as long as a real one"

FOLDER_VARIABLE = "AGENCYQA_TEST_FOLDER"
SERVER_VARIABLE = "AGENCYQA_TEST_SERVER"


@dataclass(frozen=True)
class TestRun:
    """What the controlling process made and its workers share: a temporary folder and a PostgreSQL server."""

    __test__ = False

    folder: Path
    server: str | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> TestRun:
        return cls(Path(environ[FOLDER_VARIABLE]), environ.get(SERVER_VARIABLE) or None)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """One process at a time; the lock goes with the process that dies."""
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def environment(self, data: Path, database_url: str | None = None) -> dict[str, str]:
        """The environment of a command of the application, with nothing of the caller's but PATH."""
        settings = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "PYTHONUTF8": "1",
            "AGENCYQA_DATA": str(data),
            "AGENCYQA_SECRET_KEY": SECRET_KEY,
            "HOST": "127.0.0.1",
        }
        if database_url is not None:
            settings["AGENCYQA_DATABASE_URL"] = database_url
        return settings

    # ------------------------------------------------------------------------------------------ templates

    def clone(self, backend: str) -> str:
        """The URL of a new database with the current schema and no rows."""
        template = self._template(backend)
        name = f"agencyqa_test_{secrets.token_hex(6)}"
        if backend == "sqlite":
            file = self.folder / f"{name}.sqlite3"
            shutil.copyfile(template.database or "", file)
            return f"sqlite:///{file}"
        with self._maintenance() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template.database}"')
        return template.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        address = sa.make_url(url)
        if address.get_backend_name() == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(f"{address.database}{suffix}").unlink(missing_ok=True)
        else:
            with self._maintenance() as connection:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{address.database}" WITH (FORCE)')

    def _template(self, backend: str) -> sa.URL:
        known = self.folder / f"template-{backend}"
        with self.lock(f"template-{backend}"):
            if not known.exists():
                url = self._empty(backend)
                self.flask("db", "upgrade", data=self.folder, database_url=url)
                known.write_text(url)
            return sa.make_url(known.read_text())

    def _empty(self, backend: str) -> str:
        if backend == "sqlite":
            return f"sqlite:///{self.folder / 'template.sqlite3'}"
        if self.server is None:
            raise NoPostgres("PostgreSQL was not started: the command line named unit tests only.")
        name = f"agencyqa_test_{secrets.token_hex(6)}"
        with self._maintenance() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        (self.folder / "template-name").write_text(name)
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def remove_template(self) -> None:
        """Only a server that is not ours outlives the run; its clones are dropped by those who made them."""
        name = self.folder / "template-name"
        if self.server is not None and name.exists():
            self.drop(
                sa.make_url(self.server).set(database=name.read_text()).render_as_string(hide_password=False)
            )

    @contextmanager
    def _maintenance(self) -> Iterator[sa.Connection]:
        assert self.server is not None
        engine = sa.create_engine(self.server, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection

    # ------------------------------------------------------------------------------------------ commands

    def flask(self, *arguments: str, data: Path, database_url: str | None = None) -> str:
        """Run a command of the application in a process of its own and return what it printed."""
        return self.python("-m", "flask", "--app", "wsgi", *arguments, data=data, database_url=database_url)

    def python(self, *arguments: str, data: Path, database_url: str | None = None) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(data, database_url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout
