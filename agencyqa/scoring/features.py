"""What a scheme uses that the first engine did not know, so that everything else keeps its bytes."""

from __future__ import annotations

from typing import Any

from agencyqa.scoring.codec import scheme_to_data
from agencyqa.scoring.params import RecordType, record_specs
from agencyqa.scoring.rules import RULES
from agencyqa.scoring.scheme import Scheme
from agencyqa.scoring.version import ENGINE_VERSION, EXTENDED_VERSION

FIRST_RULES = frozenset(
    ("banded", "all_or_nothing", "deductions", "range_deduction", "veto", "composite", "free", "ordinal")
)


def sheet_engine(scheme: Scheme) -> str:
    """The version that is written into results and traces of the scheme."""
    return EXTENDED_VERSION if _is_extended(scheme_to_data(scheme), Scheme) else ENGINE_VERSION


def _is_extended(data: Any, record: RecordType) -> bool:
    for spec in record_specs(record):
        if spec.name not in data:
            continue
        held = data[spec.name]
        if spec.newer:
            return True
        if held is None:
            continue
        if spec.type == "rule":
            if held["kind"] not in FIRST_RULES or _is_extended(held, RULES[held["kind"]]):
                return True
        elif spec.target is not None:
            items = held if spec.type == "list" else [held]
            if any(_is_extended(item, spec.target) for item in items):
                return True
    return False


def adjusts_contributions(scheme: Scheme) -> bool:
    """Whether what a criterion gives can differ from what counts of it, so that traces have to say both."""
    return (
        scheme.adding != "points"
        or bool(scheme.vetoes)
        or scheme.unanswered == "leave_out"
        or any(c.bonus or c.weight == 0 or c.rule.can_be_left_out for _, c in scheme.criteria())
    )
