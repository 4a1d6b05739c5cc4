"""What a principal evaluator must bring to an engagement, pure."""

from __future__ import annotations

from collections.abc import Iterator

from agencyqa.agencies.enums import ConditionCode
from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import Facts
from agencyqa.engagements.ruling import Fault, Rule


def _conditions(facts: Facts) -> Iterator[Fault]:
    """A lack that the bureau put up with, with a note, is a warning; a record that bars is never put up with."""
    bringing = facts.bringing
    assert bringing is not None
    if ConditionCode.CLEAN_RECORD in bringing.unmet:
        yield Fault("evaluator_barred")
    unmet = tuple(code for code in bringing.unmet if code is not ConditionCode.CLEAN_RECORD)
    if unmet and bringing.note:
        yield Fault("evaluator_excepted", Outcome.WARNING, {"conditions": list(unmet), "note": bringing.note})
    elif unmet:
        yield Fault("evaluator_unfit", params={"conditions": list(unmet)})
    if bringing.unknown:
        yield Fault("evaluator_unknown", Outcome.WARNING, {"conditions": list(bringing.unknown)})
    if bringing.assumed_from is not None:
        yield Fault("evaluator_assumed", Outcome.WARNING, {"day": bringing.assumed_from})


RULES: tuple[Rule, ...] = (
    Rule(
        "rule_evaluator_conditions",
        "principal_evaluator_id",
        ("CJ4/principal_evaluator_conditions", "M2/principal_evaluator"),
        _conditions,
        applies=lambda facts: facts.bringing is not None,
    ),
)
