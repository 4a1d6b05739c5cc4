"""The sentence of a rule, read back, is the same rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.measures.rule_texts import Sureness, read_rule
from agencyqa.measures.scheme_format import SchemeFile, content_of, to_scheme
from agencyqa.measures.sentences import rule_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import SCALE, format_points

# No word of these says anything to the reader.
LABELS = st.text("材料数据内容表述清晰完整团队沟通意见", min_size=2, max_size=8)
UNITS = st.integers(1, 4_000).map(lambda n: n * 250)


def points(units: int) -> str:
    return format_points(units)


def words(label: str) -> dict[str, str]:
    return {"zh": label, "en": label}


def named(draw: st.DrawFn, least: int, most: int) -> list[str]:
    return draw(st.lists(LABELS, min_size=least, max_size=most, unique=True))


@st.composite
def deductions(draw: st.DrawFn) -> dict[str, Any]:
    total = draw(UNITS)
    faults = []
    for label in named(draw, 1, 4):
        amount = draw(st.integers(1, total))
        fault: dict[str, Any] = {"amount": points(amount), "label": words(label)}
        if draw(st.booleans()):
            fault["max_count"] = draw(st.integers(1, 9))
        if total > 1 and draw(st.booleans()):
            fault["max_amount"] = points(draw(st.integers(1, total - 1)))
        faults.append(fault)
    return {"kind": "deductions", "points": points(total), "faults": faults}


@st.composite
def banded(draw: st.DrawFn) -> dict[str, Any]:
    step = draw(st.sampled_from([1, 5_000, SCALE]))
    labels = named(draw, 2, 4)
    count = len(labels) + 1
    edges = sorted(draw(st.lists(st.integers(0, 60), min_size=count, max_size=count, unique=True)))
    bands = [
        {"low": points(low * step), "high": points(high * step), "label": words(label)}
        for label, low, high in zip(labels, edges, edges[1:], strict=False)
    ]
    rule: dict[str, Any] = {"kind": "banded", "bands": bands[::-1]}
    if step > 1:
        rule["step"] = points(step)
        if draw(st.booleans()):
            rule["gaps"] = "round"
    return rule


@st.composite
def ordinals(draw: st.DrawFn) -> dict[str, Any]:
    labels = named(draw, 3, 5)
    levels = [{"points": points(draw(UNITS)), "label": words(label)} for label in labels[1:]]
    levels.append({"points": "0", "label": words(labels[0])})
    return {"kind": "ordinal", "levels": levels}


@st.composite
def checklists(draw: st.DrawFn) -> dict[str, Any]:
    items = [{"points": points(draw(UNITS)), "label": words(label)} for label in named(draw, 2, 5)]
    return {"kind": "checklist", "items": items}


@st.composite
def all_or_nothing(draw: st.DrawFn) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": "all_or_nothing", "points": points(draw(UNITS))}
    for name, label in zip(("met_label", "not_met_label"), named(draw, 2, 2), strict=True):
        if draw(st.booleans()):
            rule[name] = words(label)
    return rule


@st.composite
def range_deductions(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(UNITS)
    high = low + draw(UNITS)
    rule: dict[str, Any] = {
        "kind": "range_deduction",
        "points": points(high + draw(UNITS)),
        "low": points(low),
        "high": points(high),
        "label": words(draw(LABELS)),
    }
    if draw(st.booleans()):
        rule["per_occurrence"] = True
    return rule


@st.composite
def free_values(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(st.integers(0, 9))
    rule: dict[str, Any] = {"kind": "free", "low": str(low), "high": str(low + draw(st.integers(1, 30)))}
    if draw(st.booleans()):
        rule["step"] = "0.5"
    if draw(st.booleans()):
        rule["published"] = False
    return rule


@st.composite
def ratios(draw: st.DrawFn) -> dict[str, Any]:
    labels = named(draw, 2, 2)
    rule: dict[str, Any] = {"kind": "ratio", "points": points(draw(UNITS))}
    rule |= {"actual_label": words(labels[0]), "planned_label": words(labels[1])}
    if draw(st.booleans()):
        rule["empty"] = draw(st.sampled_from(["zero", "full"]))
    if draw(st.booleans()):
        rule["places"] = draw(st.integers(0, 3))
    return rule


@st.composite
def lateness(draw: st.DrawFn) -> dict[str, Any]:
    multiples = sorted(draw(st.lists(st.integers(1, 8), min_size=1, max_size=3, unique=True)))
    labels = named(draw, 1, 3)
    rule: dict[str, Any] = {
        "kind": "lateness",
        "points": points(draw(UNITS)),
        "per_day": points(draw(UNITS)),
        "classes": [{"limit": draw(st.integers(1, 60)), "label": words(label)} for label in labels],
        "steps": [{"multiple": str(n), "penalty": str(n)} for n in multiples],
    }
    if draw(st.booleans()):
        rule["reached"] = "at"
    if len(multiples) > 1 and draw(st.booleans()):
        rule["steps_add"] = True
    return rule


@st.composite
def ratings(draw: st.DrawFn) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": "rating", "points": points(draw(UNITS))}
    if draw(st.booleans()):
        rule |= {"low": 2, "high": draw(st.integers(3, 9))}
    if rule.get("high") == 6:
        rule.pop("high")
    if draw(st.booleans()):
        rule["base"] = "low"
    if draw(st.booleans()):
        rule["cannot_assess"] = "zero"
    return rule


SIMPLE = {
    "deductions": deductions(),
    "banded": banded(),
    "ordinal": ordinals(),
    "checklist": checklists(),
    "all_or_nothing": all_or_nothing(),
    "range_deduction": range_deductions(),
    "free": free_values(),
    "ratio": ratios(),
    "lateness": lateness(),
    "rating": ratings(),
}


@st.composite
def vetoes(draw: st.DrawFn) -> dict[str, Any]:
    inner = draw(st.one_of(SIMPLE["deductions"], SIMPLE["banded"], SIMPLE["range_deduction"]))
    rule: dict[str, Any] = {"kind": "veto", "rule": inner, "flag_label": words(draw(LABELS))}
    if draw(st.booleans()):
        rule |= {"exception": "exception", "exception_label": words(draw(LABELS))}
    return rule


@st.composite
def composites(draw: st.DrawFn) -> dict[str, Any]:
    kinds = st.one_of(
        SIMPLE["deductions"], SIMPLE["range_deduction"], SIMPLE["all_or_nothing"], SIMPLE["free"]
    )
    parts = [{"label": words(label), "rule": draw(kinds)} for label in named(draw, 2, 4)]
    return {"kind": "composite", "parts": parts}


def with_keys(rule: dict[str, Any]) -> dict[str, Any]:
    """Keys by position, as the reader makes them."""
    made = dict(rule)
    for name in ("faults", "bands", "levels", "items", "classes", "parts"):
        if name in made:
            made[name] = [
                {**item, "key": f"{name[0]}{n}"}
                | ({"rule": with_keys(item["rule"])} if "rule" in item else {})
                for n, item in enumerate(made[name], start=1)
            ]
    if "rule" in made:
        made["rule"] = with_keys(made["rule"])
    return made


def file_of(rule: dict[str, Any]) -> SchemeFile:
    criterion = {"key": "c", "label": words("项"), "max_points": "1", "provision": "M3/grades", "rule": rule}
    section = {"key": "s", "label": words("栏"), "max_points": "1", "criteria": [criterion]}
    return SchemeFile.model_validate(
        {
            "key": "k",
            "title": words("表"),
            "source": words("源"),
            "purpose": "bureau",
            "valid_from": "2024-01-01",
            "max_points": "1",
            "sections": [section],
        }
    )


def stored(rule: dict[str, Any]) -> Any:
    return content_of(file_of(rule))["sections"][0]["criteria"][0]["rule"]


def read_back(rule: dict[str, Any]) -> None:
    rule = with_keys(rule)
    file = file_of(rule)
    engine_rule = to_scheme(file, 1).sections[0].criteria[0].rule
    sentence = rule_sentence(engine_rule, SchemeTexts(file, "zh").rule("c"))
    most = engine_rule.bounds().high
    found = read_rule(sentence, most // SCALE if most % SCALE == 0 else _fraction(most))
    assert found.sureness in {Sureness.SURE, Sureness.CHECK}, (sentence, found.doubts)
    assert found.rule is not None
    assert stored(with_keys(found.rule)) == stored(rule), sentence


def _fraction(units: int) -> Any:
    from fractions import Fraction

    return Fraction(units, SCALE)


@pytest.mark.parametrize("kind", SIMPLE)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_readable_kind(kind: str, data: st.DataObject) -> None:
    read_back(data.draw(SIMPLE[kind]))


@settings(max_examples=40, deadline=None)
@given(rule=st.one_of(vetoes(), composites()))
def test_rules_around_rules(rule: dict[str, Any]) -> None:
    read_back(rule)
