"""A sheet as its page shows it: the figures of every criterion and why they are what they are, without the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agencyqa.assessments.forms.facts_page import NO_FACTS, FactLine, FactLines
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.stored import answers_that_count
from agencyqa.measures.sentences import issue_sentence, note_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import Issue, Program


@dataclass(frozen=True)
class ExplainedCriterion:
    """Figures in ten-thousandths of a point; None where there is no result."""

    label: str
    max_points: int
    is_ours: bool
    notes: tuple[str, ...]
    issues: tuple[str, ...]
    computed: int | None
    entered: int | None
    counted: int | None
    difference: int | None
    reason: str
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class ExplainedSection:
    label: str
    max_points: int
    total: int | None
    criteria: tuple[ExplainedCriterion, ...]


@dataclass(frozen=True)
class ExplainedSheet:
    """``measures`` are (key, sum, maximum)."""

    sections: tuple[ExplainedSection, ...]
    measures: tuple[tuple[str, int | None, int], ...]
    grade: str


def explained_sheet(
    program: Program, texts: SchemeTexts, sheet: ScoreSheet, facts: FactLines = NO_FACTS
) -> ExplainedSheet:
    trace = program.trace(answers_that_count(texts.counting, sheet), sheet.entered)
    return ExplainedSheet(
        sections=tuple(
            ExplainedSection(
                texts.section(section["key"]),
                section["max"],
                section["total"],
                tuple(_criterion(program, texts, held, sheet.reasons, facts) for held in section["criteria"]),
            )
            for section in trace["sections"]
        ),
        measures=tuple((each["key"], each["total"], each["max"]) for each in trace["measures"]),
        grade=texts.grade(trace["grade"]["key"]) if trace["grade"] else "",
    )


def _criterion(
    program: Program,
    texts: SchemeTexts,
    held: Mapping[str, Any],
    reasons: Mapping[str, str],
    facts: FactLines,
) -> ExplainedCriterion:
    key = held["key"]
    words = texts.rule(key)
    specs = {spec.name: spec for spec in program.layout[key]} if held["issues"] else {}
    return ExplainedCriterion(
        label=texts.criterion(key),
        max_points=held["max"],
        is_ours=texts.is_ours(key),
        notes=tuple(note_sentence(note, words) for note in held["notes"]),
        issues=tuple(
            issue_sentence(Issue(each["code"], each["input"], each["params"]), words, specs)
            for each in held["issues"]
        ),
        computed=held["computed"],
        entered=held["entered"],
        counted=held["counted"],
        difference=held["difference"],
        reason=reasons.get(key, ""),
        facts=facts.of(key),
    )
