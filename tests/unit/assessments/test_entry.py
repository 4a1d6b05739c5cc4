"""From the fields of a page to the content of a sheet and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyqa.assessments.forms.entry import Entry, criterion_of, read_entry, write_entry
from agencyqa.assessments.forms.layout import block_of, inputs_of
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
    Item,
    LateClass,
    Lateness,
    Level,
    Ordinal,
    Part,
    RangeDeduction,
    Rating,
    Ratio,
    Scheme,
    SchemeVeto,
    Section,
    Veto,
    compile_scheme,
    parse_points,
)


def p(text: str) -> int:
    return parse_points(text)


SCHEME = Scheme(
    "all_rules",
    "1",
    p("60"),
    (
        Section(
            "one",
            p("60"),
            (
                Criterion(
                    "banded", p("15"), BandedRange((Band("high", p("10"), p("15")), Band("low", 0, p("10"))))
                ),
                Criterion("met", p("5"), AllOrNothing(p("5"))),
                Criterion(
                    "parts",
                    p("10"),
                    Composite(
                        (
                            Part(
                                "faults", Deductions(p("6"), (Fault("typo", p("0.4")), Fault("gap", p("1"))))
                            ),
                            Part("range", RangeDeduction(p("4"), p("1"), p("2"), per_occurrence=True)),
                        )
                    ),
                ),
                Criterion("veto", p("10"), Veto(FreeValue(0, p("10")), "false_report", "truly_none")),
                Criterion("level", p("20"), Ordinal((Level("good", p("20")), Level("poor", 0)))),
            ),
        ),
    ),
)
PROGRAM = compile_scheme(SCHEME)
# Only the shape of the fields is asked of this one.
NEWER = Scheme(
    "newer_rules",
    "1",
    p("40"),
    (
        Section(
            "one",
            p("40"),
            (
                Criterion("papers", p("10"), Checklist((Item("plan", p("4")), Item("draft", p("6"))))),
                Criterion("held", p("10"), Ratio(p("10"))),
                Criterion("late", p("10"), Lateness(p("10"), (LateClass("small", 10),), p("1"))),
                Criterion("liked", p("10"), Rating(p("10"))),
            ),
        ),
    ),
    vetoes=(SchemeVeto("false", "M2", caps_total=p("20"), exception="misled"),),
)

POINTS = st.integers(0, p("99"))


def _values() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Any mixture of well-formed and missing answers; boxes are always on or off."""
    per_criterion: dict[str, st.SearchStrategy[dict[str, Any]]] = {}
    for key, specs in PROGRAM.layout.items():
        required: dict[str, st.SearchStrategy[Any]] = {}
        optional: dict[str, st.SearchStrategy[Any]] = {}
        for spec in specs:
            if spec.type == "flag":
                (optional if spec.name == "met" else required)[spec.name] = st.booleans()
            elif spec.type == "choice":
                optional[spec.name] = st.sampled_from([choice.key for choice in spec.choices])
            elif spec.type == "count":
                optional[spec.name] = st.integers(0, 99_999)
            else:
                optional[spec.name] = POINTS
        per_criterion[key] = st.fixed_dictionaries(required, optional=optional)
    return st.fixed_dictionaries(per_criterion).map(
        lambda answers: {key: held for key, held in answers.items() if held}
    )


ENTERED = st.dictionaries(st.sampled_from(list(PROGRAM.layout)), POINTS)
REASONS = st.dictionaries(
    st.sampled_from(list(PROGRAM.layout)), st.text("因为所以事实清楚，", min_size=1, max_size=20)
)


# The first draw builds all strategies, which a busy machine takes a second for.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_values(), ENTERED, REASONS)
def test_what_is_written_on_the_page_is_read_back(
    answers: dict[str, dict[str, Any]], entered: dict[str, int], reasons: dict[str, str]
) -> None:
    entry = Entry(answers, entered, reasons, {})
    typed = read_entry(SCHEME, write_entry(SCHEME, entry))
    assert typed.entry == entry
    assert typed.faults == {}


def test_an_empty_page_is_missing_and_never_zero() -> None:
    typed = read_entry(SCHEME, {})
    assert typed.entry.answers == {"veto": {"false_report": False, "truly_none": False}}
    result = PROGRAM.score(typed.entry.answers, typed.entry.entered)
    assert result.total is None
    assert {each.key: each.state for each in result.criteria} == dict.fromkeys(PROGRAM.layout, "missing")


def test_an_all_or_nothing_item_asks_outright() -> None:
    widgets = {item.field: item.widget for _, item in inputs_of(SCHEME)}
    assert widgets["a-met-met"] == "yesno"
    assert widgets["a-veto-false_report"] == "check"
    assert read_entry(SCHEME, {"a-met-met": "no"}).entry.answers["met"] == {"met": False}


def test_nested_rules_keep_their_nesting() -> None:
    criteria = {criterion.key: criterion for _, criterion in SCHEME.criteria()}
    block = block_of(criteria["parts"])
    assert [part.path for part in block.parts] == ["faults", "range"]
    assert [[item.name for item in part.inputs] for part in block.parts] == [
        ["faults.typo", "faults.gap"],
        ["range.count", "range.amount"],
    ]
    veto = block_of(criteria["veto"])
    assert [item.name for item in veto.inputs] == ["false_report", "truly_none"]
    assert [item.name for item in veto.parts[0].inputs] == ["value"]


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("a-banded-value", "十四", "not_a_number"),
        ("a-banded-value", "1.00001", "too_many_decimals"),
        ("a-banded-value", "9" * 40, "too_large"),
        ("a-banded-value", "1e1", "not_a_number"),
        ("a-banded-band", "middling", "not_a_choice"),
        ("a-met-met", "perhaps", "not_a_choice"),
        ("a-parts-faults.typo", "2.5", "not_a_whole_number"),
        ("a-parts-faults.typo", "-1", "not_a_whole_number"),
        ("entered-level", "x", "not_a_number"),
    ],
)
def test_what_cannot_be_read_keeps_its_text(field: str, text: str, code: str) -> None:
    typed = read_entry(SCHEME, {field: text, "a-level-level": "good"})
    assert typed.faults[field][0] == code
    assert typed.texts[field] == text
    assert typed.entry.answers["level"] == {"level": "good"}


def test_a_reason_has_a_limit() -> None:
    typed = read_entry(SCHEME, {"reason-level": "长" * 1001})
    assert typed.faults == {"reason-level": ("too_long", {"maximum": 1000, "length": 1001})}
    assert typed.entry.reasons == {}


def test_full_width_figures_are_read() -> None:
    typed = read_entry(SCHEME, {"a-banded-value": " １４．５ ", "a-parts-faults.gap": "３"})
    assert typed.entry.answers["banded"] == {"value": p("14.5")}
    assert typed.entry.answers["parts"] == {"faults.gap": 3}


def test_a_field_knows_its_criterion() -> None:
    assert [criterion_of(name) for name in ("a-parts-range.amount", "entered-level", "reason-met")] == [
        "parts",
        "level",
        "met",
    ]


def test_the_newer_inputs_are_read_and_written() -> None:
    fields = {
        "a-papers-plan": "yes",
        "a-held-actual": "30.5",
        "a-held-planned": "４０",
        "a-late-days": "3",
        "a-late-class": "small",
        "a-liked-rating": "0",
        "a-false-raised": "yes",
    }
    typed = read_entry(NEWER, fields)
    assert (typed.faults, typed.foreign) == ({}, {})
    assert typed.entry.answers == {
        "papers": {"plan": True, "draft": False},
        "held": {"actual": p("30.5"), "planned": p("40")},
        "late": {"days": 3, "class": "small"},
        "liked": {"rating": 0},
        "false": {"raised": True, "misled": False},
    }
    assert read_entry(NEWER, write_entry(NEWER, typed.entry)).entry == typed.entry


def test_a_list_nobody_ticked_is_missing_and_the_box_for_none_says_otherwise() -> None:
    assert "papers" not in read_entry(NEWER, {}).entry.answers
    none = read_entry(NEWER, {"none-papers-": "yes"})
    assert none.entry.answers["papers"] == {"plan": False, "draft": False}
    assert write_entry(NEWER, none.entry)["none-papers-"] == "yes"
    both = read_entry(NEWER, {"none-papers-": "yes", "a-papers-draft": "yes"})
    assert both.faults == {"none-papers-": ("none_with_ticks", {})}
    assert "papers" not in both.entry.answers
    assert criterion_of("none-papers-") == "papers"


def test_ticks_of_the_record_are_not_asked_for() -> None:
    typed = read_entry(NEWER, {"none-papers-": "yes"}, supplied={("papers", "draft")})
    assert typed.entry.answers["papers"] == {"plan": False}
    assert "a-papers-draft" not in typed.texts


def test_the_box_for_none_of_another_form_is_foreign() -> None:
    assert read_entry(SCHEME, {"none-papers-": "yes"}).foreign == {"none-papers-": "yes"}
