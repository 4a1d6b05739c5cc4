"""How a file comes in: from a plain form, or from the script that shows how far it is.

@bp.route("/<int:thing_id>/upload", methods=["GET", "POST", "PUT"])
@requires(Permission.X)
@takes_files
def upload(thing_id): load, check, ``return take_upload(form, save, page=…)``
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from flask import current_app, g, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from wtforms.validators import ValidationError

from agencyqa.clock import utc_now
from agencyqa.db import set_reading
from agencyqa.errors import Invalid
from agencyqa.extensions import csrf, db
from agencyqa.files import services
from agencyqa.files.errors import FileRefused, StoreFull
from agencyqa.files.models import StoredFile
from agencyqa.files.names import NAMELESS, clean_name, named_as
from agencyqa.files.store import PIECE, is_no_room
from agencyqa.web import bodies, intake, refusals
from agencyqa.web.bodies import UploadRequest, takes_files
from agencyqa.web.constraints import Constraints
from agencyqa.web.forms import Form, UploadField
from agencyqa.web.messages import sentence

__all__ = ["KeptFile", "UploadField", "UploadForm", "take_upload", "takes_files"]

NAME_HEADER = "X-File-Name"
# The length of the form fields, URL-encoded, that a script sends in front of the file; an address has room for few.
FIELDS_HEADER = "X-Form-Length"
_LONGEST_FIELDS = 256 * 1024


@dataclass(frozen=True)
class KeptFile:
    """A content and the name, cleaned, under which it came."""

    stored: StoredFile
    name: str


class UploadForm(Form):
    """A form with a file. What was sent is read by ``take_upload`` and by nobody before it."""

    file = UploadField(_l("文件"), required=True)

    def __init__(self, **given: Any) -> None:
        self._given = {name: value for name, value in given.items() if name not in {"prefix", "meta"}}
        super().__init__(formdata=None, **given)
        if not self.file.help:
            self.file.help = sentence("file_kinds_taken", limit=self.upload_limit // 1024 // 1024)

    @property
    def upload_limit(self) -> int:
        """In bytes; the script refuses a larger file before it sends anything."""
        limit: int = current_app.config[bodies.LIMIT]
        return limit

    def read(self, sent: MultiDict[str, Any] | CombinedMultiDict[str, Any]) -> None:
        self.process(formdata=sent, **self._given)

    def apply(self, error: Invalid) -> None:
        super().apply(error)
        if isinstance(error, FileRefused):
            # More than a slip of the pen: the log says who tried.
            self._refused_status = error.status
            refusals.tell(error)


def take_upload(
    form: UploadForm,
    save: Callable[[KeptFile | None], str],
    *,
    page: Callable[[], ResponseReturnValue],
    constraints: Constraints | None = None,
) -> ResponseReturnValue:
    """Show the page, or take what it sent: the whole answer of a view marked with ``takes_files``.

    The view has made its own checks before: not a byte of the body is read until here. The transaction it read in
    ends while the file arrives, so what it loaded is loaded anew in ``save`` (columns by themselves, relationships
    not), which asks the policies again like every service. ``save`` gets the file, or None where the field is not
    required and was left empty, and gives the address to go on to; this function commits. ``constraints`` as for
    ``Form.catching``.
    """
    if request.method not in bodies.WRITING:
        return page()
    location = _taken(form, save, constraints)
    if not bodies.is_raw_upload(request):
        if location is not None:
            return redirect(location)
        answer = make_response(page())
    elif location is not None:
        return jsonify(location=location)
    else:
        errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items() if name}
        message = " ".join(map(str, form.form_errors)) or " ".join(errors.values())
        answer = jsonify(message=message, errors=errors)
    answer.status_code = form.status
    return answer


def _taken(
    form: UploadForm, save: Callable[[KeptFile | None], str], constraints: Constraints | None
) -> str | None:
    """The address to go on to, or None where the form now says what is wrong."""
    # Nobody waits for us in the database while a file crawls in.
    db.session.rollback()
    try:
        _read(form)
        if not form.validate():
            return None
        with form.catching(constraints):
            return _save(form.file.data, save)
    except FileRefused as error:
        db.session.rollback()
        form.apply(error)
    return None


def _read(form: UploadForm) -> None:
    """Look at the token and fill the form; of the script's body only the fields are read."""
    _refuse_announced()
    sent: MultiDict[str, Any] | CombinedMultiDict[str, Any]
    if bodies.is_raw_upload(request):
        _check_token()
        body = _Body(request.stream, _announced())
        fields = _fields(body)
        name = request.headers.get(NAME_HEADER, "")
        files = MultiDict[str, Any]()
        if name or body.left != 0:
            files["file"] = FileStorage(cast(IO[bytes], body), urllib.parse.unquote(name) or NAMELESS)
        sent = CombinedMultiDict([files, fields])
    else:
        _open_form()
        csrf.protect()
        fields = request.form
        sent = CombinedMultiDict([request.files, request.form])
    intake.refuse_nul_in("", fields)
    form.read(sent)


def _refuse_announced() -> None:
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise _too_large()


def _announced() -> int | None:
    """How much is to come; None where the sender himself does not know."""
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    return None if is_chunked else request.content_length or 0


def _too_large() -> FileRefused:
    limit: int = current_app.config[bodies.LIMIT]
    return FileRefused("file_too_large", status=413, limit=limit // 1024 // 1024)


def _check_token() -> None:
    """As for any script of ours: the token stands in a header, so no form is looked for."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(error.args[0]) from None
    # Nobody else's page can send a PUT with such a header, so the referrer adds nothing.
    g.csrf_valid = True


def _open_form() -> None:
    try:
        cast(UploadRequest, request).open_form()
    except RequestEntityTooLarge:
        raise _too_large() from None
    except OSError as error:
        if is_no_room(error):
            raise StoreFull from error
        raise ClientDisconnected from error


def _fields(body: _Body) -> MultiDict[str, str]:
    length = request.headers.get(FIELDS_HEADER, "")
    if not length:
        return MultiDict(request.args)
    if not (length.isascii() and length.isdigit()) or len(length) > 6 or int(length) > _LONGEST_FIELDS:
        raise RequestEntityTooLarge
    text = body.exactly(int(length)).decode("utf-8", "replace")
    return MultiDict(urllib.parse.parse_qsl(text, keep_blank_values=True, max_num_fields=1000))


class _Body:
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


def _save(given: FileStorage | None, save: Callable[[KeptFile | None], str]) -> str:
    if given is None:
        set_reading(False)
        location = save(None)
        db.session.commit()
        return location
    name = clean_name(given.filename or "")
    store = services.current_store()
    with services.staging(store, _pieces(given.stream)) as staged:
        kind = services.check(store, staged, name)
        set_reading(False)
        now = utc_now()
        is_new = False
        try:
            stored, is_new = services.keep(db.session(), store, staged, kind, now=now)
            location = save(KeptFile(stored, named_as(name, kind)))
            db.session.commit()
        except BaseException:
            db.session.rollback()
            if is_new:
                services.forget(db.session(), store, staged.sha256, now=now)
            raise
    return location


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces, none after the limit: a sender may announce less than he sends, or nothing."""
    limit: int = current_app.config[bodies.LIMIT]
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit:
            raise _too_large()
        yield piece
