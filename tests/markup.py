"""Takes a page apart into start tags, end tags and text, some four times as fast as the standard library does.

It reads what our templates write and no more: a ``<`` that begins neither a tag nor a comment is a fault, for a text
that was escaped holds none.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Protocol

Attributes = dict[str, str]

_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
_NAME = r"""[^\s"'<>/=]+"""
_TOKEN = re.compile(
    rf"<(?:(?P<end>/?)(?P<tag>[a-zA-Z][^\s/>]*)(?P<attributes>(?:\s+{_NAME}(?:\s*=\s*{_VALUE})?)*)\s*(?P<slash>/?)>"
    r"|!--.*?-->|!doctype[^>]*>)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(rf"({_NAME})(?:\s*=\s*({_VALUE}))?")
# What stands between their tags is no markup.
_RAW_END = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("script", "style")}


class Reader(Protocol):
    """What a page is read out to."""

    def read_start(self, tag: str, attributes: Attributes, *, is_closed: bool) -> None: ...

    def read_end(self, tag: str) -> None: ...

    def read_text(self, data: str) -> None: ...

    def read_fault(self, what: str) -> None: ...


def read_out(html: str, reader: Reader) -> None:
    position = 0
    while (found := _TOKEN.search(html, position)) is not None:
        if found.start() > position:
            _read_text(html[position : found.start()], reader)
        position = found.end()
        if found["tag"] is None:
            continue
        tag = found["tag"].lower()
        if found["end"]:
            reader.read_end(tag)
            continue
        is_closed = bool(found["slash"])
        reader.read_start(tag, _attributes(found["attributes"]), is_closed=is_closed)
        if tag in _RAW_END and not is_closed:
            closing = _RAW_END[tag].search(html, position)
            stop = len(html) if closing is None else closing.start()
            if stop > position:
                reader.read_text(html[position:stop])
            position = stop
    if position < len(html):
        _read_text(html[position:], reader)


def _attributes(text: str) -> Attributes:
    found = {}
    for name, quoted in _ATTRIBUTE.findall(text) if text else ():
        value = quoted[1:-1] if quoted[:1] in {'"', "'"} else quoted
        found[name.lower()] = unescape(value) if "&" in value else value
    return found


def _read_text(text: str, reader: Reader) -> None:
    if "<" in text:
        reader.read_fault(f"a < that begins no tag: {text.strip()[:60]!r}")
    reader.read_text(unescape(text) if "&" in text else text)
