"""What is found and what the system knows reaches open sheets by itself, counts once, and is frozen at submission."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.forms.entry import Entry, write_entry
from agencyqa.assessments.models import ScoreSheet, SheetSnapshot
from agencyqa.assessments.services.content import content_hash
from agencyqa.assessments.services.review import correct_sheet, return_sheet
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.audit.models import AuditEntry
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.errors import Invalid, Stale
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.scoring import readd
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.assessments import best_answers, program_of_sheet, submit
from tests.factories.deliverables import hand_in, make_deliverable, make_version
from tests.factories.inspections import make_finding, make_spot_check
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.evidence import DUE, FULL, LATE, Recorded, recorded

__all__ = ["recorded"]

FORM = "sheet-form"


def best_fields(session: Session, sheet: ScoreSheet) -> dict[str, str | None]:
    """Everything that a scorer types for full points; what the system supplies has no field."""
    scheme = compiled(session.get_one(SchemeVersion, sheet.scheme_version_id))
    entry = Entry(best_answers(scheme.program))
    texts = write_entry(scheme.scheme, entry, supplied=scheme.counting.supplied)
    return {name: text or None for name, text in texts.items()}


def criterion(trace: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for section in trace["sections"] for each in section["criteria"] if each["key"] == key
    )
    return found


def test_lateness_from_the_hand_in_to_the_trace(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    plan = make_deliverable(session, recorded.engagement, DeliverableKind.PLAN, due_on=DUE)
    make_version(session, recorded.engagement, plan, name="方案.pdf", now=LATE)
    before = sheet.version
    assert sheet.facts == []
    hand_in(session, recorded.engagement, now=LATE)
    # The open sheet knows at once, and whoever is typing on it gets no conflict.
    (row,) = sheet.facts
    assert (row["key"], row["fault"], row["count"]) == (f"late:{plan.id}", "late_plan", 3)
    assert (row["criterion"], row["input"], row["fact_on"]) == ("on_time", "plan_day", "2024-06-03")
    assert sheet.version == before
    assert sheet.section_totals["timeliness"] == [None, 100_000]
    session.commit()
    session.expire_all()
    assert sheet.facts == [row]
    assert sheet.version == before

    sign_in(client, recorded.world.supervisor)
    page = client.get(f"/sheets/{sheet.id}/edit")
    assert page.status_code == 200
    shown = client.page(page)
    assert "评价方案逾期提交 3 工作日" in shown.text
    assert "评价方案期限 2024-06-03，2024-06-06 提交，逾期 3 个工作日。" in shown.text
    assert "a-on_time-plan_day" not in shown.form(FORM).names
    assert "由系统按在案情况计入" in shown.text
    answer = client.submit(page, FORM, **best_fields(session, sheet), intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert (sheet.state, sheet.total) == (SheetState.SUBMITTED, FULL - 15_000)
    assert "on_time" not in sheet.answers
    kept = session.scalars(select(SheetSnapshot).where(SheetSnapshot.sheet_id == sheet.id)).one()
    assert kept.content["facts"] == [row]
    assert "overruled" not in kept.content
    assert content_hash(kept.content) == kept.content_hash
    packed = program_of_sheet(session, sheet).unpack(sheet.packed)[0]
    assert packed["on_time"] == {"plan_day": 3, "report_day": 0}

    trace = client.page(client.get(f"/sheets/{sheet.id}/trace"))
    assert "复核通过" in trace.text
    assert "计入“评价方案逾期（按工作日计）”" in trace.text
    assert f"/engagements/{recorded.engagement.id}/deliverables" in {href for _, href in trace.links}
    data = json.loads(client.get(f"/sheets/{sheet.id}/trace.json").text)
    assert readd(data) == FULL - 15_000
    held = criterion(data, "on_time")
    assert held["inputs"] == {"plan_day": 3, "report_day": 0}
    (source,) = held["sources"]
    assert (source["key"], source["counted"], source["overruled"]) == (row["key"], 3, None)
    assert source["href"] == f"/engagements/{recorded.engagement.id}/deliverables"
    assert "endpoint" not in source


def test_findings_are_added_to_what_the_scorer_found_himself(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    recorded.find("no_work_paper", 2, "三个指标没有底稿")
    recorded.find("no_contract")
    sign_in(client, recorded.world.supervisor)
    page = client.get(f"/sheets/{sheet.id}/edit")
    text = client.page(page).text
    assert "指标没有对应底稿（另行发现）" in text
    assert "三个指标没有底稿" in text
    # A contract that is on record as missing is missing, whatever is ticked.
    fields = {**best_fields(session, sheet), "a-work_papers-no_paper": "1", "a-contract-met": "yes"}
    answer = client.submit(page, FORM, **fields, intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert sheet.total == FULL - 3 * 10_000 - 40_000
    assert sheet.answers["work_papers"]["no_paper"] == 1
    assert sheet.answers["contract"] == {"met": True}
    data = json.loads(client.get(f"/sheets/{sheet.id}/trace.json").text)
    assert criterion(data, "work_papers")["inputs"]["no_paper"] == 3
    assert criterion(data, "contract")["inputs"] == {"met": False}


def test_what_the_system_supplies_is_never_typed(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    sign_in(client, recorded.world.supervisor)
    page = client.get(f"/sheets/{sheet.id}/edit")
    token = client.page(page).form(FORM).values
    body = {name: values[0] for name, values in token.items()}
    answer = client.post(
        f"/sheets/{sheet.id}/edit", data={**body, "a-on_time-plan_day": "0", "intent": "save"}
    )
    assert answer.status_code == 422
    assert sheet.answers == {}
    scorer = recorded.world.actor(recorded.world.supervisor)
    answers = best_answers(program_of_sheet(session, sheet))
    with pytest.raises(Invalid) as caught:
        submit(session, scorer, sheet, {**answers, "on_time": {"plan_day": 2, "report_day": 0}})
    assert caught.value.code == "sheet_supplied_input"
    # "Nothing" says nothing, and is not kept.
    submit(session, scorer, sheet, answers)
    assert "on_time" not in sheet.answers
    assert sheet.total == FULL


def test_overruling_needs_a_reason_and_stays_visible(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    finding = recorded.find("no_source", 4, "数据来源未注明")
    key = f"finding:{finding.id}"
    tick, why = f"overrule-finding-3a-{finding.id}", f"why-finding-3a-{finding.id}"
    sign_in(client, recorded.world.supervisor)
    page = client.get(f"/sheets/{sheet.id}/edit")
    assert why in client.page(page).form(FORM).names
    assert f'name="{tick}"' in page.text
    answer = client.submit(page, FORM, **best_fields(session, sheet), **{tick: "yes"}, intent="submit")
    assert answer.status_code == 422
    assert ("成果责任与来源", f"#{why}") in client.page(answer).links
    assert "请说明不计入的理由。" in client.page(answer).text
    assert sheet.overruled == {}
    answer = client.submit(answer, FORM, **{why: "来源已在附件中注明。"}, intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert sheet.total == FULL
    held = sheet.overruled[key]
    assert (held["reason"], held["by"], held["count"]) == (
        "来源已在附件中注明。",
        recorded.world.supervisor.user_id,
        4,
    )
    assert held["by_name"] == recorded.world.actor(recorded.world.supervisor).user_name
    kept = session.scalars(select(SheetSnapshot).where(SheetSnapshot.sheet_id == sheet.id)).one()
    assert kept.content["overruled"] == sheet.overruled
    for path in ("", "/trace"):
        text = client.page(client.get(f"/sheets/{sheet.id}{path}")).text
        assert "不计入的理由" in text
        assert "来源已在附件中注明。" in text
        assert "数据来源未注明" in text
    (source,) = criterion(json.loads(client.get(f"/sheets/{sheet.id}/trace.json").text), "answerable")[
        "sources"
    ]
    assert (source["counted"], source["overruled"]["reason"]) == (0, "来源已在附件中注明。")
    session.commit()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.event == "assessments.sheet.overruled")
    ).all()
    assert [entry.detail for entry in entries] == [{"overruled": [key], "restored": []}]
    # A correction keeps the decision and its reason.
    sheet.state = SheetState.FINAL
    session.flush()
    reviewer = recorded.world.actor(recorded.world.second_supervisor)
    following = correct_sheet(reviewer, session, sheet, reason="更正", due_on=None, now=NOW)
    assert following.overruled == {key: held}
    assert (following.total, following.answers, following.packed) == (
        sheet.total,
        sheet.answers,
        sheet.packed,
    )


def draft(client: Client, sheet: ScoreSheet, fields: dict[str, Any], seen: str = "") -> Any:
    body = {"version": sheet.version, "editing_key": "k", "facts_seen": seen, "fields": fields}
    return client.post(f"/sheets/{sheet.id}/draft", json=body, headers={"Accept": "application/json"})


def test_autosave_counts_the_record_and_tells_when_it_moved(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    plan = make_deliverable(
        session, recorded.engagement, DeliverableKind.PLAN, due_on=DUE, late_days=2, first_submitted_at=LATE
    )
    recorded.find("no_source", 2)
    sign_in(client, recorded.world.supervisor)
    seen = client.page(client.get(f"/sheets/{sheet.id}/edit")).form(FORM).value("facts_seen")
    fields = {"a-answerable-nobody_answers": "0", "a-answerable-no_source": "1"}
    data = draft(client, sheet, fields, seen or "").get_json()
    assert data["record_moved"] is False
    assert data["supplied"] == {"a-on_time-plan_day": "2", "a-on_time-report_day": "0"}
    assert data["criteria"]["answerable"]["computed"] == "3.5"
    assert data["sections"]["timeliness"] == {"known": "5", "total": None, "max": "10"}
    assert data["sections"]["quality"] == {"known": None, "total": None, "max": "32"}
    late = f"overrule-late-3a-{plan.id}"
    data = draft(client, sheet, {**fields, late: "yes"}, seen or "").get_json()
    assert data["supplied"]["a-on_time-plan_day"] == "0"
    assert data["gaps"][f"why-late-3a-{plan.id}"] == "请说明不计入的理由。"
    assert sheet.overruled[f"late:{plan.id}"]["reason"] == ""
    recorded.find("no_source", 1)
    data = draft(
        client, sheet, {**fields, late: "yes", f"why-late-3a-{plan.id}": "经同意延期"}, seen or ""
    ).get_json()
    assert data["record_moved"] is True
    assert data["criteria"]["answerable"]["computed"] == "3"
    assert sheet.overruled[f"late:{plan.id}"]["reason"] == "经同意延期"
    # Two changes of the set of rows set aside would be two entries; the reason alone is none.
    session.commit()
    statement = select(AuditEntry.detail).where(AuditEntry.event == "assessments.sheet.overruled")
    assert session.scalars(statement).all() == [{"overruled": [f"late:{plan.id}"], "restored": []}]


def test_nobody_submits_what_he_was_not_shown(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    sign_in(client, recorded.world.supervisor)
    page = client.get(f"/sheets/{sheet.id}/edit")
    recorded.find("forbidden_conduct", 1, "转包给其他机构")
    answer = client.submit(page, FORM, **best_fields(session, sheet), intent="submit")
    assert answer.status_code == 409
    text = client.page(answer).text
    assert "没有提交：在案情况有变化" in text
    assert "转包给其他机构" in text
    assert (sheet.state, sheet.answers) == (SheetState.DRAFT, {})
    answer = client.submit(answer, FORM, intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert sheet.total == FULL - 40_000
    # The same gate in the service, for whoever comes between two reads.
    other = recorded.unit_sheet
    with pytest.raises(Stale):
        submit_sheet(
            recorded.world.actor(recorded.world.officer),
            session,
            other,
            program_of_sheet(session, other),
            Entry(),
            seen_version=other.version,
            seen_record="of yesterday",
            now=NOW,
        )


def test_a_submitted_sheet_stays_and_says_what_changed(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    first = recorded.find("no_source", 2, "第一次发现")
    recorded.score(sheet)
    frozen, total = list(sheet.facts), sheet.total
    recorded.find("no_source", 1, "提交后才发现")
    recorded.find("slow_response", 1, "反馈不及时")
    recorded.withdraw(first)
    assert (sheet.facts, sheet.total) == (frozen, total)
    sign_in(client, recorded.world.second_supervisor)
    for path in (f"/sheets/{sheet.id}", f"/sheets/{sheet.id}/finalise"):
        text = client.page(client.get(path)).text
        assert "提交之后，在案情况有变化" in text
        assert "提交后才发现" in text
        assert "已撤销" in text
        assert "请退回评分单位" in text
    reviewer = recorded.world.actor(recorded.world.second_supervisor)
    return_sheet(reviewer, session, sheet, reason="按新情况重评", seen_version=sheet.version, now=NOW)
    recorded.find("no_source", 3, "退回后发现")
    assert sorted(row["count"] for row in sheet.facts) == [1, 1, 3]
    recorded.score(sheet)
    assert sheet.total == FULL - 4 * 5_000
    switch_to(client, recorded.world.second_supervisor)
    assert "提交之后，在案情况有变化" not in client.page(client.get(f"/sheets/{sheet.id}")).text


def test_what_the_scheme_has_no_criterion_for_is_shown_and_costs_nothing(
    client: Client, recorded: Recorded
) -> None:
    session, world = recorded.session, recorded.world
    recorded.find("slow_response", 1, "两次催办才修改")
    old = world.engage(date(2022, 3, 1))
    check = make_spot_check(session, world.bureau, world.agency, old)
    make_finding(session, check, fault="no_source", occurrences=2, facts="按旧方案不计分的问题")
    first_version = world.sheets(old)[Purpose.BUREAU]
    assert [(row["criterion"], row["count"]) for row in first_version.facts] == [(None, 2)]
    sign_in(client, world.supervisor)
    for sheet, facts in ((recorded.bureau_sheet, "两次催办才修改"), (first_version, "按旧方案不计分的问题")):
        page = client.get(f"/sheets/{sheet.id}/edit")
        text = client.page(page).text
        assert "本方案不计分的问题" in text
        assert facts in text
        assert not any(name.startswith("overrule-") for name in client.page(page).form(FORM).names)
        answer = client.submit(page, FORM, **best_fields(session, sheet), intent="submit")
        assert answer.status_code == 302, client.page(answer).text
        assert sheet.total == FULL
        data = json.loads(client.get(f"/sheets/{sheet.id}/trace.json").text)
        assert [each["counted"] for each in data["not_scored"]] == [0]
        for path in ("", "/trace"):
            assert facts in client.page(client.get(f"/sheets/{sheet.id}{path}")).text
