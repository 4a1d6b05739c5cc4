"""What is wrong with each sheet of a file, or still open on it, for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agencyqa.assessments.forms.judging import answered_parts, told_issues
from agencyqa.measures.book_document import BookDocument
from agencyqa.measures.cli import fault_line, problem_line
from agencyqa.measures.reading import FileProblem
from agencyqa.measures.sentences import issue_sentence
from agencyqa.measures.sheet_files import FilledSheet, FilledSheets
from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Issue, Problem, Program, SheetResult


@dataclass(frozen=True)
class SheetFault:
    """``sheet`` is its position, None for a fault of the file itself; ``is_open``: only an answer is missing."""

    line: int
    text: str
    sheet: int | None
    is_open: bool = False


@dataclass(frozen=True)
class SheetFaults:
    """All of them in the order of the file."""

    faults: tuple[SheetFault, ...]

    @property
    def of_file(self) -> bool:
        """Whether the file as a whole cannot be trusted, so that no sheet of it counts."""
        return any(fault.sheet is None for fault in self.faults)

    def of(self, sheet: int) -> list[SheetFault]:
        return [fault for fault in self.faults if fault.sheet == sheet]

    def is_refused(self, sheet: int) -> bool:
        """Its answers say something that was not understood: a figure made of the rest would be guessed."""
        return any(not fault.is_open for fault in self.of(sheet))


def faults_of(
    path: Path, filled: FilledSheets, results: Sequence[SheetResult], program: Program, texts: SchemeTexts
) -> SheetFaults:
    """Faults of the file and of the answers together; what was not understood is not also called missing."""
    places = [sheet.place for sheet in filled.sheets]
    known = {problem.problem.place for problem in filled.problems}
    found = [
        SheetFault(problem.line or 0, _line(path, filled, problem), _sheet_of(places, problem.problem.place))
        for problem in filled.problems
    ]
    for number, (sheet, result) in enumerate(zip(filled.sheets, results, strict=True)):
        for judged in answered_parts(result):
            specs = {spec.name: spec for spec in program.layout[judged.key]}
            words = texts.rule(judged.key)
            # What is left out as the scheme says is no fault; the table says so.
            for issue in told_issues(judged, specs) if judged.state != "left_out" else ():
                problem = _issue_place(filled, sheet, judged.key, issue)
                if any(f"{problem.problem.place}.".startswith(f"{place}.") for place in known):
                    continue
                told = issue_sentence(issue, words, specs)
                text = f"{texts.criterion(judged.key)}{gettext('：')}{told}"
                line = _line(path, filled, problem, text)
                found.append(SheetFault(problem.line or 0, line, number, is_open=issue.code == "missing"))
    return SheetFaults(tuple(sorted(found, key=lambda fault: fault.line)))


def _sheet_of(places: Sequence[str], place: str) -> int | None:
    return next((n for n, each in enumerate(places) if f"{place}.".startswith(f"{each}.")), None)


def _line(path: Path, filled: FilledSheets, found: FileProblem, text: str | None = None) -> str:
    if isinstance(filled.document, BookDocument):
        fault = filled.document.fault(found)
        return fault_line(str(path), fault if text is None else replace(fault, text=text))
    return problem_line(str(path), found, text)


def _issue_place(filled: FilledSheets, sheet: FilledSheet, key: str, issue: Issue) -> FileProblem:
    place = f"entered.{key}" if issue.input is None else f"answers.{key}.{issue.input}"
    return filled.problem_at(sheet, place, Problem("", issue.code))
