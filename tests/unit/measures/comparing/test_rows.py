"""Differences in the reader's words."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from agencyqa.measures.comparing import ChangeRow, change_rows, compare
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.shipped import shipped_schemes, shipped_versions

BASE = next(each for each in shipped_schemes() if each.file.key == "jiading-2018").content


def rows(edit: Callable[[dict[str, Any]], object], language: str = "zh") -> list[ChangeRow]:
    after = copy.deepcopy(BASE)
    edit(after)
    return change_rows(compare(BASE, after), BASE, after, language, {"M3/other": "考核办法第九条"})


def team(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["sections"][0]["criteria"][0]
    return found


WHERE = "一、事前：工作组 › 1.1 工作组人员专业能力"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda c: c.update(valid_from="2019-01-01"), ("", "施行日期", "2018-01-01", "2019-01-01")),
        (lambda c: c.update(max_points="99"), ("", "满分", "100 分", "99 分")),
        (lambda c: c.update(purpose="bureau"), ("", "评分人", "被评价单位评分", "财政局评分")),
        (lambda c: c.update(is_reference=True), ("", "分值仅供参考，待与正式附件核对", "否", "是")),
        (lambda c: c.update(rounding={"places": 1}), ("", "得分率的修约", "—", "保留小数位数 1")),
        (
            lambda c: c.update(grades=[{"key": "pass", "label": {"zh": "通过", "en": "Pass"}, "low": "0"}]),
            ("", "等级 · 通过", "—", "名称 通过，得分率不低于 0%"),
        ),
        (lambda c: c["title"].update(zh="新表"), ("", "方案名称", BASE["title"]["zh"], "新表")),
        (
            lambda c: c["sections"][0].update(max_points="31"),
            ("一、事前：工作组", "本部分分值", "30 分", "31 分"),
        ),
        (lambda c: team(c).update(max_points="16"), (WHERE, "分值", "15 分", "16 分")),
        (
            lambda c: team(c).update(provision="M3/other"),
            (WHERE, "依据条款", "JD2018/item_1_1", "考核办法第九条"),
        ),
        (
            lambda c: team(c)["rule"]["bands"][0].update(low="11"),
            (WHERE, "计分标准 · 档次 · 专业能力强 · 下限", "10 分", "11 分"),
        ),
        (
            lambda c: team(c)["rule"].update(step="0.5"),
            (WHERE, "计分标准 · 计分单位", "0.0001 分", "0.5 分"),
        ),
        (
            lambda c: team(c).update(rule={"kind": "free", "low": "0", "high": "15"}),
            (
                WHERE,
                "计分标准",
                "分档区间：专业能力强：10～15 分；专业能力一般：5～10 分；专业能力较差：0～5 分。",
                "在区间内自行评分：在 0～15 分之间评分。",
            ),
        ),
        (
            lambda c: c["sections"][1]["criteria"].append(c["sections"][0]["criteria"].pop(0)),
            ("二、事中：沟通 › 1.1 工作组人员专业能力", "考核项", "一、事前：工作组", "二、事中：沟通"),
        ),
        (lambda c: c["sections"].reverse(), None),
    ],
)
def test_one_change_in_words(
    edit: Callable[[dict[str, Any]], object], expected: tuple[str, str, str, str] | None
) -> None:
    found = rows(edit)
    if expected is None:
        assert [(row.kind, row.where, row.before, row.after) for row in found] == [
            ("moved", "三、事后：报告", "第 3 位", "第 1 位"),
            ("moved", "二、事中：沟通", "第 2 位", "第 2 位"),
        ]
    else:
        assert [(row.where, row.what, row.before, row.after) for row in found] == [expected]


def test_a_change_of_the_other_language_alone_shows_both() -> None:
    found = rows(lambda c: c["title"].update(en="Form"))
    assert [(row.before, row.after) for row in found] == [
        (
            f"{BASE['title']['zh']} / {BASE['title']['en']}（本系统所拟）",
            f"{BASE['title']['zh']} / Form（本系统所拟）",
        )
    ]


def test_what_a_fault_feeds_and_what_a_veto_caps_stand_in_words() -> None:
    """Keys such as "no_declaration" only serve the program; of an input that went the old words are told."""
    base = next(each for number, each in shipped_versions() if number == 2).content
    after = copy.deepcopy(base)
    criterion = next(
        each
        for section in after["sections"]
        for each in section["criteria"]
        if any(count["fault"] == "no_declaration" for count in each.get("counts", []))
    )
    count = next(each for each in criterion["counts"] if each["fault"] == "no_declaration")
    fault, other = criterion["rule"]["rule"]["faults"][:2]
    count["input"] = other["key"]
    veto: dict[str, Any] = {
        "key": "v",
        "label": {"zh": "弄虚作假", "en": "Forged"},
        "provision": "M3/quality_assessment",
    }
    grade = after["grades"][-1]
    after["vetoes"] = [
        {**veto, "caps_grade": grade["key"], "counts": [{"fault": "no_declaration", "input": "raised"}]}
    ]
    for language in ("zh", "en"):
        told = change_rows(compare(base, after), base, after, language)
        feeds = next(row for row in told if row.what.startswith("计入的问题"))
        assert (feeds.before, feeds.after) == (fault["label"][language], other["label"][language])
        added = next(row for row in told if row.kind == "added")
        assert f"等级最高为 {grade['label'][language]}" in added.after
        assert added.after.count("弄虚作假" if language == "zh" else "Forged") == 2
    del criterion["counts"][criterion["counts"].index(count)]
    gone = next(row for row in change_rows(compare(base, after), base, after, "zh") if row.kind == "removed")
    assert fault["label"]["zh"] in gone.before
    assert "no_declaration" not in gone.before


def test_a_draft_with_anything_in_it_is_written_all_the_same() -> None:
    """Long, of another type, or unknown to the file format."""
    found = rows(
        lambda c: (c.update(surprise=["x" * 500]), team(c).update(rule="none", max_points={"a": []}))
    )
    assert [(row.what, row.after[:20], len(row.after)) for row in found] == [
        ("surprise · 第 1 项", "x" * 20, 201),
        ("分值", "{'a': []}", 9),
        ("计分标准", "none", 4),
    ]


@pytest.mark.parametrize("before", shipped_schemes(), ids=lambda each: each.file.key)
@pytest.mark.parametrize("after", shipped_schemes(), ids=lambda each: each.file.key)
def test_any_two_shipped_schemes_can_be_compared(before: CheckedFile, after: CheckedFile) -> None:
    for language in ("zh", "en"):
        found = change_rows(compare(before.content, after.content), before.content, after.content, language)
        assert (found == []) == (before is after)
        assert all(row.where or row.what for row in found)
