"""The bare body of a request as a script sends it: with a token in a header and as long as it was announced."""

from __future__ import annotations

import urllib.parse
from typing import IO

from flask import Response, current_app, g, jsonify, request
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from wtforms.validators import ValidationError

from agencyqa.files.errors import FileRefused
from agencyqa.files.store import PIECE
from agencyqa.web import bodies

NAME_HEADER = "X-File-Name"
# The length of the form fields, URL-encoded, that a script sends in front of the file; an address has room for few.
FIELDS_HEADER = "X-Form-Length"
_LONGEST_FIELDS = 256 * 1024
OFFSET_HEADER = "Upload-Offset"
# A part is one request; this bounds what a worker writes at once, and what a line costs that breaks unnoticed.
PART = 8 * 1024 * 1024


def announced() -> int | None:
    """How much is to come; None where the sender himself does not know."""
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    return None if is_chunked else request.content_length or 0


def too_large() -> FileRefused:
    limit: int = current_app.config[bodies.LIMIT]
    return FileRefused("file_too_large", status=413, limit=limit // 1024 // 1024)


def how_far(token: str, received: int, size: int, **more: str) -> Response:
    """What a script is told of a file that comes in parts: where to go on, and how much fits one part."""
    answer = jsonify(upload=token, offset=received, size=size, part=PART, **more)
    answer.headers[OFFSET_HEADER] = str(received)
    return answer


def check_token() -> None:
    """As for any script of ours: the token stands in a header, so no form is looked for."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(error.args[0]) from None
    # Nobody else's page can send a PUT or PATCH with such a header, so the referrer adds nothing.
    g.csrf_valid = True


class Body:
    """The bare body of a request, which must be as long as it was announced to be."""

    def __init__(self, stream: IO[bytes], announced: int | None) -> None:
        self.stream = stream
        # None where the sender did not know how much was to come.
        self.left = announced

    def read(self, size: int = -1) -> bytes:
        try:
            data = self.stream.read(PIECE if size < 0 else size)
        except RequestEntityTooLarge:
            raise
        except OSError as error:
            raise ClientDisconnected from error
        if self.left is not None:
            if not data and self.left:
                raise ClientDisconnected
            self.left -= len(data)
        return data

    def exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            data = self.read(size - len(found))
            if not data:
                raise ClientDisconnected
            found += data
        return found

    def close(self) -> None:
        """The server owns the connection."""


def fields_of(body: Body) -> MultiDict[str, str]:
    """The fields that stand in front of the file, or in the address. Raise RequestEntityTooLarge."""
    length = request.headers.get(FIELDS_HEADER, "")
    if not length:
        return MultiDict(request.args)
    if not (length.isascii() and length.isdigit()) or len(length) > 6 or int(length) > _LONGEST_FIELDS:
        raise RequestEntityTooLarge
    text = body.exactly(int(length)).decode("utf-8", "replace")
    return MultiDict(urllib.parse.parse_qsl(text, keep_blank_values=True, max_num_fields=1000))
