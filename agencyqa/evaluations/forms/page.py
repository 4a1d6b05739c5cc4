"""The page on which an evaluation is filled in: what was typed, what is wrong with it, and what it adds up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from agencyqa.evaluations import checks
from agencyqa.evaluations.checks import Check, Node, Result, Standard, Statement, Sums
from agencyqa.evaluations.data import (
    MOST_INDICATORS,
    MOST_PROBLEMS,
    IndicatorData,
    ProblemData,
    RecordData,
)
from agencyqa.evaluations.enums import Dimension, ProblemKind
from agencyqa.evaluations.forms.fields import LEVELS, IndicatorRow, ProblemRow, RecordForm, Row
from agencyqa.evaluations.forms.typed import (
    INDICATOR,
    PROBLEM,
    TypedRow,
    act,
    boxes,
    is_blank,
    read_rows,
)
from agencyqa.scoring import format_points
from agencyqa.web.formats import FEN_PER_YUAN
from agencyqa.web.messages import sentence

Choices = Sequence[tuple[int, str]]


@dataclass
class Page:
    """``indicators`` and ``problems`` are the rows as they stand on the page, blank ones too."""

    form: RecordForm
    indicators: list[IndicatorRow]
    problems: list[ProblemRow]
    result: Result | None = None
    # Number of the row on the page → its checks, its sums.
    checks: Mapping[int, Sequence[Check]] = field(default_factory=dict)
    sums: Mapping[int, Sums] = field(default_factory=dict)
    # (anchor, what it is about, sentence) of everything that keeps the page from being saved.
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    data: RecordData | None = None

    def checks_at(self, place: str) -> list[Check]:
        return [check for check in (self.result.checks if self.result else ()) if check.place == place]

    def forget_missing(self) -> None:
        """While a box cannot be read, its error says what is wrong; that nothing stands there would mislead."""
        self.checks = {
            row: [check for check in found if check.severity != checks.MISSING]
            for row, found in self.checks.items()
        }
        if self.result is not None:
            kept = tuple(check for check in self.result.checks if check.severity != checks.MISSING)
            self.result = replace(self.result, checks=kept)


def page_of(content: RecordData, form: RecordForm, choices: Choices, standard: Standard | None) -> Page:
    """The page of what is stored."""
    for name in ("stated_total", "stated_maximum", "stated_grade", "amount", "summary"):
        form[name].process_data(getattr(content, name))
    tables = {
        INDICATOR: [_typed_indicator(row) for row in content.indicators],
        PROBLEM: [_typed_problem(row) for row in content.problems],
    }
    return _made(form, tables, choices, standard)


def page_typed(
    form: RecordForm,
    typed: Mapping[str, str],
    choices: Choices,
    standard: Standard | None,
    *,
    action: str = "",
) -> tuple[Page, tuple[str, int] | None]:
    """The page as typed, after a row button was pressed if ``action`` names one; with the row to look at."""
    tables = {table: read_rows(typed, table) for table in (INDICATOR, PROBLEM)}
    row = act(tables, action, blank_rows(choices)) if action else None
    return _made(form, tables, choices, standard), (None if row is None else (action[0], row))


def blank_rows(choices: Choices) -> dict[str, TypedRow]:
    first = str(choices[0][0]) if choices else ""
    return {
        INDICATOR: _typed_indicator(None),
        PROBLEM: {
            "key": "",
            "kind": "",
            "department_id": first,
            "amount": "",
            "facts": "",
            "recommendation": "",
        },
    }


def check_page(page: Page) -> bool:
    """Read every box; True and ``page.data`` when all can be kept, else ``page.errors``."""
    page.errors = []
    page.form.validate()
    for item in page.form:
        for text in item.errors:
            page.errors.append((item.id, str(item.label.text) if item.label else "", str(text)))
    indicators = _read_indicators(page)
    problems = [
        ProblemData(
            kind=row.kind.data,
            facts=row.facts.data,
            department_id=row.department_id.data,
            amount=row.amount.data,
            recommendation=row.recommendation.data,
            key=row.key.data,
        )
        for number, row in _filled(page.problems)
        if _is_valid(page, row, sentence("evaluation.problem_number", number=number + 1))
    ]
    for rows, most, code in (
        (page.indicators, MOST_INDICATORS, "too_many_indicators"),
        (page.problems, MOST_PROBLEMS, "too_many_problems"),
    ):
        if len(list(_filled(rows))) > most:
            page.errors.append(("", "", sentence(code, maximum=most)))
    if page.errors:
        page.forget_missing()
        return False
    form = page.form
    page.data = RecordData(
        stated_total=form.stated_total.data,
        stated_maximum=form.stated_maximum.data,
        stated_grade=form.stated_grade.data,
        amount=form.amount.data,
        summary=form.summary.data,
        indicators=tuple(indicators),
        problems=tuple(problems),
    )
    return True


def _read_indicators(page: Page) -> list[IndicatorData]:
    rows = list(_filled(page.indicators))
    valid = [
        _is_valid(page, row, sentence("evaluation.row_number", number=number + 1)) for number, row in rows
    ]
    levels = [row.level.data or 0 for _, row in rows]
    misplaced = set(checks.misplaced(levels))
    above = checks.parents(levels)
    dimensions = _dimensions(rows, levels)
    found: list[IndicatorData] = []
    for index, (number, row) in enumerate(rows):
        label = sentence("evaluation.row_number", number=number + 1)
        parent = above[index]
        if index in misplaced and row.level.data is not None:
            _add_error(page, row.level, label, "level_misplaced")
        elif row.dimension.data is None and dimensions[index] is None and not row.dimension.errors:
            _add_error(page, row.dimension, label, "required_choice")
        elif parent is not None and row.dimension.data not in (None, dimensions[parent]):
            _add_error(page, row.dimension, label, "dimension_differs")
        dimension = dimensions[index]
        if valid[index] and dimension is not None:
            found.append(
                IndicatorData(
                    level=row.level.data,
                    dimension=dimension,
                    name=row.name.data,
                    weight=row.weight.data,
                    score=row.score.data,
                    target=row.target.data,
                    actual=row.actual.data,
                    evidence=row.evidence.data,
                )
            )
    return found


def _filled(rows: Sequence[Any]) -> list[tuple[int, Any]]:
    """The rows in which something was written, with their number on the page."""
    return [
        (number, row)
        for number, row in enumerate(rows)
        if not is_blank({field.short_name: field.shown for field in row.inputs})
    ]


def _is_valid(page: Page, row: Row, label: str) -> bool:
    if row.validate():
        return True
    for item in row:
        for text in item.errors:
            page.errors.append((item.id, f"{label} {item.label.text}", str(text)))
    return False


def _add_error(page: Page, item: Any, label: str, code: str) -> None:
    text = sentence(code)
    item.errors = [*item.errors, text]
    page.errors.append((item.id, f"{label} {item.label.text}", text))


def _dimensions(rows: Sequence[tuple[int, IndicatorRow]], levels: Sequence[int]) -> list[Dimension | None]:
    """Each row's own, else that of the row above it in the tree."""
    found: list[Dimension | None] = []
    for index, parent in enumerate(checks.parents(levels)):
        inherited = None if parent is None else found[parent]
        found.append(rows[index][1].dimension.data or inherited)
    return found


# ------------------------------------------------------------------------------------------------- building


def _made(
    form: RecordForm,
    tables: Mapping[str, Sequence[TypedRow]],
    choices: Choices,
    standard: Standard | None,
) -> Page:
    typed = MultiDict(boxes(tables[INDICATOR], INDICATOR) | boxes(tables[PROBLEM], PROBLEM))
    page = Page(
        form,
        [IndicatorRow(formdata=typed, prefix=f"i{row}-") for row in range(len(tables[INDICATOR]))],
        [ProblemRow(formdata=typed, prefix=f"p{row}-") for row in range(len(tables[PROBLEM]))],
    )
    for indicator in page.indicators:
        indicator.level.choices = LEVELS
    for problem in page.problems:
        problem.department_id.choices = choices
    _judge(page, standard)
    return page


def _judge(page: Page, standard: Standard | None) -> None:
    """Re-add the page as far as it can be read; an unreadable figure counts as missing, never as 0."""
    rows = _filled(page.indicators)
    levels = [row.level.data or 0 for _, row in rows]
    if checks.misplaced(levels):
        return
    dimensions = _dimensions(rows, levels)
    nodes = tuple(
        Node(levels[index], str(dimensions[index] or ""), row.name.data, row.weight.data, row.score.data)
        for index, (_, row) in enumerate(rows)
    )
    form = page.form
    statement = Statement(
        nodes, form.stated_total.data, form.stated_maximum.data, form.stated_grade.data or ""
    )
    page.result = checks.examine(statement, standard)
    page.sums = {number: page.result.sums[index] for index, (number, _) in enumerate(rows)}
    found: dict[int, list[Check]] = defaultdict(list)
    for check in page.result.checks:
        kind, _, index = check.place.partition(":")
        if kind == "row":
            found[rows[int(index)][0]].append(check)
    page.checks = dict(found)


def _typed_indicator(row: IndicatorData | None) -> TypedRow:
    if row is None:
        return {
            "level": "1",
            "dimension": "",
            "name": "",
            "weight": "",
            "score": "",
            "target": "",
            "actual": "",
            "evidence": "",
        }
    return {
        "level": str(row.level),
        "dimension": row.dimension.value,
        "name": row.name,
        "weight": "" if row.weight is None else format_points(row.weight),
        "score": "" if row.score is None else format_points(row.score),
        "target": row.target,
        "actual": row.actual,
        "evidence": row.evidence,
    }


def _typed_problem(row: ProblemData) -> TypedRow:
    return {
        "key": row.key,
        "kind": ProblemKind(row.kind).value,
        "department_id": str(row.department_id),
        "amount": "" if row.amount is None else _yuan(row.amount),
        "facts": row.facts,
        "recommendation": row.recommendation,
    }


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole}.{rest:02d}" if rest else str(whole)
