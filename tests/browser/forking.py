"""Starts the servers of the journeys from one process that has the application imported already.

Importing it takes three seconds of processor time, the same in each of two dozen servers. A forked one begins where
they part: it reads its own environment, makes its own application and opens its own database.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.orm import configure_mappers

from tests.databases import ROOT
from tests.postgres import die_with_parent

# An order is an environment and a command line.
LONGEST_ORDER = 65_536


class Forked:
    """A server that was started for us. Its process is not our child, so its end shows at a line that it holds open."""

    def __init__(self, number: int, line: socket.socket) -> None:
        self.number = number
        self._line = line

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Whether it, and every process that it forked, is gone; waits so long for it."""
        self._line.settimeout(seconds)
        try:
            return self._line.recv(1) == b""
        except (TimeoutError, BlockingIOError):
            return False

    def stop(self, patience: float) -> None:
        # What it started in its turn may hold the line a moment longer than the server itself lives.
        with suppress(ProcessLookupError):
            if not self.has_ended():
                os.kill(self.number, signal.SIGINT)
                if not self.has_ended(patience):
                    os.kill(self.number, signal.SIGKILL)
        self._line.close()


class Forker:
    """The process that forks them; it ends with us, for it reads our orders to their end."""

    def __init__(self, home: Path) -> None:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.forking", str(theirs.fileno())],
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "PYTHONUTF8": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], listener: int, log: int
    ) -> Forked:
        """gunicorn with these arguments and nothing but this environment, listening at ``listener``."""
        ours, theirs = socket.socketpair()
        with theirs:
            order = json.dumps({"arguments": arguments, "environment": environment}).encode()
            socket.send_fds(self._orders, [order], [listener, log, theirs.fileno()])
            return Forked(int(self._orders.recv(64)), ours)

    def close(self) -> None:
        self._orders.close()
        self._process.wait()


# ------------------------------------------------------------------------------------- in the process that forks


def obey(orders: socket.socket, serve: Callable[[], None]) -> None:
    # Whoever ordered a server sees its end; nobody else waits for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        order, handed, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 3)
        if not order:
            return
        number = os.fork()
        if number == 0:
            orders.close()
            _become(json.loads(order), *handed)
            _serve_and_exit(serve)
        for each in handed:
            os.close(each)
        orders.send(str(number).encode())


def _become(order: Mapping[str, Any], listener: int, log: int, line: int) -> None:
    """``line`` is only held: by this process, and by those that it forks."""
    if (ask := die_with_parent()) is not None:
        ask()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["gunicorn", "--bind", f"fd://{listener}", *order["arguments"]]


def _serve_and_exit(serve: Callable[[], None]) -> NoReturn:
    status = 1
    try:
        serve()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _main() -> None:
    # What the servers have in common is loaded here, once; the worker's class is looked up by its name.
    for name in ("agencyqa.app", "gunicorn.workers.gthread"):
        import_module(name)
    configure_mappers()
    gc.collect()
    gc.freeze()
    obey(socket.socket(fileno=int(sys.argv[1])), import_module("gunicorn.app.wsgiapp").run)


if __name__ == "__main__":
    _main()
