"""What a principal evaluator must bring: every mix of lacks, with and without the bureau's note."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

from agencyqa.agencies.enums import ConditionCode
from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import Bringing
from agencyqa.engagements.rules import PROVISIONS, examine
from tests.unit.engagements.test_rules import PROPER

YEARS, RECORD = ConditionCode.WORK_YEARS, ConditionCode.CLEAN_RECORD
KEYS = ("CJ4/principal_evaluator_conditions", "M2/principal_evaluator")


def test_every_mix_of_lacks() -> None:
    for unmet, unknown, note in product(
        ((), (YEARS,), (RECORD,), (YEARS, RECORD)), ((), (YEARS,)), ("", "批准")
    ):
        facts = replace(PROPER, bringing=Bringing(unmet, unknown, note))
        found = [
            (check.code, check.outcome, check.provisions)
            for check in examine(facts, PROVISIONS)
            if check.rule == "rule_evaluator_conditions"
        ]
        expected = []
        if RECORD in unmet:
            expected.append(("evaluator_barred", Outcome.REFUSED, KEYS))
        if YEARS in unmet:
            expected.append(
                ("evaluator_excepted", Outcome.WARNING, KEYS)
                if note
                else ("evaluator_unfit", Outcome.REFUSED, KEYS)
            )
        if unknown:
            expected.append(("evaluator_unknown", Outcome.WARNING, KEYS))
        assert found == (expected or [("rule_evaluator_conditions", Outcome.PASSED, KEYS)])


def test_facts_of_a_later_day_are_named_as_such() -> None:
    """They decide as others do, and whoever reads the check is told from when they are."""
    for unmet in ((), (YEARS,)):
        facts = replace(PROPER, bringing=Bringing(unmet, assumed_from=date(2022, 4, 1)))
        found = [
            (check.code, check.outcome, check.params)
            for check in examine(facts, PROVISIONS)
            if check.rule == "rule_evaluator_conditions"
        ]
        unfit = [("evaluator_unfit", Outcome.REFUSED, {"conditions": [YEARS]})] if unmet else []
        assert found == [*unfit, ("evaluator_assumed", Outcome.WARNING, {"day": date(2022, 4, 1)})]


def test_without_conditions_in_force_nothing_is_said() -> None:
    assert "rule_evaluator_conditions" not in {check.code for check in examine(PROPER, PROVISIONS)}
