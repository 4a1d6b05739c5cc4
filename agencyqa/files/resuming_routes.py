"""A file in parts: where it stands, the next part, giving it up. It is opened and taken by the form it is for.

A part that begins anywhere but where the file ends is answered 409 with that offset and changes nothing, so one that
is sent twice does no harm. What has arrived of a part that breaks off is kept.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.db import set_reading
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.files import resuming
from agencyqa.files.arriving import OFFSET_HEADER, PART, Body, announced, check_token, how_far
from agencyqa.files.enums import UploadAction, UploadState
from agencyqa.files.errors import WrongOffset
from agencyqa.files.resuming import Incoming
from agencyqa.files.services import uploading
from agencyqa.files.store import PIECE
from agencyqa.files.turns import Turn, turn
from agencyqa.web.bodies import takes_files
from agencyqa.web.messages import sentence

bp = Blueprint("uploads", __name__, url_prefix="/uploads")

# A line that died without a word: its sender has long begun anew and would find all threads waiting for the old one.
SILENT_SECONDS = 60


def _load(token: str) -> Incoming:
    found = resuming.find(current_actor(), db.session(), token, now=utc_now())
    if found is None:
        raise NotVisible
    return found


@bp.get("/<token>")
@requires(Permission.OWN_ACCOUNT)
def show(token: str) -> ResponseReturnValue:
    upload = _load(token)
    return how_far(upload.token, upload.received, upload.size)


@bp.patch("/<token>")
@requires(Permission.OWN_ACCOUNT)
@takes_files()
def take_part(token: str) -> ResponseReturnValue:
    upload = _load(token)
    check_token()
    offset = _offset()
    room = min(PART, upload.size - upload.received)
    if offset != upload.received:
        return _elsewhere(upload, upload.received)
    if (announced() or 0) > room:
        raise RequestEntityTooLarge
    # Nobody waits for us in the database while a part crawls in.
    db.session.rollback()
    try:
        with turn(db.session(), upload, offset) as mine:
            lost = _receive(mine, room)
            set_reading(False)
            with mine.counted(utc_now()) as received:
                db.session.commit()
    except WrongOffset as error:
        return _elsewhere(upload, error.offset)
    if lost is not None:
        raise lost
    return how_far(upload.token, received, upload.size)


@bp.delete("/<token>")
@requires(Permission.OWN_ACCOUNT)
def give_up(token: str) -> ResponseReturnValue:
    upload = _load(token)
    if not uploading.end(current_actor(), db.session(), upload.id, UploadAction.GIVE_UP, now=utc_now()):
        raise NotVisible
    db.session.commit()
    resuming.discard(upload.token)
    return jsonify(state=UploadState.GIVEN_UP)


def _offset() -> int:
    text = request.headers.get(OFFSET_HEADER, "")
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise BadRequest
    return int(text)


def _elsewhere(upload: Incoming, offset: int) -> ResponseReturnValue:
    """Part of the way on after a broken line, and nothing that anybody was refused: it is in no log."""
    code = "upload_wrong_offset"
    return how_far(upload.token, offset, upload.size, code=code, message=sentence(code)), 409


def _receive(mine: Turn, room: int) -> ClientDisconnected | None:
    """The error where the line broke before the end of the part."""
    body = Body(request.stream, announced())
    length = 0
    with _not_for_ever():
        while True:
            try:
                data = body.read(PIECE)
            except ClientDisconnected as error:
                return error
            if not data:
                return None
            length += len(data)
            if length > room:
                raise RequestEntityTooLarge
            mine.write(data)


@contextmanager
def _not_for_ever() -> Iterator[None]:
    line: socket.socket | None = request.environ.get("gunicorn.socket")
    if line is None:
        yield
        return
    before = line.gettimeout()
    line.settimeout(SILENT_SECONDS)
    try:
        yield
    finally:
        line.settimeout(before)
