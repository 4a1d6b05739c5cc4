"""Vetoes in the words of tables: handed on with their caps, and never read into an item."""

from __future__ import annotations

import pytest

from agencyqa.measures.rule_texts import Sureness, read_rule


def test_a_veto_over_the_sheet_is_handed_on_and_never_read_into_an_item() -> None:
    found = read_rule("提供虚假报告的，实行一票否决", 5)
    assert (found.sureness, found.scheme_veto) == (Sureness.NOT_UNDERSTOOD, "提供虚假报告")
    assert found.rule == {"kind": "free", "low": "0", "high": "5"}


@pytest.mark.parametrize(
    ("text", "label", "cap", "doubts"),
    [
        ("出具虚假报告的，一票否决，总分不得超过59分", "出具虚假报告", "59", ["scheme_veto"]),
        ("转包的，总分计零分", "转包", "0", ["scheme_veto"]),
        ("存在泄密行为的，总得分清零。", "存在泄密行为", "0", ["scheme_veto"]),
        ("借用名义的，年度考核结果为五十九点五分", "借用名义", "59.5", ["scheme_veto"]),
        ("转包的，考核等级直接定为不合格", "转包", "", ["scheme_veto", "veto_grade"]),
        (
            "造假的，实行一票否决，总分最高59分，等级不得高于“合格”",
            "造假",
            "59",
            ["scheme_veto", "veto_grade"],
        ),
        # Below 60 is no figure that the total could be held to.
        ("造假的，一票否决，总分定为60分以下", "造假", "", ["scheme_veto", "veto_cap_missing"]),
    ],
)
def test_a_veto_brings_its_cap(text: str, label: str, cap: str, doubts: list[str]) -> None:
    found = read_rule(text, None)
    assert (found.scheme_veto, found.veto_cap) == (label, cap)
    assert [doubt.code for doubt in found.doubts] == doubts
    assert [reading.params for reading in found.readings] == ([{"points": cap}] if cap else [])
