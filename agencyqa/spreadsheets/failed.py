"""What the parser keeps to itself: errors such as #DIV/0!, which it gives as empty cells, formulas, of which it gives
only the result that was last saved, and rows and columns that nobody sees."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from html import unescape

from agencyqa.spreadsheets.safety import WORKBOOK

_RELATIONS = "xl/_rels/workbook.xml.rels"
# What lies behind the cells the parser does not read, so anything may stand there: a tag ends where the next begins,
# and a name begins only where no name went on, or a long enough run would be looked through from each of its places.
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION_TAG = re.compile(r"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(?<![\w:])([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ROW_TAG = re.compile(r"<(?:\w+:)?row(?=[\s>/])([^<>]*)>")
_COLUMN_TAG = re.compile(r"<(?:\w+:)?col\s([^<>]*)>")
_TRUE = ("1", "true", "on")
_NUMBER = re.compile(r"[0-9]{1,7}")
_CELL_TAG = re.compile(r"<(?:\w+:)?c\s([^<>]*)>")
# A cell, its formula or its value, with what follows; or the end of a cell.
_OF_CELL = re.compile(r"<(?:\w+:)?([cfv])((?:[\s/][^<>]*)?)>([^<]?)|</(?:\w+:)?c\s*>")


def failed_cells(parts: Mapping[str, bytes], sheet: str) -> frozenset[str]:
    """The addresses of the cells of a sheet whose value is an error."""
    part = _part_of(parts, sheet)
    if part is None or not re.search(rb"""\st\s*=\s*["']e["']""", parts[part]):
        return frozenset()
    cells = (_attributes(found) for found in _CELL_TAG.findall(parts[part].decode("utf-8", "replace")))
    return frozenset(cell["r"].upper() for cell in cells if cell.get("t") == "e" and "r" in cell)


def formula_cells(parts: Mapping[str, bytes], sheet: str) -> dict[str, bool]:
    """The addresses of the cells with a formula, and whether a result was saved with it."""
    part = _part_of(parts, sheet)
    if part is None or not re.search(rb"<(?:\w+:)?f[\s/>]", parts[part]):
        return {}
    found: dict[str, bool] = {}
    cell, has_formula, has_value = "", False, False
    for tag in _OF_CELL.finditer(parts[part].decode("utf-8", "replace")):
        name, attributes, following = tag.groups()
        if name == "f":
            has_formula = True
        elif name == "v":
            has_value = has_value or bool(following)
        else:
            if name is None and cell and has_formula:
                found[cell] = has_value
            # A cell that closes itself is empty and holds no formula.
            is_open = name == "c" and not attributes.endswith("/")
            cell = _attributes(attributes).get("r", "").upper() if is_open else ""
            has_formula = has_value = False
    return found


def hidden_rows(parts: Mapping[str, bytes], sheet: str) -> frozenset[int]:
    """The rows of a sheet that are hidden, by hand or by a filter, as Excel counts them."""
    part = _part_of(parts, sheet)
    if part is None or b"hidden" not in parts[part]:
        return frozenset()
    found: set[int] = set()
    number = 0
    for tag in map(_attributes, _ROW_TAG.findall(parts[part].decode("utf-8", "replace"))):
        # A row that does not say its number follows the one before.
        number = _number(tag, "r") or number + 1
        if tag.get("hidden") in _TRUE:
            found.add(number)
    return frozenset(found)


def hidden_columns(parts: Mapping[str, bytes], sheet: str) -> list[tuple[int, int]]:
    """The first and last columns of each run of hidden ones, from 1."""
    part = _part_of(parts, sheet)
    if part is None or b"hidden" not in parts[part]:
        return []
    tags = map(_attributes, _COLUMN_TAG.findall(parts[part].decode("utf-8", "replace")))
    runs = [(_number(tag, "min"), _number(tag, "max")) for tag in tags if tag.get("hidden") in _TRUE]
    return [(first, last) for first, last in runs if first and last]


def _number(tag: Mapping[str, str], name: str) -> int:
    """0 where it is none, or larger than any row or column can be."""
    held = tag.get(name, "")
    return int(held) if _NUMBER.fullmatch(held) else 0


def _part_of(parts: Mapping[str, bytes], sheet: str) -> str | None:
    tags = [_attributes(found) for found in _SHEET_TAG.findall(parts[WORKBOOK].decode("utf-8", "replace"))]
    relation = next(
        (tag[key] for tag in tags if tag.get("name") == sheet for key in tag if key.endswith(":id")), None
    )
    links = _RELATION_TAG.findall(parts.get(_RELATIONS, b"").decode("utf-8", "replace"))
    for link in map(_attributes, links):
        if relation is not None and link.get("Id") == relation:
            path = posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/").lower()
            return path if path in parts else None
    return None


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(text)}
