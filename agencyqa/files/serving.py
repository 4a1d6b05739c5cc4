"""How a file goes out: through a view of the area that owns it, which has asked who may see it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import dump_options_header
from werkzeug.wsgi import FileWrapper

from agencyqa.errors import WrongState
from agencyqa.files.enums import FileKind, ScanState
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.files.store import PIECE
from agencyqa.web.headers import content_policy

_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: dict[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.OFD: "application/ofd",
    FileKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}.presentationml.presentation",
    FileKind.DOC: "application/msword",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.PPT: "application/vnd.ms-powerpoint",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.ZIP: "application/zip",
}


def download(stored: StoredFile, name: str) -> Response:
    """The content as an attachment under this name. Raise WrongState where a scanner's word forbids it."""
    return _sent(stored, name, "attachment")


def view_inline(stored: StoredFile, name: str) -> Response:
    """A PDF to be shown by the browser, alone or in a frame of our own pages; any other kind is downloaded."""
    if stored.kind is not FileKind.PDF:
        return download(stored, name)
    response = _sent(stored, name, "inline")
    response.headers["Content-Security-Policy"] = content_policy(frame_ancestors="'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def check_may_leave(stored: StoredFile) -> None:
    if stored.scan_state is ScanState.INFECTED:
        raise WrongState("file_infected")
    if current_app.config["SETTINGS"].files.block_unscanned and stored.scan_state is not ScanState.CLEAN:
        raise WrongState("file_not_scanned")


def _sent(stored: StoredFile, name: str, disposition: str) -> Response:
    check_may_leave(stored)
    content = open_stored(stored)
    response = Response(
        # Read piece by piece while the taker takes it; it knows how to begin in the middle.
        FileWrapper(content, PIECE),
        mimetype=MEDIA_TYPES[stored.kind],
        direct_passthrough=True,
    )
    response.content_length = stored.size
    response.headers["Content-Disposition"] = _disposition(disposition, name)
    response.set_etag(stored.sha256)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=stored.size)
    except RequestedRangeNotSatisfiable as error:
        # For a program that puts parts together, not for a person: it needs the size, and no page.
        return Response(
            status=416, mimetype="text/plain", headers={"Content-Range": f"bytes */{error.length}"}
        )
    return response


def _disposition(disposition: str, name: str) -> str:
    """The name twice: for old programs without the signs they cannot read, for all others as it is."""
    plain = name.encode("ascii", "ignore").decode("ascii").strip()
    if plain == name:
        return dump_options_header(disposition, {"filename": name})
    ending = name.rpartition(".")[2]
    fallback = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    encoded = quote(name, safe="")
    return dump_options_header(disposition, {"filename": fallback, "filename*": f"UTF-8''{encoded}"})
