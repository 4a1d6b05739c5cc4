"""Filling in a sheet in the browser, with and without scripts."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import func, select

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet, SheetScorer, SheetSnapshot
from agencyqa.assessments.services.content import content_hash
from agencyqa.audit.models import AuditEntry
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import readd
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.factories.assessments import JIADING_FORM, best_answers, program_of_sheet
from tests.integration.assessments.conftest import World

FORM = "sheet-form"


def jiading(world: World) -> ScoreSheet:
    return world.sheets()[Purpose.EVALUATED_UNIT]


def test_the_jiading_figures_through_the_form(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    assert page.status_code == 200
    answer = client.submit(page, FORM, **JIADING_FORM, intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert sheet.state is SheetState.SUBMITTED
    assert sheet.total == 940_000
    assert sheet.section_totals == {
        "before": [290_000, 300_000],
        "during": [190_000, 200_000],
        "after": [460_000, 500_000],
    }
    assert sheet.submitted_by_id == world.officer.user_id
    shown = client.page(client.get(f"/sheets/{sheet.id}")).text
    assert "29 / 30" in shown
    assert "19 / 20" in shown
    assert "46 / 50" in shown
    assert "94" in shown
    trace = client.get(f"/sheets/{sheet.id}/trace")
    assert "29 + 19 + 46 = 94" in client.page(trace).text
    data = json.loads(client.get(f"/sheets/{sheet.id}/trace.json").text)
    assert readd(data) == 940_000
    assert program_of_sheet(world.session, sheet).unpack(sheet.packed)[0] == sheet.answers


def test_a_submission_is_kept_under_its_hash(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **JIADING_FORM, intent="submit")
    kept = world.session.scalars(select(SheetSnapshot).where(SheetSnapshot.sheet_id == sheet.id)).one()
    assert (kept.number, kept.total, kept.content_hash) == (1, 940_000, content_hash(kept.content))
    assert kept.content["answers"] == sheet.answers
    assert world.session.scalars(select(SheetScorer.user_id)).all() == [world.officer.user_id]


def test_a_draft_may_have_gaps_and_they_are_no_zeros(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    some = {"a-team_ability-band": "strong", "a-team_ability-value": "14"}
    assert client.submit(page, FORM, **some, intent="save").status_code == 302
    assert sheet.state is SheetState.DRAFT
    assert sheet.answers == {"team_ability": {"band": "strong", "value": 140_000}}
    assert (sheet.total, sheet.packed) == (None, [])
    assert sheet.section_totals["before"] == [None, 300_000]
    again = client.page(client.get(f"/sheets/{sheet.id}/edit"))
    assert again.form(FORM).values["a-team_ability-value"] == ["14"]
    assert again.form(FORM).values["a-communication-value"] == [""]


def test_a_value_outside_its_band_is_named_and_kept(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    for intent in ("save", "submit"):
        page = client.get(f"/sheets/{sheet.id}/edit")
        changed = {**JIADING_FORM, "a-team_ability-band": "fair", "a-communication-value": "19,x"}
        answer = client.submit(page, FORM, **changed, intent=intent)
        assert answer.status_code == 422
        shown = client.page(answer)
        assert "“专业能力一般”的 5～10 分" in shown.text
        assert "请填写数字。" in shown.text
        assert shown.form(FORM).values["a-team_ability-value"] == ["14"]
        assert shown.form(FORM).values["a-communication-value"] == ["19,x"]
        assert shown.form(FORM).values["a-report_data-value"] == ["23"]
        assert (sheet.state, sheet.answers, sheet.version) == (SheetState.DRAFT, {}, 1)


def test_the_message_comes_in_the_readers_language(client: Client, world: World) -> None:
    sheet = jiading(world)
    world.officer.user.locale = "en"
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    answer = client.submit(page, FORM, **{**JIADING_FORM, "a-team_ability-band": "fair"}, intent="submit")
    assert "Fair" in client.page(answer).text
    assert "专业能力一般" not in client.page(answer).text


def test_what_is_missing_is_listed_with_links(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    partly = {**JIADING_FORM, "a-team_stability-met": None, "a-report_data-value": ""}
    answer = client.submit(page, FORM, **partly, intent="submit")
    assert answer.status_code == 422
    links = client.page(answer).links
    assert ("1.2 人员稳定", "#a-team_stability-met-0") in links
    assert ("3.1 数据详实、情况清晰", "#a-report_data-value") in links
    assert sheet.state is SheetState.DRAFT
    assert sheet.answers == {}


def test_an_entered_figure_that_differs_needs_a_reason(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    entered = {**JIADING_FORM, "entered-communication": "17.5"}
    answer = client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **entered, intent="submit")
    assert answer.status_code == 422
    assert "请说明理由" in client.page(answer).text
    assert ("2.1 沟通情况", "#reason-communication") in client.page(answer).links
    assert sheet.state is SheetState.DRAFT
    answer = client.submit(
        answer, FORM, **{"reason-communication": "两次回复超过约定时间。"}, intent="submit"
    )
    assert answer.status_code == 302
    assert (sheet.total, sheet.entered) == (925_000, {"communication": 175_000})
    shown = client.page(client.get(f"/sheets/{sheet.id}/trace")).text
    assert "按规则计算 19 · 评分人给分 17.5 · 计入 17.5 · 相差 -1.5" in shown
    assert "两次回复超过约定时间。" in shown


def test_an_entered_figure_that_agrees_needs_none(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    entered = {**JIADING_FORM, "entered-communication": "19.0"}
    answer = client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **entered, intent="submit")
    assert answer.status_code == 302
    assert sheet.total == 940_000


def test_a_stale_tab_keeps_what_was_typed(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    first, second = client.get(f"/sheets/{sheet.id}/edit"), client.get(f"/sheets/{sheet.id}/edit")
    stored = {"a-report_data-band": "good", "a-report_data-value": "20", "a-team_stability-met": "no"}
    client.submit(first, FORM, **stored, intent="save")
    answer = client.submit(second, FORM, **JIADING_FORM, intent="submit")
    assert answer.status_code == 409
    shown = client.page(answer)
    assert shown.form(FORM).values["a-report_data-value"] == ["23"]
    assert "数据详实、情况清晰 › 得分：已保存“20”，您填写“23”" in shown.text
    # In the words of the form, not in the keys of its file.
    assert re.findall(r"1\.2 人员稳定 ›.+?：已保存“人员随意更换”，您填写“人员保持稳定”", shown.text) != []
    assert sheet.answers == {
        "report_data": {"band": "good", "value": 200_000},
        "team_stability": {"met": False},
    }
    assert sheet.state is SheetState.DRAFT
    assert client.submit(answer, FORM, intent="submit").status_code == 302
    assert sheet.total == 940_000


def test_a_second_submission_changes_nothing_and_says_so(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    assert client.submit(page, FORM, **JIADING_FORM, intent="submit").status_code == 302
    version = sheet.version
    changed = {**JIADING_FORM, "a-report_data-value": "16"}
    answer = client.submit(page, FORM, **changed, intent="submit")
    assert answer.status_code == 409
    shown = client.page(answer).text
    assert "这份评分表已经提交" in shown
    assert "3.1 数据详实、情况清晰 › 得分 23 16" in shown
    assert (sheet.version, sheet.total) == (version, 940_000)
    assert world.session.scalar(select(func.count()).select_from(SheetSnapshot)) == 1


def draft(client: Client, sheet: ScoreSheet, fields: dict[str, Any], version: int, key: str = "k1") -> Any:
    body = {"version": version, "editing_key": key, "fields": fields}
    return client.post(f"/sheets/{sheet.id}/draft", json=body, headers={"Accept": "application/json"})


def test_autosave_stores_and_counts_by_the_same_rules(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    fields = {"a-team_ability-band": "strong", "a-team_ability-value": "14", "a-team_stability-met": "yes"}
    answer = draft(client, sheet, fields, 1)
    assert answer.status_code == 200
    data = answer.get_json()
    assert data["criteria"]["team_ability"] == {
        "state": "ok",
        "computed": "14",
        "counted": "14",
        "difference": None,
        "contribution": "14",
    }
    assert data["sections"]["before"] == {"known": "29", "total": "29", "max": "30"}
    # Nobody has looked at this section yet, which is not the same as 0 points.
    assert data["sections"]["after"] == {"known": None, "total": None, "max": "50"}
    assert (data["total"], data["known"], data["open"], data["errors"]) == (None, "29", 3, {})
    assert data["version"] == sheet.version == 2
    assert sheet.answers["team_stability"] == {"met": True}


def test_autosave_keeps_the_rest_where_one_value_is_wrong(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    draft(client, sheet, {"a-team_ability-band": "strong", "a-team_ability-value": "14"}, 1)
    fields = {"a-team_ability-band": "fair", "a-team_ability-value": "14", "a-team_stability-met": "no"}
    data = draft(client, sheet, fields, 2).get_json()
    assert data["errors"] == {"a-team_ability-value": "得分不在所选档次“专业能力一般”的 5～10 分之内。"}
    assert sheet.answers == {
        "team_ability": {"band": "strong", "value": 140_000},
        "team_stability": {"met": False},
    }


def test_autosave_on_an_old_version_is_a_conflict(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    draft(client, sheet, {"a-team_stability-met": "yes"}, 1)
    answer = draft(client, sheet, {"a-team_stability-met": "no"}, 1)
    assert answer.status_code == 409
    assert answer.get_json()["error"]["code"] == "stale"
    assert sheet.answers == {"team_stability": {"met": True}}


def test_autosave_needs_the_token_and_a_sensible_body(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    url = f"/sheets/{sheet.id}/draft"
    assert client.post(url, json={"version": 1, "fields": {}}, csrf=False).status_code == 400
    answer = client.post(url, data="no json", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["code"] == "malformed_draft"
    assert sheet.answers == {}


def test_one_audit_entry_for_each_editing_session(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    draft(client, sheet, {"a-team_stability-met": "yes"}, 1, "first")
    draft(client, sheet, {"a-team_stability-met": "no"}, 2, "first")
    draft(client, sheet, {"a-team_stability-met": "yes"}, 3, "second")
    # Nothing new, so nothing is written at all.
    assert draft(client, sheet, {"a-team_stability-met": "yes"}, 4, "third").get_json()["version"] == 4
    entries = world.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "assessments.sheet.edited")
    ).all()
    assert len(entries) == 2


def test_every_kind_of_rule_has_a_form(client: Client, world: World) -> None:
    engagement = world.engage(signed_on=world.engagement.contract_signed_on.replace(year=2022))
    sheets = world.sheets(engagement)
    reference = sheets[Purpose.BUREAU]
    sign_in(client, world.supervisor)
    page = client.get(f"/sheets/{reference.id}/edit")
    assert page.status_code == 200
    text = client.page(page).text
    assert "参考分值" in text
    program = program_of_sheet(world.session, reference)
    names = client.page(page).form(FORM).names
    from agencyqa.assessments.forms.entry import Entry, write_entry

    best = Entry(best_answers(program), {}, {})
    fields = {name: value or None for name, value in write_entry(program.scheme, best).items()}
    # An untouched radio button or box is not part of a form, every other field is.
    assert {name for name in fields if name.startswith(("entered", "reason"))} <= names
    answer = client.submit(page, FORM, **fields, intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert reference.total == program.scheme.max_points
    trace = client.page(client.get(f"/sheets/{reference.id}/trace")).text
    assert "复核通过" in trace
    assert "参考分值" in trace
