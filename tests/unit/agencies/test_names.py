"""Names that look alike are told; names that differ are left alone."""

from __future__ import annotations

import pytest

from agencyqa.agencies.names import Names, plain_name, stem


def test_a_stem_is_a_name_without_form_and_brackets() -> None:
    assert plain_name(" ＡＢ 公司（上海）") == "ab公司(上海)"
    assert stem("申诚会计师事务所（特殊普通合伙）") == "申诚会计师事务所"
    assert stem("甲乙咨询（上海）股份有限公司") == "甲乙咨询上海"
    # A name that is nothing but a form stays a name.
    assert stem("有限公司") == "有限公司"


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("申评咨询有限责任公司", True),
        ("申 评咨询 有限公司", True),
        ("申坪咨询有限公司", True),
        ("申评咨询", True),
        ("上海申评咨询有限公司", False),
        ("申评会计有限公司", False),
        ("申评有限公司", False),
    ],
)
def test_one_character_or_the_form_apart(name: str, alike: bool) -> None:
    names = Names([("1", "申评咨询有限公司"), ("2", "浦江评估有限公司")])
    assert names.like(name, apart_from="9") == (("申评咨询有限公司",) if alike else ())
    assert names.like(name, apart_from="1") == ()
