"""A small, independent evaluator of the formulas in a workbook: doubles, as a spreadsheet has them.

It reads the file back, works every formula out from the cells it names, and takes no value from the file for it.
"""

from __future__ import annotations

import ast
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")|(?P<sheet>'(?:[^']|'')*'!)?(?P<range>\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)"""
    r"""|(?P<sheet2>'(?:[^']|'')*'!)?(?P<cell>\$?[A-Z]{1,3}\$?\d+)(?![A-Z(0-9])|(?P<name>[A-Z]+)(?=\()"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<sign><>|>=|<=|[=<>+*/(),&-])"""
)


def _numbers(arguments: tuple[Any, ...]) -> list[float]:
    flat = [
        each for argument in arguments for each in (argument if isinstance(argument, list) else [argument])
    ]
    return [each for each in flat if isinstance(each, int | float) and not isinstance(each, bool)]


def _round(value: float, places: float) -> float:
    """Half away from zero on the shortest decimal text of the double, as spreadsheets round."""
    unit = Decimal(1).scaleb(-int(places))
    return float(Decimal(repr(float(value))).quantize(unit, ROUND_HALF_UP))


def _sum_if(levels: list[Any], wanted: Any, values: list[Any]) -> float:
    pairs = zip(levels, values, strict=True)
    return math.fsum(value for level, value in pairs if level == wanted and value is not None)


def _count_ifs(*pairs: Any) -> int:
    """How many rows fit every pair of area and what is looked for: the same, or a number above one (">98.2")."""
    fitting = zip(
        *(_fits(area, wanted) for area, wanted in zip(pairs[::2], pairs[1::2], strict=True)), strict=True
    )
    return sum(all(row) for row in fitting)


def _fits(area: list[Any], wanted: Any) -> list[bool]:
    if isinstance(wanted, str) and wanted.startswith(">"):
        return [isinstance(each, int | float) and each > float(wanted[1:]) for each in area]
    return [each == wanted for each in area]


class _Text(str):
    """Text that other figures can be joined to, a whole number without its decimal point."""

    def __and__(self, other: Any) -> _Text:
        whole = isinstance(other, float) and other.is_integer()
        return _Text(f"{self}{int(other) if whole else other}")


FUNCTIONS: dict[str, Any] = {
    "SUM": lambda *arguments: sum(_numbers(arguments)),
    "MAX": lambda *arguments: max(_numbers(arguments)),
    "MIN": lambda *arguments: min(_numbers(arguments)),
    "ABS": abs,
    "INT": math.floor,
    "ROUND": _round,
    "AND": lambda *conditions: all(conditions),
    "OR": lambda *conditions: any(conditions),
    "NOT": lambda condition: not condition,
    "N": lambda value: value if isinstance(value, int | float) else 0.0,
    "NA": lambda: math.nan,
    "COUNT": lambda *arguments: len(_numbers(arguments)),
    "COUNTIF": _count_ifs,
    "COUNTIFS": _count_ifs,
    "LARGE": lambda area, place: sorted(_numbers((area,)))[-int(place)],
    "SMALL": lambda area, place: sorted(_numbers((area,)))[int(place) - 1],
    "CHOOSE": lambda number, *options: options[int(number) - 1],
    "SUMIF": _sum_if,
    "RANK": lambda value, among: 1 + sum(each > value for each in _numbers((among,))),
}


class Evaluator:
    def __init__(self, book: Workbook) -> None:
        self._cells: dict[tuple[str, int, int], Any] = {
            (sheet.title, cell.row, cell.column): cell.value
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        self._formulas = {
            (sheet.title, int(cell.row or 0), int(cell.column or 0))
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }
        self._known: dict[tuple[str, int, int], Any] = {}

    @property
    def formulas(self) -> list[tuple[str, int, int]]:
        return sorted(self._formulas)

    def value(self, sheet: str, row: int, column: int) -> Any:
        """What stands or comes out there; None for an empty cell."""
        place = (sheet, row, column)
        if place not in self._formulas:
            return self._cells.get(place)
        if place not in self._known:
            self._known[place] = self._work_out(str(self._cells[place])[1:], sheet)
        return self._known[place]

    def _work_out(self, formula: str, sheet: str) -> Any:
        python: list[str] = []
        position = 0
        while position < len(formula):
            found = _TOKEN.match(formula, position)
            assert found is not None, formula[position:]
            position = found.end()
            python.append(self._python(found, sheet))
        names = {**FUNCTIONS, "cell": self._cell, "area": self._area, "text": _Text}
        return eval(_lazy("".join(python)), {"__builtins__": {}}, names)

    def _python(self, found: re.Match[str], sheet: str) -> str:
        if found["text"]:
            return f"text({found['text'][1:-1].replace(chr(34) * 2, chr(34))!r})"
        if found["range"] or found["cell"]:
            named = found["sheet"] or found["sheet2"]
            other = named[1:-2].replace("''", "'") if named else sheet
            place = (found["range"] or found["cell"]).replace("$", "")
            return f"{'area' if found['range'] else 'cell'}({other!r},{place!r})"
        if found["number"]:
            return repr(float(found["number"]))
        return {"=": "==", "<>": "!="}.get(found[0], found[0])

    def _cell(self, sheet: str, place: str) -> Any:
        left, top, _, _ = (int(edge or 0) for edge in range_boundaries(place))
        value = self.value(sheet, top, left)
        # An empty cell counts 0, and is not 1.
        return 0.0 if value is None else float(value) if isinstance(value, int) else value

    def _area(self, sheet: str, place: str) -> list[Any]:
        left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(place))
        return [
            self.value(sheet, row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]


def _lazy(python: str) -> Any:
    """IF works out only the branch it takes."""

    class Branches(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            self.generic_visit(node)
            if isinstance(node.func, ast.Name) and node.func.id == "IF":
                return ast.IfExp(*node.args)
            return node

    tree = Branches().visit(ast.parse(python, mode="eval"))
    return compile(ast.fix_missing_locations(tree), "formula", "eval")
