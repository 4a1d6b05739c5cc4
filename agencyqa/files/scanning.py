"""A connection to clamd, which looks for viruses; it finds what the signatures of the bureau know, and no more."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from agencyqa.files.enums import ScanState
from agencyqa.files.store import PIECE

Address = str | tuple[str, int]
_CONNECT_SECONDS = 5
# clamd may think for a while about a large archive.
_ANSWER_SECONDS = 300
_LONGEST_ANSWER = 4096
LONGEST_DETAIL = 200


class ScannerDown(Exception):
    """Nobody answers at the address, or the answer broke off."""


@dataclass(frozen=True)
class Verdict:
    """``detail`` is the name of what was found, or why no verdict could be given."""

    state: ScanState
    detail: str = ""


def scan(address: Address, stream: BinaryIO) -> Verdict:
    """Send a content through the INSTREAM command. Raise ScannerDown."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"zINSTREAM\0")
        try:
            while piece := stream.read(PIECE):
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            # More than it takes: it has said so and closed the line.
            return

    return _verdict(_ask(address, talk))


def is_up(address: Address) -> bool:
    try:
        return _ask(address, lambda connection: connection.sendall(b"zPING\0")) == "PONG"
    except ScannerDown:
        return False


def _verdict(answer: str) -> Verdict:
    text = answer.removeprefix("stream: ")
    if text == "OK":
        return Verdict(ScanState.CLEAN)
    if text.endswith(" FOUND"):
        return Verdict(ScanState.INFECTED, text.removesuffix(" FOUND")[:LONGEST_DETAIL])
    if text.endswith("ERROR"):
        return Verdict(ScanState.NOT_SCANNED, text.removesuffix("ERROR").strip(" .")[:LONGEST_DETAIL])
    raise ScannerDown(f"unexpected answer {answer[:80]!r}")


def _ask(address: Address, talk: Callable[[socket.socket], None]) -> str:
    try:
        with _connect(address) as connection:
            talk(connection)
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
                part = connection.recv(_LONGEST_ANSWER)
                if not part:
                    break
                answer += part
    except OSError as error:
        raise ScannerDown(str(error)) from error
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(address: Address) -> socket.socket:
    if isinstance(address, tuple):
        connection = socket.create_connection(address, _CONNECT_SECONDS)
    else:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
    connection.settimeout(_ANSWER_SECONDS)
    return connection
