"""What forbids an engagement, pure: facts in, one check for each rule out, all of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from agencyqa.agencies.enums import Standing
from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import EvaluatorLink, Facts
from agencyqa.engagements.recusal.rules import RULES as RECUSAL_RULES
from agencyqa.engagements.ruling import Check, Fault, Rule, apply
from agencyqa.engagements.selection.rules import RULES as SELECTION_RULES
from agencyqa.engagements.team.rules import RULES as TEAM_RULES


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
    *RECUSAL_RULES,
    Rule("rule_standing", "agency_id", ("M1/selection_on_merit", "M2/practice_rules"), _standing),
    *SELECTION_RULES,
    Rule("rule_negative_list", "work_kind", ("CY6/negative_list",), _negative_list),
    Rule("rule_evaluator", "principal_evaluator_id", ("CJ4/principal_evaluator",), _evaluator),
    *TEAM_RULES,
    Rule("rule_evaluator_of_agency", "principal_evaluator_id", (), _evaluator_of_agency),
    Rule("rule_signed", "contract_signed_on", (), _signed),
    Rule("rule_due", "due_on", (), _due),
    Rule("rule_completed", "contract_signed_on", (), _completed),
    Rule("rule_fee", "fee", (), _fee),
)
PROVISIONS: tuple[str, ...] = tuple(dict.fromkeys(key for rule in RULES for key in rule.provisions))


def examine(facts: Facts, in_force: Collection[str]) -> tuple[Check, ...]:
    """``in_force``: which of ``PROVISIONS`` were in force on the day of the check."""
    return tuple(check for rule in RULES for check in apply(rule, facts, in_force))


def refusals(checks: Collection[Check]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check.outcome is Outcome.REFUSED)


def notes(checks: Collection[Check]) -> tuple[Check, ...]:
    """What whoever enters the engagement should know although nothing forbids it."""
    return tuple(check for check in checks if check.is_fault and check.outcome is not Outcome.REFUSED)
