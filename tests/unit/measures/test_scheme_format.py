"""Scheme files: every fault at once, exact points, and content that reads back the same."""

from __future__ import annotations

from time import process_time

import pytest

from agencyqa.measures.counting import counting_of
from agencyqa.measures.exports import scheme_yaml
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.reading import FileError
from agencyqa.measures.scheme_format import (
    CheckedFile,
    Effect,
    content_hash,
    content_of,
    file_of_content,
    parse_scheme,
)
from agencyqa.measures.scheme_format.rules import RULE_PARTS
from agencyqa.measures.scheme_format.words import RULE_WORDS
from agencyqa.scoring import RULES, param_specs, parse_points
from tests.factories.measures import MIXED_FORM, mixed_form, scheme_text

BROKEN = """\
key: Broken Scheme
title: {zh: 坏方案, en: Broken}
source: {zh: 测试, en: Test}
purpose: nobody
valid_from: 2022-02-30
max_points: 120
weight: 100
sections:
  - key: one
    label: {zh: 一, en: One}
    max_points: 30
    criteria:
      - key: bands
        label: {zh: 档, en: Bands}
        max_points: 15
        provision: M9/invented
        rule:
          kind: banded
          bands:
            - {key: high, low: 10, high: 15, label: {zh: 高, en: High}}
            - {key: low, low: 0, high: 8, label: {zh: 低, en: Low}}
      - key: faults
        label: {zh: 错, en: Faults}
        max_points: 10
        provision: M3/grades
        rule: {kind: deductions, points: 10, faults: [{key: f, amount: 0.00001, label: {zh: 错, en: F}}]}
      - key: magic
        label: {zh: 无}
        max_points: 10
        provision: M3/grades
        rule: {kind: magic}
"""


def places(text: str) -> list[tuple[str, str, int | None]]:
    with pytest.raises(FileError) as caught:
        parse_scheme(text, shipped_citations())
    return [(p.problem.place, p.problem.code, p.line) for p in caught.value.problems]


def parse(text: str) -> CheckedFile:
    return parse_scheme(text, shipped_citations())


def test_every_fault_of_shape_and_of_sense_is_told_at_once() -> None:
    assert places(BROKEN.replace("Broken Scheme", "broken")) == [
        ("purpose", "not_a_choice", 4),
        ("valid_from", "not_a_date", 5),
        ("max_points", "points_do_not_add_up", 6),
        ("weight", "unknown_field", 7),
        ("sections.one.max_points", "points_do_not_add_up", 11),
        ("sections.one.criteria.bands.provision", "unknown_provision", 16),
        ("sections.one.criteria.bands.rule.bands.high.low", "band_gap", 20),
        ("sections.one.criteria.faults.rule.faults.f.amount", "too_many_decimals", 26),
        ("sections.one.criteria.magic.label.en", "missing_field", 28),
        ("sections.one.criteria.magic.rule.kind", "unknown_kind", 31),
    ]


def test_no_fault_hides_another() -> None:
    """Keys, points, kinds and words that cannot be read, a name that stands twice; and all that is wrong beside."""
    text = BROKEN.replace("key: faults", "key: Faults!").replace("points: 10, faults", "points: 1O, faults")
    text = text.replace("max_points: 15\n", "max_points: x\n").replace("max_points: 120", "max_points: much")
    text = text.replace("label: {zh: 低, en: Low}", "label: {zh: 低}") + "weight: 1\n"
    text += """\
grades:
  - {key: Good, low: 80, label: {zh: 好, en: Good}}
  - {key: poor, low: 5, label: {zh: 差, en: Poor}}
vetoes:
  - {key: fraud, label: {zh: 虚假, en: Fraud}, provision: M9/invented, caps_grade: best}
"""
    one = "sections.one.criteria"
    assert places(text) == [
        ("key", "bad_file_key", 1),
        ("purpose", "not_a_choice", 4),
        ("valid_from", "not_a_date", 5),
        ("max_points", "not_a_number", 6),
        (f"{one}.bands.max_points", "not_a_number", 15),
        (f"{one}.bands.provision", "unknown_provision", 16),
        (f"{one}.bands.rule.bands.high.low", "band_gap", 20),
        (f"{one}.bands.rule.bands.low.label.en", "missing_field", 21),
        (f"{one}.Faults!.key", "bad_key", 22),
        (f"{one}.Faults!.rule.faults.f.amount", "too_many_decimals", 26),
        (f"{one}.Faults!.rule.points", "not_a_number", 26),
        (f"{one}.magic.label.en", "missing_field", 28),
        (f"{one}.magic.rule.kind", "unknown_kind", 31),
        ("weight", "duplicate_name", 32),
        ("weight", "unknown_field", 32),
        ("grades.Good.key", "bad_key", 34),
        ("grades.poor.low", "grade_hole", 35),
        ("vetoes.fraud.provision", "unknown_provision", 37),
    ]


def test_characters_that_nobody_sees_are_refused() -> None:
    """PostgreSQL stores no NUL, and a turned order lets "2.5 points" read as 5.2."""
    text = MIXED_FORM.read_text(encoding="utf-8")
    text = text.replace("en: 1 Process", 'en: "1 Pro\\0cess"').replace(
        "title: {zh: 综合", "title: {zh: 综\u202e合"
    )
    with pytest.raises(FileError) as caught:
        parse(text)
    assert [(p.problem.place, p.problem.code) for p in caught.value.problems] == [
        ("title.zh", "hidden_characters"),
        ("sections.process.label.en", "hidden_characters"),
    ]


def test_what_was_made_up_for_a_broken_file_is_no_fault_of_it() -> None:
    def codes(old: str, new: str) -> list[tuple[str, str]]:
        text = MIXED_FORM.read_text(encoding="utf-8")
        assert old in text
        with pytest.raises(FileError) as caught:
            parse(text.replace(old, new, 1))
        return [(p.problem.place, p.problem.code) for p in caught.value.problems]

    assert codes("low: 90", "low: x") == [("grades.excellent.low", "not_a_number")]
    assert codes("weight: 0", "weight: none") == [("sections.quality.criteria.remark.weight", "not_a_number")]
    assert codes("bonus: true", "bonus: 1") == [("sections.extra.criteria.method.bonus", "not_a_flag")]
    assert codes("caps_total: 59", "caps_total: x") == [("vetoes.false_report.caps_total", "not_a_number")]
    assert codes("points: 4, low: 1", "points: four, low: 1") == [
        ("sections.quality.criteria.advice.rule.parts.manner.rule.points", "not_a_number")
    ]


def test_every_fault_has_a_sentence() -> None:
    with pytest.raises(FileError) as caught:
        parse(BROKEN)
    for found in caught.value.problems:
        assert found.problem.code not in problem_sentence(found.problem)
    with pytest.raises(FileError) as caught:
        parse(BROKEN.replace("Broken Scheme", "broken"))
    told = {p.problem.code: problem_sentence(p.problem) for p in caught.value.problems}
    assert told["band_gap"] == "档次“low”止于 8，“high”始于 10，中间有分值不属于任何档次。"
    assert told["unknown_provision"] == "没有条款“M9/invented”。"
    with pytest.raises(FileError) as caught:
        parse(scheme_text().replace("max_points: 10\n    criteria", "max_points: 12\n    criteria"))
    assert [problem_sentence(p.problem) for p in caught.value.problems] == [
        "下列各项合计 12 分，与所列 10 分不一致。",
        "下列各项合计 10 分，与所列 12 分不一致。",
    ]


def test_points_are_exact_however_they_are_written() -> None:
    for written in ("0.3", '"0.3"', "0.3000"):
        text = (
            scheme_text(points="2")
            .replace("high: 2", f"high: 2, step: {written}")
            .replace("low: 0,", "low: 0,")
        )
        with pytest.raises(FileError) as caught:
            parse(text)
        assert [p.problem.code for p in caught.value.problems] == ["off_step"]
    assert parse(scheme_text(points="0.3")).scheme.max_points == 3000
    assert parse(scheme_text(points='"12.5"')).scheme.max_points == parse_points("12.5")


@pytest.mark.parametrize("written", ["true", "[1]", "ten", "1_000", "99999999", "~", ".inf"])
def test_what_is_no_figure_is_refused(written: str) -> None:
    codes = {code for _, code, _ in places(scheme_text(points=written))}
    assert codes & {"not_a_number", "too_large"}


def test_content_reads_back_to_the_same_file_and_hash() -> None:
    checked = parse(scheme_text(points="12.5", work_kind="evaluation"))
    assert checked.content["max_points"] == "12.5"
    assert file_of_content(checked.content) == checked.file
    assert content_hash(content_of(file_of_content(checked.content))) == checked.content_hash
    assert parse(scheme_yaml(checked.content)).content_hash == checked.content_hash


def test_the_hash_depends_on_the_content_and_not_on_its_layout() -> None:
    first = parse(scheme_text())
    again = parse(
        "# a remark\n" + scheme_text().replace("{zh: 全部, en: All}", "\n      en: All\n      zh: 全部")
    )
    other = parse(scheme_text().replace("质量", "质 量"))
    assert again.content_hash == first.content_hash
    assert other.content_hash != first.content_hash


def test_a_reference_scheme_needs_a_measure_on_every_criterion() -> None:
    text = scheme_text().replace("        measure: M3\n", "") + "is_reference: true\n"
    assert [(place, code) for place, code, _ in places(text)] == [
        ("sections.all.criteria.quality.measure", "reference_without_measure")
    ]


def test_rules_nested_beyond_the_engine_are_refused_and_not_crashed_on() -> None:
    rule = "{kind: free, low: 0, high: 10}"
    for _ in range(9):
        rule = f"{{kind: veto, flag_label: {{zh: 无, en: N}}, rule: {rule}}}"
    text = scheme_text().replace("{kind: free, low: 0, high: 10}", rule)
    assert {code for _, code, _ in places(text)} <= {"nested_too_deep", "duplicate_key"}


def test_the_file_knows_every_rule_and_parameter_of_the_engine() -> None:
    assert set(RULE_PARTS) == set(RULES)
    assert set(RULE_WORDS) <= set(RULES)
    for kind, part in RULE_PARTS.items():
        words = {word.name for word in RULE_WORDS.get(kind, ())}
        assert set(part.model_fields) == {"kind", *words, *(spec.name for spec in param_specs(kind))}, kind


def test_an_exception_and_its_words_belong_together() -> None:
    rule = "{kind: veto, flag_label: {zh: 无, en: N}, exception: x, rule: {kind: free, low: 0, high: 10}}"
    text = scheme_text().replace("{kind: free, low: 0, high: 10}", rule)
    assert [(place, code) for place, code, _ in places(text)] == [
        ("sections.all.criteria.quality.rule", "exception_incomplete")
    ]


def test_options_at_their_default_leave_the_hash_as_it_was() -> None:
    plain = parse(scheme_text())
    spelled = scheme_text().replace("        measure: M3\n", "        measure: M3\n        bonus: false\n")
    spelled += "adding: points\nunanswered: wait\nvetoes: []\n"
    assert parse(spelled).content_hash == plain.content_hash
    assert parse(spelled + "least_assessed: 50\n").content_hash != plain.content_hash


def test_the_mixed_form_reads_back_the_same() -> None:
    checked = mixed_form()
    assert checked.warnings == ()
    assert file_of_content(checked.content) == checked.file
    assert parse(scheme_yaml(checked.content)).content_hash == checked.content_hash
    assert counting_of(checked.file).places[("false_report", "raised")].effect is Effect.RAISE
    assert counting_of(checked.file).places[("on_time", "days")].effect is Effect.ADD


def test_every_fault_of_the_options_is_told_at_once() -> None:
    text = MIXED_FORM.read_text(encoding="utf-8")
    for old, new in (
        ("least_assessed: 80", "least_assessed: 180"),
        ("max_points: 100\n", "max_points: 100\ntotal_cap: 90\nunanswered: maybe\n"),
        ("criterion: archive, test: full", "criterion: archives, test: full"),
        ("test: at_least, points: 15", "test: at_least"),
        ("        weight: 0\n", "        weight: 2\n"),
        ("caps_grade: unqualified", "caps_grade: awful"),
        ("provision: M2/violations", "provision: M2/nothing"),
        ("fault: forbidden_conduct, input: raised", "fault: forbidden_conduct, input: misled"),
        ("kind: rating\n", "kind: rating\n          base: middle\n"),
        ("multiple: 2, penalty: 6", "multiple: 0.5, penalty: 2"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with pytest.raises(FileError) as caught:
        parse(text)
    for found in caught.value.problems:
        assert found.problem.code not in problem_sentence(found.problem)
        assert found.line is not None
    assert {(p.problem.place, p.problem.code) for p in caught.value.problems} == {
        ("unanswered", "not_a_choice"),
        ("least_assessed", "out_of_range"),
        ("total_cap", "cap_below_max_points"),
        ("sections.process.criteria.on_time.rule.steps.2.multiple", "not_rising"),
        ("sections.process.criteria.on_time.rule.steps.2.penalty", "penalty_falls"),
        ("sections.quality.criteria.satisfaction.rule.base", "not_a_choice"),
        ("sections.quality.criteria.remark.weight", "weight_without_use"),
        ("sections.quality.max_points", "points_do_not_add_up"),
        ("sections.extra.criteria.method.only_if.1.points", "missing_field"),
        ("sections.extra.criteria.method.only_if.2.criterion", "unknown_criterion"),
        ("vetoes.false_report.provision", "unknown_provision"),
        ("vetoes.false_report.caps_grade", "unknown_grade"),
        ("vetoes.false_report.counts.1.input", "input_not_countable"),
    }


def test_a_veto_of_the_whole_says_what_it_does_and_names_its_exception() -> None:
    veto = "vetoes: [{key: %s, label: {zh: 假, en: F}, provision: M2/violations%s}]\n"
    assert places(scheme_text() + veto % ("quality", ""))[:2] == [
        ("vetoes.quality", "duplicate_key", 18),
        ("vetoes.quality", "veto_without_effect", 18),
    ]
    found = places(scheme_text() + veto % ("sham", ", caps_total: 5, exception: misled"))
    assert [(place, code) for place, code, _ in found] == [("vetoes.sham", "exception_incomplete")]


@pytest.mark.parametrize(
    "text",
    [
        scheme_text() + "".join(f"k{number}: 1\n" for number in range(25_000)),
        scheme_text() + "grades: [" + "{}, " * 25_000 + "{}]\n",
        scheme_text().replace("{kind: free, low: 0, high: 10}", "[" * 100_000),
        scheme_text() + "vetoes: &a [" + "*a, " * 100_000 + "*a]\n",
        "a" * 10_000_000,
    ],
    ids=["unknown names", "broken grades", "deep", "aliases", "10 MB"],
)
def test_a_hostile_file_is_refused_quickly(text: str) -> None:
    started = process_time()
    with pytest.raises(FileError):
        parse(text)
    assert process_time() - started < 5
