"""Does an evaluation add up? Pure: exact integers and fractions, no Flask, no database, no sentences.

Points are integers of a ten-thousandth. A figure that is not there is None and never counts as 0: what depends on it
is then unknown as well.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

DIMENSIONS: Final = ("decision", "process", "output", "benefit")
RESULTS: Final = frozenset({"output", "benefit"})
DEEPEST: Final = 4
# Bands are in percent of the maximum, in ten-thousandths like every other figure.
_PERCENT: Final = 100 * 10_000

# Severities. A fault is counted against the work, a missing figure keeps a record from being submitted, a note only
# tells.
FAULT: Final = "fault"
MISSING: Final = "missing"
NOTE: Final = "note"

# The fault of the catalogue under which a check is counted.
FAULT_OF: Final[Mapping[str, str]] = {
    "branch_score_differs": "arithmetic_error",
    "score_above_weight": "arithmetic_error",
    "branch_weight_differs": "weight_mismatch",
    "maximum_mismatch": "weight_mismatch",
    "total_mismatch": "total_mismatch",
    "grade_mismatch": "grade_mismatch",
    "results_share_low": "results_share_low",
}


@dataclass(frozen=True)
class Node:
    """A row of the indicator table. Its place in the tree is given by the order of the rows and ``level``, from 1."""

    level: int
    dimension: str
    name: str
    weight: int | None = None
    score: int | None = None


@dataclass(frozen=True)
class Band:
    """A grade from ``low`` percent (in ten-thousandths) up to, and not including, the next band's."""

    key: str
    label: str
    label_en: str
    low: int


@dataclass(frozen=True)
class Standard:
    """``min_results_share``: what outputs and benefits must at least weigh, of one; None where no rule is known."""

    bands: tuple[Band, ...]
    min_results_share: Fraction | None = None


@dataclass(frozen=True)
class Statement:
    """What the agency wrote down."""

    nodes: tuple[Node, ...]
    total: int | None = None
    maximum: int | None = None
    grade: str = ""


@dataclass(frozen=True)
class Check:
    """``place``: ``row:<number from 0>``, ``total``, ``maximum``, ``grade``, ``share``, ``rows``, ``dimension:<key>``.

    ``params`` are JSON values; names ending in ``_points`` hold ten-thousandths.
    """

    code: str
    place: str
    severity: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fault(self) -> str | None:
        return FAULT_OF.get(self.code)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "place": self.place,
            "severity": self.severity,
            "params": dict(self.params),
        }


@dataclass(frozen=True)
class Sums:
    """What the leaves at or below a row add up to."""

    weight: int | None
    score: int | None


@dataclass(frozen=True)
class Result:
    """``total``, ``maximum`` and ``grade`` are re-added from the leaves; ``sums`` stand row by row."""

    total: int | None
    maximum: int | None
    grade: Band | None
    results_share: Fraction | None
    sums: tuple[Sums, ...]
    checks: tuple[Check, ...]

    @property
    def faults(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.severity == FAULT)

    @property
    def is_complete(self) -> bool:
        return not any(check.severity == MISSING for check in self.checks)


# ------------------------------------------------------------------------------------------------- the tree


def misplaced(levels: Sequence[int]) -> tuple[int, ...]:
    """Rows whose level leaves out one between: the first row is of level 1, and each next at most one deeper."""
    wrong, before = [], 0
    for index, level in enumerate(levels):
        if not 1 <= level <= min(before + 1, DEEPEST):
            wrong.append(index)
        before = max(1, min(level, DEEPEST))
    return tuple(wrong)


def parents(levels: Sequence[int]) -> tuple[int | None, ...]:
    """For each row the number of the row above it in the tree, None at the top."""
    found: list[int | None] = []
    open_rows: list[int] = []
    for index, level in enumerate(levels):
        while open_rows and levels[open_rows[-1]] >= level:
            open_rows.pop()
        found.append(open_rows[-1] if open_rows else None)
        open_rows.append(index)
    return tuple(found)


# ------------------------------------------------------------------------------------------------- grades


def grade_of(total: int | None, maximum: int | None, bands: Iterable[Band]) -> Band | None:
    """The highest band whose lower edge the percentage reaches; None without a figure, a maximum or a band."""
    if total is None or not maximum or maximum < 0:
        return None
    percent = Fraction(total * _PERCENT, maximum)
    reached = [band for band in bands if percent >= band.low]
    return max(reached, key=lambda band: band.low, default=None)


def band_named(text: str, bands: Iterable[Band]) -> Band | None:
    """The band that an agency means by a word, in either language."""
    wanted = _plain(text)
    return next(
        (band for band in bands if wanted in {_plain(band.label), _plain(band.label_en), band.key}), None
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


# ------------------------------------------------------------------------------------------------- the checks


def examine(statement: Statement, standard: Standard | None) -> Result:
    """Re-add a statement whose rows are well placed (see ``misplaced``) and list what does not fit, in page order.

    A branch is compared with the rows right below it as they are stated, so that one slip is reported at one place
    only; total, maximum and grade are compared with the leaves.
    """
    nodes = statement.nodes
    above = parents([node.level for node in nodes])
    below: list[list[int]] = [[] for _ in nodes]
    for index, parent in enumerate(above):
        if parent is not None:
            below[parent].append(index)
    sums = _sums(nodes, below)
    checks: list[Check] = []
    for index, node in enumerate(nodes):
        checks += _row_checks(index, node, nodes, below[index], sums)
    top = [index for index, parent in enumerate(above) if parent is None]
    total = _add([sums[index].score for index in top]) if top else None
    maximum = _add([sums[index].weight for index in top]) if top else None
    grade = grade_of(total, maximum, standard.bands) if standard else None
    share = _results_share(nodes, below)
    checks += _whole_checks(statement, standard, total, maximum, grade, share)
    return Result(total, maximum, grade, share, tuple(sums), tuple(checks))


def _sums(nodes: Sequence[Node], below: Sequence[Sequence[int]]) -> list[Sums]:
    found: list[Sums] = [Sums(node.weight, node.score) for node in nodes]
    # Rows below come later, so from the end each branch meets finished sums.
    for index in range(len(nodes) - 1, -1, -1):
        if below[index]:
            found[index] = Sums(
                _add([found[child].weight for child in below[index]]),
                _add([found[child].score for child in below[index]]),
            )
    return found


def _add(figures: Sequence[int | None]) -> int | None:
    """None as soon as one is missing: a sum of the rest would pass for the whole."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def _row_checks(
    index: int, node: Node, nodes: Sequence[Node], children: Sequence[int], sums: Sequence[Sums]
) -> list[Check]:
    place, found = f"row:{index}", []

    def check(code: str, severity: str, **params: Any) -> None:
        found.append(Check(code, place, severity, {"name": node.name, **params}))

    if not children:
        if node.weight is None:
            check("weight_missing", MISSING)
        if node.score is None:
            check("score_missing", MISSING)
    else:
        weights = _add([_stated(nodes[child].weight, sums[child].weight) for child in children])
        if node.weight is not None and weights is not None and node.weight != weights:
            check("branch_weight_differs", FAULT, stated_points=node.weight, readded_points=weights)
        scores = _add([_stated(nodes[child].score, sums[child].score) for child in children])
        if node.score is not None and scores is not None and node.score != scores:
            check("branch_score_differs", FAULT, stated_points=node.score, readded_points=scores)
    if node.score is not None and node.weight is not None and node.score > node.weight:
        check("score_above_weight", FAULT, stated_points=node.score, readded_points=node.weight)
    return found


def _stated(stated: int | None, readded: int | None) -> int | None:
    return readded if stated is None else stated


def _results_share(nodes: Sequence[Node], below: Sequence[Sequence[int]]) -> Fraction | None:
    leaves = [node for node, children in zip(nodes, below, strict=True) if not children]
    whole = _add([node.weight for node in leaves])
    results = _add([node.weight for node in leaves if node.dimension in RESULTS])
    return Fraction(results, whole) if whole and results is not None else None


def _whole_checks(
    statement: Statement,
    standard: Standard | None,
    total: int | None,
    maximum: int | None,
    grade: Band | None,
    share: Fraction | None,
) -> list[Check]:
    found: list[Check] = []
    if not statement.nodes:
        found.append(Check("rows_missing", "rows", MISSING))
    else:
        present = {node.dimension for node in statement.nodes}
        found += [
            Check("dimension_missing", f"dimension:{key}", NOTE, {"dimension": key})
            for key in DIMENSIONS
            if key not in present
        ]
    for name, stated, readded in (("total", statement.total, total), ("maximum", statement.maximum, maximum)):
        if stated is None:
            found.append(Check(f"{name}_missing", name, MISSING))
        elif readded is not None and stated != readded:
            params = {"stated_points": stated, "readded_points": readded}
            found.append(Check(f"{name}_mismatch", name, FAULT, params))
    found += _grade_checks(statement.grade, standard, total, maximum, grade)
    least = standard.min_results_share if standard else None
    if share is not None and least is not None and share < least:
        pairs = {"share": _pair(share), "least": _pair(least)}
        found.append(Check("results_share_low", "share", FAULT, pairs))
    return found


def _grade_checks(
    stated: str, standard: Standard | None, total: int | None, maximum: int | None, grade: Band | None
) -> list[Check]:
    found: list[Check] = []
    if not stated.strip():
        found.append(Check("grade_missing", "grade", MISSING))
    if standard is None:
        found.append(Check("standard_missing", "grade", NOTE))
    elif grade is not None and stated.strip() and band_named(stated, standard.bands) != grade:
        params = {
            "stated": stated.strip(),
            "grade": grade.key,
            "total_points": total,
            "maximum_points": maximum,
        }
        found.append(Check("grade_mismatch", "grade", FAULT, params))
    return found


def _pair(share: Fraction) -> list[int]:
    return [share.numerator, share.denominator]
