"""A line to a server that can be cut while bytes are on it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PIECE = 65536


class Line:
    """Passes on what comes in at ``port``. After ``limit`` bytes towards the server it is dead for good."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.limit: int | None = None
        self._passed = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self._open += [near, far]
                threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_PIECE):
                if counts:
                    self._passed += len(data)
                    if self.limit is not None and self._passed > self.limit:
                        self.cut()
                        return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def cut_after(self, count: int) -> None:
        self._passed, self.limit = 0, count

    def cut(self) -> None:
        for opened in [self._listener, *self._open]:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    made = Line(port)
    try:
        yield made
    finally:
        made.cut()
