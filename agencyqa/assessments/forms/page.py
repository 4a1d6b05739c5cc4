"""A score sheet as its pages show it: every field with its words, its value and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from agencyqa.assessments.evidence import FactRow
from agencyqa.assessments.forms.controls import Field, Group, control_id, fields_of, filled, filled_group
from agencyqa.assessments.forms.entry import criterion_of
from agencyqa.assessments.forms.facts_page import NO_FACTS, FactLine, FactLines
from agencyqa.assessments.forms.judging import Judged, known_sum, supplied_texts
from agencyqa.assessments.forms.layout import (
    block_of,
    entered_field,
    inputs_of,
    reason_field,
    veto_block,
)
from agencyqa.measures.sentences import criterion_terms, rule_sentence, veto_sentence
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import Criterion, CriterionResult, FreeValue, Program, SchemeVeto


@dataclass(frozen=True)
class Asked:
    """What a criterion, or a veto of the whole scheme, says on every sheet; its fields are empty.

    ``rule`` is what the form prints, ``terms`` how the scheme counts the result.
    """

    key: str
    label: str
    description: str
    rule: str
    terms: tuple[str, ...]
    provision: str
    measure: str
    is_ours: bool
    group: Group


@dataclass(frozen=True)
class VetoPage(Asked):
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class _Blank(Asked):
    max_points: int
    is_unpublished: bool
    is_bonus: bool
    is_weighed: bool
    entered: Field
    reason: Field


@dataclass(frozen=True)
class CriterionPage(_Blank):
    result: CriterionResult
    facts: tuple[FactLine, ...]

    @property
    def needs_reason(self) -> bool:
        return self.result.differs


@dataclass(frozen=True)
class SectionPage:
    """``known`` is the running subtotal of what has a result, None while nothing has; ``total`` None until all have.

    ``max_points`` is what can be reached: less where something is left out, nothing for bonuses alone.
    """

    key: str
    label: str
    max_points: int
    known: int | None
    total: int | None
    criteria: tuple[CriterionPage, ...]


def sections_of(
    program: Program,
    texts: SchemeTexts,
    judged: Judged,
    errors: Mapping[str, str] | None = None,
    facts: FactLines = NO_FACTS,
) -> tuple[SectionPage, ...]:
    """``errors`` are the sentences to show beside the fields; those of ``judged`` unless said otherwise."""
    shown = judged.errors if errors is None else errors
    typed = {**judged.typed.texts, **supplied_texts(program, texts, judged)}
    results = {result.key: result for result in judged.result.criteria}
    subtotals = {section.key: section for section in judged.result.sections}
    pages: list[SectionPage] = []
    for section in program.scheme.sections:
        criteria = tuple(
            _criterion(
                criterion, program, texts, typed, results[criterion.key], shown, facts.of(criterion.key)
            )
            for criterion in section.criteria
        )
        known = known_sum(each.result for each in criteria)
        held = subtotals[section.key]
        pages.append(
            SectionPage(section.key, texts.section(section.key), held.max_points, known, held.total, criteria)
        )
    return tuple(pages)


def vetoes_of(
    program: Program,
    texts: SchemeTexts,
    judged: Judged,
    errors: Mapping[str, str] | None = None,
    facts: FactLines = NO_FACTS,
) -> tuple[VetoPage, ...]:
    """The vetoes of the whole scheme, a section of their own."""
    shown = judged.errors if errors is None else errors
    typed = {**judged.typed.texts, **supplied_texts(program, texts, judged)}
    return tuple(_veto(veto, program, texts, typed, shown, facts) for veto in program.scheme.vetoes)


def label_of_field(texts: SchemeTexts, name: str, facts: Sequence[FactRow] = ()) -> str:
    """The criterion a field belongs to, for the list of errors above the form."""
    return texts.criterion(criterion_of(name, facts))


def named_fields(program: Program, texts: SchemeTexts) -> dict[str, Field]:
    """Every field of the sheet, empty, by its name."""
    found: dict[str, Field] = {}

    def add(group: Group) -> None:
        found.update((field.name, field) for field in (*group.fields, group.none) if field is not None)
        for part in group.groups:
            add(part)

    for _, criterion in program.scheme.criteria():
        blank = _blank(criterion, program, texts)
        add(blank.group)
        found |= {field.name: field for field in (blank.entered, blank.reason)}
    for veto in program.scheme.vetoes:
        add(fields_of(veto.key, veto_block(veto), texts.rule(veto.key), {}))
    return found


def said(field: Field | None, text: str) -> str:
    """What stands in a field as its reader knows it: the words of a choice, not its key."""
    if field is None:
        return text
    if field.widget == "tick":
        return gettext("是") if text else gettext("否")
    return next((option.label for option in field.options if option.value == text), text)


def first_control(program: Program, name: str) -> str:
    """The id to which a link to the field must lead: the first of several radio buttons."""
    for _, item in inputs_of(program.scheme):
        if item.field == name:
            return control_id(item)
    return name


def _veto(
    veto: SchemeVeto,
    program: Program,
    texts: SchemeTexts,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    facts: FactLines,
) -> VetoPage:
    key = veto.key
    counted = {each.input: each for each in texts.counting.of_criterion(key)}
    return VetoPage(
        key=key,
        label=texts.criterion(key),
        description=texts.description(key),
        rule=veto_sentence(veto, texts),
        terms=(),
        provision=texts.provision(key),
        measure=veto.measure or "",
        is_ours=texts.is_ours(key),
        group=filled_group(fields_of(key, veto_block(veto), texts.rule(key), counted), typed, errors),
        facts=facts.of(key),
    )


def _criterion(
    criterion: Criterion,
    program: Program,
    texts: SchemeTexts,
    typed: Mapping[str, str],
    result: CriterionResult,
    errors: Mapping[str, str],
    facts: tuple[FactLine, ...],
) -> CriterionPage:
    blank = _blank(criterion, program, texts)
    values = vars(blank) | {
        "group": filled_group(blank.group, typed, errors),
        "entered": filled(blank.entered, typed, errors),
        "reason": filled(blank.reason, typed, errors),
    }
    return CriterionPage(**values, result=result, facts=facts)


# By the words of a scheme in one language, for a reader of one language: the sentences of a form never change.
_blanks: WeakKeyDictionary[SchemeTexts, dict[tuple[str, str], _Blank]] = WeakKeyDictionary()


def _blank(criterion: Criterion, program: Program, texts: SchemeTexts) -> _Blank:
    known = _blanks.setdefault(texts, {})
    place = (reader_language(), criterion.key)
    if place not in known:
        known[place] = _make_blank(criterion, program, texts)
    return known[place]


def _make_blank(criterion: Criterion, program: Program, texts: SchemeTexts) -> _Blank:
    key = criterion.key
    words = texts.rule(key)
    counted = {each.input: each for each in texts.counting.of_criterion(key)}
    return _Blank(
        key=key,
        label=texts.criterion(key),
        description=texts.description(key),
        rule=rule_sentence(criterion.rule, words),
        terms=tuple(criterion_terms(criterion, program.scheme, texts)),
        provision=texts.provision(key),
        measure=criterion.measure or "",
        is_ours=texts.is_ours(key),
        group=fields_of(key, block_of(criterion), words, counted),
        max_points=criterion.max_points,
        is_unpublished=isinstance(criterion.rule, FreeValue) and not criterion.rule.published,
        is_bonus=criterion.bonus,
        is_weighed=criterion.bonus or criterion.weight is not None,
        entered=_plain_field(entered_field(key), gettext("评分人给分"), "points"),
        reason=_plain_field(reason_field(key), gettext("理由"), "reason"),
    )


def _plain_field(name: str, label: str, widget: str) -> Field:
    return Field(name, name, label, widget, "", "", "", unit=gettext("分") if widget == "points" else "")
