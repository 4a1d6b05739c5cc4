"""Random schemes and sheets, sound and unsound answers alike."""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import strategies as st

from agencyqa.scoring import (
    AllOrNothing,
    Band,
    BandedRange,
    Checklist,
    Composite,
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
    Section,
    Veto,
)

UNITS = st.integers(1, 300_000)
# Figures far beyond 64 bits must come out as exactly as small ones.
HUGE_UNITS = st.integers(10**17, 10**19)


@st.composite
def banded(draw: st.DrawFn) -> BandedRange:
    step = draw(st.sampled_from([1, 500, 10_000]))
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
    points = [*draw(st.lists(st.integers(0, 200_000), min_size=1, max_size=4)), draw(UNITS)]
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


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    sections: list[Section] = []
    for number in range(draw(st.integers(1, 3))):
        criteria = tuple(
            Criterion(
                f"c{number}_{position}",
                max(1, rule.bounds().high),
                rule,
                draw(st.sampled_from([None, "M1", "M2", "M3"])),
            )
            for position, rule in enumerate(draw(st.lists(RULES, min_size=1, max_size=3)))
        )
        sections.append(Section(f"s{number}", sum(c.max_points for c in criteria), criteria))
    lows = [0, *draw(st.lists(st.integers(1, 1_000_000), max_size=4, unique=True))]
    grades = tuple(GradeBand(f"g{number}", low) for number, low in enumerate(lows))
    rounding = draw(st.sampled_from([None, Rounding(0), Rounding(2)]))
    return Scheme(
        "random",
        "1",
        sum(section.max_points for section in sections),
        tuple(sections),
        tuple(draw(st.permutations(grades))),
        rounding,
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
    for _, criterion in scheme.criteria():
        given: dict[str, Any] = {}
        for spec in criterion.rule.inputs():
            wild = not clean and draw(st.integers(0, 9)) == 0
            given[spec.name] = draw(UNSOUND if wild else sound(spec))
        if draw(st.integers(0, 9)):
            _repair(criterion.rule, given, "", draw)
        answers[criterion.key] = given
    return answers


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
