from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from agencyqa.agencies.applied import AppliedPerson, AppliedQualification, Gap, gaps
from agencyqa.agencies.conditions import Admission, Conditions
from agencyqa.agencies.enums import DocumentKind, GapCode
from agencyqa.measures.enums import Tag

DAY = date(2022, 6, 15)
CONDITIONS = Conditions(5, 3, True, "CJ4/principal_evaluator_conditions", Tag.REMEMBERED)
ADMISSION = Admission(
    1, 2, 3, (DocumentKind.QUALITY_CONTROL, DocumentKind.TRAINING), "M1/agency_kinds", Tag.INFERRED
)
PAPERS = frozenset(ADMISSION.papers)
GOOD = AppliedPerson("赵敏", "高级会计师", "", date(2005, 7, 1), date(2012, 1, 1))
PAPER = AppliedQualification("执业证书", "1", "财政局", date(2018, 1, 1), date(2022, 6, 15))
FULL = {
    "legal_representative": "王明",
    "founded_on": date(2010, 1, 1),
    "address": "长宁路 1 号",
    "contact_name": "李静",
    "contact_phone": "021-1",
    "contact_email": "",
    "has_declared": True,
    "qualifications": [PAPER.dump()],
    "people": [GOOD.dump(), GOOD.dump()],
}


def found(**changes: object) -> tuple[Gap, ...]:
    return gaps(SimpleNamespace(**{**FULL, **changes}), PAPERS, CONDITIONS, ADMISSION, DAY)


def test_what_is_dumped_is_loaded() -> None:
    assert AppliedPerson.load(GOOD.dump()) == GOOD
    assert AppliedQualification.load(PAPER.dump()) == PAPER
    assert PAPER.dump()["expires_on"] == "2022-06-15"


def test_nothing_missing() -> None:
    assert found() == ()
    assert found(contact_phone="", contact_email="a@b.cn") == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"legal_representative": " "}, GapCode.REPRESENTATIVE),
        ({"founded_on": None}, GapCode.FOUNDED),
        ({"address": ""}, GapCode.ADDRESS),
        ({"contact_phone": ""}, GapCode.CONTACT),
        ({"contact_name": ""}, GapCode.CONTACT),
        ({"has_declared": False}, GapCode.DECLARATION),
    ],
)
def test_each_thing_that_is_missing(changes: dict[str, object], code: GapCode) -> None:
    assert found(**changes) == (Gap(code),)


def test_what_the_conditions_of_the_bureau_ask_for() -> None:
    assert found(qualifications=[]) == (Gap(GapCode.QUALIFICATION, needed=1),)
    assert found(people=[GOOD.dump()]) == (Gap(GapCode.EVALUATOR, needed=2),)
    application = SimpleNamespace(**{**FULL, "people": [], "qualifications": []})
    papers = {DocumentKind.TRAINING, DocumentKind.FINANCE}
    assert gaps(application, papers, CONDITIONS, ADMISSION, DAY) == (
        Gap(GapCode.QUALIFICATION, needed=1),
        Gap(GapCode.EVALUATOR, needed=2),
        Gap(GapCode.PAPER, paper=DocumentKind.QUALITY_CONTROL),
    )
    # A bureau for which nothing is laid down asks for nothing by number or kind.
    assert gaps(application, set(), None, None, DAY) == ()


def test_what_the_bureau_weighs_keeps_nobody_from_handing_in() -> None:
    old = AppliedQualification("旧证", expires_on=date(2022, 6, 14))
    young = AppliedPerson("钱进", "", "", date(2020, 1, 1), date(2021, 1, 1))
    assert found(qualifications=[old.dump()], people=[GOOD.dump(), young.dump()]) == (
        Gap(GapCode.QUALIFICATION_EXPIRED, "旧证", is_blocking=False),
        Gap(GapCode.CONDITIONS_UNMET, "钱进", is_blocking=False),
    )
