"""Provisions that a decision of the register can rest on."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from agencyqa.measures.enums import MeasureKind
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import (
    citation_keys,
    provision_label,
    provision_summary,
    provisions_in_force,
)

LONGEST_SUMMARY = 60


def citable_provisions(session: Session, day: date) -> list[tuple[str, str]]:
    """(key, words) of the rules in force on the day in the order of the measures; forms are no rules."""
    found = provisions_in_force(session, citation_keys(session), day).values()
    rules = [item for item in found if item.measure_version.measure.kind is not MeasureKind.FORM]
    rules.sort(key=lambda item: (item.measure_version.measure.position, item.position, item.id))
    return [(item.key, _words(item)) for item in rules]


def _words(provision: Provision) -> str:
    summary = provision_summary(provision)
    if len(summary) > LONGEST_SUMMARY:
        summary = summary[: LONGEST_SUMMARY - 1] + "…"
    return f"{provision_label(provision)} {summary}"
