"""The rules that a finding or an item of a checklist can cite."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from agencyqa.measures.enums import MeasureKind
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import citation_keys, provision_summary, provisions_in_force
from agencyqa.measures.texts import reader_language

LONGEST_SUMMARY = 36


def rule_choices(session: Session, day: date) -> list[tuple[str, str]]:
    """(key, words) in the order of the measures; what a rule says comes first, for a closed box shows no more."""
    found = provisions_in_force(session, citation_keys(session), day).values()
    rules = [item for item in found if item.measure_version.measure.kind is not MeasureKind.FORM]
    rules.sort(key=lambda item: (item.measure_version.measure.position, item.position, item.id))
    return [(item.key, _words(item)) for item in rules]


def _words(provision: Provision) -> str:
    summary = provision_summary(provision)
    if len(summary) > LONGEST_SUMMARY:
        summary = summary[: LONGEST_SUMMARY - 1] + "…"
    version = provision.measure_version
    title = version.measure.title_en if reader_language() == "en" else version.measure.title
    return f"{summary} · {version.doc_number or title}"
