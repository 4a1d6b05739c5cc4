"""What was typed on a sheet, together with what the rules say to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.assessments.evidence import Answers, FactRow, effective_answers
from agencyqa.assessments.forms.answers import answer_text
from agencyqa.assessments.forms.entry import Entry, Fault, Typed, criterion_of, read_entry, write_entry
from agencyqa.assessments.forms.layout import (
    REASON_PREFIX,
    WHY_PREFIX,
    answer_field,
    checklists_of,
    entered_field,
    inputs_of,
    none_field,
    reason_field,
    why_field,
)
from agencyqa.measures.sentences import issue_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    CriterionResult,
    InputSpec,
    Issue,
    Program,
    SheetResult,
    VetoResult,
    format_fraction,
    format_points,
)
from agencyqa.web.messages import sentence


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
    boxes = _boxes(program)
    for judged in answered_parts(result):
        words = texts.rule(judged.key)
        specs = {spec.name: spec for spec in program.layout[judged.key]}
        for issue in told_issues(judged, specs):
            is_gap = issue.code == "missing"
            if is_gap and judged.state != "missing":
                # Left out as the scheme says; nobody has to fill it in.
                continue
            name, text = _issue_field(judged.key, issue), issue_sentence(issue, words, specs)
            if is_gap and (judged.key, issue.input) in boxes:
                name = boxes[judged.key, issue.input]
                text = gettext("请勾选具备的各项；一项也没有的，勾选“以上均不具备”。")
            if name not in errors:
                (gaps if is_gap else errors)[name] = text
    for criterion in result.criteria:
        if criterion.differs and not typed.entry.reasons.get(criterion.key):
            gaps[reason_field(criterion.key)] = gettext("评分人给分与按规则计算的得分不一致，请说明理由。")
    if result.state == "unassessed" and result.left_out:
        gaps[entered_field(result.left_out[0])] = unassessed_sentence(program, result)
    return Judged(typed, result, errors, gaps, answers, facts)


def judge_entry(program: Program, texts: SchemeTexts, entry: Entry, facts: Sequence[FactRow] = ()) -> Judged:
    """The same for what is stored."""
    supplied = texts.counting.supplied
    fields = write_entry(program.scheme, entry, supplied=supplied, facts=facts)
    return judge(program, texts, read_entry(program.scheme, fields, supplied=supplied, facts=facts), facts)


def known_sum(results: Iterable[CriterionResult]) -> int | None:
    """What there is so far; None while nothing has a result, which is not the same as 0 points."""
    figures = [each.contribution or 0 for each in results if each.state == "ok"]
    return sum(figures) if figures else None


def running_total(result: SheetResult) -> int | None:
    """The total where there is one, vetoes included; else what there is so far."""
    return known_sum(result.criteria) if result.total is None else result.total


def answered_parts(result: SheetResult) -> list[CriterionResult | VetoResult]:
    """All that has answers of its own: the criteria, then the vetoes of the whole scheme."""
    return [*result.criteria, *result.vetoes]


def told_issues(judged: CriterionResult | VetoResult, specs: Mapping[str, InputSpec]) -> Iterator[Issue]:
    """What to tell of it. As long as a flag is empty, nobody knows whether what depends on it will be needed."""
    empty = {issue.input for issue in judged.issues if issue.code == "missing"}
    for issue in judged.issues:
        spec = None if issue.input is None else specs.get(issue.input)
        if not (issue.code == "missing" and spec is not None and spec.needed_if in empty):
            yield issue


def open_count(result: SheetResult) -> int:
    """The criteria and vetoes that still want something."""
    return sum(each.state in {"missing", "invalid"} for each in answered_parts(result))


def unassessed_sentence(program: Program, result: SheetResult) -> str:
    """Why a sheet on which everything is answered still has no total."""
    share = Fraction(result.assessed_max * 100, result.max_points)
    return gettext(
        "已评项目的分值只占满分的 %(share)s%%，至少应为 %(least)s%%，不出总分。",
        share=format_fraction(share, 2),
        least=format_points(program.scheme.least_assessed or 0),
    )


def supplied_texts(program: Program, texts: SchemeTexts, judged: Judged) -> dict[str, str]:
    """The figures that nobody types, by the field that would hold them."""
    supplied = texts.counting.supplied
    if not supplied:
        return {}
    return {
        item.field: answer_text(item, judged.answers.get(key, {}).get(item.name), texts.rule(key))
        for key, item in inputs_of(program.scheme)
        if (key, item.name) in supplied
    }


def fault_sentence(fault: Fault) -> str:
    code, params = fault
    return sentence(code, **params)


def _issue_field(criterion: str, issue: Issue) -> str:
    return entered_field(criterion) if issue.input is None else answer_field(criterion, issue.input)


def _boxes(program: Program) -> dict[tuple[str, str | None], str]:
    """The ticks of the checklists, each with the box to which a gap of any of them leads."""
    return {
        (key, item.name): none_field(key, block.path)
        for key, block in checklists_of(program.scheme)
        for item in block.inputs
    }
