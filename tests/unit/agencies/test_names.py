"""Names that look alike are told; names that differ are left alone."""

from __future__ import annotations

import pytest

from agencyqa.agencies.names import Names, core, names_like, plain_name, stem


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
        ("上海申评咨询有限公司", True),
        ("上海市长宁区申评咨询有限公司", True),
        ("申评（上海）企业管理咨询有限公司", True),
        ("申评会计师事务所（特殊普通合伙）", True),
        ("申評諮詢有限公司", True),
        ("申评咨询有限公司长宁分公司", True),
        ("评申咨询有限公司", True),
        ("申诚会计师事务所", False),
        ("浦申咨询有限公司", False),
        ("上海咨询有限公司", False),
    ],
)
def test_one_character_or_the_form_apart(name: str, alike: bool) -> None:
    names = Names([("1", "申评咨询有限公司"), ("2", "浦江评估有限公司")])
    assert names.like(name, apart_from="9") == (("申评咨询有限公司",) if alike else ())
    assert names.like(name, apart_from="1") == ()


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("云汀望潮绩效评估有限公司", "望潮绩效评估有限公司", True),
        ("云汀望潮绩效评估有限公司", "云汀望潮资产评估事务所", True),
        ("望洲诚明绩效评价有限公司", "云汀诚明绩效评价有限公司", True),
        ("云汀问渠会计师事务所", "云汀秉烛会计师事务所", False),
        ("云汀问渠会计师事务所", "云汀松风绩效咨询有限公司", False),
        ("上海财经大学", "云南财经大学", False),
        ("上海财经大学", "上海财经大学（国定校区）", True),
        ("Moore Advisory Limited", "MOORE  ADVISORY Ｌtd.", True),
        ("都市管理咨询有限公司", "城市管理咨询有限公司", True),
        ("上海市咨询中心", "北京市咨询中心", False),
        ("正", "正", True),
        ("正", "方", False),
    ],
)
def test_what_tells_an_agency_from_others(one: str, other: str, alike: bool) -> None:
    """Place, trade and legal form stand in many names; the word between them is what a register looks for."""
    for name, known in ((one, other), (other, one)):
        expected = (known,) if alike else ()
        assert Names([("1", known)]).like(name, apart_from="9") == expected
        assert names_like(name, [("1", known)], apart_from="9") == expected
        assert names_like(name, [("1", known)], apart_from="1") == ()


def test_the_core_of_a_name() -> None:
    names = {
        "上海市长宁区申评企业管理咨询有限公司": "申评",
        "中国建审工程造价咨询（上海）有限公司": "建审",
        "申诚会计师事务所（特殊普通合伙）上海分所": "申诚",
        "上海財經大學": "上海财经大学",
        "管理咨询有限公司": "",
    }
    assert {name: core(name) for name in names} == names


def test_a_name_of_any_length_is_looked_up() -> None:
    long = "长" * 10_000
    assert Names([("1", long)]).like(long, apart_from="9") == (long,)
    assert Names([("1", "")]).like("", apart_from="9") == ("",)
