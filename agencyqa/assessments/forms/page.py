"""A score sheet as its pages show it: every field with its words, its value and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from agencyqa.assessments.forms.entry import Entry, Fault, Typed, criterion_of, read_entry, write_entry
from agencyqa.assessments.forms.layout import (
    NO,
    REASON_PREFIX,
    YES,
    Block,
    Input,
    answer_field,
    block_of,
    entered_field,
    reason_field,
)
from agencyqa.measures.sentences import issue_sentence, rule_sentence
from agencyqa.measures.texts import RuleTexts, SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    SCALE,
    Composite,
    Criterion,
    CriterionResult,
    FreeValue,
    Issue,
    Program,
    SheetResult,
    Veto,
    format_points,
)
from agencyqa.web.messages import sentence

# What is taken off for many occurrences together has no limit that would tell a scorer anything.
MOST_POINTS_SHOWN = 1000 * SCALE


@dataclass(frozen=True)
class Judged:
    """What was typed together with what the rules say to it.

    ``errors`` are values that cannot be taken, ``gaps`` what is still empty or unexplained; both sentences by field.
    """

    typed: Typed
    result: SheetResult
    errors: Mapping[str, str]
    gaps: Mapping[str, str]

    @property
    def open_reasons(self) -> Mapping[str, str]:
        """The departures from a rule that nobody has explained yet; shown at once, unlike empty fields."""
        return {name: text for name, text in self.gaps.items() if name.startswith(REASON_PREFIX)}

    @property
    def bad_criteria(self) -> frozenset[str]:
        return frozenset(criterion_of(name) for name in self.errors)


@dataclass(frozen=True)
class Option:
    """Chosen is the one whose value is the text of its field."""

    value: str
    label: str
    note: str


@dataclass(frozen=True)
class Field:
    """``id`` is the id of the first control, to which errors link."""

    name: str
    id: str
    label: str
    widget: str
    text: str
    hint: str
    error: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Group:
    """The fields of one rule; ``label`` is empty where the group needs no name of its own."""

    label: str
    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class CriterionPage:
    key: str
    label: str
    description: str
    rule: str
    provision: str
    measure: str
    max_points: int
    is_ours: bool
    is_unpublished: bool
    group: Group
    entered: Field
    reason: Field
    result: CriterionResult

    @property
    def needs_reason(self) -> bool:
        return self.result.differs


@dataclass(frozen=True)
class SectionPage:
    """``known`` is the running subtotal of what has a result; ``total`` is None until everything has."""

    key: str
    label: str
    max_points: int
    known: int
    total: int | None
    criteria: tuple[CriterionPage, ...]


def judge(program: Program, texts: SchemeTexts, typed: Typed) -> Judged:
    """Score what can be read. A field that cannot be read counts as empty and keeps its error."""
    result = program.score(typed.entry.answers, typed.entry.entered)
    errors = {name: fault_sentence(fault) for name, fault in typed.faults.items()}
    gaps: dict[str, str] = {}
    for criterion in result.criteria:
        words = texts.rule(criterion.key)
        specs = {spec.name: spec for spec in program.layout[criterion.key]}
        for issue in criterion.issues:
            name = _issue_field(criterion.key, issue)
            target = gaps if issue.code == "missing" else errors
            if name not in errors:
                target[name] = issue_sentence(issue, words, specs)
        if criterion.differs and not typed.entry.reasons.get(criterion.key):
            gaps[reason_field(criterion.key)] = gettext("评分人给分与按规则计算的得分不一致，请说明理由。")
    return Judged(typed, result, errors, gaps)


def judge_entry(program: Program, texts: SchemeTexts, entry: Entry) -> Judged:
    """The same for what is stored."""
    fields = write_entry(program.scheme, entry)
    return judge(program, texts, read_entry(program.scheme, fields))


def fault_sentence(fault: Fault) -> str:
    code, params = fault
    return sentence(code, **params)


def sections_of(
    program: Program, texts: SchemeTexts, judged: Judged, errors: Mapping[str, str] | None = None
) -> tuple[SectionPage, ...]:
    """``errors`` are the sentences to show beside the fields; those of ``judged`` unless said otherwise."""
    shown = judged.errors if errors is None else errors
    results = {result.key: result for result in judged.result.criteria}
    subtotals = {section.key: section for section in judged.result.sections}
    pages: list[SectionPage] = []
    for section in program.scheme.sections:
        criteria = tuple(
            _criterion(criterion, texts, judged.typed.texts, results[criterion.key], shown)
            for criterion in section.criteria
        )
        known = sum(each.result.counted or 0 for each in criteria if each.result.state == "ok")
        total = subtotals[section.key].total
        pages.append(
            SectionPage(section.key, texts.section(section.key), section.max_points, known, total, criteria)
        )
    return tuple(pages)


def label_of_field(program: Program, texts: SchemeTexts, name: str) -> str:
    """The criterion a field belongs to, for the list of errors above the form."""
    return texts.criterion(criterion_of(name))


def first_control(program: Program, name: str) -> str:
    """The id to which a link to the field must lead: the first of several radio buttons."""
    key = criterion_of(name)
    for _, criterion in program.scheme.criteria():
        if criterion.key == key:
            for item in block_of(criterion).all_inputs():
                if item.field == name:
                    return _control_id(item)
    return name


def _criterion(
    criterion: Criterion,
    texts: SchemeTexts,
    typed: Mapping[str, str],
    result: CriterionResult,
    errors: Mapping[str, str],
) -> CriterionPage:
    blank = _blank(criterion, texts)
    return CriterionPage(
        key=blank.key,
        label=blank.label,
        description=blank.description,
        rule=blank.rule,
        provision=blank.provision,
        measure=blank.measure,
        max_points=blank.max_points,
        is_ours=blank.is_ours,
        is_unpublished=blank.is_unpublished,
        group=_filled_group(blank.group, typed, errors),
        entered=_filled(blank.entered, typed, errors),
        reason=_filled(blank.reason, typed, errors),
        result=result,
    )


@dataclass(frozen=True)
class _Blank:
    """What a criterion's part of the page says on every sheet; its fields are empty."""

    key: str
    label: str
    description: str
    rule: str
    provision: str
    measure: str
    max_points: int
    is_ours: bool
    is_unpublished: bool
    group: Group
    entered: Field
    reason: Field


# By the words of a scheme in one language, for a reader of one language: the sentences of a form never change.
_blanks: WeakKeyDictionary[SchemeTexts, dict[tuple[str, str], _Blank]] = WeakKeyDictionary()


def _blank(criterion: Criterion, texts: SchemeTexts) -> _Blank:
    known = _blanks.setdefault(texts, {})
    place = (reader_language(), criterion.key)
    if place not in known:
        known[place] = _make_blank(criterion, texts)
    return known[place]


def _make_blank(criterion: Criterion, texts: SchemeTexts) -> _Blank:
    key = criterion.key
    words = texts.rule(key)
    return _Blank(
        key=key,
        label=texts.criterion(key),
        description=texts.description(key),
        rule=rule_sentence(criterion.rule, words),
        provision=texts.provision(key),
        measure=criterion.measure or "",
        max_points=criterion.max_points,
        is_ours=texts.is_ours(key),
        is_unpublished=isinstance(criterion.rule, FreeValue) and not criterion.rule.published,
        group=_group(block_of(criterion), words),
        entered=_plain_field(entered_field(key), gettext("评分人给分"), "points"),
        reason=_plain_field(reason_field(key), gettext("理由"), "reason"),
    )


def _filled_group(group: Group, typed: Mapping[str, str], errors: Mapping[str, str]) -> Group:
    return Group(
        group.label,
        tuple(_filled(field, typed, errors) for field in group.fields),
        tuple(_filled_group(part, typed, errors) for part in group.groups),
    )


def _filled(field: Field, typed: Mapping[str, str], errors: Mapping[str, str]) -> Field:
    name = field.name
    return Field(
        name,
        field.id,
        field.label,
        field.widget,
        typed.get(name, ""),
        field.hint,
        errors.get(name, ""),
        field.options,
    )


def _group(block: Block, words: RuleTexts) -> Group:
    label = words.part(block.path) if block.part is not None else ""
    fields = tuple(_field(item, words) for item in block.inputs)
    groups = tuple(_group(part, words) for part in block.parts)
    if isinstance(block.rule, Veto | Composite):
        return Group(label, fields, groups)
    return Group(label, fields)


def _field(item: Input, words: RuleTexts) -> Field:
    options: tuple[Option, ...] = ()
    if item.widget == "choice":
        options = tuple(
            Option(choice.key, words.choice(item.name, choice.key), _range(choice.low, choice.high))
            for choice in item.spec.choices
        )
    elif item.widget == "yesno":
        own = words.choices.get(item.name, {})
        options = (
            Option(YES, own.get("true", gettext("是")), ""),
            Option(NO, own.get("false", gettext("否")), ""),
        )
    hint = ""
    if item.widget == "count" or item.spec.high > MOST_POINTS_SHOWN:
        hint = gettext("没有请填 0")
    elif item.widget == "points":
        hint = _range(item.spec.low, item.spec.high)
    return Field(item.field, _control_id(item), words.input(item.name), item.widget, "", hint, "", options)


def _plain_field(name: str, label: str, widget: str) -> Field:
    return Field(name, name, label, widget, "", "", "")


def _control_id(item: Input) -> str:
    return f"{item.field}-0" if item.widget in {"choice", "yesno"} else item.field


def _range(low: int, high: int) -> str:
    if low == high:
        return gettext("%(points)s 分", points=format_points(low))
    return gettext("%(low)s～%(high)s 分", low=format_points(low), high=format_points(high))


def _issue_field(criterion: str, issue: Issue) -> str:
    return entered_field(criterion) if issue.input is None else answer_field(criterion, issue.input)
