"""What a stored sheet says, in the forms in which it is shown, edited and scored again."""

from __future__ import annotations

from agencyqa.assessments.evidence import OnRecord, Value, effective_answers
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.counting import Counting


def entry_of(sheet: ScoreSheet) -> Entry:
    """What its scorer typed, with the rows he set aside."""
    reasons = {key: held["reason"] for key, held in sheet.overruled.items()}
    return Entry(sheet.answers, sheet.entered, sheet.reasons, reasons)


def record_of(sheet: ScoreSheet) -> OnRecord:
    """What was on record when the sheet was last written."""
    return OnRecord(sheet.facts, sheet.overruled)


def answers_that_count(counting: Counting, sheet: ScoreSheet) -> dict[str, dict[str, Value]]:
    """By which a stored sheet is scored, shown and added up again."""
    return effective_answers(counting, sheet.answers, sheet.facts, sheet.overruled)
