"""Filled-in score sheets as a YAML or JSON file, read against the scheme they are for.

scheme: jiading-2018            # may be left out
sheets:
  - name: any text
    answers: {criterion: {input: value}}
    entered: {criterion: points}   # the scorer's own figure where it departs from the rule
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agencyqa.measures.reading import Document, FileProblem, Path, read_loosely
from agencyqa.scoring import InputSpec, Problem, Program, UnitsError, parse_points


@dataclass(frozen=True)
class FilledSheet:
    """``answers`` and ``entered`` as the engine takes them; ``place`` names the sheet in messages."""

    name: str
    place: str
    answers: dict[str, dict[str, int | str | bool | None]]
    entered: dict[str, int | None]


@dataclass(frozen=True)
class FilledSheets:
    """With ``problems``, the sheets hold only what could be read, good for finding further faults."""

    document: Document
    sheets: tuple[FilledSheet, ...]
    problems: tuple[FileProblem, ...]

    def problem_at(self, sheet: FilledSheet, place: str, problem: Problem) -> FileProblem:
        """A fault that scoring found, at its line in the file."""
        full = Problem(f"{sheet.place}.{place}", problem.code, problem.params, problem.severity)
        return self.document.problem(full)


def read_sheets(content: str | bytes, program: Program, scheme_key: str) -> FilledSheets:
    """Raise FileError for a file that is no plain data; every other fault is in the result's ``problems``."""
    return sheets_of(read_loosely(content), program, scheme_key)


def sheets_of(document: Document, program: Program, scheme_key: str) -> FilledSheets:
    """The same for data that was read already, from a file or a workbook."""
    reader = _Reader(document, program)
    sheets = reader.sheets(scheme_key)
    return FilledSheets(document, tuple(sheets), tuple(reader.problems))


class _Reader:
    def __init__(self, document: Document, program: Program) -> None:
        self.document = document
        self.layout: dict[str, dict[str, InputSpec]] = {
            key: {spec.name: spec for spec in specs} for key, specs in program.layout.items()
        }
        # A veto has answers, but no points that a scorer could give.
        self.scored = frozenset(program.criterion_keys)
        self.problems: list[FileProblem] = [*document.faults]

    def fault(self, path: Path, code: str, **params: Any) -> None:
        place = self.document.place_of(path)
        self.problems.append(FileProblem(Problem(place, code, params), self.document.line_at(path)))

    def record(self, held: Any, path: Path, known: set[str] | None = None) -> Mapping[str, Any]:
        if not isinstance(held, dict):
            self.fault(path, "not_a_record")
            return {}
        if known is not None:
            for name in held:
                if name not in known:
                    self.fault((*path, name), "unknown_field")
        return held

    def sheets(self, scheme_key: str) -> list[FilledSheet]:
        top = self.record(self.document.data, (), {"scheme", "sheets"})
        stated = top.get("scheme")
        if stated is not None and stated != scheme_key:
            self.fault(("scheme",), "other_scheme", stated=str(stated), used=scheme_key)
        held = top.get("sheets")
        if not isinstance(held, list) or not held:
            self.fault(("sheets",), "no_sheets")
            return []
        return [self.sheet(item, ("sheets", number)) for number, item in enumerate(held)]

    def sheet(self, held: Any, path: Path) -> FilledSheet:
        data = self.record(held, path, {"key", "name", "answers", "entered"})
        title = data.get("name", data.get("key", ""))
        if not isinstance(title, str):
            self.fault((*path, "name"), "not_a_text")
        answers: dict[str, dict[str, int | str | bool | None]] = {}
        for key, inputs in self.record(data.get("answers", {}), (*path, "answers")).items():
            here = (*path, "answers", key)
            if key not in self.layout:
                self.fault(here, "unknown_criterion")
                continue
            given = self.record(inputs, here)
            known = self.layout[key]
            for name in given:
                if name not in known:
                    self.fault((*here, name), "unknown_input", inputs=list(known))
            answers[key] = {
                name: self.answer(known[name], value, (*here, name))
                for name, value in given.items()
                if name in known
            }
        entered: dict[str, int | None] = {}
        for key, figure in self.record(data.get("entered", {}), (*path, "entered")).items():
            here = (*path, "entered", key)
            if key not in self.layout:
                self.fault(here, "unknown_criterion")
            elif key not in self.scored:
                self.fault(here, "veto_has_no_points")
            elif figure is not None:
                entered[key] = self.points(figure, here)
        return FilledSheet(str(title), self.document.place_of(path), answers, entered)

    def answer(self, spec: InputSpec, value: Any, path: Path) -> int | str | bool | None:
        if value is None:
            return None
        if spec.type in ("points", "number"):
            return self.points(value, path)
        if spec.type == "choice":
            keys = [choice.key for choice in spec.choices]
            if value not in keys:
                self.fault(path, "unknown_choice", value=str(value), choices=keys)
                return None
            return str(value)
        if isinstance(value, bool) == (spec.type == "flag") and isinstance(value, int):
            return value
        self.fault(path, f"not_a_{spec.type}")
        return None

    def points(self, value: Any, path: Path) -> int | None:
        try:
            return parse_points(value)
        except UnitsError as error:
            self.fault(path, error.code)
            return None
