"""Addresses of rows: a list names one endpoint in every row, and building an address anew takes 17 microseconds."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request

# Stands for a number in an address that is built to be filled in. No rule of ours has a default of this size.
_MARK = 10**17
# There are as many as there are endpoints with their arguments; the limit is for a proxy that changes mount points.
_MOST_KEPT = 5000


class Addresses(Flask):
    """``url_for`` with nothing but whole numbers fills them into an address that was built once.

    An address depends on its endpoint, the mount point and the values alone, and a number is written as its digits.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._forms: dict[tuple[str, ...], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        if not _is_plain(endpoint, values) or self.url_default_functions or not has_request_context():
            return super().url_for(endpoint, **values)
        place = (request.script_root, endpoint, *values)
        form = self._forms.get(place)
        if form is None:
            form = self._form(endpoint, values)
            if len(self._forms) >= _MOST_KEPT:
                self._forms.clear()
            self._forms[place] = form
        return form.format_map(values)

    def _form(self, endpoint: str, values: dict[str, Any]) -> str:
        marks: dict[str, Any] = {name: _MARK + number for number, name in enumerate(values)}
        form = super().url_for(endpoint, **marks)
        for name, mark in marks.items():
            form = form.replace(str(mark), f"{{{name}}}")
        return form


def _is_plain(endpoint: str, values: dict[str, Any]) -> bool:
    """A leading dot means the area of the present page; a truth value is no number."""
    for value in values.values():
        if type(value) is not int:
            return False
    return endpoint[0] != "."
