"""What was read from a workbook as a document: the same data as a file's, each value with its cell for its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.reading import Document, FileProblem, Path
from agencyqa.measures.words import gettext
from agencyqa.spreadsheets.messages import MESSAGES
from agencyqa.spreadsheets.problems import Problem as TableProblem
from agencyqa.spreadsheets.safety import Limits

# A scheme or the sheets of a year fit many times over; whatever is larger is refused before it is parsed.
BOOK_LIMITS = Limits(file_bytes=2 * 1024 * 1024, unpacked_bytes=30 * 1024 * 1024, members=200, cells=300_000)


@dataclass(frozen=True)
class BookFault:
    """``where`` is "Sheet!C7", a sheet, or "" for the workbook as a whole."""

    where: str
    code: str
    text: str
    is_error: bool = True


@dataclass(frozen=True)
class BookDocument(Document):
    """``lines`` number the cells in the order of reading, ``cells`` names them."""

    cells: Sequence[str] = ()

    def fault(self, found: FileProblem) -> BookFault:
        where = self.cells[found.line - 1] if found.line is not None else ""
        # A cell says where; below it, the place in the scheme says what.
        return BookFault(where, found.problem.code, problem_sentence(found.problem), found.is_error)


@dataclass
class BookBuilder:
    """Puts values with their cells together; ``place`` names the cell of whatever stands at the path."""

    data: dict[str, Any] = field(default_factory=dict)
    _lines: dict[Path, int] = field(default_factory=dict)
    _cells: list[str] = field(default_factory=list)

    def place(self, path: Path, cell: str) -> None:
        self._cells.append(cell)
        self._lines[path] = len(self._cells)

    def set(self, holder: dict[str, Any], base: Path, steps: Sequence[str], value: Any, cell: str) -> None:
        """Write ``value`` at ``steps`` below ``holder``, which itself stands at ``base``."""
        path = base
        for step in steps[:-1]:
            path = (*path, step)
            holder = holder.setdefault(step, {})
            if path not in self._lines:
                self.place(path, cell)
        holder[steps[-1]] = value
        self.place((*path, steps[-1]), cell)

    def document(self) -> BookDocument:
        return BookDocument(self.data, self._lines, cells=self._cells)


def table_fault(
    problem: TableProblem, sentences: Mapping[str, object], *, is_error: bool = True
) -> BookFault:
    """A fault of the table itself; ``sentences`` add to those of every table."""
    text = sentences.get(problem.code, MESSAGES.get(problem.code, problem.code))
    params = {
        name: gettext("、").join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in problem.params.items()
    }
    return BookFault(problem.where, problem.code, str(text) % params if params else str(text), is_error)
