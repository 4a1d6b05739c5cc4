"""The lines of a criterion are made once for what is alike, and made anew where anything they tell differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.texts import SchemeTexts
from agencyqa.reports.workbook.content import CountedSheet, Scored
from agencyqa.reports.workbook.steps import StepLines
from agencyqa.scoring import Scheme, compile_scheme, scheme_from_data, scheme_to_data
from tests.factories.measures import mixed_form
from tests.unit.scoring.strategies import stated

Answers = dict[str, dict[str, Any]]
BEST: Answers = {
    "on_time": {"days": 0, "amount": 500},
    "archive": {"plan": True, "papers": True, "reviews": True},
    "interviews": {"actual": 30, "planned": 30},
    "staffing": {"unqualified_staff": False, "level": "high"},
    "report": {"band": "strong", "value": 200_000},
    "errors": {"figure": 0, "wording": 0},
    "advice": {"useful.met": True, "manner.amount": 0},
    "satisfaction": {"rating": 6},
    "remark": {"value": 40_000},
    "method": {"value": 30_000},
    "false_report": {"raised": False},
}
NO_POINTS = {"figure": 99, "wording": 0}


def by_points(checked: CheckedFile) -> Scheme:
    return checked.scheme


def by_weights(checked: CheckedFile, cannot_assess: str = "zero") -> Scheme:
    """The same criteria sharing 100 points by weights, none of them a bonus."""
    data = scheme_to_data(checked.scheme)
    data |= {"adding": "weights", "version": "2", "max_points": 1_000_000}
    for section in data["sections"]:
        for criterion in section["criteria"]:
            criterion.pop("bonus", None)
            criterion.pop("only_if", None)
            # Shares that no ten-thousandth divides, so that maxima follow what is left out before them.
            criterion["weight"] = criterion.get("weight", 10_000 * len(criterion["key"]))
            if criterion["rule"]["kind"] == "rating":
                criterion["rule"]["cannot_assess"] = cannot_assess
        section["criteria"].sort(key=lambda criterion: criterion["rule"]["kind"] != "rating")
    return stated(scheme_from_data(data))


def left_out(checked: CheckedFile) -> Scheme:
    """By weights, of which a rating that cannot be assessed takes its own away."""
    return by_weights(checked, "leave_out")


def counted(checked: CheckedFile, scheme: Scheme, answers: Answers) -> CountedSheet:
    program = compile_scheme(scheme)
    result = program.score(answers)
    sheet = ScoreSheet(answers=answers, entered={}, reasons={}, facts=[], overruled={}, total=result.total)
    criteria = {
        each.key: Scored(each.computed, each.entered, each.counted, each.contribution)
        for each in result.criteria
    }
    texts = SchemeTexts(checked.file, "zh")
    packed = program.pack(answers)
    return CountedSheet(sheet, SchemeVersion(id=7), program, texts, "", packed, criteria, is_same=True)


@pytest.mark.parametrize("scheme", [by_points, by_weights, left_out])
def test_a_note_follows_the_other_criteria_too(scheme: Callable[[CheckedFile], Scheme]) -> None:
    checked = mixed_form()
    form = scheme(checked)
    # No room for the bonus, its one and then its other condition unmet, a rating left out, and room for a part.
    changes: list[Answers] = [
        {},
        {"report": {"band": "weak", "value": 50_000}},
        {"archive": {"plan": True, "papers": False, "reviews": True}},
        {"satisfaction": {"rating": 0}},
        {"on_time": {"days": 9, "amount": 500}, "interviews": {"actual": 7, "planned": 30}},
        {"errors": NO_POINTS},
        {"errors": NO_POINTS, "satisfaction": {"rating": 0}},
    ]
    lines = StepLines()
    for change in changes * 2:
        sheet = counted(checked, form, {**BEST, **change})
        found, adds_up = lines.of(sheet)
        wanted, _ = StepLines().of(sheet)
        assert adds_up
        assert list(found) == list(wanted)
