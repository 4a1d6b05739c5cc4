"""One value of a scheme file as a cell and back. Every value survives the way, whatever a program does to texts."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from typing import Any

from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.fields import Leaf
from agencyqa.scoring import parse_points
from agencyqa.spreadsheets.columns import clean_text

# A text that a cell would not keep as it is (spaces at its ends, control characters, Excel's own escapes) is
# written as JSON behind this mark.
ESCAPE = "json:"
_EXCEL_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_FIGURE = re.compile(r"[+-]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,12})?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
# Excel's own truth values come as text as well.
_FLAGS = {
    "是": True,
    "yes": True,
    "true": True,
    "1": True,
    "否": False,
    "no": False,
    "false": False,
    "0": False,
}


def to_cell(leaf: Leaf, value: Any, language: str) -> str | int | None:
    """``value`` is one of the stored content; figures come back in ten-thousandths, counts too.

    One column may hold points in one row and a count in another.
    """
    if value is None:
        return None
    if leaf.type in {"points", "count"}:
        units: int = parse_points(value)
        return units
    if leaf.type == "flag":
        return words.pick(words.YES if value else words.NO, language)
    if leaf.type == "choice":
        return words.choice_word(leaf.path[-1], str(value), language)
    return escaped(str(value))


def from_cell(leaf: Leaf, text: str) -> Any:
    """What a scheme file would hold. What does not fit stays text, and the check of the file says so at its place."""
    if leaf.type == "word":
        return unescaped(text)
    plain = unicodedata.normalize("NFKC", text).strip()
    if leaf.type == "points":
        return plain.replace(",", "") if _FIGURE.fullmatch(plain) else text
    if leaf.type == "count":
        return int(plain) if _WHOLE.fullmatch(plain) else text
    if leaf.type == "flag":
        return _FLAGS.get(plain.casefold(), text)
    if leaf.type == "choice":
        return choice_code(leaf, text) or text
    return _day(plain) or text


def choice_code(leaf: Leaf, text: str) -> str | None:
    wanted = plain_word(text)
    offered = words.CHOICES.get(leaf.path[-1], {})
    for code in leaf.choices:
        if wanted in {plain_word(word) for word in (*offered.get(code, ()), code)}:
            return code
    return None


def plain_word(text: str) -> str:
    """A word as it is compared: width, spaces and case apart."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold().strip("*")


def escaped(text: str) -> str:
    is_kept = (
        text == text.strip() == clean_text(text)
        and "\r" not in text
        and not text.startswith(ESCAPE)
        and not _EXCEL_ESCAPE.search(text)
    )
    if is_kept:
        return text
    return ESCAPE + json.dumps(text).replace("_x", "\\u005fx")


def unescaped(text: str) -> str:
    if text.startswith(ESCAPE):
        try:
            held = json.loads(text.removeprefix(ESCAPE))
        except ValueError:
            return text
        if isinstance(held, str):
            return held
    return text


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
