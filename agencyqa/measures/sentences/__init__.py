"""Schemes, traces and what is missing on a sheet, as sentences in the reader's language."""

from __future__ import annotations

from agencyqa.measures.sentences.issues import issue_sentence
from agencyqa.measures.sentences.notes import note_sentence
from agencyqa.measures.sentences.outcomes import criterion_outcome, sheet_outcome, veto_outcome
from agencyqa.measures.sentences.rules import rule_sentence
from agencyqa.measures.sentences.schemes import (
    condition_sentence,
    criterion_terms,
    scheme_terms,
    veto_sentence,
)

__all__ = [
    "condition_sentence",
    "criterion_outcome",
    "criterion_terms",
    "issue_sentence",
    "note_sentence",
    "rule_sentence",
    "scheme_terms",
    "sheet_outcome",
    "veto_outcome",
    "veto_sentence",
]
