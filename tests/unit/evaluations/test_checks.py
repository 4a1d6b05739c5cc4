"""The arithmetic of an evaluation, against examples worked by hand and a second computation in decimals."""

from __future__ import annotations

import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.evaluations.checks import (
    DIMENSIONS,
    FAULT,
    FAULT_OF,
    MISSING,
    NOTE,
    Band,
    Node,
    Standard,
    Statement,
    band_named,
    examine,
    grade_of,
    misplaced,
    parents,
)
from agencyqa.evaluations.enums import Dimension

BANDS = (
    Band("excellent", "优", "Excellent", 900_000),
    Band("good", "良", "Good", 800_000),
    Band("fair", "中", "Fair", 600_000),
    Band("poor", "差", "Poor", 0),
)
STANDARD = Standard(BANDS, Fraction(6, 10))
POINT = 10_000


def points(figure: float | None) -> int | None:
    return None if figure is None else int(Decimal(str(figure)) * POINT)


def node(
    level: int, dimension: str, name: str, weight: float | None = None, score: float | None = None
) -> Node:
    return Node(level, dimension, name, points(weight), points(score))


SOUND = (
    node(1, "decision", "决策", 20, 18),
    node(2, "decision", "立项", 12, 11),
    node(2, "decision", "目标", 8, 7),
    node(1, "process", "过程", 20, 19.5),
    node(1, "output", "产出", 30, 27),
    node(2, "output", "数量", 30, 27),
    node(1, "benefit", "效益", 30, 26),
)


def statement(
    nodes: tuple[Node, ...] = SOUND,
    total: float | None = 90.5,
    maximum: float | None = 100,
    grade: str = "优",
) -> Statement:
    return Statement(nodes, points(total), points(maximum), grade)


def codes(given_statement: Statement, standard: Standard | None = STANDARD) -> list[tuple[str, str, str]]:
    return [(each.code, each.place, each.severity) for each in examine(given_statement, standard).checks]


def changed(index: int, **values: float | None) -> tuple[Node, ...]:
    rows = list(SOUND)
    row = rows[index]
    figures = {"weight": row.weight, "score": row.score} | {key: points(each) for key, each in values.items()}
    rows[index] = Node(row.level, row.dimension, row.name, **figures)
    return tuple(rows)


def test_a_sound_statement() -> None:
    result = examine(statement(), STANDARD)
    assert (result.total, result.maximum, result.results_share) == (905_000, 1_000_000, Fraction(3, 5))
    assert result.grade == BANDS[0]
    assert result.checks == ()
    assert [(each.weight, each.score) for each in result.sums][:3] == [
        (200_000, 180_000),
        (120_000, 110_000),
        (80_000, 70_000),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (changed(0, score=18.5), [("branch_score_differs", "row:0", FAULT)]),
        (changed(0, weight=21), [("branch_weight_differs", "row:0", FAULT)]),
        # A branch may say nothing; what is not said cannot be wrong.
        (changed(0, weight=None, score=None), []),
        (
            changed(6, score=30.5),
            [
                ("score_above_weight", "row:6", FAULT),
                ("total_mismatch", "total", FAULT),
            ],
        ),
        (changed(6, score=None), [("score_missing", "row:6", MISSING)]),
        (changed(6, weight=None), [("weight_missing", "row:6", MISSING)]),
    ],
)
def test_rows(rows: tuple[Node, ...], expected: list[tuple[str, str, str]]) -> None:
    assert codes(statement(rows)) == expected


def test_a_missing_score_is_unknown_and_not_zero() -> None:
    result = examine(statement(changed(6, score=None)), STANDARD)
    assert (result.total, result.grade, result.maximum) == (None, None, 1_000_000)
    # 0 is a figure like any other.
    result = examine(statement(changed(6, score=0), total=64.5, grade="中"), STANDARD)
    assert (result.total, result.checks) == (645_000, ())


def test_a_slip_is_told_where_it_stands_and_no_row_above() -> None:
    rows = (
        node(1, "output", "产出", 60, 50),
        node(2, "output", "数量", 60, 50),
        node(3, "output", "完成率", 40, 30),
        node(3, "output", "覆盖率", 20, 19),
        node(1, "benefit", "效益", 40, 40),
    )
    found = codes(statement(rows, 90, 100, "良"), Standard(BANDS))
    assert found == [
        ("branch_score_differs", "row:1", FAULT),
        ("dimension_missing", "dimension:decision", NOTE),
        ("dimension_missing", "dimension:process", NOTE),
        ("total_mismatch", "total", FAULT),
    ]


@pytest.mark.parametrize(
    ("given_statement", "expected"),
    [
        (statement(total=91), [("total_mismatch", "total", FAULT)]),
        (statement(maximum=110), [("maximum_mismatch", "maximum", FAULT)]),
        (statement(grade="良"), [("grade_mismatch", "grade", FAULT)]),
        (statement(grade="优秀"), [("grade_mismatch", "grade", FAULT)]),
        (statement(grade=" 优　"), []),
        (statement(grade="excellent"), []),
        (
            statement(total=None, maximum=None, grade=""),
            [
                ("total_missing", "total", MISSING),
                ("maximum_missing", "maximum", MISSING),
                ("grade_missing", "grade", MISSING),
            ],
        ),
    ],
)
def test_the_whole(given_statement: Statement, expected: list[tuple[str, str, str]]) -> None:
    assert codes(given_statement) == expected


def test_nothing_at_all() -> None:
    result = examine(Statement(()), STANDARD)
    assert (result.total, result.maximum, result.grade, result.results_share) == (None, None, None, None)
    assert [each.code for each in result.checks] == [
        "rows_missing",
        "total_missing",
        "maximum_missing",
        "grade_missing",
    ]
    assert not result.is_complete


def test_the_share_of_results() -> None:
    rows = (node(1, "decision", "决策", 40.0001, 40), node(1, "output", "产出", 59.9999, 59))
    found = [each for each in examine(statement(rows, 99), STANDARD).checks if each.place == "share"]
    assert [each.params for each in found] == [{"share": [599_999, 1_000_000], "least": [3, 5]}]
    assert not [each for each in codes(statement(rows, 99), Standard(BANDS)) if each[1] == "share"]


def test_without_a_standard_no_grade_is_invented() -> None:
    result = examine(statement(grade="良"), None)
    assert result.grade is None
    assert [each.code for each in result.checks] == ["standard_missing"]


def test_every_fault_has_a_code_of_the_catalogue() -> None:
    assert set(FAULT_OF.values()) == {
        "arithmetic_error",
        "total_mismatch",
        "grade_mismatch",
        "weight_mismatch",
        "results_share_low",
    }
    assert tuple(DIMENSIONS) == tuple(Dimension)


@pytest.mark.parametrize(
    ("total", "maximum", "key"),
    [
        (90, 100, "excellent"),
        (89.9999, 100, "good"),
        (80, 100, "good"),
        (79.9999, 100, "fair"),
        (60, 100, "fair"),
        (59.9999, 100, "poor"),
        (0, 100, "poor"),
        (100, 100, "excellent"),
        # Of another maximum it is the percentage that counts.
        (108, 120, "excellent"),
        (107.9999, 120, "good"),
        (110, 100, "excellent"),
    ],
)
def test_bands_hold_their_lower_edge(total: float, maximum: float, key: str) -> None:
    found = grade_of(points(total), points(maximum), BANDS)
    assert found is not None
    assert found.key == key


def test_no_grade_without_figures() -> None:
    assert grade_of(None, 1_000_000, BANDS) is None
    assert grade_of(0, 0, BANDS) is None
    assert grade_of(1, None, BANDS) is None
    assert band_named("合格", BANDS) is None


def test_the_tree_by_levels() -> None:
    assert parents([1, 2, 3, 2, 1, 2]) == (None, 0, 1, 0, None, 4)
    assert misplaced([1, 2, 3, 4, 1]) == ()
    assert misplaced([2, 3, 1, 3, 3, 5, 0]) == (0, 3, 5, 6)
    assert misplaced([]) == ()


def test_no_flask_is_loaded() -> None:
    script = (
        "import sys; import agencyqa.evaluations.checks; "
        "print([name for name in ('flask', 'sqlalchemy', 'wtforms') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


figures = st.one_of(st.none(), st.integers(0, 300_000))
rows = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(DIMENSIONS), figures, figures), min_size=1, max_size=12
)


def _placed(raw: list[tuple[int, str, int | None, int | None]]) -> tuple[Node, ...]:
    found: list[Node] = []
    before = 0
    for number, (level, dimension, weight, score) in enumerate(raw):
        before = min(level, before + 1)
        found.append(Node(before, dimension, f"第{number}项", weight, score))
    return tuple(found)


@settings(max_examples=150, deadline=None)
@given(rows, figures, figures, st.sampled_from(["优", "良", "中", "差", ""]))
def test_against_a_second_computation(
    raw: list[tuple[int, str, int | None, int | None]],
    total: int | None,
    maximum: int | None,
    grade: str,
) -> None:
    """The same by another way: leaves are rows not followed by a deeper one, figures are decimals of a point."""
    nodes = _placed(raw)
    result = examine(Statement(nodes, total, maximum, grade), STANDARD)
    leaves = [
        each
        for each, following in zip(nodes, [*nodes[1:], None], strict=True)
        if following is None or following.level <= each.level
    ]

    def decimal_sum(values: list[int | None]) -> Decimal | None:
        return None if None in values else sum((Decimal(each or 0) / POINT for each in values), Decimal(0))

    expected_total = decimal_sum([each.score for each in leaves])
    expected_maximum = decimal_sum([each.weight for each in leaves])
    assert result.total == (None if expected_total is None else int(expected_total * POINT))
    assert result.maximum == (None if expected_maximum is None else int(expected_maximum * POINT))
    wanted = None
    if expected_total is not None and expected_maximum:
        # No band lies within a millionth of a percent of a figure of ten-thousandths, so 12 places decide.
        percent = (expected_total * 100 / expected_maximum).quantize(Decimal("1e-12"), ROUND_HALF_UP)
        wanted = next(
            label for label, low in (("优", 90), ("良", 80), ("中", 60), ("差", 0)) if percent >= low
        )
    assert (result.grade.label if result.grade else None) == wanted
    found = {(each.code, each.place) for each in result.checks}
    assert (("total_mismatch", "total") in found) == (
        total is not None and expected_total is not None and Decimal(total) / POINT != expected_total
    )
    assert (("maximum_mismatch", "maximum") in found) == (
        maximum is not None and expected_maximum is not None and Decimal(maximum) / POINT != expected_maximum
    )
    assert (("grade_mismatch", "grade") in found) == bool(grade and wanted and grade != wanted)
    for number, each in enumerate(nodes):
        above = each.score is not None and each.weight is not None and each.score > each.weight
        assert (("score_above_weight", f"row:{number}") in found) == above
        assert (("score_missing", f"row:{number}") in found) == (each in leaves and each.score is None)
