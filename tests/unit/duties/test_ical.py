"""The stream a calendar programme reads: whatever a title holds, it stays inside its own line."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.duties.ical import LINE_OCTETS, Event, calendar, escape, fold

STAMP = datetime(2022, 6, 15, 2, 0, tzinfo=UTC)


def unfolded(stream: bytes) -> list[str]:
    """The content lines as a reader puts them together again (RFC 5545, section 3.1)."""
    assert stream.endswith(b"\r\n")
    return stream.decode().replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(text: str) -> str:
    found, signs = "", iter(text)
    for sign in signs:
        if sign != "\\":
            found += sign
            continue
        after = next(signs)
        found += "\n" if after in "nN" else after
    return found


def test_a_whole_stream() -> None:
    event = Event(
        "order-7-3@agencyqa", date(2022, 12, 31), "提交整改；甲, 乙", "一\n二", "https://qa.example/a?b=1"
    )
    assert calendar("待办", [event], stamp=STAMP).decode() == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//AgencyQA//AgencyQA//ZH\r\nCALSCALE:GREGORIAN\r\n"
        "METHOD:PUBLISH\r\nX-WR-CALNAME:待办\r\nBEGIN:VEVENT\r\nUID:order-7-3@agencyqa\r\n"
        "DTSTAMP:20220615T020000Z\r\nDTSTART;VALUE=DATE:20221231\r\nDTEND;VALUE=DATE:20230101\r\n"
        "SUMMARY:提交整改；甲\\, 乙\r\nDESCRIPTION:一\\n二\r\nURL:https://qa.example/a?b=1\r\n"
        "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_a_hostile_title_makes_no_line_of_its_own() -> None:
    title = "甲\r\nEND:VEVENT\r\nBEGIN:VEVENT\nATTACH:https://evil.example\x85X:1\u2028Y:2\x00\\;,\x0b"
    event = Event("a", date(2022, 6, 1), title, title, "https://qa.example/\r\nX:1")
    lines = unfolded(calendar(title, [event], stamp=STAMP))
    names = [line.partition(":")[0].partition(";")[0] for line in lines]
    # The address with a break in it is left out.
    assert names == [
        *("BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "BEGIN", "UID", "DTSTAMP"),
        *("DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "TRANSP", "END", "END"),
    ]
    summary = next(line for line in lines if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    kept = "甲\nEND:VEVENT\nBEGIN:VEVENT\nATTACH:https://evil.example\nX:1\nY:2\\;,\n"
    assert unescaped(summary) == kept


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_every_text_comes_back_and_no_line_is_too_long(text: str) -> None:
    stream = fold(f"SUMMARY:{escape(text)}")
    lines = stream.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= LINE_OCTETS for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])
    assert not any(mark in b"".join(lines) for mark in (b"\r", b"\n"))
    # No character was cut in two: every line is text by itself.
    shown = "".join(line.decode() for line in [lines[0], *(line[1:] for line in lines[1:])])
    kept = unescaped(shown.removeprefix("SUMMARY:"))
    assert kept.count("\n") <= len(text)
    printable = [sign for sign in text if sign.isprintable()]
    assert [sign for sign in kept if sign.isprintable()] == [
        sign.encode("utf-8", "replace").decode() for sign in printable
    ]
