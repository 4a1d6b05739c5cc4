"""The confirmed rows of a table as a draft that the check takes."""

from __future__ import annotations

from datetime import date

from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.rule_texts.drafts import Choice, Heading, Row, content_of_rows
from agencyqa.measures.scheme_format import check_draft

HEADING = Heading("own", "自己的表", "bureau", date(2024, 1, 1), "M3/quality_assessment", "M3")


def test_a_grade_that_a_veto_names_is_set_and_only_its_edge_is_asked_for() -> None:
    """Two vetoes may name the same grade; where it begins, a table of items does not say."""
    rows = [
        Row("一、质量", "格式", "10", "每缺一项扣0.4分，扣完为止", choice=Choice.PROPOSAL),
        Row("二、诚信", "转包", "", "转包的，考核等级直接定为不合格", choice=Choice.VETO),
        Row("二、诚信", "造假", "", "造假的，实行一票否决，等级不得高于“合格”", choice=Choice.VETO),
        Row("二、诚信", "借用名义", "", "借用名义的，考核等级直接定为不合格", choice=Choice.VETO),
        Row("二、诚信", "泄密", "", "泄密的，考核等级直接定为差", choice=Choice.LEAVE),
    ]
    content = content_of_rows(HEADING, rows, "某表")
    assert [veto["caps_grade"] for veto in content["vetoes"]] == ["grade1", "grade2", "grade1"]
    assert [(each["key"], each["label"]["zh"]) for each in content["grades"]] == [
        ("grade1", "不合格"),
        ("grade2", "合格"),
    ]
    file, problems = check_draft(content, shipped_citations())
    assert [(each.place, each.code) for each in problems] == [
        ("grades.grade1.low", "missing_field"),
        ("grades.grade2.low", "missing_field"),
    ]
    for grade, low in zip(content["grades"], ("0", "60"), strict=True):
        grade["low"] = low
    file, problems = check_draft(content, shipped_citations())
    assert problems == []
    assert file is not None


def test_bonuses_for_each_and_vetoes_with_a_cap_make_a_draft_without_faults() -> None:
    rows = [
        Row("一、质量", "格式", "10", "每缺一项扣0.4分，扣完为止", choice=Choice.PROPOSAL),
        Row("二、加分", "表彰", "5", "每获得一项表彰加0.8分，最多加2分", choice=Choice.PROPOSAL),
        Row("三、诚信", "否决", "", "提供虚假报告的，一票否决，总分计0分", choice=Choice.VETO),
    ]
    content = content_of_rows(HEADING, rows, "某表")
    file, problems = check_draft(content, shipped_citations())
    assert problems == []
    assert file is not None
    bonus = content["sections"][1]["criteria"][0]
    assert (bonus["bonus"], bonus["max_points"]) == (True, "2")
    assert [level["points"] for level in bonus["rule"]["levels"]] == ["0", "0.8", "1.6", "2"]
    assert [section["max_points"] for section in content["sections"]] == ["10", "0"]
    assert (content["max_points"], content["vetoes"][0]["caps_total"]) == ("10", "0")
