"""What is wrong with a table that somebody handed in, always with the place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """``cell`` is an address such as "C7"; None where the sheet or the file as a whole is meant."""

    sheet: str
    cell: str | None
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


class UnreadableTable(Exception):
    """The file cannot be opened as a workbook at all, or would be too large to open."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code} {problem.where}".rstrip())
        self.problem = problem


def address(row: int, column: int) -> str:
    """The name of a cell from numbers that start at 0: (6, 2) is "C7"."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
