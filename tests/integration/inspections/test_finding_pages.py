"""The pages of findings as their people use them: a supervisor, the agency, the second supervisor, the lead."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.inspections.enums import CheckState, FindingState
from agencyqa.inspections.models import EvidenceFile, Finding, SpotCheck
from tests.client import Client
from tests.factories.accounts import sign_in, user_of
from tests.factories.files import pdf
from tests.factories.inspections import make_finding, make_spot_check
from tests.integration.inspections.world import FACTS, World, confirm, make_world, recorded

TYPED = {
    "fault_code": "no_work_paper",
    "occurrences": "3",
    "severity": "serious",
    "fact_on": "2022-05-20",
    "facts": FACTS,
}


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def switch(client: Client, world: World, name: str) -> None:
    client.post("/sign-out")
    sign_in(client, getattr(world, name))


def test_the_way_through_the_pages(client: Client, session: Session, world: World) -> None:
    check_id = recorded(world).id
    sign_in(client, world.first)
    opened = client.get(f"/inspections/{check_id}/findings/new?item=work_papers")
    form = client.page(opened).form("main-form")
    assert (form.values["fault_code"], form.values["facts"], form.values["occurrences"]) == (
        ["no_work_paper"],
        [FACTS],
        ["1"],
    )
    refused = client.submit(opened, "main-form", **{**TYPED, "fact_on": "2021-07-31"})
    assert (refused.status_code, "CJ4/work_papers 在 2021-07-31 没有施行" in refused.text) == (409, True)
    assert FACTS in refused.text
    done = client.submit(opened, "main-form", **TYPED)
    assert done.status_code == HTTPStatus.FOUND
    assert "已经提交过" in client.submit(opened, "main-form", **TYPED).text
    finding_id = session.scalars(select(Finding.id)).one()
    here = f"/inspections/findings/{finding_id}"
    shown = client.get(here)
    assert FACTS in shown.text
    assert "评价业务应编制工作底稿" in shown.text
    edited = client.get(f"{here}/edit")
    stale = client.get(f"{here}/edit")
    assert client.page(edited).form("main-form").values["provision_key"] == [""]
    assert client.submit(edited, "main-form", occurrences="4").status_code == HTTPStatus.FOUND
    lost = client.submit(stale, "main-form", facts="另一个人写的事实")
    assert (lost.status_code, "另一个人写的事实" in lost.text) == (HTTPStatus.CONFLICT, True)

    upload = client.get(f"{here}/evidence")
    sent = client.submit(upload, "main-form", file=(BytesIO(pdf("one")), "底稿.pdf"), note="第 3 页")
    assert sent.status_code == HTTPStatus.FOUND
    nothing = client.submit(upload, "main-form", file=(BytesIO(b""), "空.pdf"))
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    evidence = session.scalars(select(EvidenceFile)).one()
    assert (evidence.file_name, evidence.note, evidence.is_statement) == ("底稿.pdf", "第 3 页", False)
    withdrawn = client.post(f"{here}/evidence/{evidence.id}/withdraw")
    assert withdrawn.status_code == HTTPStatus.FOUND
    assert "已撤下" in client.get(here).text
    again = client.post(f"{here}/evidence/{evidence.id}/withdraw")
    assert again.status_code == HTTPStatus.CONFLICT
    question = client.get(f"{here}/notify")
    assert confirm(client, question).status_code == HTTPStatus.FOUND
    assert confirm(client, question).status_code == HTTPStatus.CONFLICT
    assert client.get(f"{here}/edit").status_code == HTTPStatus.CONFLICT
    assert client.submit(edited, "main-form", occurrences="9").status_code == HTTPStatus.CONFLICT
    # Its author neither sees the button nor gets through without it.
    assert "finalise" not in client.get(here).text
    version = str(session.get_one(Finding, finding_id).version)
    tried = client.post(f"{here}/finalise", data={"reason": "清楚", "version": version})
    assert (tried.status_code, "登记人以外" in tried.text) == (HTTPStatus.FORBIDDEN, True)

    switch(client, world, "manager")
    page = client.get(here)
    assert ("陈述申辩" in page.text, "底稿.pdf" in page.text) == (True, False)
    upload = client.get(f"{here}/statement/files")
    answer = client.submit(upload, "main-form", file=(BytesIO(pdf("two")), "补齐的底稿.pdf"))
    assert answer.headers["Location"] == f"{here}/statement"
    assert client.get(f"{here}/evidence").status_code == HTTPStatus.FORBIDDEN
    statement = client.get(f"{here}/statement")
    assert "补齐的底稿.pdf" in statement.text
    assert client.submit(statement, "main-form", statement="").status_code == 422
    assert client.submit(statement, "main-form", statement="底稿已补齐").status_code == HTTPStatus.FOUND
    assert client.submit(statement, "main-form", statement="再说一次").status_code == HTTPStatus.CONFLICT
    assert client.get(f"{here}/statement").status_code == HTTPStatus.CONFLICT
    late_file = client.submit(upload, "main-form", file=(BytesIO(pdf("three")), "又一份.pdf"))
    assert late_file.status_code == HTTPStatus.CONFLICT
    for path in ("notify", "drop", "finalise", "withdraw", "edit"):
        assert client.get(f"{here}/{path}").status_code == HTTPStatus.FORBIDDEN

    switch(client, world, "second")
    page = client.get(here)
    assert ("底稿已补齐" in page.text, "补齐的底稿.pdf" in page.text) == (True, True)
    question = client.get(f"{here}/finalise")
    assert confirm(client, question).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert confirm(client, question, reason="补齐在检查之后").status_code == HTTPStatus.FOUND
    assert session.get_one(Finding, finding_id).state is FindingState.FINAL
    assert "withdraw" not in client.get(here).text.replace("withdraw_", "")
    assert client.get(f"{here}/evidence").status_code == HTTPStatus.CONFLICT

    switch(client, world, "lead")
    question = client.get(f"{here}/withdraw")
    assert confirm(client, question, reason="复核后撤销").status_code == HTTPStatus.FOUND
    switch(client, world, "manager")
    assert "复核后撤销" in client.get(here).text


def test_lists_and_filters(client: Client, session: Session, world: World) -> None:
    check = make_spot_check(session, world.bureau, world.agency, world.engagement)
    make_spot_check(session, world.bureau, world.rival, state=CheckState.PLANNED)
    make_finding(session, check)
    make_finding(session, check, state=FindingState.NOTIFIED, fault="no_evidence", facts="结论缺少依据")
    session.commit()
    sign_in(client, world.first)

    def checks(query: str = "") -> list[str]:
        text = client.get(f"/inspections/{query}").text
        return [number for number in ("抽查2022-001", "抽查2022-002") if number in text]

    assert checks() == ["抽查2022-001", "抽查2022-002"]
    assert checks("?state=planned") == ["抽查2022-002"]
    assert checks(f"?agency_id={world.agency.id}") == ["抽查2022-001"]
    assert checks("?year=2021") == []
    assert checks("?channel=files_on_site&sort=date") == ["抽查2022-001", "抽查2022-002"]
    assert checks("?agency_id=abc&channel=x") == ["抽查2022-001", "抽查2022-002"]

    def findings(query: str = "") -> list[str]:
        text = client.get(f"/inspections/findings{query}").text
        return [number for number in ("问题2022-001", "问题2022-002") if number in text]

    assert findings() == ["问题2022-001", "问题2022-002"]
    assert findings("?fault=no_evidence&sort=due") == ["问题2022-002"]
    assert findings("?state=final") == ["问题2022-001"]
    assert findings("?severity=serious") == []
    assert findings(f"?agency_id={world.rival.id}") == ["问题2022-001", "问题2022-002"]
    user = session.get_one(User, user_of(session, world.first).id)
    user.locale = "en"
    session.commit()
    assert client.get(f"/inspections/{check.id}").status_code == HTTPStatus.OK
    plan = client.get("/inspections/new")
    assert plan.status_code == HTTPStatus.OK


def test_editing_the_plan(client: Client, session: Session, world: World) -> None:
    sign_in(client, world.first)
    check = make_spot_check(
        session,
        world.bureau,
        world.agency,
        state=CheckState.PLANNED,
        inspectors=[user_of(session, world.first)],
    )
    session.commit()
    opened = client.get(f"/inspections/{check.id}/edit")
    done = client.submit(opened, "main-form", channel="cross_review", checked_on="2022-07-01")
    assert done.status_code == HTTPStatus.FOUND
    more = client.get(f"/inspections/{check.id}/inspectors")
    form = client.page(more).form("main-form")
    assert client.submit(more, "main-form", user_id=str(world.third.user_id)).status_code == 302
    assert form.values["version"] == ["2"]
    assert session.get_one(SpotCheck, check.id).channel.value == "cross_review"
    question = client.get(f"/inspections/{check.id}/cancel")
    assert confirm(client, question).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert confirm(client, question, reason="对象有误").status_code == HTTPStatus.FOUND
    assert "对象有误" in client.get(f"/inspections/{check.id}").text
    assert client.get(f"/inspections/{check.id}/edit").status_code == HTTPStatus.CONFLICT
    switch(client, world, "city_lead")
    assert client.get(f"/inspections/{check.id}").status_code == HTTPStatus.OK
    for path in ("edit", "cancel", "inspectors", "record", "close", "declare", "findings/new"):
        assert client.get(f"/inspections/{check.id}/{path}").status_code == HTTPStatus.FORBIDDEN
