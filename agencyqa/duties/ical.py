"""Days as an iCalendar stream (RFC 5545). Pure: texts in, bytes out; no title can end its line or its event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//AgencyQA//AgencyQA//ZH"
CONTENT_TYPE = "text/calendar"
# Section 3.1: a line has at most 75 octets without its break; a longer one goes on after a break and a space.
LINE_OCTETS = 75
# Whatever a reader may take for the end of a line: the control characters of ASCII and Latin-1, and those of Unicode.
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Event:
    """A whole day. ``uid`` is the same in every edition of the calendar, so a moved date moves the event."""

    uid: str
    on: date
    summary: str
    description: str = ""
    url: str = ""


def escape(text: str) -> str:
    """Section 3.3.11: backslash, semicolon and comma are escaped, a line break becomes ``\\n``, controls go."""
    kept = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    kept = kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return kept.replace("\n", "\\n")


def fold(line: str) -> bytes:
    """One content line with its breaks; no character is cut in two."""
    parts: list[bytes] = []
    current, room = b"", LINE_OCTETS
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        if len(octets) > room:
            parts.append(current)
            # The space that begins a continued line counts.
            current, room = b" ", LINE_OCTETS - 1
        current += octets
        room -= len(octets)
    return b"\r\n".join([*parts, current]) + b"\r\n"


def calendar(name: str, events: Iterable[Event], *, stamp: datetime) -> bytes:
    """``stamp`` is the moment this edition was made."""
    made = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escape(event.uid)}",
            f"DTSTAMP:{made}",
            f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escape(event.summary)}",
            *([f"DESCRIPTION:{escape(event.description)}"] if event.description else []),
            # A URI is no text: it holds no character that would have to be escaped, or it is left out.
            *([f"URL:{event.url}"] if event.url.isascii() and event.url.isprintable() and event.url else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return b"".join(fold(line) for line in [*lines, "END:VCALENDAR"])
