"""What a scheme made of the results, in words: weights, bonuses, vetoes, and what was left out."""

from __future__ import annotations

from typing import Any

from agencyqa.measures.scheme_format import parse_scheme
from agencyqa.measures.sentences import criterion_outcome, sheet_outcome, veto_outcome
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import Program, SheetResult, compile_scheme, parse_points
from tests.factories.measures import mixed_form, scheme_text

WEIGHED = (
    scheme_text()
    .replace("max_points: 10\nsections", "max_points: 10\nadding: weights\nsections")
    .replace("        measure: M3\n", "        measure: M3\n        weight: 3\n")
)
BONUS = """\
      - key: extra
        label: {zh: 加分, en: Extra}
        max_points: 4
        bonus: true
        provision: M3/quality_assessment
        rule: {kind: free, low: 0, high: 4}
"""


def scored(text: str, answers: dict[str, dict[str, Any]]) -> tuple[Program, SchemeTexts, SheetResult]:
    checked = parse_scheme(text)
    program = compile_scheme(checked.scheme)
    return program, SchemeTexts(checked.file, "zh"), program.score(answers)


def told(text: str, answers: dict[str, dict[str, Any]], key: str) -> list[str]:
    program, texts, result = scored(text, answers)
    criterion = next(each for _, each in program.scheme.criteria() if each.key == key)
    notes = [note["code"] for note in notes_of(program, answers, key)]
    return criterion_outcome(criterion, result.criterion(key), notes, program.scheme, texts)


def notes_of(program: Program, answers: dict[str, dict[str, Any]], key: str) -> list[dict[str, Any]]:
    criteria = [each for section in program.trace(answers)["sections"] for each in section["criteria"]]
    notes: list[dict[str, Any]] = next(each["notes"] for each in criteria if each["key"] == key)
    return notes


def value(points: str) -> dict[str, Any]:
    return {"value": parse_points(points)}


def test_a_weight_says_what_it_makes_of_the_points() -> None:
    assert told(WEIGHED, {"quality": value("7")}, "quality") == [
        "权重 3：折算计入 7 分，最多 10 分（按累计数四舍五入到万分之一分）"
    ]
    assert told(scheme_text(), {"quality": value("7")}, "quality") == []


def test_a_bonus_fills_the_room_that_the_cap_leaves() -> None:
    text = scheme_text() + BONUS
    assert told(text, {"quality": value("5"), "extra": value("3")}, "extra") == ["加分计入 3 分"]
    assert told(text, {"quality": value("8"), "extra": value("3")}, "extra") == [
        "总分上限只余 2 分，计入 2 分"
    ]


def test_what_nobody_filled_in_is_left_out_where_the_scheme_says_so() -> None:
    text = scheme_text() + BONUS.replace("        bonus: true\n", "")
    text = text.replace("max_points: 10\nsections", "max_points: 14\nunanswered: leave_out\nsections")
    text = text.replace(
        "label: {zh: 全部, en: All}\n    max_points: 10", "label: {zh: 全部, en: All}\n    max_points: 14"
    )
    assert told(text, {"quality": value("5")}, "extra") == ["没有填写，本项不计入，满分相应减少"]
    program, texts, result = scored(text, {"quality": value("5")})
    assert sheet_outcome(result, program.scheme, texts) == [
        "有 1 项不计入：加分。",
        "已评项目的满分为 10 分，占满分 14 分的 71.43%。",
    ]
    program, texts, result = scored(text + "least_assessed: 90\n", {"quality": value("5")})
    assert sheet_outcome(result, program.scheme, texts)[-1] == "不到 90%，不出总分。"


def test_a_veto_that_is_not_answered_says_nothing() -> None:
    checked = mixed_form()
    program, texts = compile_scheme(checked.scheme), SchemeTexts(checked.file, "zh")
    result = program.score({})
    assert veto_outcome(result.vetoes[0], result, texts) == []
