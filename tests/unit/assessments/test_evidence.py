"""What is on record counts as if it had been typed, once, in any order, and not at all where it was set aside."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyqa.assessments.evidence import (
    changes,
    counted_rows,
    effective_answers,
    fact_row,
    is_scored,
    record_stamp,
)
from agencyqa.measures.counting import Counting, counting_of
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.scheme_format import CheckedFile, Effect
from agencyqa.measures.shipped import shipped_versions
from agencyqa.scoring import Program, compile_scheme, readd
from tests.integration.assessments.recomputation import answers_by_chance, scheme_file, sheet_of, units

Facts = list[dict[str, Any]]


def shipped(key: str) -> CheckedFile:
    return next(checked for number, checked in shipped_versions() if (checked.file.key, number) == (key, 2))


KEYS = ("reference-2021", "report-quality-40")
CHECKED = {key: shipped(key) for key in KEYS}
COUNTINGS: dict[str, Counting] = {key: counting_of(each.file) for key, each in CHECKED.items()}
PROGRAMS: dict[str, Program] = {key: compile_scheme(each.scheme) for key, each in CHECKED.items()}
FILES = {key: scheme_file(f"{key}.v2") for key in KEYS}
# Further occurrences of improper conduct ask for a larger deduction, which the scorer names; so they are not by chance.
BY_CHANCE = {
    key: sorted({*counting.faults, "slow_response", "untrained_staff"} - {"improper_conduct"})
    for key, counting in COUNTINGS.items()
}


def fact(key: str, fault: str, count: int, counting: Counting) -> dict[str, Any]:
    found = Occurrence(
        key=key,
        engagement_id=1,
        source=FaultSource.FINDING,
        fault=fault,
        count=count,
        fact_on=date(2024, 5, 6),
        provision="CJ4/archive",
        params={"number": "2024-001", "severity": "minor"},
        endpoint="inspections.finding",
        endpoint_values={"finding_id": 1},
    )
    return fact_row(found, counting, "")


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, dict[str, dict[str, Any]], Facts, frozenset[str]]:
    """(scheme, complete answers as typed, rows, keys of those set aside)"""
    key = draw(st.sampled_from(KEYS))
    counting = COUNTINGS[key]
    chance = random.Random(draw(st.integers(0, 10_000)))
    typed = answers_by_chance(FILES[key], chance)
    for criterion, name in counting.supplied:
        del typed[criterion][name]
    drawn = draw(st.lists(st.tuples(st.sampled_from(BY_CHANCE[key]), st.integers(1, 9)), max_size=8))
    rows = [fact(f"finding:{n}", fault, count, counting) for n, (fault, count) in enumerate(drawn)]
    aside = draw(st.sets(st.sampled_from([row["key"] for row in rows]))) if rows else set()
    return key, typed, rows, frozenset(aside)


def by_hand(key: str, typed: dict[str, Any], rows: Facts, aside: frozenset[str]) -> dict[str, dict[str, Any]]:
    """The same sheet as somebody would fill it in who had the record beside him; from the file, with plain loops."""
    answers = {criterion: dict(held) for criterion, held in typed.items()}
    for section in FILES[key]["sections"]:
        for item in section["criteria"]:
            for each in item.get("counts", []):
                if each.get("by_hand") != "true":
                    answers[item["key"]].setdefault(each["input"], 0)
                for row in rows:
                    if row["fault"] == each["fault"] and row["key"] not in aside:
                        held = answers[item["key"]][each["input"]]
                        if isinstance(held, bool):
                            # A condition that is met is no longer met; a veto that was not raised is raised.
                            answers[item["key"]][each["input"]] = not each["input"].endswith("met")
                        else:
                            answers[item["key"]][each["input"]] = held + row["count"]
    return answers


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_typed_and_on_record_is_the_same_sheet_as_all_typed(case: Any) -> None:
    key, typed, rows, aside = case
    program, counting = PROGRAMS[key], COUNTINGS[key]
    effective = effective_answers(counting, typed, rows, aside)
    assert effective == by_hand(key, typed, rows, aside)
    result = program.score(effective)
    # The second computation shares nothing with the engine: the file as text, Decimal, plain loops.
    oracle = sheet_of(FILES[key], by_hand(key, typed, rows, aside), {})
    assert result.total == units(oracle.total.got)
    assert {each.key: each.counted for each in result.criteria} == {
        criterion: units(mark) for criterion, mark in oracle.marks.items()
    }
    assert readd(program.trace(effective)) == result.total


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.randoms(use_true_random=False))
def test_order_says_nothing_and_what_is_set_aside_is_absent(case: Any, chance: random.Random) -> None:
    key, typed, rows, aside = case
    counting = COUNTINGS[key]
    effective = effective_answers(counting, typed, rows, aside)
    mixed = list(rows)
    chance.shuffle(mixed)
    assert effective_answers(counting, typed, mixed, aside) == effective
    assert (
        effective_answers(counting, typed, [row for row in rows if row["key"] not in aside], ()) == effective
    )
    assert effective_answers(counting, typed, [row for row in rows if is_scored(row)], aside) == effective


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.data())
def test_more_on_record_never_gives_more_points(case: Any, data: st.DataObject) -> None:
    key, typed, rows, aside = case
    program, counting = PROGRAMS[key], COUNTINGS[key]
    fault = data.draw(st.sampled_from(BY_CHANCE[key]))
    more = [*rows, fact("finding:99", fault, data.draw(st.integers(1, 5)), counting)]
    before = program.score(effective_answers(counting, typed, rows, aside)).total
    after = program.score(effective_answers(counting, typed, more, aside)).total
    assert before is not None
    assert after is not None
    assert after <= before
    # And setting one more aside never takes points away.
    assert (program.score(effective_answers(counting, typed, more, {*aside, "finding:99"})).total) == before


def test_an_empty_field_stays_missing_but_what_is_certain_counts() -> None:
    counting, program = COUNTINGS["reference-2021"], PROGRAMS["reference-2021"]
    rows = [
        fact("finding:1", "no_work_paper", 2, counting),
        fact("finding:2", "no_contract", 1, counting),
        fact("finding:3", "forbidden_conduct", 1, counting),
        fact("late:4", "late_report", 3, counting),
    ]
    effective = effective_answers(counting, {}, rows, ())
    assert effective == {
        "contract": {"met": False},
        "conduct": {"forbidden": True},
        "on_time": {"plan_day": 0, "report_day": 3},
    }
    result = program.score(effective)
    assert {each.key: each.counted for each in result.criteria if each.state == "ok"} == {
        "contract": 0,
        "conduct": 0,
        "on_time": 30_000,
    }
    typed: dict[str, dict[str, Any]] = {"contract": {"met": True}, "work_papers": {"no_paper": 1}}
    assert effective_answers(counting, typed, rows, ())["work_papers"] == {"no_paper": 3}
    assert effective_answers(counting, typed, rows, ())["contract"] == {"met": False}
    assert effective_answers(counting, typed, rows, {"finding:1", "finding:2"})["contract"] == {"met": True}
    # What was handed in is not changed.
    assert typed == {"contract": {"met": True}, "work_papers": {"no_paper": 1}}


def test_a_scheme_that_counts_nothing_leaves_answers_alone() -> None:
    first = counting_of(next(c.file for number, c in shipped_versions() if number == 1))
    rows = [fact("finding:1", "no_contract", 1, first)]
    assert [(row["criterion"], row["input"]) for row in rows] == [(None, None)]
    assert counted_rows(rows, ()) == []
    assert effective_answers(first, {"team_stability": {"met": True}}, rows, ()) == {
        "team_stability": {"met": True}
    }


def test_what_changed_on_record() -> None:
    counting = COUNTINGS["reference-2021"]
    one, two = fact("finding:1", "no_contract", 1, counting), fact("finding:2", "text_error", 2, counting)
    three = fact("finding:3", "no_source", 1, counting)
    more = {**two, "count": 5}
    assert [(each.kind, each.row["key"], each.before) for each in changes([one, two], [more, three])] == [
        ("changed", "finding:2", 2),
        ("added", "finding:3", 0),
        ("removed", "finding:1", 1),
    ]
    assert changes([one], [{**one, "params": {}, "is_provisional": True}]) == []
    assert record_stamp([one, two]) != record_stamp([one, more])
    assert record_stamp([one]) == record_stamp([dict(reversed(one.items()))])


def test_every_effect_is_among_the_shipped_schemes() -> None:
    found = {each.effect for counting in COUNTINGS.values() for each in counting.faults.values()}
    assert found == set(Effect)
