"""A scheme as its page shows it: the form that scorers see, with each rule as a sentence and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.measures.comparing import ChangeRow, change_rows, compare
from agencyqa.measures.compiled import CompiledScheme
from agencyqa.measures.drafting.checking import positions
from agencyqa.measures.models import FaultCode, Provision, SchemeVersion
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.queries import provision_label, provision_summary, provisions_cited
from agencyqa.measures.reading import FileProblem
from agencyqa.measures.sentences import criterion_terms, rule_sentence, veto_sentence
from agencyqa.measures.texts import SchemeTexts, code_title, fault_title, fault_unit, reader_language
from agencyqa.measures.words import gettext
from agencyqa.web.labels import label_of


@dataclass(frozen=True)
class CountRow:
    """A fault that a criterion counts, with the words of the input it feeds; "" where the input needs none."""

    code: str
    title: str
    input: str
    by_hand: bool


@dataclass(frozen=True)
class UseRow:
    """Where a scheme in force counts a fault."""

    version_id: int
    scheme: str
    number: int
    criterion_key: str
    criterion: str


@dataclass(frozen=True)
class FaultRow:
    fault: FaultCode
    title: str
    unit: str
    provision: str
    provision_key: str
    uses: tuple[UseRow, ...]


@dataclass(frozen=True)
class CriterionRow:
    """A criterion, or a veto of the whole scheme, which has no points. ``terms``: how the scheme counts it."""

    key: str
    label: str
    description: str
    max_points: int | None
    rule: str
    terms: tuple[str, ...]
    measure: str | None
    provision_key: str
    provision: str
    provision_summary: str
    is_ours: bool
    counts: tuple[CountRow, ...]


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
    """The sections of the form; its vetoes stand behind them as one of their own."""
    texts = scheme.texts(reader_language())

    def row(
        key: str, max_points: int | None, rule: str, terms: Sequence[str], measure: str | None
    ) -> CriterionRow:
        cited = texts.provision(key)
        provision = provisions.get(cited)
        return CriterionRow(
            key=key,
            label=texts.criterion(key),
            description=texts.description(key),
            max_points=max_points,
            rule=rule,
            terms=tuple(terms),
            measure=measure,
            provision_key=cited,
            provision=provision_label(provision) if provision else cited,
            provision_summary=provision_summary(provision) if provision else "",
            is_ours=texts.is_ours(key),
            counts=_counts(scheme, texts, key),
        )

    blocks: list[SectionBlock] = []
    for section in scheme.scheme.sections:
        rows = [
            row(
                each.key,
                each.max_points,
                rule_sentence(each.rule, texts.rule(each.key)),
                criterion_terms(each, scheme.scheme, texts),
                each.measure,
            )
            for each in section.criteria
        ]
        blocks.append(SectionBlock(section.key, texts.section(section.key), section.max_points, rows))
    if scheme.scheme.vetoes:
        rows = [
            row(veto.key, None, veto_sentence(veto, texts), (), veto.measure) for veto in scheme.scheme.vetoes
        ]
        blocks.append(SectionBlock("vetoes", gettext("一票否决"), 0, rows))
    return blocks


def _counts(scheme: CompiledScheme, texts: SchemeTexts, criterion: str) -> tuple[CountRow, ...]:
    words = texts.rule(criterion)
    return tuple(
        CountRow(each.fault, code_title(each.fault), words.place(each.input), each.by_hand)
        for each in scheme.counting.of_criterion(criterion)
    )


def fault_rows(
    faults: Sequence[FaultCode],
    versions: Sequence[tuple[SchemeVersion, CompiledScheme]],
    provisions: Mapping[str, Provision],
) -> list[FaultRow]:
    """The catalogue with the criteria of ``versions`` that count each fault."""
    language = reader_language()
    uses: dict[str, list[UseRow]] = {}
    for version, compiled in versions:
        texts = compiled.texts(language)
        for each in compiled.counting.faults.values():
            label = texts.criterion(each.criterion)
            row = UseRow(version.id, texts.title, version.number, each.criterion, label)
            uses.setdefault(each.fault, []).append(row)
    return [
        FaultRow(
            fault,
            fault_title(fault),
            fault_unit(fault),
            provision_label(provisions[fault.provision_key])
            if fault.provision_key in provisions
            else fault.provision_key,
            fault.provision_key,
            tuple(uses.get(fault.code, ())),
        )
        for fault in faults
    ]


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


def version_title(row: Row[Any]) -> str:
    """One of the versions that can be compared, as a select box names it."""
    title = row.title_en if reader_language() == "en" else row.title
    return f"{title} · {gettext('第 %(number)s 版', number=row.number)} · {label_of(row.state)}"


def predecessor(rows: Sequence[Row[Any]], version: SchemeVersion) -> int | None:
    """The version of the same scheme before this one, else after it."""
    own = sorted((row for row in rows if row.scheme_id == version.scheme_id), key=lambda row: row.number)
    before = [row for row in own if row.number < version.number]
    return (before or own)[-1].id if own else None


def comparison(session: Session, other: SchemeVersion, version: SchemeVersion) -> list[ChangeRow]:
    """What differs from ``other`` to ``version``, in the reader's words."""
    keys = {
        criterion["provision"]
        for content in (other.content, version.content)
        for _, _, criterion in positions(content)
        if isinstance(criterion.get("provision"), str)
    }
    cited = provisions_cited(session, sorted(keys), version.valid_from)
    labels = {key: provision_label(provision) for key, provision in cited.items()}
    changes = compare(other.content, version.content)
    return change_rows(changes, other.content, version.content, reader_language(), labels)
