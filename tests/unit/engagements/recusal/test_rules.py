"""Who must stay out: every tie and every earlier work against a table written by hand, and what no facts may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.agencies.enums import Standing, TieKind
from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import ClientWork, EarlierWork, EvaluatorLink, Facts, TieFact
from agencyqa.engagements.recusal.rules import INDEPENDENCE
from agencyqa.engagements.recusal.terms import months_before
from agencyqa.engagements.rules import PROVISIONS, examine, notes, refusals
from agencyqa.engagements.ruling import Evidence, EvidenceKind
from agencyqa.measures.enums import WorkKind

BUREAU, DEPARTMENT, UNIT, PARENT, STRANGER = 1, 2, 3, 4, 5
SIGNED = date(2022, 3, 1)
ALL = frozenset(PROVISIONS)

FACTS = Facts(
    contract_signed_on=SIGNED,
    due_on=date(2022, 6, 30),
    today=date(2022, 6, 15),
    fee=0,
    commissioner_id=BUREAU,
    evaluated_unit_id=UNIT,
    department_id=DEPARTMENT,
    work_kind=WorkKind.EVALUATION,
    is_clerical_only=False,
    standing=Standing.REGISTERED,
    evaluator=EvaluatorLink.APPOINTED,
    people=1,
    near=frozenset({PARENT}),
    tie_months=24,
    work_months=36,
)
SIDES = {BUREAU: "commissioner", UNIT: "evaluated_unit", DEPARTMENT: "department"}


def tie(body_id: int, person: str = "", valid_to: date | None = None, tie_id: int = 7) -> TieFact:
    return TieFact(
        body_id, f"单位{body_id}", TieKind.ADVISORY, tie_id, person, "", date(2021, 1, 1), valid_to
    )


def test_every_tie_by_whose_it_is_to_whom_and_until_when() -> None:
    ends = {None: True, date(2022, 5, 1): True, SIGNED: True, date(2022, 2, 28): False}
    for person, body_id, (end, is_in_force) in product(
        ("", "王某"), [*SIDES, PARENT, STRANGER], ends.items()
    ):
        stem = "person_tie" if person else "tie"
        if body_id == STRANGER or (body_id == PARENT and not is_in_force):
            expected = []
        elif not is_in_force:
            expected = [(f"{stem}_past", Outcome.WARNING)]
        elif body_id == PARENT:
            expected = [(f"{stem}_near", Outcome.WARNING)]
        else:
            expected = [(f"{stem}_with_{SIDES[body_id]}", Outcome.REFUSED)]
        checks = examine(replace(FACTS, ties=(tie(body_id, person, end),)), ALL)
        found = [check for check in checks if check.is_fault]
        assert [(check.code, check.outcome) for check in found] == expected
        for check in found:
            assert check.provisions == INDEPENDENCE
            assert check.evidence == (Evidence(EvidenceKind.TIE, 7),)
            assert check.params["body"] == f"单位{body_id}"
            assert check.params.get("person", "") == person


def test_earlier_work_is_weighed_and_judging_ones_own_help_is_refused() -> None:
    kinds = [WorkKind.SELF_EVALUATION, WorkKind.MONITORING, WorkKind.EX_ANTE]
    for kind, clerical, same_year, asked in product(
        kinds, (True, False), (True, False), (WorkKind.EVALUATION, WorkKind.RESEARCH)
    ):
        work = EarlierWork(9, "HT-9", kind, clerical, date(2021, 5, 1), same_year)
        checks = examine(replace(FACTS, earlier=(work,), work_kind=asked), ALL)
        is_hard = kind is not WorkKind.EX_ANTE and clerical and same_year and asked is WorkKind.EVALUATION
        (check,) = (check for check in checks if check.is_fault)
        assert (check.code, check.outcome) == (
            ("judges_own_help", Outcome.REFUSED) if is_hard else ("worked_on_object", Outcome.WARNING)
        )
        assert (check.params["contract"], check.evidence) == ("HT-9", (Evidence(EvidenceKind.ENGAGEMENT, 9),))


def test_work_of_a_person_elsewhere_names_no_contract() -> None:
    work = EarlierWork(9, "HT-9", WorkKind.EVALUATION, False, date(2021, 5, 1), True, "王某")
    (check,) = notes(examine(replace(FACTS, earlier=(work,)), ALL))
    assert (check.code, "HT-9" in str(check.params)) == ("person_worked_on_object", False)


def test_work_in_hand_for_the_evaluated_unit_is_a_warning() -> None:
    (check,) = notes(examine(replace(FACTS, for_unit=(ClientWork(4, "HT-4"),)), ALL))
    assert (check.code, check.outcome, check.params) == (
        "works_for_unit",
        Outcome.WARNING,
        {"contract": "HT-4"},
    )


@settings(max_examples=150)
@given(
    st.lists(
        st.builds(
            tie,
            st.integers(1, 5),
            st.sampled_from(["", "王某"]),
            st.none() | st.dates(date(2021, 1, 1), date(2023, 1, 1)),
            st.integers(1, 9),
        ),
        max_size=6,
    ),
    st.sets(st.sampled_from(PROVISIONS)),
)
def test_whatever_the_facts(ties: list[TieFact], in_force: set[str]) -> None:
    """Each tie is told at most once; more ties never take a stop away; without a provision nothing is refused."""
    checks = examine(replace(FACTS, ties=tuple(ties)), in_force)
    told = [check for check in checks if check.is_fault and check.evidence]
    assert len(told) <= len(ties)
    hard = [check for check in refusals(checks) if check.evidence]
    in_the_way = [
        item for item in ties if item.body_id in SIDES and (item.valid_to is None or item.valid_to >= SIGNED)
    ]
    is_ruled = bool(in_force & set(INDEPENDENCE))
    assert len(hard) == (len(in_the_way) if is_ruled else 0)
    assert all(set(check.provisions) == in_force & set(INDEPENDENCE) for check in hard)


def test_months_are_counted_by_the_calendar() -> None:
    assert months_before(date(2022, 3, 31), 1) == date(2022, 2, 28)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2022, 3, 1), 24) == date(2020, 3, 1)
    assert months_before(date(2022, 1, 15), 1) == date(2021, 12, 15)
    assert months_before(date(2022, 1, 15), 0) == date(2022, 1, 15)
