from __future__ import annotations

import numpy as np

from agencyqa.assessments.agreement.second_look import FarMark, far_marks
from tests.unit.assessments.agreement.data import N


def panel(count: int, apart: float = 2.0) -> np.ndarray:
    """So many engagements of three sheets, each a step from the middle one."""
    return np.array([[80.0 - apart, 80.0, 80.0 + apart]] * count)


def test_one_sheet_far_from_the_others() -> None:
    marks = panel(8)
    marks[3, 2] = 99.0
    # Sixteen distances that are not a median's own: fifteen of 2 and one of 19. 19 / (1.4826 * 2) = 6.41.
    assert far_marks(marks) == [FarMark(3, 2, 19.0, 19 / (1.4826 * 2))]


def test_a_far_sheet_does_not_hide_itself_or_others() -> None:
    marks = panel(10)
    marks[0, 0], marks[5, 0] = 20.0, 40.0
    found = far_marks(marks) or []
    assert [(each.row, each.column) for each in found] == [(0, 0), (5, 0)]


def test_the_limit_itself() -> None:
    marks = panel(10)
    edge = 3.5 * 1.4826 * 2
    marks[0, 2], marks[1, 2] = 80 + edge - 0.01, 80 + edge + 0.01
    assert [each.row for each in far_marks(marks) or []] == [1]


def test_nothing_is_said_on_too_little_data() -> None:
    marks = panel(4)
    marks[0, 2] = 100.0
    assert far_marks(marks) is None
    assert far_marks(np.array([[50.0, N], [N, 90.0]])) is None


def test_of_two_sheets_alone_both_are_marked() -> None:
    marks = np.array([[80.0, 82.0]] * 9 + [[40.0, 80.0]])
    assert [(each.row, each.column, each.distance) for each in far_marks(marks) or []] == [
        (9, 0, -20.0),
        (9, 1, 20.0),
    ]


def test_small_differences_matter_to_nobody() -> None:
    marks = panel(10, 0.1)
    marks[0, 2] = 82.9
    assert far_marks(marks) == []
    marks[0, 2] = 83.1
    assert [each.row for each in far_marks(marks) or []] == [0]


def test_where_most_agree_to_the_point_the_mean_deviation_measures() -> None:
    marks = panel(12, 0.0)
    marks[0, 2] = 90.0
    assert [(each.row, each.column) for each in far_marks(marks) or []] == [(0, 2)]
