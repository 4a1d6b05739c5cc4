"""A scheme as its page shows it: the form that scorers see, with each rule as a sentence and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agencyqa.measures.compiled import CompiledScheme
from agencyqa.measures.models import Provision
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.queries import provision_label, provision_summary
from agencyqa.measures.reading import FileProblem
from agencyqa.measures.sentences import rule_sentence
from agencyqa.measures.texts import reader_language


@dataclass(frozen=True)
class CriterionRow:
    key: str
    label: str
    description: str
    max_points: int
    rule: str
    measure: str | None
    provision_key: str
    provision: str
    provision_summary: str
    is_ours: bool


@dataclass(frozen=True)
class SectionBlock:
    key: str
    label: str
    max_points: int
    criteria: list[CriterionRow]


@dataclass(frozen=True)
class GradeRow:
    label: str
    low: int
    high: int | None


@dataclass(frozen=True)
class ProblemRow:
    line: int | None
    place: str
    text: str
    code: str
    is_error: bool


def scheme_sections(scheme: CompiledScheme, provisions: Mapping[str, Provision]) -> list[SectionBlock]:
    texts = scheme.texts(reader_language())
    blocks: list[SectionBlock] = []
    for section in scheme.scheme.sections:
        rows: list[CriterionRow] = []
        for criterion in section.criteria:
            cited = texts.provision(criterion.key)
            provision = provisions.get(cited)
            rows.append(
                CriterionRow(
                    key=criterion.key,
                    label=texts.criterion(criterion.key),
                    description=texts.description(criterion.key),
                    max_points=criterion.max_points,
                    rule=rule_sentence(criterion.rule, texts.rule(criterion.key)),
                    measure=criterion.measure,
                    provision_key=cited,
                    provision=provision_label(provision) if provision else cited,
                    provision_summary=provision_summary(provision) if provision else "",
                    is_ours=texts.is_ours(criterion.key),
                )
            )
        blocks.append(SectionBlock(section.key, texts.section(section.key), section.max_points, rows))
    return blocks


def grade_rows(scheme: CompiledScheme) -> list[GradeRow]:
    """Best first; ``high`` is the edge that no longer belongs to the band, None for the best."""
    texts = scheme.texts(reader_language())
    ordered = sorted(scheme.scheme.grades, key=lambda grade: grade.low)
    edges: list[int | None] = [*(grade.low for grade in ordered[1:]), None]
    rows = [
        GradeRow(texts.grade(grade.key), grade.low, high) for grade, high in zip(ordered, edges, strict=False)
    ]
    return rows[::-1]


def problem_rows(problems: tuple[FileProblem, ...]) -> list[ProblemRow]:
    return [
        ProblemRow(p.line, p.problem.place, problem_sentence(p.problem), p.problem.code, p.is_error)
        for p in problems
    ]
