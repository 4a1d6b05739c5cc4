from __future__ import annotations

from dataclasses import replace
from datetime import date

from agencyqa.agencies.conditions import (
    Career,
    ConditionResult,
    Conditions,
    examine,
    overall,
    unmet,
    whole_years,
)
from agencyqa.agencies.enums import ConditionCode, ConditionOutcome
from agencyqa.measures.enums import Tag

DAY = date(2022, 6, 15)
CONDITIONS = Conditions(5, 3, True, "CJ4/principal_evaluator_conditions", Tag.REMEMBERED)
CAREER = Career("高级会计师", "", date(2017, 6, 15), date(2019, 6, 15), False)


def test_met_to_the_day() -> None:
    results = examine(CAREER, CONDITIONS, DAY)
    assert results == (
        ConditionResult(ConditionCode.TITLE_OR_LICENCE, ConditionOutcome.MET),
        ConditionResult(ConditionCode.WORK_YEARS, ConditionOutcome.MET, 5, 5),
        ConditionResult(ConditionCode.EVALUATION_YEARS, ConditionOutcome.MET, 3, 3),
        ConditionResult(ConditionCode.CLEAN_RECORD, ConditionOutcome.MET),
    )
    assert unmet(results) == ()
    assert overall(results) is ConditionOutcome.MET


def test_each_condition_by_itself() -> None:
    changes = {
        ConditionCode.TITLE_OR_LICENCE: replace(CAREER, title=" "),
        ConditionCode.WORK_YEARS: replace(CAREER, work_since=date(2017, 6, 16)),
        ConditionCode.EVALUATION_YEARS: replace(CAREER, evaluation_since=date(2019, 6, 16)),
        ConditionCode.CLEAN_RECORD: replace(CAREER, has_disqualifying_record=True),
    }
    for code, career in changes.items():
        results = examine(career, CONDITIONS, DAY)
        assert unmet(results) == (code,)
        assert overall(results) is ConditionOutcome.UNMET


def test_what_is_not_known_is_not_unmet() -> None:
    results = examine(replace(CAREER, work_since=None), CONDITIONS, DAY)
    assert results[1] == ConditionResult(ConditionCode.WORK_YEARS, ConditionOutcome.UNKNOWN, 5)
    assert unmet(results) == ()
    assert overall(results) is ConditionOutcome.UNKNOWN


def test_a_licence_does_for_a_title_and_a_bureau_may_ask_for_neither() -> None:
    licensed = replace(CAREER, title="", licence="注册会计师 1")
    assert unmet(examine(licensed, CONDITIONS, DAY)) == ()
    lenient = replace(CONDITIONS, needs_title_or_licence=False)
    assert [result.code for result in examine(replace(CAREER, title=""), lenient, DAY)] == [
        ConditionCode.WORK_YEARS,
        ConditionCode.EVALUATION_YEARS,
        ConditionCode.CLEAN_RECORD,
    ]


def test_whole_years() -> None:
    assert whole_years(date(2020, 2, 29), date(2021, 2, 28)) == 0
    assert whole_years(date(2020, 2, 29), date(2021, 3, 1)) == 1
    assert whole_years(date(2020, 2, 29), date(2024, 2, 29)) == 4
    assert whole_years(date(2023, 1, 1), date(2022, 6, 15)) == 0
