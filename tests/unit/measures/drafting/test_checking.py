"""All faults of a draft at once, each where it is."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agencyqa.measures.drafting.checking import check, path_of
from agencyqa.measures.fault_format import shipped_fault_codes
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.scheme_format import content_of
from agencyqa.measures.shipped import shipped_schemes

BASE = next(each for each in shipped_schemes() if each.file.key == "jiading-2018").content


def draft() -> dict[str, Any]:
    return copy.deepcopy(BASE)


def faults(content: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    found = check(content, shipped_citations(), shipped_fault_codes())
    return [(each.problem.code, each.path) for each in found.problems]


def test_a_whole_draft_is_the_file_itself() -> None:
    found = check(BASE, shipped_citations(), shipped_fault_codes())
    assert (found.is_whole, found.error_count, found.problems) == (True, 0, ())
    assert found.file is not None
    assert content_of(found.file) == BASE


def test_an_empty_draft_tells_all_that_is_missing() -> None:
    assert faults({"key": "own", "sections": []}) == [
        ("missing_field", ("max_points",)),
        ("missing_field", ("purpose",)),
        ("missing_field", ("source",)),
        ("missing_field", ("title",)),
        ("missing_field", ("valid_from",)),
        ("empty", ("sections",)),
    ]


def test_a_figure_that_is_missing_hides_no_other_fault_and_makes_no_sum_wrong() -> None:
    content = draft()
    criteria = content["sections"][0]["criteria"]
    del criteria[1]["max_points"]
    criteria[0]["rule"]["bands"][1]["high"] = "9"
    content["sections"][1]["criteria"][0]["label"] = {"zh": "沟通"}
    content["sections"][2]["max_points"] = "51"
    assert faults(content) == [
        ("band_gap", ("sections", 0, "criteria", 0, "rule", "bands", 0, "low")),
        ("missing_field", ("sections", 0, "criteria", 1, "max_points")),
        ("missing_field", ("sections", 1, "criteria", 0, "label", "en")),
        ("points_do_not_add_up", ("sections", 2, "max_points")),
    ]


def test_what_was_typed_and_cannot_be_read_is_told_where_it_stands() -> None:
    content = draft()
    content["valid_from"] = "明年"
    content["sections"][0]["criteria"][0]["rule"]["bands"][0]["low"] = "十"
    content["sections"][0]["criteria"][1]["provision"] = "M3/invented"
    content["sections"][0]["criteria"][1]["rule"] = {"kind": "all_or_nothing"}
    content["sections"][1]["criteria"][0].pop("rule")
    assert faults(content) == [
        ("not_a_date", ("valid_from",)),
        ("not_a_number", ("sections", 0, "criteria", 0, "rule", "bands", 0, "low")),
        ("unknown_provision", ("sections", 0, "criteria", 1, "provision")),
        ("missing_field", ("sections", 0, "criteria", 1, "rule", "points")),
        ("missing_field", ("sections", 1, "criteria", 0, "rule")),
    ]


@pytest.mark.parametrize("key", ["", None, "Ä!", "team_ability"])
def test_a_criterion_with_a_wrong_key_is_found_by_its_place(key: str | None) -> None:
    content = draft()
    criterion = content["sections"][0]["criteria"][1]
    if key is None:
        del criterion["key"]
    else:
        criterion["key"] = key
    found = check(content, shipped_citations(), shipped_fault_codes())
    assert found.error_count == 1
    assert found.problems[0].path[:3] == ("sections", 0, "criteria")


def test_a_place_leads_to_a_position_even_where_nothing_stands() -> None:
    content = {"sections": [{"key": "a", "criteria": [{"key": "x"}, {}]}]}
    assert path_of(content, "") == ()
    assert path_of(content, "sections.a.criteria.x.rule.points") == (
        *("sections", 0, "criteria", 0),
        *("rule", "points"),
    )
    assert path_of(content, "sections.a.criteria.2.label") == ("sections", 0, "criteria", 1, "label")
    assert path_of(content, "sections.none.x") == ("sections", 0, "x")
