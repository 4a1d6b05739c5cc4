"""A whole scheme written down as one list of instructions: criteria, what they give, bonuses, vetoes, total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.scoring.adding import (
    can_leave_out,
    contributed_maxima,
    least_assessed,
    most_total,
    weight_parts,
)
from agencyqa.scoring.bonuses import in_order_of_conditions, least_reached
from agencyqa.scoring.inputs import InputSpec
from agencyqa.scoring.judging import Judge, Ruling
from agencyqa.scoring.scheme import NO_MEASURE, Criterion, Scheme, SchemeVeto
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Segment, Tape
from agencyqa.scoring.vetoes import RAISED, veto_inputs

NOTHING = Num(0, 0, 0, ("step", 0))

# A figure of the maximum is a plain integer unless something can be left out.
Maximum = Num | int


@dataclass
class CriterionCode:
    """`counted` is on the criterion's own scale; `gives` is what it adds to the total, out of `maximum`."""

    criterion: Criterion
    section: str
    segment: Segment
    judge: Judge
    counted: Num
    left_out: Num | None
    gives: Num
    maximum: Maximum
    bonus: BonusCode | None = None

    @property
    def measure(self) -> str:
        return self.criterion.measure or NO_MEASURE


@dataclass
class BonusCode:
    """`reached` and `holds` are one for each condition: the figure it looks at, and whether that is enough."""

    least: tuple[int, ...]
    reached: tuple[Num, ...]
    left_out: tuple[Num | None, ...]
    holds: tuple[Num, ...]
    met: Num
    room: Num


@dataclass
class VetoCode:
    veto: SchemeVeto
    inputs: tuple[InputSpec, ...]
    segment: Segment
    ruling: Ruling
    raised: Num
    excepted: Num | None
    applies: Num
    cap: Maximum | None = None
    takes_off: Num | None = None


@dataclass
class SumCode:
    key: str
    total: Num
    maximum: Maximum


@dataclass
class Group:
    """Criteria that stand side by side under one section and one measure."""

    section: str
    measure: str
    # By weights: the rounded sums where it began, and its criteria.
    begun: Num | None = None
    maximum_begun: Num | None = None
    members: list[Num] = field(default_factory=list)
    gives: Num | None = None
    maximum: Maximum = 0


@dataclass
class SchemeCode:
    registers: list[Any] = field(default_factory=list)
    criteria: list[CriterionCode] = field(default_factory=list)
    vetoes: list[VetoCode] = field(default_factory=list)
    end: Segment = field(default_factory=Segment)
    sections: list[SumCode] = field(default_factory=list)
    measures: list[SumCode] = field(default_factory=list)
    assessed: Maximum = 0
    total: Num = NOTHING


def assemble(scheme: Scheme) -> SchemeCode:
    return _Assembly(scheme).code


class _Assembly:
    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.code = code = SchemeCode()
        code.end = Segment(code.registers)
        self.maxima = contributed_maxima(scheme)
        self.can_leave_out = any(can_leave_out(scheme, criterion) for _, criterion in scheme.criteria())
        self.groups: list[Group] = []
        self.sum: Num | None = None
        self.rounded: Num | None = None
        self.maximum_sum: Num | None = None
        self.maximum_rounded: Num | None = None
        self.weights = weight_parts(scheme)
        for section, criterion in scheme.criteria():
            self._criterion(section.key, criterion)
        for veto in scheme.vetoes:
            self._veto(veto)
        self._finish(Tape(code.end))

    # Criteria

    def _criterion(self, section: str, criterion: Criterion) -> None:
        segment = Segment(self.code.registers)
        tape = Tape(segment)
        computed = criterion.rule.evaluate(tape)
        leave_unanswered = self.scheme.unanswered == "leave_out"
        source = ("step", "counted")
        low, high = min(0, computed.low), max(criterion.max_points, computed.high)
        counted = Num(tape.register(None), low, high, source)
        left_out: Num | None = None
        if leave_unanswered or segment.left_out is not None:
            left_out = Num(tape.register(None), 0, 1, source)
        judge = Judge(
            criterion,
            computed,
            counted,
            left_out,
            left_out=segment.left_out,
            leave_unanswered=leave_unanswered,
        )
        segment.instructions.append(judge)
        each = CriterionCode(criterion, section, segment, judge, counted, left_out, counted, 0)
        self.code.criteria.append(each)
        if criterion.bonus:
            return
        if criterion.weight == 0:
            # Shown, asked for, and without any power over the score.
            each.gives = tape.beside(tape.param("zero", 0), counted)
            self._group(tape, each)
        elif self.scheme.adding == "points":
            each.maximum = self._maximum_of(tape, criterion.max_points, left_out)
            self._group(tape, each)
        else:
            self._weighted(tape, each)

    def _maximum_of(self, tape: Tape, points: int, left_out: Num | None) -> Maximum:
        if left_out is None:
            return points
        whole = tape.param("max_points", points)
        return tape.cancel(None, whole, left_out)

    def _group(self, tape: Tape, each: CriterionCode) -> None:
        """Adds to the sum of the criteria side by side, so that no figure has to be kept for later."""
        last = self._open_group(tape, each)
        if self.scheme.adding == "weights":
            last.members.append(each.counted)
        elif last.gives is None:
            last.gives, last.maximum = each.gives, each.maximum
        else:
            last.gives = tape.add(None, [last.gives, each.gives])
            last.maximum = plus(tape, [last.maximum, each.maximum])

    def _open_group(self, tape: Tape, each: CriterionCode) -> Group:
        last = self.groups[-1] if self.groups else None
        if last is None or (last.section, last.measure) != (each.section, each.measure):
            self._close_group(tape)
            last = Group(each.section, each.measure, self.rounded, self.maximum_rounded)
            self.groups.append(last)
        return last

    def _close_group(self, tape: Tape) -> None:
        """By weights the criteria side by side give the difference of two rounded sums, which is one step for all."""
        if self.scheme.adding == "points" or not self.groups:
            return
        last = self.groups[-1]
        if self.rounded is None:
            own = tape.param("zero", 0)
        else:
            own = minus(tape, self.rounded, last.begun)
        last.gives = tape.beside(own, *last.members)
        if self.maximum_rounded is not None:
            last.maximum = minus(tape, self.maximum_rounded, last.maximum_begun)
        else:
            keys = [each.criterion.key for each in self.code.criteria if each.counted in last.members]
            last.maximum = sum(self.maxima[key] for key in keys)

    # Weights: every rounded figure is the difference of two rounded sums, so that all of them add up.

    def _weighted(self, tape: Tape, each: CriterionCode) -> None:
        """`or_zero`: what is not known yet must not darken the sections that are."""
        criterion = each.criterion
        self._open_group(tape, each)
        part = tape.mul(
            None, tape.or_zero(each.counted), tape.param("part", self.weights.parts[criterion.key])
        )
        before = self.rounded
        self.sum = part if self.sum is None else tape.add(None, [self.sum, part])
        one, zero = tape.param("one", self.weights.whole), tape.param("zero", 0)
        self.rounded = tape.quotient(None, self.sum, one, 1, zero)
        own = self.rounded if before is None else tape.sub(None, self.rounded, before)
        each.gives = tape.beside(own, each.counted)
        maximum_before = self.maximum_rounded
        if self.can_leave_out:
            weight = self._maximum_of(tape, (criterion.weight or 0) * self.scheme.max_points, each.left_out)
            held = weight if isinstance(weight, Num) else tape.param("weight", weight)
            self.maximum_sum = held if self.maximum_sum is None else tape.add(None, [self.maximum_sum, held])
            self.maximum_rounded = tape.quotient(
                None, self.maximum_sum, tape.param("weights", self.weights.weights), 1, zero
            )
            each.maximum = minus(tape, self.maximum_rounded, maximum_before)
        else:
            each.maximum = self.maxima[criterion.key]
        self._group(tape, each)

    # Vetoes of the whole sheet

    def _veto(self, veto: SchemeVeto) -> None:
        segment = Segment(self.code.registers)
        tape = Tape(segment)
        specs = veto_inputs(veto)
        raised = applies = tape.input(specs[0])
        excepted: Num | None = None
        if veto.exception is not None:
            excepted = tape.input(specs[1])
            applies = tape.unless(None, raised, excepted)
            tape.excuse(raised, 0, [specs[1].name])
        ruled = Num(tape.register(None), 0, 1, ("input", RAISED))
        ruling = Ruling(veto.key, applies, ruled)
        segment.instructions.append(ruling)
        self.code.vetoes.append(VetoCode(veto, specs, segment, ruling, raised, excepted, ruled))

    # The end: sums, bonuses as far as the cap has room, what vetoes take off

    def _finish(self, tape: Tape) -> None:
        code = self.code
        self._close_group(tape)
        code.assessed = plus(tape, [group.maximum for group in self.groups])
        parts: dict[str, list[Num]] = {}
        for section in self.scheme.sections:
            held = [g.gives for g in self.groups if g.section == section.key and g.gives is not None]
            parts[section.key] = [total(tape, held)] if held else []
        running = total(tape, [part for held in parts.values() for part in held])
        measures: dict[str, list[Num]] = {key: [] for key in self.scheme.measures()}
        for group in self.groups:
            if group.gives is not None:
                measures[group.measure].append(group.gives)
        running = self._bonuses(tape, running, parts, measures)
        for each in code.vetoes:
            running = self._take_off(tape, each, running, measures)
        code.sections = [
            SumCode(key, total(tape, held), self._maximum_in(tape, section=key))
            for key, held in parts.items()
        ]
        code.measures = [
            SumCode(key, total(tape, held), self._maximum_in(tape, measure=key))
            for key, held in measures.items()
        ]
        if isinstance(code.assessed, Num):
            running = tape.only(running, tape.at_least(code.assessed, least_assessed(self.scheme)))
        code.total = running

    def _maximum_in(self, tape: Tape, section: str | None = None, measure: str | None = None) -> Maximum:
        return plus(tape, [g.maximum for g in self.groups if section == g.section or measure == g.measure])

    def _bonuses(
        self, tape: Tape, running: Num, parts: dict[str, list[Num]], measures: dict[str, list[Num]]
    ) -> Num:
        by_key = {each.criterion.key: each for each in self.code.criteria}
        if not any(each.criterion.bonus for each in self.code.criteria):
            return running
        earned: dict[str, Num] = {}
        bonuses: dict[str, BonusCode] = {}
        for key in in_order_of_conditions({key: each.criterion for key, each in by_key.items()}):
            each = by_key[key]
            if each.criterion.bonus:
                earned[key], bonuses[key] = self._earned(tape, each, earned, by_key)
        cap = self._cap(tape)
        for each in self.code.criteria:
            if not each.criterion.bonus:
                continue
            bonus = bonuses[each.criterion.key]
            bonus.room = tape.greatest(None, tape.sub(None, cap, running), tape.param("zero", 0))
            each.bonus, each.gives = bonus, tape.least(None, earned[each.criterion.key], bonus.room)
            running = tape.add(None, [running, each.gives])
            parts[each.section].append(each.gives)
            measures[each.measure].append(each.gives)
        return running

    def _earned(
        self, tape: Tape, each: CriterionCode, earned: dict[str, Num], by_key: dict[str, CriterionCode]
    ) -> tuple[Num, BonusCode]:
        """What a bonus would give if there were no cap: its figure where all its conditions hold, else 0."""
        criterion = each.criterion
        others = [by_key[condition.criterion] for condition in criterion.only_if]
        least = [
            least_reached(condition, other.criterion)
            for condition, other in zip(criterion.only_if, others, strict=True)
        ]
        reached = [earned.get(other.criterion.key, other.counted) for other in others]
        holds = [tape.at_least(figure, low) for figure, low in zip(reached, least, strict=True)]
        met = tape.param("one", 1)
        for flag in holds:
            met = tape.mul(None, met, flag)
        bonus = BonusCode(
            tuple(least),
            tuple(reached),
            tuple(other.left_out for other in others),
            tuple(holds),
            met,
            each.counted,
        )
        figure = each.counted if criterion.weight != 0 else tape.beside(tape.param("zero", 0), each.counted)
        return (tape.mul(None, figure, met) if holds else figure), bonus

    def _cap(self, tape: Tape) -> Num:
        """The cap stands as far above the assessed maximum as the scheme's cap above the whole one."""
        scheme, assessed = self.scheme, self.code.assessed
        most = most_total(scheme)
        if isinstance(assessed, int):
            return tape.param("total_cap", most)
        return tape.add(None, [assessed, tape.param("total_cap", most - scheme.max_points)])

    def _take_off(self, tape: Tape, each: VetoCode, running: Num, measures: dict[str, list[Num]]) -> Num:
        """What lies above the cap is taken off; the cap shrinks with the maximum that was assessed."""
        if each.veto.caps_total is None:
            # It moves no figure, yet without an answer there is no total.
            return tape.beside(running, each.applies)
        cap = tape.param("caps_total", each.veto.caps_total)
        if isinstance(self.code.assessed, Num):
            whole = tape.param("max_points", self.scheme.max_points)
            cap = tape.quotient(
                None, tape.mul(None, cap, self.code.assessed), whole, 1, tape.param("zero", 0)
            )
            each.cap = cap
        else:
            each.cap = each.veto.caps_total
        zero = tape.param("zero", 0)
        above = tape.greatest(None, tape.sub(None, running, cap), zero)
        each.takes_off = tape.sub(None, zero, tape.mul(None, above, each.applies))
        measures[each.veto.measure or NO_MEASURE].append(each.takes_off)
        return tape.add(None, [running, each.takes_off])


def total(tape: Tape, parts: Sequence[Num]) -> Num:
    if not parts:
        return tape.param("zero", 0)
    return parts[0] if len(parts) == 1 else tape.add(None, parts)


def plus(tape: Tape, parts: Sequence[Maximum]) -> Maximum:
    """The sum; a plain integer where all parts are."""
    known = sum(part for part in parts if isinstance(part, int))
    moving = [part for part in parts if isinstance(part, Num)]
    if not moving:
        return known
    return tape.add(None, [*moving, tape.param("known", known)] if known else moving)


def minus(tape: Tape, a: Num, b: Num | None) -> Num:
    return a if b is None else tape.sub(None, a, b)
