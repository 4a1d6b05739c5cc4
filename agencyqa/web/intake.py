"""What no page has to cope with: numbers that no database holds, and text that none stores."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

from agencyqa.web import bodies

_LARGEST_ID = 2**63 - 1
_NUL = "\x00"


class IdConverter(IntegerConverter):
    """A number that fits a 64-bit column; a larger one is an address that does not exist."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=_LARGEST_ID)


def refuse_nul() -> None:
    """No keyboard types this character and PostgreSQL stores it nowhere: it comes from a probe."""
    # The body of an upload is not read yet; its fields are looked at when they are.
    has_fields = _has_body() and not bodies.is_upload(request)
    given = [request.args, request.form] if has_fields else [request.args]
    refuse_nul_in(request.path, *given)


def _has_body() -> bool:
    """Most requests have none, and looking for the fields of a form in nothing takes as long as a small statement."""
    length = request.environ.get("CONTENT_LENGTH")
    return length not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in request.environ


def refuse_nul_in(path: str, *given: MultiDict[str, str]) -> None:
    values = [path]
    for fields in given:
        for name, texts in fields.lists():
            values += [name, *texts]
    if any(_NUL in value for value in values):
        abort(400)


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = IdConverter
    app.before_request(refuse_nul)
