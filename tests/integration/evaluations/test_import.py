"""From the form to download to the stored draft: shown before it is stored, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from agencyqa.evaluations.models import EvaluationImport, EvaluationRecord
from agencyqa.evaluations.queries.content import content_of
from agencyqa.evaluations.standards import load_standards
from agencyqa.files.models import StoredFile
from tests.client import Client
from tests.factories.accounts import NOW
from tests.factories.evaluations import make_draft, submit, units
from tests.integration.evaluations.conftest import World

FORM = "main-form"


def template(client: Client, record_id: int) -> Any:
    answer = client.get(f"/evaluations/{record_id}/template")
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(answer.data))


def saved(book: Any) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def upload(client: Client, record_id: int, data: bytes, name: str = "评价.xlsx") -> TestResponse:
    page = client.get(f"/evaluations/{record_id}/import")
    token = client.page(page).form(FORM).value("csrf_token")
    return client.post(
        f"/evaluations/{record_id}/import",
        data={"csrf_token": token, "file": (BytesIO(data), name)},
        content_type="multipart/form-data",
        csrf=False,
    )


def edited(client: Client, record_id: int, change: Callable[[Any], None]) -> TestResponse:
    """Download, change, upload; the page behind the upload."""
    book = template(client, record_id)
    change(book)
    answer = upload(client, record_id, saved(book))
    assert answer.status_code == 302, answer.text
    return client.get(answer.location)


def test_round_trip(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    before = content_of(world.session, record)
    world.switch(client, "manager")
    book = template(client, record.id)
    assert book.sheetnames == ["总体", "指标", "问题", "说明"]
    offered = [rule.formula1 for rule in book["指标"].data_validations.dataValidation]
    assert '"决策,过程,产出,效益"' in offered
    page = edited(client, record.id, lambda book: None)
    assert content_of(world.session, record) == before
    done = confirm(client, page)
    assert (done.status_code, done.location) == (302, f"/evaluations/{record.id}/edit")
    record = world.session.get_one(EvaluationRecord, record.id)
    # The keys came along, so that answers would stay with their problems.
    assert content_of(world.session, record) == before
    assert (record.file_name, world.session.get_one(StoredFile, record.file_id).kind) == ("评价.xlsx", "xlsx")
    received = world.session.scalars(select(EvaluationImport)).one()
    assert received.confirmed_at is not None
    # The second click of a double click lands where the first one did.
    again = client.post(page.request.path, data={"version": "1"})
    assert (again.status_code, again.location) == (302, f"/evaluations/{record.id}/edit")
    assert client.get(f"/evaluations/{record.id}/source").status_code == 200
    submit(world.session, record)
    for name, status in (("supervisor", 200), ("unit", 404), ("rival", 404)):
        world.switch(client, name)
        assert client.get(f"/evaluations/{record.id}/source").status_code == status


def confirm(client: Client, page: TestResponse) -> TestResponse:
    version = next(form.value("version") for form in client.page(page).forms if "version" in form.names)
    return client.post(page.request.path, data={"version": version})


def test_a_new_record_from_an_empty_form(client: Client, world: World) -> None:
    load_standards(world.session, NOW)
    world.switch(client, "staff")
    client.post(f"/evaluations/of/{world.engagement.id}")
    record = world.session.scalars(select(EvaluationRecord)).one()

    def fill(book: Any) -> None:
        overall, rows, problems = book["总体"], book["指标"], book["问题"]
        heading: list[Any] = [92, 100, "优", "1,200,000.50", "总体较好"]
        for line, value in enumerate(heading, start=2):
            overall.cell(line, 2, value)
        rows.delete_rows(2, 4)
        for line, values in enumerate(
            [
                ("一级", "产出", "产出", 60, "=D3"),
                (2, None, "人数", 60, 52.5),
                (1, "效益", "效益", "４０", 40),
            ],
            start=2,
        ):
            for column, value in enumerate(values, start=1):
                rows.cell(line, column, value)
        problems.cell(2, 1, "资金管理")
        problems.cell(2, 2, "=cmd|' /C calc'!A0")
        problems.cell(2, 2).data_type = "s"
        problems.cell(2, 3, 35000)
        rows.merge_cells("F2:F3")

    page = edited(client, record.id, fill)
    text = client.page(page).text
    # What was merged and calculated is explained, what does not add up is told before anything is stored.
    assert "指标!F2 ：F2:F3 是合并单元格，只取左上角 F2 的内容" in text
    assert "指标!E2 ：E2 是公式（共 1 格），工作簿中没有保存计算结果，按空白处理。" in text
    assert "报告总分 92，各指标得分合计 92.5。" in text
    assert content_of(world.session, record).indicators == ()
    assert confirm(client, page).status_code == 302
    stored = content_of(world.session, record)
    assert [(row.level, row.name, row.weight, row.score) for row in stored.indicators] == [
        (1, "产出", units(60), None),
        (2, "人数", units(60), units(52.5)),
        (1, "效益", units(40), units(40)),
    ]
    assert (stored.stated_total, stored.amount, stored.summary) == (units(92), 120_000_050, "总体较好")
    (problem,) = stored.problems
    assert (problem.facts, problem.amount, problem.department_id) == (
        "=cmd|' /C calc'!A0",
        3_500_000,
        world.unit.id,
    )


def test_every_wrong_cell_is_named_and_nothing_is_stored(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    before = content_of(world.session, record)
    world.switch(client, "manager")

    def spoil(book: Any) -> None:
        rows, problems = book["指标"], book["问题"]
        book["总体"].cell(2, 2, "九十")
        rows.cell(3, 1, 4)
        rows.cell(4, 2, "投入")
        rows.cell(5, 3).value = None
        rows.cell(6, 4, "二十")
        rows.cell(7, 5, -1)
        rows.cell(8, 5, 1.23456)
        rows.cell(9, 2, "产出")
        problems.cell(2, 1, "别的")
        problems.cell(2, 3, 0.001)
        problems.cell(2, 5, "区卫生健康委")

    page = edited(client, record.id, spoil)
    text = client.page(page).text
    for line in (
        "总体!B2 ：“九十”不是数字。",
        "指标!A3 ：级次不连续",
        "指标!B4 ：“投入”不是维度，应为 决策、过程、产出、效益。",
        "指标!C5 ：“指标名称”不能为空。",
        "指标!D6 ：“二十”不是数字。",
        "指标!E7 ：不能小于 0。",
        "指标!E8 ：小数位数过多，最多 4 位。",
        "问题!A2 ：“别的”不是问题类型",
        "问题!C2 ：小数位数过多，最多 2 位。",
        "问题!E2 ：“区卫生健康委”不能作为答复单位，应为 区教育局、区发展改革委。",
    ):
        assert line in text, line
    assert "确认导入" not in text
    forced = client.post(page.request.path, data={"version": str(record.version)})
    assert forced.status_code == 422
    assert content_of(world.session, record) == before


def test_a_draft_changed_meanwhile_is_not_overwritten_unseen(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    world.switch(client, "manager")

    def change(book: Any) -> None:
        book["总体"].cell(6, 2, "来自工作簿")

    page = edited(client, record.id, change)
    edit = client.get(f"/evaluations/{record.id}/edit")
    client.submit(edit, FORM, do="save", summary="来自页面")
    stale = confirm(client, page)
    assert stale.status_code == 409
    assert "草稿在上传之后已被修改" in client.page(stale).text
    assert content_of(world.session, record).summary == "来自页面"
    # Having read it, the author may decide for the workbook.
    assert confirm(client, stale).status_code == 302
    assert content_of(world.session, record).summary == "来自工作簿"


def test_files_that_are_none(client: Client, world: World) -> None:
    record = make_draft(world.session, world.engagement)
    world.switch(client, "manager")
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    for data, name in ((b"", "空.xlsx"), (b"not a workbook", "假.xlsx"), (pdf, "报告.pdf")):
        answer = upload(client, record.id, data, name)
        assert 400 <= answer.status_code < 500, name
        assert client.page(answer).form(FORM) is not None
    assert world.session.scalar(select(func.count()).select_from(EvaluationImport)) == 0
    # A workbook of something else is one problem, not a failure.
    book = openpyxl.Workbook()
    book.create_sheet("名单", 0).append(["姓名", "电话"])
    page = client.get(upload(client, record.id, saved(book)).location)
    assert "指标 ：没有找到这个工作表。现有工作表：名单、Sheet。" in client.page(page).text
    other = world.session.scalars(select(EvaluationImport)).one()
    world.switch(client, "rival")
    assert client.get(f"/evaluations/{record.id}/imports/{other.id}").status_code == 404
    assert upload_blind(client, record.id) == 404


def upload_blind(client: Client, record_id: int) -> int:
    answer = client.post(
        f"/evaluations/{record_id}/import",
        data={"file": (BytesIO(b"x"), "x.xlsx")},
        content_type="multipart/form-data",
    )
    return answer.status_code
