"""What the entry page says to the answers of a form with options of the whole scheme."""

from __future__ import annotations

from typing import Any

from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.forms.judging import Judged, judge_entry, known_sum, open_count, running_total
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import compile_scheme, parse_points
from tests.factories.measures import mixed_form

FORM = mixed_form()
PROGRAM, TEXTS = compile_scheme(FORM.scheme), SchemeTexts(FORM.file, "zh")


def judged(answers: dict[str, dict[str, Any]]) -> Judged:
    return judge_entry(PROGRAM, TEXTS, Entry(answers))


def test_a_checklist_is_asked_for_once_at_the_box_for_none() -> None:
    found = judged({})
    assert found.gaps["none-archive-"] == "请勾选具备的各项；一项也没有的，勾选“以上均不具备”。"
    assert not [name for name in found.gaps if name.startswith("a-archive-")]
    # A box that is not ticked is an answer to the vetoes, so that ten criteria and the bonus are open.
    assert open_count(found.result) == 10
    assert (running_total(found.result), known_sum(found.result.criteria)) == (None, None)


def test_what_is_left_out_is_no_gap_and_not_open() -> None:
    found = judged({"satisfaction": {"rating": 0}})
    assert "a-satisfaction-rating" not in found.gaps
    assert open_count(found.result) == 9
    assert found.result.assessed_max == parse_points("90")


def test_a_grade_off_the_scale_and_a_divisor_of_0_are_errors() -> None:
    found = judged({"satisfaction": {"rating": 7}, "interviews": {"actual": 1, "planned": 0}})
    assert found.errors == {
        "a-satisfaction-rating": "“评级”应在 1～6 之间；无法评价填 0。",
        "a-interviews-planned": "“计划访谈人数”不能为 0，否则无法按比例计算。",
    }
