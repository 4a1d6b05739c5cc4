"""Filling in, handing in, answering, by the pages and without a script."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from agencyqa.clock import today
from agencyqa.evaluations.enums import AnswerState, RecordState
from agencyqa.evaluations.models import EvaluationRecord, ProblemAnswer, RecordAssignment
from agencyqa.evaluations.queries.content import content_of
from agencyqa.evaluations.standards import load_standards
from tests.client import Client
from tests.factories.accounts import NOW
from tests.factories.evaluations import (
    first_problem,
    make_draft,
    make_record,
    record_data,
    submit,
    units,
)
from tests.integration.evaluations.conftest import World

FORM = "main-form"


def start(client: Client, world: World) -> EvaluationRecord:
    load_standards(world.session, NOW)
    world.switch(client, "manager")
    page = client.get(f"/engagements/{world.engagement.id}")
    answer = client.submit(page, f"/evaluations/of/{world.engagement.id}")
    assert answer.status_code == 302
    record = world.session.scalars(select(EvaluationRecord)).one()
    assert answer.location == f"/evaluations/{record.id}/edit"
    return record


def test_from_the_first_row_to_the_answer(client: Client, world: World) -> None:
    record = start(client, world)
    path = f"/evaluations/{record.id}/edit"
    page = client.get(path)
    assert "还没有指标。" in client.page(page).text
    # Rows come and go by buttons; what was typed stays, and nothing is stored.
    page = client.submit(page, FORM, do="i-add-0", stated_total="九十")
    page = client.submit(
        page,
        FORM,
        do="i-add-1",
        **{"i0-name": "产出", "i0-dimension": "output", "i0-weight": "60", "i0-score": "50"},
    )
    page = client.submit(page, FORM, do="i-add-2", **{"i1-level": "2", "i1-name": "人数", "i1-weight": "60"})
    page = client.submit(
        page, FORM, do="p-add-0", **{"i2-level": "1", "i2-name": "效益", "i2-dimension": "benefit"}
    )
    form = client.page(page).form(FORM)
    assert (form.value("stated_total"), form.value("i1-name"), form.value("i-count")) == ("九十", "人数", "3")
    assert "行已调整，尚未保存。" in client.page(page).text
    page = client.submit(page, FORM, do="i-up-2")
    form = client.page(page).form(FORM)
    assert [form.value(f"i{row}-name") for row in range(3)] == ["效益", "产出", "人数"]
    page = client.submit(page, FORM, do="i-down-0")
    assert content_of(world.session, record).indicators == ()
    # Errors are named by row, and everything typed is still there.
    page = client.submit(
        page, FORM, do="save",
        **{"i1-score": "五十", "p0-facts": "拨付滞后", "p0-kind": "", "i2-weight": "-1"},
    )  # fmt: skip
    assert page.status_code == 422
    text = client.page(page).text
    assert "第 2 行 得分 ：请填写数字。" in text
    assert "第 3 行 权重（分值） ：不能小于 0。" in text
    assert "问题 1 问题类型 ：请选择一项。" in text
    assert client.page(page).form(FORM).value("i1-score") == "五十"
    assert content_of(world.session, record).indicators == ()
    saved = client.submit(
        page, FORM, do="save", stated_total="91", stated_maximum="100", stated_grade="优", amount="1200000",
        **{"i1-score": "50", "i2-weight": "40", "i2-score": "38", "p0-kind": "funds", "p0-amount": "35000.5"},
    )  # fmt: skip
    assert (saved.status_code, saved.location) == (302, path)
    stored = content_of(world.session, record)
    assert [(row.level, row.name, row.dimension, row.weight, row.score) for row in stored.indicators] == [
        (1, "产出", "output", units(60), units(50)),
        (2, "人数", "output", units(60), units(50)),
        (1, "效益", "benefit", units(40), units(38)),
    ]
    assert (stored.amount, stored.problems[0].amount) == (120_000_000, 3_500_050)
    page = client.get(path)
    text = client.page(page).text
    assert "报告总分 91，各指标得分合计 88。" in text
    assert "报告等级为“优”；合计 88 分（满分 100）应为“良”。" in text
    # A blank row is no row, and on to the submission.
    page = client.submit(client.submit(page, FORM, do="i-add-3"), FORM, do="submit")
    assert page.location == f"/evaluations/{record.id}/submit"
    page = client.get(page.location)
    assert "核对发现 2 处不一致" in client.page(page).text
    version = next(form.value("version") for form in client.page(page).forms if "version" in form.names)
    done = client.post(f"/evaluations/{record.id}/submit", data={"version": version})
    assert (done.status_code, done.location) == (302, f"/evaluations/{record.id}")
    record = world.session.get_one(EvaluationRecord, record.id)
    assert (record.state, record.fault_count) == (RecordState.SUBMITTED, 2)
    assert client.get(path).status_code == 302

    world.switch(client, "unit")
    problem = first_problem(world.session, record)
    page = client.get(f"/evaluations/{record.id}")
    assert "待答复" in client.page(page).text
    page = client.get(f"/evaluations/{record.id}/problems/{problem.id}/answer")
    wrong = client.submit(page, FORM, state="accepted", text="属实")
    assert wrong.status_code == 422
    assert "请填写此项。" in client.page(wrong).text
    day = today() + timedelta(30)
    done = client.submit(
        wrong, FORM, state="accepted", text="属实", measure="按季拨付", rectify_by=day.isoformat()
    )
    assert done.status_code == 302
    answer = world.session.scalars(select(ProblemAnswer)).one()
    assert (answer.state, answer.rectify_by, answer.number) == (AnswerState.ACCEPTED, day, 1)
    again = client.submit(page, FORM, state="disputed", text="不属实")
    assert again.status_code == 409
    assert "在您打开本页之后已有新的答复" in again.text


def test_a_stale_page_keeps_what_was_typed(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    world.switch(client, "staff")
    page = client.get(f"/evaluations/{record.id}/edit")
    world.switch(client, "manager")
    mine = client.get(f"/evaluations/{record.id}/edit")
    assert client.submit(mine, FORM, do="save", summary="经理写的").status_code == 302
    stale = client.submit(page, FORM, do="save", summary="经办人写的", csrf_token=client.csrf_token())
    assert stale.status_code == 409
    form = client.page(stale).form(FORM)
    assert (form.value("summary"), form.value("i1-name")) == ("经办人写的", "立项规范性")
    assert content_of(world.session, record).summary == "经理写的"
    # With the warning read, saving again is the writer's own decision.
    assert client.submit(stale, FORM, do="save").status_code == 302
    assert content_of(world.session, record).summary == "经办人写的"


def test_too_late_shows_what_was_typed(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    world.switch(client, "staff")
    page = client.get(f"/evaluations/{record.id}/edit")
    submit(world.session, world.session.get_one(EvaluationRecord, record.id))
    late = client.submit(page, FORM, do="save", summary="迟到的修改")
    assert late.status_code == 409
    text = client.page(late).text
    assert "已经提交，不能再修改" in text
    assert "迟到的修改" in text
    stored = world.session.get_one(EvaluationRecord, record.id)
    assert stored.summary == "项目总体达到预期目标。"


def test_what_is_missing_keeps_it_from_being_submitted(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement, record_data(world.unit, stated_grade=""))
    world.switch(client, "manager")
    page = client.get(f"/evaluations/{record.id}/submit")
    assert "还不能提交" in client.page(page).text
    answer = client.post(f"/evaluations/{record.id}/submit", data={"version": str(record.version)})
    assert answer.status_code == 422
    assert world.session.get_one(EvaluationRecord, record.id).state is RecordState.DRAFT


def test_a_correction_by_the_pages(client: Client, world: World) -> None:
    record = make_record(world.session, world.engagement)
    world.switch(client, "manager")
    page = client.get(f"/evaluations/{record.id}/correct")
    assert client.submit(page, FORM, reason="").status_code == 422
    answer = client.submit(page, FORM, reason="合计有误")
    draft = world.session.scalars(select(EvaluationRecord).where(EvaluationRecord.revision == 2)).one()
    assert answer.location == f"/evaluations/{draft.id}/edit"
    assert client.submit(page, FORM, reason="再来一次").status_code == 409
    shown = client.page(client.get(f"/evaluations/{record.id}"))
    assert "第 2 版" in shown.text
    assert f"/evaluations/{record.id}/correct" not in [href for _, href in shown.links]
    client.post(f"/evaluations/{draft.id}/submit", data={"version": str(draft.version)})
    assert "这一版已被更正。" in client.page(client.get(f"/evaluations/{record.id}")).text


def test_hostile_forms(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    before = content_of(world.session, record)
    world.switch(client, "manager")
    page = client.get(f"/evaluations/{record.id}/edit")
    path = f"/evaluations/{record.id}/edit"
    many = {f"i{row}-name": "项" for row in range(300)} | {f"i{row}-level": "1" for row in range(300)}
    many |= {f"i{row}-dimension": "output" for row in range(300)}
    for changes, words in (
        ({"i1-level": "9"}, "请从列出的选项中选择。"),
        ({"i1-level": "4"}, "级次不连续"),
        ({"i0-dimension": ""}, "请选择一项。"),
        ({"i1-dimension": "benefit"}, "维度与上级指标不同。"),
        ({"i1-name": "长" * 201}, "最多 200 个字"),
        ({"i1-score": "1e3"}, "请填写数字。"),
        ({"i1-score": "999999999999"}, "不能大于 10000。"),
        ({"p0-department_id": str(world.third.id)}, "请从列出的选项中选择。"),
        ({"i-count": "300", **many}, "指标最多 200 行。"),
        ({"i1-name": ""}, "请填写此项。"),
    ):
        answer = client.submit(page, FORM, do="save", **changes)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert client.submit(page, FORM, do="save", version="").status_code == 409
    assert client.post(path, data={"do": "i-remove-9999"}).status_code == 200
    assert content_of(world.session, record) == before
    # Markup in a name is text.
    client.submit(client.get(path), FORM, do="save", **{"i1-name": "<b>粗</b>"})
    assert "&lt;b&gt;粗&lt;/b&gt;" in client.get(f"/evaluations/{record.id}").text


def test_assigning_by_the_pages(client: Client, world: World) -> None:
    record = make_record(world.session, world.engagement)
    world.switch(client, "supervisor")
    page = client.get(f"/evaluations/{record.id}/assign")
    assert "静安区教育局" not in page.text
    assert client.submit(page, FORM, department_id=str(world.foreign.id)).status_code == 422
    done = client.submit(page, FORM, department_id=str(world.third.id))
    assert done.location == f"/evaluations/{record.id}#assignments"
    made = world.session.scalars(select(RecordAssignment)).one()
    world.switch(client, "third")
    assert client.get(f"/evaluations/{record.id}").status_code == 200
    world.switch(client, "supervisor")
    ending = client.get(f"/evaluations/{record.id}/assignments/{made.id}/end")
    assert client.submit(ending, FORM).status_code == 302
    world.switch(client, "third")
    assert client.get(f"/evaluations/{record.id}").status_code == 404
