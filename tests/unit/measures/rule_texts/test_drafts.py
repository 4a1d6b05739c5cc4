"""The confirmed rows of a table as a draft that the check takes."""

from __future__ import annotations

from datetime import date

from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.rule_texts.drafts import Choice, Heading, Row, content_of_rows
from agencyqa.measures.scheme_format import check_draft

HEADING = Heading("own", "自己的表", "bureau", date(2024, 1, 1), "M3/quality_assessment", "M3")


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
