"""What forbids an engagement, pure: facts in, one check for each rule out, all of them at once.

A rule of a measure refuses only where one of its provisions was in force on the contract date. Before that day
the same facts give a note, so that older contracts can be entered as they were.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from agencyqa.agencies.enums import Standing, TieKind
from agencyqa.engagements.enums import Outcome
from agencyqa.measures.enums import WorkKind


class EvaluatorLink(StrEnum):
    """How the named principal evaluator relates to the agency."""

    NOT_NAMED = "not_named"
    NEVER = "never"
    OTHER_TIME = "other_time"
    APPOINTED = "appointed"


@dataclass(frozen=True)
class TieFact:
    """A tie of the agency in force on the contract date; ``body`` is the other side's name."""

    body_id: int
    body: str
    kind: TieKind


@dataclass(frozen=True)
class Facts:
    """``fee`` in fen. ``is_related``: one of commissioner and evaluated unit stands above the other.

    ``standing`` and ``ties`` are those of the contract date; standing is None outside the bureau's register.
    """

    contract_signed_on: date
    due_on: date
    today: date
    fee: int
    commissioner_id: int
    evaluated_unit_id: int
    department_id: int
    work_kind: WorkKind
    is_clerical_only: bool
    standing: Standing | None
    evaluator: EvaluatorLink
    is_related: bool = False
    ties: tuple[TieFact, ...] = ()
    completed_on: date | None = None


@dataclass(frozen=True)
class Check:
    """``code`` names rule and sentence; ``field`` the form field to correct; ``provisions`` what it rests on.

    For a refusal ``provisions`` holds only those in force on the contract date. A refusal without any is a
    plain mistake of input. ``is_fault`` is False where the facts keep to the rule.
    """

    code: str
    outcome: Outcome
    field: str
    provisions: tuple[str, ...] = ()
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    is_fault: bool = False

    @property
    def is_mistake(self) -> bool:
        return self.outcome is Outcome.REFUSED and not self.provisions


@dataclass(frozen=True)
class Fault:
    code: str
    outcome: Outcome = Outcome.REFUSED
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """``test`` yields what is wrong; ``code`` names the rule where nothing is."""

    code: str
    field: str
    provisions: tuple[str, ...]
    test: Callable[[Facts], Iterator[Fault]]


def _own_evaluation(facts: Facts) -> Iterator[Fault]:
    if facts.commissioner_id == facts.evaluated_unit_id:
        yield Fault("commissioner_evaluates_itself")
    elif facts.is_related:
        yield Fault("commissioner_related_to_unit", Outcome.WARNING)


def _independence(facts: Facts) -> Iterator[Fault]:
    for tie in facts.ties:
        params = {"body": tie.body, "kind": tie.kind}
        # One body may stand on several sides; each tie is told once, under its nearest name.
        if tie.body_id == facts.commissioner_id:
            yield Fault("tie_with_commissioner", params=params)
        elif tie.body_id == facts.evaluated_unit_id:
            yield Fault("tie_with_evaluated_unit", params=params)
        elif tie.body_id == facts.department_id:
            yield Fault("tie_with_department", params=params)


def _standing(facts: Facts) -> Iterator[Fault]:
    if facts.standing is None:
        yield Fault("agency_not_registered_then")
    elif facts.standing is not Standing.REGISTERED:
        yield Fault("agency_not_in_good_standing", params={"standing": facts.standing})


def _negative_list(facts: Facts) -> Iterator[Fault]:
    if facts.work_kind.is_on_negative_list and not facts.is_clerical_only:
        yield Fault("work_on_negative_list", params={"work_kind": facts.work_kind})


def _evaluator(facts: Facts) -> Iterator[Fault]:
    if facts.evaluator is EvaluatorLink.OTHER_TIME:
        yield Fault("evaluator_not_appointed_then")
    elif facts.evaluator is EvaluatorLink.NOT_NAMED:
        yield Fault("evaluator_not_named", Outcome.WARNING)


def _evaluator_of_agency(facts: Facts) -> Iterator[Fault]:
    if facts.evaluator is EvaluatorLink.NEVER:
        yield Fault("evaluator_of_another_agency")


def _signed(facts: Facts) -> Iterator[Fault]:
    if facts.contract_signed_on > facts.today:
        yield Fault("signed_in_future")


def _due(facts: Facts) -> Iterator[Fault]:
    if facts.due_on < facts.contract_signed_on:
        yield Fault("due_before_contract")


def _completed(facts: Facts) -> Iterator[Fault]:
    if facts.completed_on is not None and facts.completed_on < facts.contract_signed_on:
        yield Fault("completed_before_contract")


def _fee(facts: Facts) -> Iterator[Fault]:
    if facts.fee < 0:
        yield Fault("negative")


# Rules with provisions come from the measures; those without are what a figure or date must be to make sense.
RULES: tuple[Rule, ...] = (
    Rule("rule_own_evaluation", "evaluated_unit_id", ("CY6/own_evaluation",), _own_evaluation),
    Rule("rule_independence", "agency_id", ("M1/independence", "CY6/recusal"), _independence),
    Rule("rule_standing", "agency_id", ("M1/selection_on_merit", "M2/practice_rules"), _standing),
    Rule("rule_negative_list", "work_kind", ("CY6/negative_list",), _negative_list),
    Rule("rule_evaluator", "principal_evaluator_id", ("CJ4/principal_evaluator",), _evaluator),
    Rule("rule_evaluator_of_agency", "principal_evaluator_id", (), _evaluator_of_agency),
    Rule("rule_signed", "contract_signed_on", (), _signed),
    Rule("rule_due", "due_on", (), _due),
    Rule("rule_completed", "contract_signed_on", (), _completed),
    Rule("rule_fee", "fee", (), _fee),
)
PROVISIONS: tuple[str, ...] = tuple(key for rule in RULES for key in rule.provisions)


def examine(facts: Facts, in_force: Collection[str]) -> tuple[Check, ...]:
    """``in_force``: which of ``PROVISIONS`` were in force on the contract date."""
    return tuple(check for rule in RULES for check in _apply(rule, facts, in_force))


def refusals(checks: Collection[Check]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check.outcome is Outcome.REFUSED)


def notes(checks: Collection[Check]) -> tuple[Check, ...]:
    """What whoever enters the engagement should know although nothing forbids it."""
    return tuple(check for check in checks if check.is_fault and check.outcome is not Outcome.REFUSED)


def _apply(rule: Rule, facts: Facts, in_force: Collection[str]) -> Iterator[Check]:
    valid = tuple(key for key in rule.provisions if key in in_force)
    faults = list(rule.test(facts))
    if not faults:
        # An input rule that holds is not worth a line; a provision that was kept is.
        if valid:
            yield Check(rule.code, Outcome.PASSED, rule.field, valid)
        elif rule.provisions:
            yield Check(rule.code, Outcome.NO_RULE, rule.field, rule.provisions)
        return
    for fault in faults:
        if rule.provisions and not valid:
            yield Check(fault.code, Outcome.NO_RULE, rule.field, rule.provisions, fault.params, is_fault=True)
        else:
            yield Check(fault.code, fault.outcome, rule.field, valid, fault.params, is_fault=True)
