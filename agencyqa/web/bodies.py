"""Views that take files: their bodies are large, so nothing of one is read before its sender may send it."""

from __future__ import annotations

import functools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

from flask import Flask, Request, Response, current_app, g, make_response, request
from flask_babel import LazyString
from werkzeug.exceptions import HTTPException

from agencyqa.auth.guards import optional_actor
from agencyqa.extensions import csrf

View = TypeVar("View", bound=Callable[..., Any])
MARK = "agencyqa_takes_files"
WRITING = frozenset({"POST", "PUT", "PATCH"})
LIMIT = "LARGEST_UPLOAD"
FOLDER = "UPLOAD_FOLDER"
# Each part is a temporary file of its own; a form has a handful of fields and a file.
MAXIMUM_PARTS = 100
# A browser that is still sending when it is refused sees the answer only if somebody goes on listening.
LINGER_SECONDS = 10
_LISTENING = 64 * 1024


def takes_files(purpose: LazyString | None = None) -> Callable[[View], View]:
    """Mark a view whose answer is ``files.uploads.take_upload``, or that takes a part of a file.

    The body of its POST and PUT may be as large as the setting allows, and neither the token nor the form is looked
    at before the guard has let the sender in: ``take_upload`` does both, after the view's own checks.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            answer = make_response(view(*args, **kwargs))
            if request.method in WRITING and answer.status_code < 400 and not g.get("csrf_valid"):
                raise RuntimeError(
                    f"{request.endpoint} wrote without take_upload, so nobody looked at the token"
                )
            return answer

        setattr(guarded, MARK, purpose)
        # Only the automatic look in front of the guard is lifted, see above.
        csrf.exempt(guarded)
        return guarded  # type: ignore[return-value]

    return mark


def purpose_of(path: str) -> LazyString | None:
    """What the file is for that the form at this path takes; None where there is no such form."""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path, method="POST")  # type: ignore[union-attr]
    except HTTPException:
        return None
    purpose: LazyString | None = getattr(current_app.view_functions[endpoint], MARK, None)
    return purpose


def is_upload(request: Request) -> bool:
    """Whether this request may carry a file, by the mark of its view."""
    if request.method not in WRITING or request.endpoint is None:
        return False
    view = current_app.view_functions.get(request.endpoint)
    return hasattr(view, MARK)


def is_raw_upload(request: Request) -> bool:
    """A script sends the bare file by PUT, or a part by PATCH, and reads JSON; a form sends POST and shows a page."""
    return request.method != "POST" and is_upload(request)


class UploadRequest(Request):
    """Parses the form of an upload only after ``open_form``, and its file into the data folder."""

    _form_is_open = False
    _spool: list[IO[bytes]]

    def open_form(self) -> None:
        """From here on ``form`` and ``files`` are what was sent. Raise RequestEntityTooLarge."""
        for name in ("form", "files", "values", "stream"):
            self.__dict__.pop(name, None)
        self._form_is_open = True
        self._spool = []
        self.max_form_parts = MAXIMUM_PARTS
        try:
            self._load_form_data()
        except BaseException:
            # An error page must not begin to read where this broke off.
            self._form_is_open = False
            raise

    def close(self) -> None:
        super().close()
        # Also the file of a form that broke off, which nobody was given.
        for file in self.__dict__.get("_spool", ()):
            file.close()

    @property
    def want_form_data_parsed(self) -> bool:
        if is_upload(self):
            return self._form_is_open and self.method == "POST" and super().want_form_data_parsed
        return super().want_form_data_parsed

    @property
    def max_content_length(self) -> int | None:
        if is_upload(self):
            # Fields are sent beside the file.
            limit: int = current_app.config[LIMIT] + current_app.config["MAX_CONTENT_LENGTH"]
            return limit
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if is_upload(self):
            # Nameless, so that not even a killed process leaves one behind; and not in memory, however many parts.
            file = tempfile.TemporaryFile("w+b", dir=current_app.config[FOLDER])  # noqa: SIM115  See ``close``.
            self._spool.append(file)
            return file
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def listen_on(response: Response) -> Response:
    """Let somebody who was refused finish sending for a while: cut off at once, browsers show no answer at all."""
    if not is_upload(request) or response.status_code < 400 or optional_actor() is None:
        return response
    environ = request.environ
    # Only such a server tells the end of a body, so that reading on cannot wait for ever.
    if not environ.get("wsgi.input_terminated"):
        return response

    def listen() -> None:
        end = time.monotonic() + LINGER_SECONDS
        socket = environ.get("gunicorn.socket")
        if socket is not None:
            socket.settimeout(1)
        try:
            while time.monotonic() < end and environ["wsgi.input"].read(_LISTENING):
                pass
        except (OSError, HTTPException):
            pass

    response.call_on_close(listen)
    return response


def init_app(app: Flask, *, limit: int, folder: Path) -> None:
    """``limit`` in bytes for one file; ``folder`` takes files of forms while they arrive."""
    folder.mkdir(parents=True, exist_ok=True)
    app.request_class = UploadRequest
    app.config[LIMIT] = limit
    app.config[FOLDER] = str(folder)
    app.after_request(listen_on)
