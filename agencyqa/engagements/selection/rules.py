"""Who may be picked, pure: nobody whom a result keeps out, and nobody but the one that was chosen."""

from __future__ import annotations

from collections.abc import Iterator

from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import Facts, Picked
from agencyqa.engagements.ruling import Fault, Rule


def _excluded(facts: Facts) -> Iterator[Fault]:
    for item in facts.exclusions:
        yield Fault("agency_excluded", params={"until": item.valid_to, "reason": item.reason})


def _picked(facts: Facts) -> Iterator[Fault]:
    if facts.picked is Picked.ANOTHER:
        yield Fault("selection_chose_another", params={"agency": facts.picked_agency})
    elif facts.picked is Picked.UNDECIDED:
        yield Fault("selection_undecided")
    elif facts.picked is Picked.SPENT:
        yield Fault("selection_used", params={"contract": facts.picked_contract})
    elif facts.picked is Picked.NOBODY:
        yield Fault("selection_missing", Outcome.WARNING)


def _is_asked(facts: Facts) -> bool:
    return facts.picked is not None


RULES: tuple[Rule, ...] = (
    Rule("rule_excluded", "agency_id", ("M3/use_of_results",), _excluded),
    Rule("rule_selection", "agency_id", ("M1/selection_on_merit",), _picked, applies=_is_asked),
)
