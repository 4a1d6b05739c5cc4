"""Finding agencies by people, fields of work, load and grade, and laying some side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import services
from agencyqa.agencies.enums import Sector, Standing
from agencyqa.agencies.imports import examine
from agencyqa.agencies.models import Agency
from agencyqa.assessments.models import AnnualResult
from agencyqa.auth.roles import Role
from tests.client import Client
from tests.conventions.places import build_places
from tests.factories.accounts import NOW, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import make_agency, make_evaluator, officer_of, profile_data
from tests.factories.engagements import make_engagement
from tests.integration.agencies.books import line, workbook


@pytest.fixture
def bureau(session: Session, client: Client) -> Body:
    """Its supervisor is signed in."""
    made = make_bureau(session)
    sign_in(client, make_member(session, made, Role.BUREAU_SUPERVISOR))
    return made


def listed(client: Client, query: str = "") -> list[str]:
    page = client.page(client.get(f"/agencies/{query}"))
    return [text for text, href in page.links if href.startswith("/agencies/") and "有限公司" in text]


def test_by_people_fields_and_load(client: Client, session: Session, bureau: Body) -> None:
    first = make_agency(session, bureau, "甲咨询有限公司")
    second = make_agency(session, bureau, "乙咨询有限公司")
    services.change_profile(
        officer_of(bureau),
        session,
        first,
        replace(profile_data("甲咨询有限公司"), sectors=(Sector.HEALTH, Sector.EDUCATION)),
        effective_on=date(2022, 1, 1),
        reason="补充",
        seen_version=first.version,
        now=NOW,
    )
    make_evaluator(session, bureau, first)
    make_evaluator(session, bureau, first, "钱进")
    make_evaluator(session, bureau, second, "孙立", valid_to=date(2020, 1, 1))
    make_engagement(session, bureau, second, make_department(session, bureau))
    assert listed(client, "?sector=education") == ["甲咨询有限公司"]
    assert listed(client, "?sector=culture") == []
    assert listed(client, "?person=钱") == ["甲咨询有限公司"]
    # Who has left is not found.
    assert listed(client, "?person=孙立") == []
    assert listed(client, "?least_evaluators=2") == ["甲咨询有限公司"]
    assert listed(client, "?least_evaluators=3") == []
    assert listed(client, "?most_load=0") == ["甲咨询有限公司"]
    assert listed(client, "?most_load=1") == ["甲咨询有限公司", "乙咨询有限公司"]


def test_grades_are_offered_and_filtered_as_far_as_they_may_be_seen(client: Client, session: Session) -> None:
    places = build_places(session)
    bureau_a = places.drawers["bureau A"].rows["body_id"][0]
    of_a: dict[str, set[str]] = {}
    for result in session.scalars(select(AnnualResult).where(AnnualResult.bureau_id == bureau_a)):
        if result.grade is not None:
            of_a.setdefault(f"{result.year}/{result.grade}", set()).add(result.agency_name)
    assert of_a
    sign_in(client, places.people["lead A"])
    offered = client.get("/agencies/").text
    for value, names in of_a.items():
        assert f'value="{value}"' in offered
        page = client.page(client.get(f"/agencies/?grade={value}"))
        found = {
            text for text, href in page.links if href.startswith("/agencies/") and text.startswith("机构")
        }
        assert found - {"机构库"} == names
    client.post("/sign-out")
    # A department has no register, and the administrator sees no grade.
    sign_in(client, places.people["administrator A"])
    assert client.get("/agencies/?grade=2022/good").status_code == 403


def test_the_register_as_it_stood_on_a_day(client: Client, session: Session, bureau: Body) -> None:
    make_agency(session, bureau, "停牌咨询有限公司", standing=Standing.SUSPENDED)
    make_agency(session, bureau, "常在咨询有限公司")

    def named(query: str) -> set[str]:
        text = client.page(client.get(f"/agencies/?{query}")).text
        return {name for name in ("停牌咨询有限公司", "常在咨询有限公司") if name in text}

    both = {"停牌咨询有限公司", "常在咨询有限公司"}
    # The suspension took effect on 2022-03-01, both were registered on 2018-01-01.
    assert named("standing=suspended&on=2022-02-28") == set()
    assert named("standing=registered&on=2022-02-28") == both
    assert named("standing=suspended&on=2022-03-01") == {"停牌咨询有限公司"}
    assert named("on=2018-01-01") == both
    assert named("on=2017-12-31") == set()
    assert named("standing=suspended") == {"停牌咨询有限公司"}
    assert named("on=nonsense") == both
    assert client.get("/agencies/export?on=2022-02-28&standing=registered").status_code == 200


def test_side_by_side(client: Client, session: Session, bureau: Body) -> None:
    other = make_bureau(session, "静安区财政局")
    own = [make_agency(session, bureau, f"第{number}号咨询有限公司") for number in range(5)]
    foreign = make_agency(session, other, "外区咨询有限公司")
    make_evaluator(session, bureau, own[0])

    def compared(*agencies: Agency) -> str:
        query = "&".join(f"agency={agency.id}" for agency in agencies)
        return client.page(client.get(f"/agencies/compare?{query}")).text

    text = compared(own[0], own[1], foreign)
    assert "第0号咨询有限公司" in text
    assert "第1号咨询有限公司" in text
    assert "外区" not in text
    assert "第4号" not in compared(*own)
    assert "请选择 2 至 4 家机构" in compared(own[0], foreign)
    assert client.get("/agencies/compare?agency=x&agency=-1&agency=" + "9" * 30).status_code == 200


def test_the_workbook_brings_the_new_fields(session: Session, bureau: Body) -> None:
    head = make_agency(session, bureau)
    changes: dict[str, Any] = {
        "已在信用管理平台备案": "是",
        "备案编号": "备 7",
        "备案日期": date(2021, 5, 6),
        "总部的统一社会信用代码": head.credit_code,
        "业务领域": "卫生健康、教育",
    }
    found = examine(session, officer_of(bureau), workbook(line("丙咨询有限公司", **changes)), now=NOW)
    (row,) = found.rows
    profile = row.data.profile
    assert (
        profile.platform_number,
        profile.platform_filed_on,
        profile.head_office_code,
        profile.sectors,
    ) == (
        "备 7",
        date(2021, 5, 6),
        head.credit_code,
        (Sector.EDUCATION, Sector.HEALTH),
    )
    wrong = examine(session, officer_of(bureau), workbook(line("丙咨询有限公司", 业务领域="天文")), now=NOW)
    assert [problem.code for problem in wrong.problems] == ["import.not_offered"]
