"""A score sheet as its pages show it: every field with its words, its value and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from agencyqa.assessments.evidence import Answers, FactRow, effective_answers
from agencyqa.assessments.forms.answers import answer_text
from agencyqa.assessments.forms.entry import Entry, Fault, Typed, criterion_of, read_entry, write_entry
from agencyqa.assessments.forms.facts_page import NO_FACTS, FactLine, FactLines
from agencyqa.assessments.forms.layout import (
    NO,
    REASON_PREFIX,
    WHY_PREFIX,
    YES,
    Block,
    Input,
    answer_field,
    block_of,
    entered_field,
    inputs_of,
    reason_field,
    why_field,
)
from agencyqa.measures.counting import CountedFault
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
# A figure that the system supplies: it is shown and not typed.
SUPPLIED = "supplied"


@dataclass(frozen=True)
class Judged:
    """What was typed together with what the rules say to it.

    ``errors`` are values that cannot be taken, ``gaps`` what is still empty or unexplained; both sentences by field.
    ``answers`` are those that count: typed, together with ``facts``, the record, as far as it was not set aside.
    """

    typed: Typed
    result: SheetResult
    errors: Mapping[str, str]
    gaps: Mapping[str, str]
    answers: Answers
    facts: Sequence[FactRow] = ()

    @property
    def open_reasons(self) -> Mapping[str, str]:
        """What departs from a rule or the record and nobody has explained yet; shown at once, unlike empty fields."""
        shown = (REASON_PREFIX, WHY_PREFIX)
        return {name: text for name, text in self.gaps.items() if name.startswith(shown)}

    @property
    def bad_criteria(self) -> frozenset[str]:
        return frozenset(criterion_of(name, self.facts) for name in self.errors)


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
    facts: tuple[FactLine, ...]

    @property
    def needs_reason(self) -> bool:
        return self.result.differs


@dataclass(frozen=True)
class SectionPage:
    """``known`` is the running subtotal of what has a result, None while nothing has; ``total`` None until all have."""

    key: str
    label: str
    max_points: int
    known: int | None
    total: int | None
    criteria: tuple[CriterionPage, ...]


def judge(program: Program, texts: SchemeTexts, typed: Typed, facts: Sequence[FactRow] = ()) -> Judged:
    """Score what can be read. A field that cannot be read counts as empty and keeps its error."""
    overrules = typed.entry.overrules or {}
    answers = effective_answers(texts.counting, typed.entry.answers, facts, overrules)
    result = program.score(answers, typed.entry.entered)
    errors = {name: fault_sentence(fault) for name, fault in typed.faults.items()}
    gaps: dict[str, str] = {
        why_field(key): gettext("请说明不计入的理由。")
        for key, reason in overrules.items()
        if not reason and why_field(key) not in errors
    }
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
    return Judged(typed, result, errors, gaps, answers, facts)


def judge_entry(program: Program, texts: SchemeTexts, entry: Entry, facts: Sequence[FactRow] = ()) -> Judged:
    """The same for what is stored."""
    supplied = texts.counting.supplied
    fields = write_entry(program.scheme, entry, supplied=supplied, facts=facts)
    return judge(program, texts, read_entry(program.scheme, fields, supplied=supplied, facts=facts), facts)


def known_sum(results: Iterable[CriterionResult]) -> int | None:
    """What there is so far; None while nothing has a result, which is not the same as 0 points."""
    figures = [each.counted or 0 for each in results if each.state == "ok"]
    return sum(figures) if figures else None


def supplied_texts(program: Program, texts: SchemeTexts, judged: Judged) -> dict[str, str]:
    """The figures that nobody types, by the field that would hold them."""
    supplied = texts.counting.supplied
    if not supplied:
        return {}
    return {
        item.field: answer_text(
            item, judged.answers.get(criterion.key, {}).get(item.name), texts.rule(criterion.key)
        )
        for criterion, item in inputs_of(program.scheme)
        if (criterion.key, item.name) in supplied
    }


def fault_sentence(fault: Fault) -> str:
    code, params = fault
    return sentence(code, **params)


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
            _criterion(criterion, texts, typed, results[criterion.key], shown, facts.of(criterion.key))
            for criterion in section.criteria
        )
        known = known_sum(each.result for each in criteria)
        total = subtotals[section.key].total
        pages.append(
            SectionPage(section.key, texts.section(section.key), section.max_points, known, total, criteria)
        )
    return tuple(pages)


def label_of_field(texts: SchemeTexts, name: str, facts: Sequence[FactRow] = ()) -> str:
    """The criterion a field belongs to, for the list of errors above the form."""
    return texts.criterion(criterion_of(name, facts))


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
    facts: tuple[FactLine, ...],
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
        facts=facts,
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
        group=_group(
            block_of(criterion), words, {each.input: each for each in texts.counting.of_criterion(key)}
        ),
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


def _group(block: Block, words: RuleTexts, counted: Mapping[str, CountedFault]) -> Group:
    label = words.part(block.path) if block.part is not None else ""
    fields = tuple(_field(item, words, counted.get(item.name)) for item in block.inputs)
    groups = tuple(_group(part, words, counted) for part in block.parts)
    if isinstance(block.rule, Veto | Composite):
        return Group(label, fields, groups)
    return Group(label, fields)


def _field(item: Input, words: RuleTexts, counted: CountedFault | None) -> Field:
    label = words.input(item.name)
    if counted is not None and not counted.by_hand:
        return Field(item.field, item.field, label, SUPPLIED, "", gettext("由系统按在案情况计入"), "")
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
    if counted is not None:
        # What is on record counts by itself; typed a second time it would count twice.
        label = gettext("%(label)s（另行发现）", label=label)
    return Field(item.field, _control_id(item), label, item.widget, "", hint, "", options)


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
