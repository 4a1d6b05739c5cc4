"""How a file comes in: from a plain form, or from the script that shows how far it is.

@bp.route("/<int:thing_id>/upload", methods=["GET", "POST", "PUT"])
@requires(Permission.X)
@takes_files(_l("…"))
def upload(thing_id): load, check, ``return take_upload(form, save, page=…)``
"""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, cast

from flask import Response, current_app, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from wtforms import HiddenField

from agencyqa.auth.guards import current_actor, optional_actor
from agencyqa.clock import utc_now
from agencyqa.db import set_reading
from agencyqa.errors import Invalid
from agencyqa.extensions import csrf, db
from agencyqa.files import resuming, services
from agencyqa.files.arriving import NAME_HEADER, Body, announced, check_token, fields_of, how_far, too_large
from agencyqa.files.enums import UploadAction
from agencyqa.files.errors import FileRefused, StoreFull
from agencyqa.files.models import StoredFile
from agencyqa.files.names import NAMELESS, clean_name, named_as
from agencyqa.files.resuming import Incoming
from agencyqa.files.services import uploading
from agencyqa.files.store import PIECE, is_no_room
from agencyqa.web import bodies, intake, refusals
from agencyqa.web.bodies import UploadRequest, takes_files
from agencyqa.web.constraints import Constraints
from agencyqa.web.forms import Form, UploadField
from agencyqa.web.messages import sentence

__all__ = ["KeptFile", "UploadField", "UploadForm", "take_upload", "takes_files"]

# Instead of a file, how large it will be: the form is looked at, and the file then comes in parts.
SIZE_HEADER = "X-Upload-Size"


@dataclass(frozen=True)
class KeptFile:
    """A content and the name, cleaned, under which it came."""

    stored: StoredFile
    name: str


class UploadForm(Form):
    """A form with a file. What was sent is read by ``take_upload`` and by nobody before it."""

    file = UploadField(_l("文件"), required=True)
    # A file that came in parts before the form: its token, and the hash that the script made of what was chosen.
    upload_token = HiddenField()
    upload_sha256 = HiddenField()

    def __init__(self, **given: Any) -> None:
        self._sent: MultiDict[str, Any] | CombinedMultiDict[str, Any] = MultiDict()
        self._given = {name: value for name, value in given.items() if name not in {"prefix", "meta"}}
        super().__init__(formdata=None, **given)
        if not self.file.help:
            self.file.help = sentence("file_kinds_taken", limit=self.upload_limit // 1024 // 1024)

    @property
    def upload_limit(self) -> int:
        """In bytes; the script refuses a larger file before it sends anything."""
        limit: int = current_app.config[bodies.LIMIT]
        return limit

    @property
    def goes_in_parts(self) -> bool:
        """Whether the script may leave parts of a large file with us: they belong to whoever is signed in."""
        return optional_actor() is not None

    def read(self, sent: MultiDict[str, Any] | CombinedMultiDict[str, Any]) -> None:
        self._sent = sent
        self.process(formdata=sent, **self._given)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        return not self.shows_matches(self._sent) and bool(super().validate(*args, **kwargs))

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
    is_raw = bodies.is_raw_upload(request)
    if is_raw and SIZE_HEADER in request.headers:
        return _opened(form) or _told(form)
    location = _taken(form, save, constraints)
    if location is not None:
        return jsonify(location=location) if is_raw else redirect(location)
    if is_raw:
        return _told(form)
    answer = make_response(page())
    answer.status_code = form.status
    return answer


def _told(form: UploadForm) -> Response:
    """What is wrong, for the script to show."""
    errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items() if name}
    message = " ".join(map(str, form.form_errors)) or " ".join(errors.values())
    answer = jsonify(message=message, errors=errors)
    answer.status_code = form.status
    return answer


def _opened(form: UploadForm) -> ResponseReturnValue | None:
    """The upload that was begun for this form, or None where the form says why it was not.

    All that can be refused before a byte has come is refused here: by the view before us, by the fields, by the size.
    """
    db.session.rollback()
    try:
        _read(form)
        if not form.validate():
            return None
        set_reading(False)
        size = request.headers.get(SIZE_HEADER, "")
        upload, replaced = uploading.open_upload(
            current_actor(),
            db.session(),
            place=request.path,
            name=clean_name(form.file.data.filename if form.file.data else ""),
            size=int(size) if size.isascii() and size.isdigit() and len(size) <= 15 else 0,
            now=utc_now(),
        )
        db.session.commit()
    except FileRefused as error:
        db.session.rollback()
        form.apply(error)
        return None
    if replaced is not None:
        resuming.discard(replaced)
    return how_far(upload.token, 0, upload.size), HTTPStatus.CREATED


def _taken(
    form: UploadForm, save: Callable[[KeptFile | None], str], constraints: Constraints | None
) -> str | None:
    """The address to go on to, or None where the form now says what is wrong."""
    # Nobody waits for us in the database while a file crawls in.
    db.session.rollback()
    upload = None
    try:
        upload = _read(form)
        if upload is not None and upload.location is not None:
            # It was taken before, and whoever asks has not heard of it.
            return upload.location
        if not form.validate():
            return None
        with form.catching(constraints):
            if upload is not None:
                return _save_whole(form, upload, save)
            return _save(form.file.data, save)
    except FileRefused as error:
        db.session.rollback()
        form.apply(error)
    finally:
        if upload is not None:
            form.file.data.close()
    return None


def _read(form: UploadForm) -> Incoming | None:
    """Look at the token and fill the form; of the script's body only the fields are read.

    The file of the form may be one that came in parts before. Raise FileRefused where that cannot be used.
    """
    _refuse_announced()
    sent: MultiDict[str, Any] | CombinedMultiDict[str, Any]
    files: MultiDict[str, Any]
    if bodies.is_raw_upload(request):
        check_token()
        body = Body(request.stream, announced())
        fields = fields_of(body)
        name = request.headers.get(NAME_HEADER, "")
        files = MultiDict[str, Any]()
        if name or body.left != 0:
            files["file"] = FileStorage(cast(IO[bytes], body), urllib.parse.unquote(name) or NAMELESS)
    else:
        _open_form()
        csrf.protect()
        fields = request.form
        files = request.files
    intake.refuse_nul_in("", fields)
    upload, refusal = None, None
    token = fields.get("upload_token", "")
    if token and not any(given.filename for given in files.getlist("file")):
        try:
            upload, stream = _whole(token)
            files = MultiDict({"file": FileStorage(stream, upload.file_name)})
        except FileRefused as error:
            refusal = error
    sent = CombinedMultiDict([files, fields])
    form.read(sent)
    if refusal is not None:
        form.upload_token.data = ""
        raise refusal
    return upload


def _whole(token: str) -> tuple[Incoming, IO[bytes]]:
    """The upload that a form names, all of it there, or taken before. Raise FileRefused."""
    # Whoever sends the form twice at once may see the row as it was and its bytes already gone: he looks again.
    for _ in range(2):
        upload = resuming.find(current_actor(), db.session(), token, now=utc_now())
        # Checking a large file takes its time, as above.
        db.session.rollback()
        if upload is None or upload.place != request.path:
            continue
        if upload.location is not None:
            return upload, io.BytesIO()
        if upload.received < upload.size:
            raise FileRefused("upload_incomplete", status=409)
        try:
            return upload, upload.path.open("rb")
        except FileNotFoundError:
            continue
    raise FileRefused("upload_gone", status=404)


def _refuse_announced() -> None:
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise too_large()


def _open_form() -> None:
    try:
        cast(UploadRequest, request).open_form()
    except RequestEntityTooLarge:
        raise too_large() from None
    except OSError as error:
        if is_no_room(error):
            raise StoreFull from error
        raise ClientDisconnected from error


def _save_whole(form: UploadForm, upload: Incoming, save: Callable[[KeptFile | None], str]) -> str:
    """Take a file that came in parts. One that is refused for what it holds is gone, with its bytes."""
    try:
        location = _save(form.file.data, save, upload, form.upload_sha256.data or "")
    except FileRefused:
        db.session.rollback()
        set_reading(False)
        uploading.end(current_actor(), db.session(), upload.id, UploadAction.REFUSE, now=utc_now())
        db.session.commit()
        resuming.discard(upload.token)
        raise
    resuming.discard(upload.token)
    return location


def _save(
    given: FileStorage | None,
    save: Callable[[KeptFile | None], str],
    upload: Incoming | None = None,
    claimed: str = "",
) -> str:
    if given is None:
        set_reading(False)
        location = save(None)
        db.session.commit()
        return location
    name = clean_name(given.filename or "")
    store = services.current_store()
    lying = None if upload is None else upload.path
    with services.staging(store, _pieces(given.stream), lying=lying) as staged:
        if upload is not None:
            uploading.compare(upload, staged, claimed)
        kind = services.check(store, staged, name)
        set_reading(False)
        now = utc_now()
        is_new = False
        try:
            if upload is not None and not uploading.take(db.session(), upload, now=now):
                return _taken_meanwhile(upload)
            stored, is_new = services.keep(db.session(), store, staged, kind, now=now)
            location = save(KeptFile(stored, named_as(name, kind)))
            if upload is not None:
                uploading.conclude(current_actor(), db.session(), upload, location, staged.sha256, now=now)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            if is_new:
                services.forget(db.session(), store, staged.sha256, now=now)
            raise
    return location


def _taken_meanwhile(upload: Incoming) -> str:
    """The form was sent twice at once, and the other one was first."""
    db.session.rollback()
    found = resuming.find(current_actor(), db.session(), upload.token, now=utc_now())
    db.session.rollback()
    if found is None or found.location is None:
        raise FileRefused("upload_gone", status=404)
    return found.location


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces, none after the limit: a sender may announce less than he sends, or nothing."""
    limit: int = current_app.config[bodies.LIMIT]
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit:
            raise too_large()
        yield piece
