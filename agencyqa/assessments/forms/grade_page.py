"""What would change a grade, in the reader's words: item by item, the least that will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agencyqa.assessments.forms.answers import answer_text
from agencyqa.assessments.forms.layout import block_of
from agencyqa.assessments.simulation.improvement import ItemChange, VetoChange
from agencyqa.assessments.simulation.reach import Given
from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Answers, Criterion, Program, format_points


@dataclass(frozen=True)
class ChangeLine:
    """Figures in ten-thousandths of a point. ``ways`` are the inputs that change, "old → new" each.

    ``outcome`` says why there is none, or what else is to be known; "" for nothing.
    """

    key: str
    label: str
    maximum: int
    counted: int
    reached: int | None
    gain: int | None
    ways: tuple[str, ...]
    total: int | None
    grade: str
    outcome: str


def veto_sentences(texts: SchemeTexts, changes: Sequence[VetoChange], *, up: bool) -> tuple[str, ...]:
    """Vetoes of the whole sheet that alone would change the grade."""
    written = (
        gettext("若“%(veto)s”不成立：总分 %(total)s 分，%(grade)s")
        if up
        else gettext("若“%(veto)s”成立：总分 %(total)s 分，%(grade)s")
    )
    return tuple(
        written
        % {
            "veto": texts.criterion(each.key),
            "total": "—" if each.result.total is None else format_points(each.result.total),
            "grade": texts.grade(each.result.grade),
        }
        for each in changes
        if each.is_beyond
    )


def change_lines(
    program: Program, texts: SchemeTexts, answers: Answers, items: Sequence[ItemChange], *, up: bool
) -> tuple[ChangeLine, ...]:
    """In the order of ``items``: the easiest first."""
    criteria = {criterion.key: criterion for _, criterion in program.scheme.criteria()}
    return tuple(_line(criteria[item.key], texts, answers.get(item.key) or {}, item, up) for item in items)


def _line(criterion: Criterion, texts: SchemeTexts, given: Given, item: ItemChange, up: bool) -> ChangeLine:
    reached = item.needed if item.move is None else item.move.value
    result = item.result if item.is_possible else None
    return ChangeLine(
        key=item.key,
        label=texts.criterion(item.key),
        maximum=criterion.max_points,
        counted=item.counted,
        reached=reached if item.is_possible else None,
        gain=reached - item.counted if item.is_possible and reached is not None else None,
        ways=_ways(criterion, texts, given, item),
        total=None if result is None else result.total,
        grade="" if result is None else texts.grade(result.grade),
        outcome=_outcome(item, up),
    )


def _ways(criterion: Criterion, texts: SchemeTexts, given: Given, item: ItemChange) -> tuple[str, ...]:
    if item.move is None:
        return ()
    words = texts.rule(criterion.key)
    return tuple(
        gettext(
            "%(input)s：%(old)s → %(new)s",
            input=words.place(each.name),
            old=answer_text(each, given.get(each.name), words),
            new=answer_text(each, item.move.changes[each.name], words),
        )
        for each in block_of(criterion).all_inputs()
        if each.name in item.move.changes
    )


def _outcome(item: ItemChange, up: bool) -> str:
    if item.needed is None:
        return gettext("这一项得满分也不够。") if up else gettext("这一项不得分也不会降级。")
    if item.is_entered:
        return gettext("以评分人填写的得分计入。")
    if item.move is None:
        return gettext("按这一项的计分标准，单独达不到所需的得分。")
    return ""
