"""What a rule, a fault and a check are, and how a rule is applied to facts. Pure.

A rule of a measure refuses only where one of its provisions was in force on the day. Before that day the same facts
give a note, so that older contracts can be entered as they were.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import Facts
from agencyqa.notifications.params import from_json, to_json


class EvidenceKind(StrEnum):
    """Where a reader finds what a check rests on."""

    TIE = "tie"
    ENGAGEMENT = "engagement"


@dataclass(frozen=True)
class Evidence:
    kind: EvidenceKind
    id: int


@dataclass(frozen=True)
class Fault:
    code: str
    outcome: Outcome = Outcome.REFUSED
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Check:
    """``code`` names rule and sentence; ``field`` the form field to correct; ``provisions`` what it rests on.

    For a refusal ``provisions`` holds only those in force on the day. A refusal without any is a plain mistake of
    input. ``is_fault`` is False where the facts keep to the rule ``rule``. ``looked_at`` counts what was gone through.
    """

    code: str
    outcome: Outcome
    field: str
    provisions: tuple[str, ...] = ()
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    is_fault: bool = False
    evidence: tuple[Evidence, ...] = ()
    looked_at: dict[str, int] = dataclasses.field(default_factory=dict)
    rule: str = ""

    @property
    def is_mistake(self) -> bool:
        return self.outcome is Outcome.REFUSED and not self.provisions

    @property
    def is_hard_stop(self) -> bool:
        return self.outcome is Outcome.REFUSED and bool(self.provisions)


@dataclass(frozen=True)
class Rule:
    """``test`` yields what is wrong; ``code`` names the rule where nothing is. One that does not apply is silent."""

    code: str
    field: str
    provisions: tuple[str, ...]
    test: Callable[[Facts], Iterator[Fault]]
    looked_at: Callable[[Facts], dict[str, int]] = lambda facts: {}
    applies: Callable[[Facts], bool] = lambda facts: True


def kept(check: Check) -> dict[str, Any]:
    """A check as it is stored with a decision; ``revived`` reads it again."""
    return {
        "code": check.code,
        "outcome": check.outcome.value,
        "provisions": list(check.provisions),
        "params": to_json(check.params),
    }


def revived(item: Mapping[str, Any]) -> Check:
    return Check(
        item["code"],
        Outcome(item["outcome"]),
        "",
        tuple(item["provisions"]),
        from_json(item["params"]),
        is_fault=True,
    )


def apply(rule: Rule, facts: Facts, in_force: Collection[str]) -> Iterator[Check]:
    if not rule.applies(facts):
        return
    valid = tuple(key for key in rule.provisions if key in in_force)
    faults = list(rule.test(facts))
    looked_at = rule.looked_at(facts)
    if not faults:
        # An input rule that holds is not worth a line; a provision that was kept is.
        if valid:
            yield Check(rule.code, Outcome.PASSED, rule.field, valid, looked_at=looked_at, rule=rule.code)
        elif rule.provisions:
            yield Check(
                rule.code, Outcome.NO_RULE, rule.field, rule.provisions, looked_at=looked_at, rule=rule.code
            )
        return
    for fault in faults:
        is_ruled = bool(valid) or not rule.provisions
        yield Check(
            fault.code,
            fault.outcome if is_ruled else Outcome.NO_RULE,
            rule.field,
            valid if is_ruled else rule.provisions,
            fault.params,
            is_fault=True,
            evidence=fault.evidence,
            looked_at=looked_at,
            rule=rule.code,
        )
