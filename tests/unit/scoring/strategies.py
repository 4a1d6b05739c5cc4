"""Random schemes and sheets, sound and unsound answers alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from hypothesis import strategies as st

from agencyqa.scoring import (
    AllOrNothing,
    Band,
    BandedRange,
    Checklist,
    Composite,
    Condition,
    Criterion,
    Deductions,
    Fault,
    FreeValue,
    GradeBand,
    InputSpec,
    Item,
    LateClass,
    Lateness,
    LateStep,
    Level,
    Ordinal,
    Part,
    RangeDeduction,
    Rating,
    Ratio,
    Rounding,
    Rule,
    Scheme,
    SchemeVeto,
    Section,
    Veto,
)
from agencyqa.scoring.adding import contributed_maxima
from agencyqa.scoring.vetoes import veto_inputs

UNITS = st.integers(1, 300_000)
# Figures far beyond 64 bits must come out as exactly as small ones.
HUGE_UNITS = st.integers(10**17, 10**19)
HUGE_OR_NOT = st.one_of(UNITS, UNITS, HUGE_UNITS)


@st.composite
def banded(draw: st.DrawFn) -> BandedRange:
    step = draw(st.sampled_from([1, 500, 10_000, 10_000, 10**18]))
    edges = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=5, unique=True)))
    bands: list[Band] = []
    low = edges[0]
    for number, high in enumerate(edges[1:]):
        bands.append(Band(f"b{number}", low * step, high * step))
        # The next band shares the edge, or begins a step above it, as forms with whole points do.
        low = high if high + 1 not in edges[1:] or draw(st.booleans()) else high + 1
    return BandedRange(tuple(draw(st.permutations(bands))), step, draw(st.sampled_from(["refuse", "round"])))


@st.composite
def deductions(draw: st.DrawFn) -> Deductions:
    amounts = draw(st.lists(st.one_of(st.integers(1, 20_000), HUGE_UNITS), min_size=1, max_size=4))
    caps = st.one_of(st.none(), st.integers(1, 5))
    most = st.one_of(st.none(), st.none(), UNITS)
    points = draw(st.one_of(UNITS, UNITS, HUGE_UNITS))
    return Deductions(
        points, tuple(Fault(f"f{n}", amount, draw(caps), draw(most)) for n, amount in enumerate(amounts))
    )


@st.composite
def range_deductions(draw: st.DrawFn) -> RangeDeduction:
    low = draw(st.integers(1, 20_000))
    high = low + draw(st.integers(0, 20_000))
    return RangeDeduction(high + draw(UNITS), low, high, 1, draw(st.booleans()))


@st.composite
def free_values(draw: st.DrawFn) -> FreeValue:
    step = draw(st.sampled_from([1, 5_000]))
    low = draw(st.integers(0, 5))
    return FreeValue(low * step, (low + draw(st.integers(1, 30))) * step, step, draw(st.booleans()))


@st.composite
def ordinals(draw: st.DrawFn) -> Ordinal:
    points = [*draw(st.lists(st.integers(0, 200_000), min_size=1, max_size=4)), draw(HUGE_OR_NOT)]
    return Ordinal(tuple(Level(f"l{number}", units) for number, units in enumerate(points)))


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    points = draw(st.lists(UNITS, min_size=1, max_size=4))
    return Checklist(tuple(Item(f"i{number}", units) for number, units in enumerate(points)))


PLACES = st.integers(0, 4)


@st.composite
def ratios(draw: st.DrawFn) -> Ratio:
    points = draw(st.one_of(UNITS, UNITS, HUGE_UNITS))
    return Ratio(
        points,
        draw(st.sampled_from(["higher", "lower"])),
        draw(st.sampled_from([None, points, points + 7, max(1, points // 2)])),
        draw(st.sampled_from(["refuse", "zero", "full"])),
        draw(PLACES),
    )


@st.composite
def latenesses(draw: st.DrawFn) -> Lateness:
    by_amount = draw(st.booleans())
    limits = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    edges = sorted(draw(st.lists(st.integers(1, 10**7), min_size=2, max_size=2, unique=True)))
    classes = [
        LateClass(f"k{number}", limit, edges[number - 1] if by_amount and number else None)
        for number, limit in enumerate(limits)
    ]
    multiples = sorted(draw(st.lists(st.integers(1, 30_000), max_size=3, unique=True)))
    penalties = sorted(draw(st.lists(UNITS, min_size=3, max_size=3)))
    steps = [LateStep(multiple, penalty) for multiple, penalty in zip(multiples, penalties, strict=False)]
    return Lateness(
        draw(UNITS),
        tuple(classes),
        draw(st.integers(0 if steps else 1, 20_000)),
        tuple(steps),
        draw(st.booleans()),
        draw(st.sampled_from(["over", "at"])),
        by_amount,
    )


Cannot = tuple[Literal["leave_out", "zero"], ...]


@st.composite
def ratings(draw: st.DrawFn, cannot: Cannot = ("leave_out", "zero")) -> Rating:
    low = draw(st.integers(1, 4))
    high = low + draw(st.integers(1, 6))
    base: Literal["zero", "low"] = draw(st.sampled_from(["zero", "low"]))
    return Rating(draw(UNITS), low, high, draw(st.sampled_from(cannot)), base, draw(PLACES))


SIMPLE: st.SearchStrategy[Rule] = st.one_of(
    banded(),
    st.builds(AllOrNothing, UNITS),
    deductions(),
    range_deductions(),
    free_values(),
    ordinals(),
    checklists(),
    ratios(),
    latenesses(),
    ratings(("zero",)),
)


def _nested(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    parts = st.lists(inner, min_size=1, max_size=3).map(
        lambda rules: Composite(tuple(Part(f"p{number}", rule) for number, rule in enumerate(rules)))
    )
    # Nested vetoes would share their flag's name, which check_scheme refuses.
    vetoes = inner.filter(lambda rule: not isinstance(rule, Veto)).flatmap(
        lambda rule: st.sampled_from([None, "exempt"]).map(lambda name: Veto(rule, "veto", name))
    )
    return st.one_of(parts, vetoes)


RULES: st.SearchStrategy[Rule] = st.recursive(SIMPLE, _nested, max_leaves=4)
# Rules of a whole criterion, which may be left out.
TOP_RULES: st.SearchStrategy[Rule] = st.one_of(
    RULES,
    RULES,
    ratings(),
    ratings(("leave_out",)).flatmap(
        lambda rule: st.sampled_from([None, "exempt"]).map(lambda name: Veto(rule, "veto", name))
    ),
)


@st.composite
def criteria(draw: st.DrawFn, key: str, *, adding: str, before: list[Criterion]) -> Criterion:
    """One criterion after others, which a bonus may depend on."""
    rule = draw(TOP_RULES)
    measure = draw(st.sampled_from([None, "M1", "M2", "M3"]))
    points = max(1, rule.bounds().high)
    bonus = bool(before) and draw(st.integers(0, 5)) == 0
    weight = draw(st.sampled_from([None, None, None, 0]))
    if adding == "weights" and not bonus:
        weight = draw(st.one_of(st.integers(1, 400_000), st.just(0))) if before else draw(st.integers(1, 9))
    only_if: list[Condition] = []
    for other in draw(st.lists(st.sampled_from(before), max_size=2, unique_by=id)) if bonus else ():
        test: Literal["full", "at_least"] = draw(st.sampled_from(["full", "at_least"]))
        least = None if test == "full" else draw(st.integers(1, other.max_points))
        only_if.append(Condition(other.key, test, least))
    return Criterion(key, points, rule, measure, weight, bonus, tuple(only_if))


@st.composite
def schemes(draw: st.DrawFn, *, newer: bool = True) -> Scheme:
    """Any scheme; `newer` False keeps to plain sums of points."""
    adding: Literal["points", "weights"] = "points"
    if newer and draw(st.booleans()):
        adding = "weights"
    held: list[list[Criterion]] = []
    before: list[Criterion] = []
    for number in range(draw(st.integers(1, 3))):
        held.append([])
        for position in range(draw(st.integers(1, 3))):
            key = f"c{number}_{position}"
            if newer:
                each = draw(criteria(key, adding=adding, before=before))
            else:
                rule = draw(RULES)
                each = Criterion(
                    key, max(1, rule.bounds().high), rule, draw(st.sampled_from([None, "M1", "M2"]))
                )
            held[-1].append(each)
            before.append(each)
    if adding == "points" and all(each.bonus or each.weight == 0 for each in before):
        held[0][0] = replace(held[0][0], weight=None, bonus=False)
    lows = [0, *draw(st.lists(st.integers(1, 1_000_000), max_size=4, unique=True))]
    grades = tuple(GradeBand(f"g{number}", low) for number, low in enumerate(lows))
    scheme = Scheme(
        "random",
        "1",
        draw(st.one_of(UNITS, st.just(1_000_000), HUGE_UNITS)) if adding == "weights" else 0,
        tuple(Section(f"s{number}", 0, tuple(each)) for number, each in enumerate(held)),
        tuple(draw(st.permutations(grades))),
        draw(st.sampled_from([None, Rounding(0), Rounding(2)])),
        adding,
    )
    scheme = stated(scheme)
    return draw(_options(scheme)) if newer else scheme


def stated(scheme: Scheme) -> Scheme:
    """With the totals that follow from the criteria."""
    maxima = contributed_maxima(scheme)
    sections = tuple(
        replace(section, max_points=sum(maxima[c.key] for c in section.criteria))
        for section in scheme.sections
    )
    return replace(scheme, sections=sections, max_points=sum(section.max_points for section in sections))


@st.composite
def _options(draw: st.DrawFn, scheme: Scheme) -> Scheme:
    # By weights a section can be too small for a ten-thousandth; such a form is refused.
    if any(
        not section.max_points and not any(c.bonus or c.weight == 0 for c in section.criteria)
        for section in scheme.sections
    ):
        scheme = stated(replace(scheme, max_points=10**9))
    cap = st.one_of(st.none(), st.just(0), st.integers(0, 100_000))
    above = draw(cap)
    vetoes = [
        SchemeVeto(
            f"v{number}",
            draw(st.sampled_from([None, "M1", "M9"])),
            draw(st.one_of(st.none(), st.integers(0, scheme.max_points))),
            draw(st.sampled_from([band.key for band in scheme.grades])),
            draw(st.sampled_from([None, "excused"])),
        )
        for number in range(draw(st.sampled_from([0, 0, 1, 2])))
    ]
    return replace(
        scheme,
        total_cap=None if above is None else scheme.max_points + above,
        unanswered=draw(st.sampled_from(["wait", "wait", "leave_out"])),
        least_assessed=draw(st.one_of(st.none(), st.integers(1, 1_000_000))),
        vetoes=tuple(vetoes),
    )


def sound(spec: InputSpec) -> st.SearchStrategy[Any]:
    if spec.type == "choice":
        return st.sampled_from([choice.key for choice in spec.choices])
    if spec.type == "flag":
        return st.booleans()
    if spec.type == "count":
        return st.integers(0, min(12, spec.high))
    if spec.type == "number":
        return st.one_of(st.integers(0, 60_000), st.integers(0, spec.high))
    return st.integers(spec.low // spec.step, spec.high // spec.step).map(lambda n: n * spec.step)


UNSOUND = st.sampled_from([None, None, -1, 7, 10**25, -(10**25), "no_such", True, 3.5])


@st.composite
def sheets(draw: st.DrawFn, scheme: Scheme, *, clean: bool = False) -> dict[str, dict[str, Any]]:
    answers: dict[str, dict[str, Any]] = {}
    # Most sheets have a fault somewhere if every answer may have one; half of them should have a total.
    clean = clean or draw(st.booleans())
    for _, criterion in scheme.criteria():
        given = draw(_given(criterion.rule.inputs(), clean=clean))
        if clean or draw(st.integers(0, 9)):
            _repair(criterion.rule, given, "", draw)
        answers[criterion.key] = given
    for veto in scheme.vetoes:
        answers[veto.key] = draw(_given(veto_inputs(veto), clean=clean))
    return answers


@st.composite
def answers_of(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    """Answers of one rule, all of the right type and most of them inside its limits."""
    given: dict[str, Any] = draw(_given(rule.specs, clean=True))
    _repair(rule, given, "", draw)
    return given


@st.composite
def _given(draw: st.DrawFn, specs: tuple[InputSpec, ...], *, clean: bool) -> dict[str, Any]:
    if not clean and draw(st.integers(0, 9)) == 0:
        return dict.fromkeys((spec.name for spec in specs), None)
    given: dict[str, Any] = {}
    for spec in specs:
        wild = not clean and draw(st.integers(0, 9)) == 0
        given[spec.name] = draw(UNSOUND if wild else sound(spec))
    return given


def _repair(rule: Rule, given: dict[str, Any], at: str, draw: st.DrawFn) -> None:
    """Most sheets should have figures that lie in the chosen band, or few results would be compared."""
    if isinstance(rule, BandedRange):
        band = next((b for b in rule.bands if b.key == given[f"{at}band"]), None)
        if band and given[f"{at}value"] is not None:
            steps = st.integers(band.low // rule.step, band.high // rule.step)
            given[f"{at}value"] = draw(steps) * rule.step
    elif isinstance(rule, RangeDeduction):
        count = given.get(f"{at}count", 1)
        if type(count) is int and 0 <= count < 100 and given[f"{at}amount"] is not None:
            given[f"{at}amount"] = draw(st.integers(count * rule.low, count * rule.high))
    elif isinstance(rule, Ratio):
        divisor = f"{at}planned" if rule.direction == "higher" else f"{at}actual"
        if rule.empty == "refuse" and given[divisor] == 0:
            given[divisor] = 1
    elif isinstance(rule, Rating):
        if type(given[f"{at}rating"]) is int and 0 < given[f"{at}rating"] < rule.low:
            given[f"{at}rating"] = rule.low
    elif isinstance(rule, Veto):
        _repair(rule.rule, given, at, draw)
    elif isinstance(rule, Composite):
        for part in rule.parts:
            _repair(part.rule, given, f"{at}{part.key}.", draw)


@st.composite
def figures(draw: st.DrawFn, scheme: Scheme) -> dict[str, int | None]:
    entered: dict[str, int | None] = {}
    for _, criterion in scheme.criteria():
        if draw(st.integers(0, 3)) == 0:
            entered[criterion.key] = draw(
                st.one_of(st.none(), st.integers(0, criterion.max_points), st.sampled_from([-1, 10**30]))
            )
    return entered
