"""What comes with the program: the real forms exactly, the reference under the three measures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agencyqa.measures.counting import counting_of
from agencyqa.measures.enums import Purpose, Tag
from agencyqa.measures.fault_format import parse_faults, shipped_faults
from agencyqa.measures.measure_format import shipped_citations, shipped_measures
from agencyqa.measures.reading import FileError
from agencyqa.measures.scheme_format import CheckedFile, Effect
from agencyqa.measures.shipped import shipped_keys, shipped_path, shipped_schemes, shipped_versions
from agencyqa.scoring import AllOrNothing, BandedRange, Deductions, compile_scheme, format_points

CITED_ELSEWHERE = """
M1/commissioner M1/agency_kinds M1/independence M1/selection_on_merit CY6/work_kinds CY6/own_evaluation CY6/recusal
CY6/negative_list CY6/traceable_source CJ4/principal_evaluator CJ4/principal_evaluator_conditions CJ4/contract
CJ4/internal_review CJ4/archive CJ4/forbidden_conduct M2/practice_rules M2/inspection M2/violations
M3/quality_assessment M3/grades M3/use_of_results
"""


def shipped(key: str) -> CheckedFile:
    return next(checked for checked in shipped_schemes() if checked.file.key == key)


def test_the_shipped_schemes_check_clean() -> None:
    assert shipped_keys() == ["jiading-2018", "reference-2021", "report-quality-40"]
    assert [checked.warnings for _, checked in shipped_versions()] == [()] * 5
    assert [(checked.file.key, number) for number, checked in shipped_versions()] == [
        ("jiading-2018", 1),
        ("reference-2021", 1),
        ("reference-2021", 2),
        ("report-quality-40", 1),
        ("report-quality-40", 2),
    ]
    assert shipped_path("../measures") is None
    second = shipped_path("reference-2021.v2")
    assert second is not None
    assert second.name == "reference-2021.v2.yaml"


def test_the_first_versions_are_the_ones_that_bureaus_hold() -> None:
    assert {checked.file.key: checked.content_hash for checked in shipped_schemes()} == {
        "jiading-2018": "1e37a7e0f5856159c0e68d1ca5d6aab0cd65bb9631c7e9ef147c2375e097bae9",
        "reference-2021": "c41098f37a73edb8b6688c478f80f848094910661fcfaae4358a409599f60463",
        "report-quality-40": "94a035a9ff5b8c12a68c671cf48f3122b9516d4a30160f5df849ff42c61be9de",
    }


def test_the_second_versions_count_faults_and_keep_the_points() -> None:
    counted = {}
    for number, checked in shipped_versions():
        counting = counting_of(checked.file)
        if number == 1:
            assert counting.faults == {}
            continue
        counted[checked.file.key] = counting
        before = shipped(checked.file.key)
        assert checked.file.valid_from == date(2024, 1, 1)
        assert {c.key: (c.max_points, c.measure) for _, c in checked.scheme.criteria()} == {
            c.key: (c.max_points, c.measure) for _, c in before.scheme.criteria()
        }
        layout = compile_scheme(checked.scheme).layout
        inputs = {(key, spec.name): spec.type for key, specs in layout.items() for spec in specs}
        types = {"add": "count", "raise": "flag", "fail": "flag"}
        for each in counting.faults.values():
            assert inputs[each.place] == types[each.effect]
    reference = counted["reference-2021"]
    assert reference.supplied == {("on_time", "plan_day"): 0, ("on_time", "report_day"): 0}
    assert reference.faults["late_report"].place == ("on_time", "report_day")
    assert {code for code, each in reference.faults.items() if each.input == "missing_document"} == {
        "missing_archive_document",
        "missing_plan",
        "missing_work_papers",
        "missing_draft",
        "missing_report",
    }
    assert reference.faults["undeclared_conflict"].effect is Effect.RAISE
    assert reference.faults["evaluator_in_name_only"].input == "in_charge.met"
    assert counted["report-quality-40"].supplied == {}


def test_the_catalogue_of_faults() -> None:
    faults = {fault.code: fault for fault in shipped_faults()}
    assert len(faults) == 44
    assert {fault.provision for fault in faults.values()} <= shipped_citations()
    assert {fault.tag for fault in faults.values()} == {Tag.INFERRED}
    by_system = {code for code, fault in faults.items() if fault.is_counted_by_system}
    kinds = ("plan", "work_papers", "draft", "report")
    assert by_system == {
        *(f"late_{kind}" for kind in kinds),
        *(f"missing_{kind}" for kind in kinds),
        "arithmetic_error",
        "total_mismatch",
        "grade_mismatch",
        "weight_mismatch",
        "results_share_low",
    }
    assert faults["late_plan"].unit.zh == "工作日"


def test_a_catalogue_with_faults_is_refused_with_all_of_them() -> None:
    line = "  - {code: a, title: {zh: 甲, en: A}, unit: {zh: 处, en: place}, provision: M3/grades, tag: I}\n"
    bad = line.replace("code: a", "code: b").replace("M3/grades", "M3/nothing")
    with pytest.raises(FileError) as caught:
        parse_faults("faults:\n" + line + line + bad)
    assert [(p.problem.place, p.problem.code, p.line) for p in caught.value.problems] == [
        ("faults.2.code", "duplicate_key", 3),
        ("faults.3.provision", "unknown_provision", 4),
    ]
    with pytest.raises(FileError) as caught:
        parse_faults("faults:\n" + line.replace("tag: I", "tag: I, amount: 2"))
    assert [p.problem.code for p in caught.value.problems] == ["extra_forbidden"]


def test_the_jiading_form_is_the_published_one() -> None:
    checked = shipped("jiading-2018")
    assert (checked.file.purpose, checked.file.valid_from) == (Purpose.EVALUATED_UNIT, date(2018, 1, 1))
    table = {
        section.key: {criterion.key: format_points(criterion.max_points) for criterion in section.criteria}
        for section in checked.scheme.sections
    }
    assert table == {
        "before": {"team_ability": "15", "team_stability": "15"},
        "during": {"communication": "20"},
        "after": {"report_data": "25", "report_conclusions": "25"},
    }
    bands = {
        criterion.key: [(format_points(band.low), format_points(band.high)) for band in criterion.rule.bands]
        for _, criterion in checked.scheme.criteria()
        if isinstance(criterion.rule, BandedRange)
    }
    assert bands == {
        "team_ability": [("10", "15"), ("5", "10"), ("0", "5")],
        "communication": [("13", "20"), ("7", "12"), ("0", "6")],
        "report_data": [("16", "25"), ("6", "15"), ("0", "5")],
        "report_conclusions": [("16", "25"), ("6", "15"), ("0", "5")],
    }
    stability = next(c.rule for _, c in checked.scheme.criteria() if c.key == "team_stability")
    assert stability == AllOrNothing(150_000)


def test_the_deduction_form_has_its_forty_points_and_says_what_is_not_public() -> None:
    checked = shipped("report-quality-40")
    points = {section.key: format_points(section.max_points) for section in checked.scheme.sections}
    assert points == {"format": "6", "content": "14", "performance": "20"}
    cover = next(c.rule for _, c in checked.scheme.criteria() if c.key == "cover")
    assert isinstance(cover, Deductions)
    assert [(f.key, format_points(f.amount), f.max_count) for f in cover.faults] == [
        ("missing_element", "0.4", 5)
    ]
    program = compile_scheme(checked.scheme)
    clean: dict[str, dict[str, int | str | bool | None]] = {
        key: {spec.name: 0 if spec.type in {"count", "points"} else False for spec in specs}
        for key, specs in program.layout.items()
    }
    clean["support"] = {"value": 100_000}
    assert program.score(clean).total == 400_000
    vetoed: dict[str, Any] = {**clean, "statement": {"no_statement": True, "truly_none": False}}
    assert program.score(vetoed).total == 300_000
    excepted: dict[str, Any] = {
        **clean,
        "statement": {**clean["statement"], "no_statement": True, "truly_none": True},
    }
    assert program.score(excepted).total == 400_000
    notes = program.trace(clean)["sections"][2]["criteria"][1]["notes"]
    assert [note["code"] for note in notes] == ["free.unpublished"]


def test_the_reference_scheme_stands_under_the_three_measures() -> None:
    checked = shipped("reference-2021")
    assert checked.file.is_reference
    assert checked.file.valid_from == date(2021, 9, 18)
    sums: dict[str | None, int] = {}
    for _, criterion in checked.scheme.criteria():
        sums[criterion.measure] = sums.get(criterion.measure, 0) + criterion.max_points
    assert {key: format_points(total) for key, total in sums.items() if key} == {
        "M1": "20",
        "M2": "38",
        "M3": "42",
    }
    assert None not in sums
    kinds = {criterion.rule.kind for _, criterion in checked.scheme.criteria()}
    assert kinds == {"banded", "all_or_nothing", "deductions", "range_deduction", "veto", "composite", "free"}
    assert [(grade.key, format_points(grade.low)) for grade in checked.scheme.grades] == [
        ("excellent", "90"),
        ("good", "80"),
        ("fair", "60"),
        ("poor", "0"),
    ]


def test_the_measures_say_only_what_is_known() -> None:
    assert set(CITED_ELSEWHERE.split()) <= shipped_citations()
    by_key = {measure.key: measure for measure in shipped_measures()}
    old, new = by_key["M2"].versions
    assert (old.doc_number, old.effective_on, old.valid_to) == ("沪财发〔2021〕6号", None, date(2023, 12, 31))
    assert (new.doc_number, new.effective_on, new.valid_to) == ("沪财发〔2023〕17号", date(2024, 1, 1), None)
    assert by_key["M1"].versions[0].doc_number is None
    assert by_key["CJ4"].versions[0].effective_on == date(2021, 8, 1)
    conditions = next(
        p for p in by_key["CJ4"].versions[0].provisions if p.key == "CJ4/principal_evaluator_conditions"
    )
    assert (conditions.tag, conditions.article) == (Tag.REMEMBERED, None)
