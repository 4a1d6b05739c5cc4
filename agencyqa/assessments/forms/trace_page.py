"""A trace in the reader's words: inputs, steps, explanations, and the sum that anybody can repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from agencyqa.assessments.forms.answers import answer_text
from agencyqa.assessments.forms.explained import ExplainedVeto, explained_vetoes, outcome_notes
from agencyqa.assessments.forms.facts_page import NO_FACTS, FactLine, FactLines
from agencyqa.assessments.forms.layout import block_of
from agencyqa.assessments.forms.steps import StepLine, step_lines
from agencyqa.assessments.grade_words import grade_text, percent_text, rounded_text
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.stored import answers_that_count
from agencyqa.measures.sentences import (
    criterion_terms,
    issue_sentence,
    note_sentence,
    rule_sentence,
    scheme_terms,
    sheet_outcome,
)
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import (
    Criterion,
    CriterionResult,
    Issue,
    Program,
    TraceError,
    format_points,
    fraction_from_data,
    readd,
)


@dataclass(frozen=True)
class TraceCriterion:
    """Figures in ten-thousandths of a point; None where there is no result."""

    key: str
    label: str
    description: str
    rule: str
    terms: tuple[str, ...]
    provision: str
    measure: str
    max_points: int
    is_ours: bool
    inputs: tuple[tuple[str, str], ...]
    steps: tuple[StepLine, ...]
    notes: tuple[str, ...]
    issues: tuple[str, ...]
    computed: int | None
    entered: int | None
    counted: int | None
    contribution: int | None
    is_left_out: bool
    difference: int | None
    reason: str
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class TraceSection:
    key: str
    label: str
    max_points: int
    total: int | None
    criteria: tuple[TraceCriterion, ...]


@dataclass(frozen=True)
class TracePage:
    """``percent`` and ``compared`` are exact; ``sum_text`` writes the addition of sections and vetoes out.

    ``notes`` say how the scheme adds up and what it left out.
    """

    sections: tuple[TraceSection, ...]
    vetoes: tuple[ExplainedVeto, ...]
    notes: tuple[str, ...]
    measures: tuple[tuple[str, int | None, int], ...]
    total: int | None
    max_points: int
    percent: Fraction | None
    percent_text: str
    rounded_text: str
    grade: str
    grade_text: str
    sum_text: str
    adds_up: bool
    engine: str
    digest: str


def trace_page(
    program: Program, texts: SchemeTexts, sheet: ScoreSheet, facts: FactLines = NO_FACTS
) -> TracePage:
    """Made by the same run that scores; what it adds up to is checked without the engine's rules.

    ``facts`` are the rows of the record as the reader may see them.
    """
    answers = answers_that_count(texts.counting, sheet)
    trace, result = program.trace(answers, sheet.entered), program.score(answers, sheet.entered)
    notes = outcome_notes(program, texts, result, trace)
    data = {each["key"]: each for section in trace["sections"] for each in section["criteria"]}
    sections = tuple(
        TraceSection(
            section.key,
            texts.section(section.key),
            held["max"],
            held["total"],
            tuple(
                _criterion(
                    program,
                    criterion,
                    texts,
                    data[criterion.key],
                    result.criterion(criterion.key),
                    notes[criterion.key],
                    sheet.reasons,
                    facts,
                )
                for criterion in section.criteria
            ),
        )
        for section, held in zip(program.scheme.sections, trace["sections"], strict=True)
    )
    percent = fraction_from_data(trace["percent"])
    vetoes = explained_vetoes(program, texts, result, facts)
    return TracePage(
        sections=sections,
        vetoes=vetoes,
        notes=(*scheme_terms(program.scheme, texts), *sheet_outcome(result, program.scheme, texts)),
        measures=tuple((each["key"], each["total"], each["max"]) for each in trace["measures"]),
        total=trace["total"],
        max_points=result.assessed_max,
        percent=percent,
        percent_text=percent_text(trace["total"], result.assessed_max, percent),
        rounded_text=rounded_text(trace["rounding"]),
        grade=texts.grade(trace["grade"]["key"]) if trace["grade"] else "",
        grade_text=grade_text(trace["grade"], texts),
        sum_text=_sum_text(
            [
                *(section.total for section in sections),
                *(veto.contribution for veto in vetoes if veto.contribution),
            ],
            trace["total"],
        ),
        adds_up=_adds_up(trace, sheet),
        engine=trace["engine"],
        digest=trace["scheme"]["digest"],
    )


def _adds_up(trace: Mapping[str, Any], sheet: ScoreSheet) -> bool:
    """Whether the trace adds up by itself, and to the total that is stored."""
    try:
        return readd(trace) == sheet.total
    except TraceError:
        return False


def _criterion(
    program: Program,
    criterion: Criterion,
    texts: SchemeTexts,
    data: Mapping[str, Any],
    result: CriterionResult,
    outcome: tuple[str, ...],
    reasons: Mapping[str, str],
    facts: FactLines,
) -> TraceCriterion:
    key = criterion.key
    words = texts.rule(key)
    specs = {spec.name: spec for spec in program.layout[key]}
    return TraceCriterion(
        key=key,
        label=texts.criterion(key),
        description=texts.description(key),
        rule=rule_sentence(criterion.rule, words),
        terms=tuple(criterion_terms(criterion, program.scheme, texts)),
        provision=texts.provision(key),
        measure=criterion.measure or "",
        max_points=criterion.max_points,
        is_ours=texts.is_ours(key),
        inputs=tuple(
            (words.place(item.name), answer_text(item, data["inputs"].get(item.name), words))
            for item in block_of(criterion).all_inputs()
        ),
        steps=step_lines(data["steps"], criterion.rule, words),
        notes=(*(note_sentence(note, words) for note in data["notes"]), *outcome),
        issues=tuple(
            issue_sentence(Issue(each["code"], each["input"], each["params"]), words, specs)
            for each in data["issues"]
            if data["state"] != "left_out"
        ),
        computed=data["computed"],
        entered=data["entered"],
        counted=data["counted"],
        contribution=result.contribution,
        is_left_out=result.state == "left_out",
        difference=data["difference"],
        reason=reasons.get(key, ""),
        facts=facts.of(key),
    )


def _sum_text(parts: list[int | None], total: int | None) -> str:
    if total is None:
        return ""
    first, *rest = [part or 0 for part in parts]
    signs = "".join(f" {'+' if part >= 0 else '−'} {format_points(abs(part))}" for part in rest)
    return f"{format_points(first)}{signs} = {format_points(total)}"
