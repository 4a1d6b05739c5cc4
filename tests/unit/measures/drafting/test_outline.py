"""The tree with its totals, and where each fault is mended."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agencyqa.errors import NotVisible, Stale
from agencyqa.measures.drafting.checking import check
from agencyqa.measures.drafting.outline import Outline, outline, target_of
from agencyqa.measures.drafting.parts import change_list, head_part, part_at
from agencyqa.measures.drafting.showable import showable
from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_format import to_scheme
from agencyqa.measures.scheme_values import Words
from agencyqa.measures.shipped import shipped_schemes
from agencyqa.scoring import compile_scheme

BASE = next(each for each in shipped_schemes() if each.file.key == "jiading-2018").content


def drawn(content: dict[str, Any]) -> Outline:
    return outline(content, check(content, None, None), Words("zh"))


def test_a_whole_scheme_adds_up() -> None:
    found = drawn(BASE)
    assert [(part.label, part.stated, part.total, part.adds_up) for part in found.sections] == [
        ("一、事前：工作组", 300_000, 300_000, True),
        ("二、事中：沟通", 200_000, 200_000, True),
        ("三、事后：报告", 500_000, 500_000, True),
    ]
    assert (found.stated, found.total, found.adds_up, found.errors) == (1_000_000, 1_000_000, True, 0)
    first = found.sections[0].criteria[0]
    assert (first.at, first.label, first.rule, first.points) == (
        *("0.0", "1.1 工作组人员专业能力"),
        *("分档区间", 150_000),
    )


def test_faults_are_counted_where_they_are_and_named_in_words() -> None:
    content = copy.deepcopy(BASE)
    del content["sections"][0]["criteria"][1]["max_points"]
    content["sections"][0]["criteria"][0]["rule"]["bands"][0]["low"] = "?"
    content["sections"][1]["label"] = {"zh": "沟通"}
    content["title"]["en"] = ""
    found = drawn(content)
    assert [
        (line.where, line.target.page, line.target.at, line.target.anchor) for line in found.problems
    ] == [
        ("方案名称 › 英文", "head", "", "f-title-en"),
        (
            "一、事前：工作组 › 1.1 工作组人员专业能力 › 计分标准 › 专业能力强 › 下限",
            *("criterion", "0.0", "f-rule-bands-0-low"),
        ),
        ("一、事前：工作组 › 1.2 人员稳定 › 分值", "criterion", "0.1", "f-max_points"),
        ("沟通 › 名称 › 英文", "section", "1", "f-label-en"),
    ]
    assert [[row.errors for row in part.criteria] for part in found.sections] == [[1, 1], [0], [0, 0]]
    assert (found.sections[0].total, found.total, found.adds_up) == (None, None, False)


@pytest.mark.parametrize(
    ("path", "page", "at", "field"),
    [
        ((), "head", "", ""),
        (("grades", 1, "low"), "head", "", "grades.1.low"),
        (("sections",), "tree", "", ""),
        (("sections", 2), "section", "2", ""),
        (("sections", 2, "criteria"), "section", "2", "criteria"),
        (("sections", 2, "criteria", 3), "criterion", "2.3", ""),
    ],
)
def test_every_place_has_a_page(path: Path, page: str, at: str, field: str) -> None:
    found = target_of(path)
    assert (found.page, found.at, found.field) == (page, at, field)


def test_a_part_reads_only_its_own_fields() -> None:
    typed = [
        ("label.zh", "改"),
        ("max_points", "30"),
        ("key", "before"),
        ("criteria.0.key", "x"),
        ("rule", "y"),
    ]
    after = part_at("0").read(BASE, typed)
    criteria = BASE["sections"][0]["criteria"]
    assert after["sections"][0] == {
        "key": "before",
        "label": {"zh": "改"},
        "max_points": "30",
        "criteria": criteria,
    }
    head = head_part().read(BASE, [("title.zh", "新"), ("sections.0.key", "x"), ("key", "y")])
    assert (head["sections"], head["key"], head["title"]) == (BASE["sections"], BASE["key"], {"zh": "新"})


@pytest.mark.parametrize(
    "name", ["", "rule", "rule.bands.9", "bands", "rule.bands.0.label", "provision", "x.0"]
)
def test_no_list_no_change(name: str) -> None:
    part = part_at("0.0")
    for verb in ("add", "remove", "up", "copy"):
        with pytest.raises(Stale):
            change_list(BASE, part, verb, name)


@pytest.mark.parametrize("at", ["", "x", "0.0.0", "-1", "1" * 9])
def test_no_position_no_part(at: str) -> None:
    with pytest.raises(NotVisible):
        part_at(at)


def test_what_can_be_shown_of_a_draft_compiles() -> None:
    whole, left_out = showable(check(BASE, None, None))
    assert whole is not None
    assert (left_out, to_scheme(whole, 1).max_points) == (0, 1_000_000)
    content = copy.deepcopy(BASE)
    del content["sections"][0]["criteria"][0]["rule"]
    content["sections"][1]["criteria"][0]["key"] = "Ä"
    content["sections"][2]["max_points"] = "7"
    content["grades"] = [{"key": "a", "label": {"zh": "甲", "en": "A"}, "low": "50"}]
    file, left_out = showable(check(content, None, None))
    assert file is not None
    kept = [BASE["sections"][0]["criteria"][1], *BASE["sections"][2]["criteria"]]
    assert [criterion.key for _, criterion in file.criteria()] == [each["key"] for each in kept]
    assert (left_out, compile_scheme(to_scheme(file, 1)).scheme.max_points) == (2, 650_000)
    assert showable(check({"key": "a", "sections": []}, None, None))[0] is None
