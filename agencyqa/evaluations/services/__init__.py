"""Writes of this area: one verb a function. None commits, none sees Flask."""

from __future__ import annotations

from agencyqa.evaluations.services.answers import answer_problem
from agencyqa.evaluations.services.assignments import assign_record, end_assignment
from agencyqa.evaluations.services.drafting import correct_record, save_draft, start_record
from agencyqa.evaluations.services.importing import confirm_import, receive_workbook
from agencyqa.evaluations.services.submission import submit_record

# Constraint → (field, error code) of what two people at once can run into.
CONSTRAINTS = {
    "uq_evaluation_records_engagement_id_revision": ("", "record_already_started"),
    "uq_problem_answers_engagement_id_problem_key_number": ("", "answered_meanwhile"),
}

__all__ = [
    "CONSTRAINTS",
    "answer_problem",
    "assign_record",
    "confirm_import",
    "correct_record",
    "end_assignment",
    "receive_workbook",
    "save_draft",
    "start_record",
    "submit_record",
]
