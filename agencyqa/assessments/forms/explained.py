"""A sheet as its page shows it: the figures of every criterion and why they are what they are, without the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agencyqa.assessments.forms.facts_page import NO_FACTS, FactLine, FactLines
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.stored import answers_that_count
from agencyqa.measures.sentences import (
    criterion_outcome,
    issue_sentence,
    note_sentence,
    sheet_outcome,
    veto_outcome,
    veto_sentence,
)
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import CriterionResult, Issue, Program, SheetResult


@dataclass(frozen=True)
class ExplainedCriterion:
    """Figures in ten-thousandths of a point; None where there is no result.

    ``contribution`` is what counts in the total: weighed, or nothing of a bonus that is not granted.
    """

    label: str
    max_points: int
    is_ours: bool
    notes: tuple[str, ...]
    issues: tuple[str, ...]
    computed: int | None
    entered: int | None
    contribution: int | None
    is_left_out: bool
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
class ExplainedVeto:
    """A veto of the whole scheme; ``contribution`` is what it takes off, 0 or less."""

    key: str
    label: str
    rule: str
    provision: str
    measure: str
    is_ours: bool
    notes: tuple[str, ...]
    issues: tuple[str, ...]
    contribution: int | None
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class ExplainedSheet:
    """``measures`` are (key, sum, maximum); ``notes`` say what was left out of the whole sheet."""

    sections: tuple[ExplainedSection, ...]
    vetoes: tuple[ExplainedVeto, ...]
    notes: tuple[str, ...]
    measures: tuple[tuple[str, int | None, int], ...]
    grade: str


def explained_sheet(
    program: Program, texts: SchemeTexts, sheet: ScoreSheet, facts: FactLines = NO_FACTS
) -> ExplainedSheet:
    answers = answers_that_count(texts.counting, sheet)
    trace, result = program.trace(answers, sheet.entered), program.score(answers, sheet.entered)
    notes = outcome_notes(program, texts, result, trace)
    return ExplainedSheet(
        sections=tuple(
            ExplainedSection(
                texts.section(section["key"]),
                section["max"],
                section["total"],
                tuple(
                    _criterion(
                        program,
                        texts,
                        held,
                        result.criterion(held["key"]),
                        notes[held["key"]],
                        sheet.reasons,
                        facts,
                    )
                    for held in section["criteria"]
                ),
            )
            for section in trace["sections"]
        ),
        vetoes=explained_vetoes(program, texts, result, facts),
        notes=tuple(sheet_outcome(result, program.scheme, texts)),
        measures=tuple((each["key"], each["total"], each["max"]) for each in trace["measures"]),
        grade=texts.grade(trace["grade"]["key"]) if trace["grade"] else "",
    )


def outcome_notes(
    program: Program, texts: SchemeTexts, result: SheetResult, trace: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """What the scheme made of each criterion, by its key."""
    noted = {
        each["key"]: [note["code"] for note in each["notes"]]
        for section in trace["sections"]
        for each in section["criteria"]
    }
    pairs = zip(program.scheme.criteria(), result.criteria, strict=True)
    return {
        each.key: tuple(criterion_outcome(criterion, each, noted[each.key], program.scheme, texts))
        for (_, criterion), each in pairs
    }


def explained_vetoes(
    program: Program, texts: SchemeTexts, result: SheetResult, facts: FactLines
) -> tuple[ExplainedVeto, ...]:
    return tuple(
        ExplainedVeto(
            key=veto.key,
            label=texts.criterion(veto.key),
            rule=veto_sentence(veto, texts),
            provision=texts.provision(veto.key),
            measure=veto.measure or "",
            is_ours=texts.is_ours(veto.key),
            notes=tuple(veto_outcome(held, result, texts)),
            issues=tuple(
                issue_sentence(
                    issue, texts.rule(veto.key), {spec.name: spec for spec in program.layout[veto.key]}
                )
                for issue in held.issues
            ),
            contribution=held.contribution,
            facts=facts.of(veto.key),
        )
        for veto, held in zip(program.scheme.vetoes, result.vetoes, strict=True)
    )


def _criterion(
    program: Program,
    texts: SchemeTexts,
    held: Mapping[str, Any],
    result: CriterionResult,
    outcome: tuple[str, ...],
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
        notes=(*(note_sentence(note, words) for note in held["notes"]), *outcome),
        issues=tuple(
            issue_sentence(Issue(each["code"], each["input"], each["params"]), words, specs)
            for each in held["issues"]
            if held["state"] != "left_out"
        ),
        computed=held["computed"],
        entered=held["entered"],
        contribution=result.contribution,
        is_left_out=result.state == "left_out",
        difference=held["difference"],
        reason=reasons.get(key, ""),
        facts=facts.of(key),
    )
