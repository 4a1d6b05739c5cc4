"""What no page has to cope with: numbers that no database holds, and text that none stores."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

_LARGEST_ID = 2**63 - 1
_NUL = "\x00"


class IdConverter(IntegerConverter):
    """A number that fits a 64-bit column; a larger one is an address that does not exist."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=_LARGEST_ID)


def refuse_nul() -> None:
    """No keyboard types this character and PostgreSQL stores it nowhere: it comes from a probe."""
    values = [request.path]
    for given in (request.args, request.form):
        for name, texts in given.lists():
            values += [name, *texts]
    if any(_NUL in value for value in values):
        abort(400)


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = IdConverter
    app.before_request(refuse_nul)
