"""Who must stay out of a commission, pure: ties of the agency and its people, and earlier work on the same object.

What was in force on the day is a hard stop; what is over, near or only similar is a warning, because no published text
draws the line there and somebody has to judge it.
"""

from __future__ import annotations

from collections.abc import Iterator

from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import EarlierWork, Facts, TieFact
from agencyqa.engagements.ruling import Evidence, EvidenceKind, Fault, Rule
from agencyqa.measures.enums import WorkKind

INDEPENDENCE = ("M1/independence", "CY6/recusal")


def _own_evaluation(facts: Facts) -> Iterator[Fault]:
    if facts.commissioner_id == facts.evaluated_unit_id:
        yield Fault("commissioner_evaluates_itself")
    elif facts.is_related:
        yield Fault("commissioner_related_to_unit", Outcome.WARNING)


def _agency_ties(facts: Facts) -> Iterator[Fault]:
    for tie in facts.ties:
        if not tie.person and is_in_force(tie, facts):
            yield from _tie(facts, tie, "tie")


def _people_ties(facts: Facts) -> Iterator[Fault]:
    for tie in facts.ties:
        if tie.person and is_in_force(tie, facts):
            yield from _tie(facts, tie, "person_tie")


def _past_ties(facts: Facts) -> Iterator[Fault]:
    """Ended before the contract, but not longer ago than the bureau's term."""
    for tie in facts.ties:
        if is_in_force(tie, facts) or _side(facts, tie.body_id) is None:
            continue
        yield Fault(
            "person_tie_past" if tie.person else "tie_past",
            Outcome.WARNING,
            {**_named(tie), "ended_on": tie.valid_to, "months": facts.tie_months},
            (Evidence(EvidenceKind.TIE, tie.id),),
        )


def _earlier_work(facts: Facts) -> Iterator[Fault]:
    for work in facts.earlier:
        yield _earlier(facts, work)


def _for_unit(facts: Facts) -> Iterator[Fault]:
    for work in facts.for_unit:
        yield Fault(
            "works_for_unit",
            Outcome.WARNING,
            {"contract": work.contract},
            (Evidence(EvidenceKind.ENGAGEMENT, work.engagement_id),),
        )


def is_in_force(tie: TieFact, facts: Facts) -> bool:
    """At some time since the contract was signed, and not only from tomorrow on."""
    return tie.valid_to is None or tie.valid_to >= facts.contract_signed_on


def _tie(facts: Facts, tie: TieFact, stem: str) -> Iterator[Fault]:
    evidence = (Evidence(EvidenceKind.TIE, tie.id),)
    side = _side(facts, tie.body_id)
    if side is not None:
        yield Fault(f"{stem}_with_{side}", params=_named(tie), evidence=evidence)
    elif tie.body_id in facts.near:
        yield Fault(f"{stem}_near", Outcome.WARNING, _named(tie), evidence)


def _side(facts: Facts, body_id: int) -> str | None:
    """One body may stand on several sides; each tie is told once, under its nearest name."""
    if body_id == facts.commissioner_id:
        return "commissioner"
    if body_id == facts.evaluated_unit_id:
        return "evaluated_unit"
    if body_id == facts.department_id:
        return "department"
    return None


def _named(tie: TieFact) -> dict[str, object]:
    params: dict[str, object] = {"body": tie.body, "kind": tie.kind}
    if tie.person:
        params["person"] = tie.person
    return params


def _earlier(facts: Facts, work: EarlierWork) -> Fault:
    """Judging what one helped to write is no independent judgement; having judged it before is to be weighed."""
    evidence = (Evidence(EvidenceKind.ENGAGEMENT, work.engagement_id),)
    if work.person:
        # Where else somebody worked is the business of that agency and the bureau: no contract is named.
        params = {"person": work.person, "work_kind": work.work_kind, "signed_on": work.signed_on}
        return Fault("person_worked_on_object", Outcome.WARNING, params, evidence)
    params = {"contract": work.contract, "work_kind": work.work_kind, "signed_on": work.signed_on}
    helped = work.is_clerical_only and work.work_kind.is_on_negative_list and work.is_same_year
    if helped and facts.work_kind is WorkKind.EVALUATION:
        return Fault("judges_own_help", params=params, evidence=evidence)
    return Fault("worked_on_object", Outcome.WARNING, params, evidence)


def _sides_looked_at(facts: Facts) -> dict[str, int]:
    sides = {facts.commissioner_id, facts.evaluated_unit_id, facts.department_id}
    return {"sides": len(sides), "near": len(facts.near - sides)}


def _people_looked_at(facts: Facts) -> dict[str, int]:
    return {"people": facts.people}


def _looks_back_at_ties(facts: Facts) -> bool:
    return facts.tie_months is not None


def _looks_back_at_work(facts: Facts) -> bool:
    return facts.work_months is not None


RULES: tuple[Rule, ...] = (
    Rule("rule_own_evaluation", "evaluated_unit_id", ("CY6/own_evaluation",), _own_evaluation),
    Rule("rule_independence", "agency_id", INDEPENDENCE, _agency_ties, _sides_looked_at),
    Rule("rule_people", "principal_evaluator_id", INDEPENDENCE, _people_ties, _people_looked_at),
    Rule(
        "rule_past_ties",
        "agency_id",
        INDEPENDENCE,
        _past_ties,
        applies=_looks_back_at_ties,
    ),
    Rule(
        "rule_earlier_work",
        "agency_id",
        INDEPENDENCE,
        _earlier_work,
        applies=_looks_back_at_work,
    ),
    Rule("rule_for_unit", "agency_id", INDEPENDENCE, _for_unit),
)
