"""The pages of measures and schemes, by role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.roles import Role
from agencyqa.measures import services
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.scheme_format import parse_scheme
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    make_actor,
    make_agency_body,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.measures import load_measures, make_scheme, scheme_text, shipped_version


@pytest.fixture
def bureau(session: Session) -> Body:
    load_measures(session)
    return make_bureau(session)


@pytest.fixture
def lead(session: Session, bureau: Body) -> Membership:
    return make_member(session, bureau, Role.BUREAU_LEAD)


@pytest.fixture
def supervisor(session: Session, bureau: Body) -> Membership:
    return make_member(session, bureau, Role.BUREAU_SUPERVISOR)


def draft(session: Session, bureau: Body, text: str) -> SchemeVersion:
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    version = services.draft_scheme(actor, session, text, now=NOW)
    session.flush()
    return version


def others(session: Session, bureau: Body) -> list[Membership]:
    agency = make_agency_body(session)
    return [
        make_member(session, agency, Role.AGENCY_MANAGER),
        make_member(session, make_department(session, bureau), Role.DEPARTMENT_OFFICER),
        make_member(session, make_observer(session, bureau), Role.OBSERVER),
        make_member(session, make_bureau(session, "徐汇区财政局"), Role.BUREAU_LEAD),
    ]


def test_everybody_reads_measures_and_published_schemes(
    new_client: Callable[[], Client], session: Session, bureau: Body, supervisor: Membership
) -> None:
    hidden = draft(session, bureau, scheme_text(key="secret-draft", title="未发布的草稿"))
    shipped = shipped_version(session, "reference-2021")
    for member in [*others(session, bureau), supervisor]:
        is_own = member is supervisor
        client = new_client()
        sign_in(client, member)
        measures = client.get("/measures/")
        assert "上海市委托第三方机构参与预算绩效管理工作暂行办法" in measures.text
        schemes = client.get("/measures/schemes/").text
        assert "嘉定区被评价单位评分表（2018年）" in schemes
        assert ("未发布的草稿" in schemes) is is_own
        assert client.get(f"/measures/schemes/{hidden.id}").status_code == (200 if is_own else 404)
        assert client.get(f"/measures/schemes/{hidden.id}/scheme.yaml").status_code == (
            200 if is_own else 404
        )
        page = client.get(f"/measures/schemes/{shipped.id}").text
        assert "参考分值" in page
        assert shipped.content_hash in page
        assert "发布方案" not in page


def test_a_measure_shows_its_versions_and_what_is_open(
    client: Client, session: Session, lead: Membership
) -> None:
    sign_in(client, lead)
    text = client.get("/measures/M2").text
    assert text.index("沪财发〔2023〕17号") < text.index("沪财发〔2021〕6号")
    assert "2024-01-01" in text
    assert "2023-12-31" in text
    assert "待核对" in text
    assert "推断" in text
    assert client.get("/measures/M9").status_code == 404


def test_the_sheet_is_shown_as_scorers_see_it(client: Client, session: Session, lead: Membership) -> None:
    sign_in(client, lead)
    version = shipped_version(session, "jiading-2018")
    text = client.get(f"/measures/schemes/{version.id}").text
    for expected in (
        "一、事前：工作组（30 分）",
        "1.1 工作组人员专业能力",
        "专业能力强：10～15 分；专业能力一般：5～10 分；专业能力较差：0～5 分。",
        "人员保持稳定，得 15 分；人员随意更换，不得分。",
        "嘉定区被评价单位评分表（2018年项目）第 1.1 项",
        "含本系统所拟措辞",
        "2018-01-01",
    ):
        assert expected in text
    assert 'class="callout callout-reference"' not in text


def test_the_file_of_a_scheme_reads_back_to_the_same_content(
    client: Client, session: Session, lead: Membership
) -> None:
    sign_in(client, lead)
    version = shipped_version(session, "report-quality-40")
    answer = client.get(f"/measures/schemes/{version.id}/scheme.yaml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report-quality-40-1.yaml"'
    checked = parse_scheme(answer.data)
    assert (checked.content, checked.content_hash) == (version.content, version.content_hash)


def test_from_draft_to_publication(
    new_client: Callable[[], Client], session: Session, bureau: Body, supervisor: Membership, lead: Membership
) -> None:
    officer = new_client()
    sign_in(officer, supervisor)
    answer = officer.submit(officer.get("/measures/schemes/new"), "main-form", content=scheme_text())
    assert answer.status_code == 302, answer.text
    version = session.scalars(select(SchemeVersion).where(SchemeVersion.state == SchemeState.DRAFT)).one()
    page = officer.get(f"/measures/schemes/{version.id}").text
    assert "在 0～10 分之间评分。" in page
    assert "请由本局负责人核对后发布" in page
    assert "确认发布这个版本？" not in page
    refused = officer.post(f"/measures/schemes/{version.id}/publish", data={"version": version.version})
    assert refused.status_code == 403
    session.expire_all()
    assert session.get_one(SchemeVersion, version.id).state is SchemeState.DRAFT

    chief = new_client()
    sign_in(chief, lead)
    shown = chief.get(f"/measures/schemes/{version.id}")
    assert "确认发布这个版本？" in shown.text
    stale = chief.post(f"/measures/schemes/{version.id}/publish", data={"version": version.version + 5})
    assert stale.status_code == 409
    done = chief.post(f"/measures/schemes/{version.id}/publish", data={"version": version.version})
    assert done.status_code == 302
    session.expire_all()
    stored = session.get_one(SchemeVersion, version.id)
    assert (stored.state, stored.valid_to) == (SchemeState.PUBLISHED, None)
    again = chief.post(f"/measures/schemes/{version.id}/publish", data={"version": stored.version})
    assert again.status_code == 409
    assert "这个版本已经发布，不能再改动。" in again.text


def test_a_file_goes_before_the_text_and_is_kept_with_its_faults(
    client: Client, session: Session, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    bad = scheme_text().replace("purpose: bureau", "purpose: nobody") + "weights: 1\n"
    answer = client.post(
        "/measures/schemes/new",
        data={"content": "ignored", "upload": (BytesIO(bad.encode()), "own.yaml")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "方案有 2 处需要更正，详见“需要更正的内容”。" in answer.text
    assert "应为下列之一" in answer.text
    assert "没有这样的项，请检查拼写。" in answer.text
    assert "purpose: nobody" in answer.text
    assert session.scalars(select(Scheme).where(Scheme.bureau_id.is_not(None))).all() == []
    mended = client.post(
        "/measures/schemes/new",
        data={"content": "", "upload": (BytesIO(scheme_text().encode("utf-8-sig")), "own.yaml")},
        content_type="multipart/form-data",
    )
    assert mended.status_code == 302


@pytest.mark.parametrize(
    "text",
    ["", "   ", "a: &a [*a]", "[" * 5000, "\x01", "<script>alert(1)</script>", "key: 1\n" * 3, "- " * 3000],
)
def test_hostile_text_is_refused_and_kept(
    client: Client, session: Session, supervisor: Membership, text: str
) -> None:
    sign_in(client, supervisor)
    answer = client.post("/measures/schemes/new", data={"content": text})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert session.scalars(select(Scheme).where(Scheme.bureau_id.is_not(None))).all() == []


def test_an_existing_scheme_is_the_ground_for_a_draft(
    client: Client, session: Session, bureau: Body, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    version = shipped_version(session, "reference-2021")
    page = client.get(f"/measures/schemes/new?from={version.id}")
    assert "key: reference-2021" in page.text
    assert client.submit(page, "main-form").status_code == 302
    made = session.scalars(
        select(SchemeVersion).join(SchemeVersion.scheme).where(Scheme.bureau_id == bureau.id)
    ).one()
    assert (made.content, made.content_hash) == (version.content, version.content_hash)
    foreign = draft(session, make_bureau(session, "徐汇区财政局"), scheme_text())
    assert client.get(f"/measures/schemes/new?from={foreign.id}").status_code == 404


def test_overlap_is_told_with_both_schemes(
    client: Client, session: Session, bureau: Body, lead: Membership
) -> None:
    make_scheme(session, bureau, scheme_text(title="已发布的表", valid_from=date(2022, 1, 1)))
    late = draft(session, bureau, scheme_text(key="second", valid_from=date(2021, 6, 1)))
    sign_in(client, lead)
    answer = client.post(f"/measures/schemes/{late.id}/publish", data={"version": late.version})
    assert answer.status_code == 409
    assert "自 2021-06-01 起施行会与“已发布的表”第 1 版（自 2022-01-01 起施行）重叠" in answer.text


def test_those_without_the_right_do_not_draft(
    new_client: Callable[[], Client], session: Session, bureau: Body
) -> None:
    for member in others(session, bureau)[:3]:
        client = new_client()
        sign_in(client, member)
        assert client.get("/measures/schemes/new").status_code == 403
        assert client.post("/measures/schemes/new", data={"content": scheme_text()}).status_code == 403
    assert session.scalars(select(Scheme).where(Scheme.bureau_id.is_not(None))).all() == []


def test_the_list_filters_and_its_statements_do_not_grow(
    client: Client, session: Session, bureau: Body, lead: Membership
) -> None:
    make_scheme(session, bureau, scheme_text(title="本局发布的表"))
    sign_in(client, lead)
    units = client.get("/measures/schemes/?purpose=evaluated_unit").text
    assert "嘉定区被评价单位评分表（2018年）" in units
    assert "本局发布的表" not in units
    assert "没有符合条件的考核方案" in client.get("/measures/schemes/?state=draft").text


def test_the_catalogue_says_which_criteria_count_a_fault(
    client: Client, session: Session, bureau: Body, supervisor: Membership
) -> None:
    own = scheme_text(key="own", title="本局计入表", valid_from=date(2022, 1, 1)).rstrip()
    own = own.replace("rule: {kind: free, low: 0, high: 10}", "rule: {kind: all_or_nothing, points: 10}")
    own += "\n        counts: [{fault: slow_response, input: met}]\n"
    version = make_scheme(session, bureau, own)
    draft(session, bureau, own.replace("own", "hidden").replace("本局计入表", "草稿表"))
    sign_in(client, supervisor)
    page = client.page(client.get("/measures/faults"))
    for text in ("评价报告逾期提交", "late_report", "工作日", "系统自动计数", "按期提交", "现行方案不计分"):
        assert text in page.text
    assert "本局计入表" in page.text
    assert "草稿表" not in page.text
    assert (f"/measures/schemes/{version.id}#criterion-quality") in {href for _, href in page.links}
    # Before 2024 the first versions held, which count nothing; today it is the second.
    first, second = shipped_version(session, "reference-2021"), shipped_version(session, "reference-2021", 2)
    links = {href for _, href in page.links}
    assert f"/measures/schemes/{second.id}#criterion-on_time" in links
    assert not any(href.partition("#")[0] == f"/measures/schemes/{first.id}" for href in links)
    text = client.page(client.get(f"/measures/schemes/{second.id}")).text
    assert "评价报告逾期提交 → 评价报告逾期（按工作日计）" in text
    assert "由系统计入" in text
    assert "→" not in client.page(client.get(f"/measures/schemes/{first.id}")).text
