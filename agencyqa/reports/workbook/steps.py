"""The steps of a criterion as lines of the workbook, made once for all sheets on which they tell the same.

A bureau's year has thousands of criteria but few different answers to each. Making the sentences costs far more
than looking them up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from agencyqa.assessments.forms.trace_page import TraceCriterion, trace_page
from agencyqa.measures.words import gettext
from agencyqa.reports.workbook.content import CountedSheet
from agencyqa.scoring import Criterion, Scheme, format_points

# The criterion, the step, the step with names, with figures, and the points that come of it.
Line = tuple[str | None, str, str, str | None, int | None]
# Version, criterion, its inputs and own figure, the reason for that, and what else its notes speak of.
_Key = tuple[int, str, tuple[int | None, ...], str, tuple[int | None, ...]]
# Free figures could make every criterion different, and memory must not grow with the year.
MOST_KEPT = 20_000


class StepLines:
    def __init__(self) -> None:
        self._known: dict[_Key, tuple[Line, ...]] = {}
        self._places: dict[int, dict[str, tuple[int, ...]]] = {}

    def of(self, counted: CountedSheet) -> tuple[Iterator[Line], bool]:
        """The lines of every criterion in the order of the sheet, and whether each was added up again."""
        keys = self._keys(counted)
        if all(key in self._known for key in keys):
            return chain.from_iterable(self._known[key] for key in keys), True
        page = trace_page(counted.program, counted.texts, counted.sheet)
        made = [tuple(_lines(each)) for section in page.sections for each in section.criteria]
        if page.adds_up:
            # Only what was added up without the rules may stand for other sheets.
            if len(self._known) > MOST_KEPT:
                self._known.clear()
            self._known.update(zip(keys, made, strict=True))
        return chain.from_iterable(made), page.adds_up

    def _keys(self, counted: CountedSheet) -> list[_Key]:
        version = counted.version.id
        if version not in self._places:
            self._places[version] = _places(counted.program.slots)
        places = self._places[version]
        reasons, scheme = counted.sheet.reasons, counted.program.scheme
        return [
            (
                version,
                criterion.key,
                tuple(counted.packed[n] for n in places[criterion.key]),
                reasons.get(criterion.key, ""),
                _others(criterion, scheme, counted),
            )
            for _, criterion in scheme.criteria()
        ]


def _others(criterion: Criterion, scheme: Scheme, counted: CountedSheet) -> tuple[int | None, ...]:
    """What the notes of a criterion tell beyond its own inputs.

    A bonus names the items it depends on and the room that all others leave it. By weights a criterion names its part
    of a sum that is rounded as a whole, and a part of a maximum that shrinks with whatever is left out.
    """
    if criterion.bonus:
        return tuple(counted.packed)
    if scheme.adding == "points" or criterion.weight == 0:
        return ()
    if _can_leave_out(scheme):
        return tuple(counted.packed)
    return (counted.criteria[criterion.key].contribution,)


def _can_leave_out(scheme: Scheme) -> bool:
    return scheme.unanswered == "leave_out" or any(each.rule.can_be_left_out for _, each in scheme.criteria())


def _places(slots: Sequence[tuple[str, str]]) -> dict[str, tuple[int, ...]]:
    """Where in a packed sheet the inputs and the own figure of each criterion stand."""
    found: dict[str, list[int]] = {}
    for number, (criterion, _) in enumerate(slots):
        found.setdefault(criterion, []).append(number)
    return {criterion: tuple(numbers) for criterion, numbers in found.items()}


def _lines(criterion: TraceCriterion) -> Iterator[Line]:
    semicolon, colon = gettext("；"), gettext("：")
    yield (
        criterion.label,
        gettext("填报内容"),
        semicolon.join(f"{name}{colon}{value}" for name, value in criterion.inputs),
        semicolon.join(criterion.notes) or None,
        criterion.counted,
    )
    for step in criterion.steps:
        yield None, f"{step.number}. {step.label}", step.names, step.figures, None
    if criterion.difference:
        yield (
            None,
            gettext("评分人给分"),
            gettext("理由：%(reason)s", reason=criterion.reason),
            gettext(
                "计算得分 %(computed)s，给分 %(entered)s，差异 %(difference)s",
                computed=format_points(criterion.computed or 0),
                entered=format_points(criterion.entered or 0),
                difference=format_points(criterion.difference),
            ),
            criterion.counted,
        )
