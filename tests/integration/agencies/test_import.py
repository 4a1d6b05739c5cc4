"""Agencies from a workbook: all of them or none, every wrong cell named, and nothing typed again."""

from __future__ import annotations

import threading
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies import imports
from agencyqa.agencies.enums import AgencyKind, Standing
from agencyqa.agencies.imports import Verdict
from agencyqa.agencies.models import Agency, AgencyImport, AgencyProfile, Registration
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.errors import Invalid, Stale, WrongState
from agencyqa.extensions import db
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import keep_bytes
from tests.client import Client
from tests.factories.accounts import NOW, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import (
    make_agency,
    make_credit_code,
    officer_of,
    registration_of,
    row_counts,
)
from tests.factories.files import make_stored_row
from tests.integration.agencies.books import HEADINGS, line, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def supervisor(session: Session, bureau: Body) -> Membership:
    return make_member(session, bureau, Role.BUREAU_SUPERVISOR)


def upload(client: Client, content: bytes, name: str = "机构名单.xlsx") -> TestResponse:
    return client.submit(client.get("/agencies/import"), "main-form", file=(BytesIO(content), name, XLSX))


def register_of(session: Session, bureau: Body) -> list[tuple[str, str]]:
    statement = (
        sa.select(Body.name, Registration.standing)
        .join(Registration, Registration.agency_id == Body.id)
        .where(Registration.bureau_id == bureau.id)
        .order_by(Registration.id)
    )
    return [(row.name, row.standing) for row in session.execute(statement)]


def test_from_the_template_to_the_register(
    client: Client, session: Session, bureau: Body, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    answer = client.get("/agencies/import/template")
    book = load_workbook(BytesIO(answer.data))
    sheet = book["机构"]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered == {
        "C2:C201": '"专业咨询机构,会计师事务所,资产评估机构,律师事务所,科研院所,高等院校"',
        "J2:J201": '"是,否"',
        "L2:L201": '"仅受理申请,受理并准予登记"',
    }
    assert [row[0].value for row in book["说明"].iter_rows(min_row=6)] == list(HEADINGS)
    assert "没有数据" in client.page(client.get(upload(client, answer.data).location)).text
    codes = [make_credit_code() for _ in range(2)]
    sheet["B2"].number_format = "@"
    for number, row in enumerate((line("申诚会计师事务所", f" {codes[0].lower()} "), line("=1+1", codes[1]))):
        for place, value in enumerate(row):
            cell = sheet.cell(number + 2, place + 1)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    sheet["C3"], sheet["J3"], sheet["L3"], sheet["M3"] = "Law firm", True, None, "材料齐全"
    target = BytesIO()
    book.save(target)
    preview = client.get(upload(client, target.getvalue()).location)
    text = client.page(preview).text
    for expected in ("新登记 2 家", "申诚会计师事务所", "=1+1", "律师事务所", codes[0], "机构名单.xlsx"):
        assert expected in text
    assert register_of(session, bureau) == []
    done = client.submit(preview, "main-form")
    assert done.status_code == 302
    assert register_of(session, bureau) == [
        ("申诚会计师事务所", Standing.REGISTERED),
        ("=1+1", Standing.APPLIED),
    ]
    profile = session.scalars(sa.select(AgencyProfile).where(AgencyProfile.name == "=1+1")).one()
    assert (profile.kind, profile.on_credit_platform, profile.reason, profile.founded_on) == (
        AgencyKind.LAW_FIRM,
        True,
        "材料齐全",
        date(2010, 5, 1),
    )
    text = client.page(client.get(done.location)).text
    assert "已导入 2 家机构。" in text
    # A second click, from the page that is still open, finds the work done.
    before = row_counts(session)
    assert client.submit(preview, "main-form").location == done.location
    assert row_counts(session) == before
    kept = session.scalars(sa.select(AgencyImport).order_by(AgencyImport.id.desc())).first()
    assert kept is not None
    assert (kept.added, kept.joined, kept.skipped, kept.confirmed_by_id) == (2, 0, 0, supervisor.user_id)
    assert client.get(f"/agencies/import/{kept.id}/file").data == target.getvalue()
    logged = sa.select(AuditEntry.event).where(AuditEntry.target_type == "agency_imports")
    assert session.scalars(logged.order_by(AuditEntry.sequence)).all()[-2:] == [
        "agencies.import.uploaded",
        "agencies.import.confirmed",
    ]


def test_every_wrong_cell_is_named_at_once(
    client: Client, session: Session, bureau: Body, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    good = make_credit_code()
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    rows = [
        line(
            f"机构{number}",
            wrong,
            机构类型="银行",
            电子邮箱="x@y",
            成立日期="昨天",
            已在信用管理平台备案="也许",
        )
        for number in range(10)
    ]
    rows += [
        line("名" * 201, good),
        line("重复的", good),
        line("空的", **{"法定代表人（负责人）": None, "申请（登记）日期": None, "办理方式": "再议"}),
        line("未来的", 申请日期=date(2999, 1, 1)),
        line("先于成立", 申请日期=date(2009, 1, 1)),
    ]
    before = row_counts(session)
    answer = upload(client, workbook(*rows))
    page = client.page(client.get(answer.location))
    expected = [f"机构!{column}{row}" for row in range(2, 12) for column in "BCDIJ"] + [
        "机构!A12",
        "机构!E14",
        "机构!K14",
        "机构!L14",
        "机构!K15",
        "机构!K16",
    ]
    found = [word for word in page.text.split() if word.startswith("机构!")]
    assert found == expected
    assert "有 56 处需要更正，没有登记任何机构" in page.text
    for sentence in (
        "校验码不符",
        "“银行”不在可选项中",
        "“昨天”不是日期",
        "请填写完整的电子邮箱",
        "“也许”无法识别",
        "最多 200 个字，现在是 201 个。",
        "“法定代表人（负责人）”不能为空。",
        "日期不得早于成立日期 2010-05-01。",
        "日期不得晚于今天。",
    ):
        assert sentence in page.text
    after = row_counts(session)
    # Only the log grew: that the file came.
    assert (after[:-1], after[-1]) == (before[:-1], before[-1] + 1)
    made = session.scalars(sa.select(AgencyImport)).one()
    refused = client.post(f"/agencies/import/{made.id}/confirm", data={"plan": ""})
    assert (refused.status_code, row_counts(session)) == (409, after)
    twice = upload(client, workbook(line("甲", good), line("乙", f" {good}")))
    assert "机构!B3 统一社会信用代码重复，第一次出现在 B2。" in client.page(client.get(twice.location)).text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (workbook(), "表头以下没有数据。"),
        (workbook(["x"], headings=["姓名"]), "没有找到表头。"),
        (workbook(["甲"], headings=["机构名称"]), "缺少“统一社会信用代码”列。"),
        (workbook(*(line(f"机构{n}") for n in range(501))), "一次最多导入 500 家机构"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(
    client: Client, supervisor: Membership, content: bytes, sentence: str
) -> None:
    sign_in(client, supervisor)
    text = client.page(client.get(upload(client, content).location)).text
    assert sentence in text
    assert "确认导入" not in text


def test_only_a_workbook_is_taken(client: Client, session: Session, supervisor: Membership) -> None:
    sign_in(client, supervisor)
    for content, name in ((b"%PDF-1.4\n%%EOF\n", "名单.xlsx"), (b"name\n", "名单.csv"), (b"", "名单.xlsx")):
        answer = upload(client, content, name)
        assert answer.status_code >= 400, name
    assert session.scalars(sa.select(AgencyImport.id)).all() == []


def test_the_preview_tells_new_from_known(
    client: Client, session: Session, bureau: Body, supervisor: Membership
) -> None:
    """What another register has is used; its standing there stays its own affair."""
    other = make_bureau(session, "乙区财政局")
    elsewhere = make_agency(session, other, "浦江评估有限公司", standing=Standing.SUSPENDED)
    foreign = make_agency(session, other, "不应出现的机构有限公司")
    here = make_agency(session, bureau, "申评咨询有限公司")
    sign_in(client, supervisor)
    content = workbook(
        line("浦江评估有限公司", elsewhere.credit_code),
        line("申评咨询公司（已更名）", here.credit_code),
        # One character and the legal form apart from an agency of the register, and from a row of the file.
        line("申坪咨询有限责任公司"),
        line("全新律师事务所"),
        line("全新律师事务所"),
        line("不应出现的机构"),
    )
    answer = upload(client, content)
    page = client.page(client.get(answer.location))
    assert "新登记 4 家" in page.text
    assert "沿用共享档案 1 家" in page.text
    assert "已在库，跳过 1 家" in page.text
    assert "库内名称：申评咨询有限公司" in page.text
    assert "名称相近 申评咨询有限公司" in page.text
    assert "名称相近 全新律师事务所" in page.text
    for secret in ("乙区财政局", "已暂停", "不应出现的机构有限公司", foreign.credit_code):
        assert secret not in page.text
    client.submit(client.get(answer.location), "main-form")
    assert [name for name, _ in register_of(session, bureau)] == [
        "申评咨询有限公司",
        "浦江评估有限公司",
        "申坪咨询有限责任公司",
        "全新律师事务所",
        "全新律师事务所",
        "不应出现的机构",
    ]
    assert registration_of(session, elsewhere, other).standing is Standing.SUSPENDED
    again = client.page(client.get(upload(client, content).location))
    assert "没有需要导入的机构" in again.text
    named = upload(client, workbook(line("另一个名字", foreign.credit_code)))
    assert "机构!A2 该统一社会信用代码属于" in client.page(client.get(named.location)).text


def test_somebody_was_quicker(client: Client, session: Session, bureau: Body, supervisor: Membership) -> None:
    sign_in(client, supervisor)
    taken = make_credit_code()
    preview = client.get(upload(client, workbook(line("甲机构"), line("乙机构", taken))).location)
    make_agency(session, bureau, "乙机构", credit_code=taken)
    before = row_counts(session)
    answer = client.submit(preview, "main-form")
    page = client.page(answer)
    assert answer.status_code == 409
    assert "预览之后机构库有变化，没有导入任何机构。" in page.text
    assert "新登记 1 家" in page.text
    assert row_counts(session) == before
    # The new preview is what is now confirmed, without a second upload.
    assert client.submit(answer, "main-form").status_code == 302
    assert [name for name, _ in register_of(session, bureau)] == ["乙机构", "甲机构"]


def test_what_fails_in_the_middle_leaves_nothing(
    app: Flask, session: Session, bureau: Body, supervisor: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register says yes, and in the same moment somebody enters the last of three."""
    content = workbook(line("甲机构"), line("乙机构"), line("丙机构"))
    actor = officer_of(bureau)
    with app.app_context():
        wanted = imports.note_upload(
            actor, session, keep_bytes(session, content, now=NOW), "名单.xlsx", now=NOW
        )
        found = imports.examine(session, actor, content, now=NOW)
        make_agency(session, bureau, "丙机构", credit_code=found.rows[2].code)
        before = row_counts(session)
        monkeypatch.setattr(imports, "examine", lambda *given, **named: found)
        with pytest.raises(Stale) as caught:
            imports.carry_out(actor, session, wanted, content, found.plan, now=NOW)
        session.rollback()
    assert (caught.value.code, caught.value.params) == ("import_overtaken", {"row": 4, "name": "丙机构"})
    assert row_counts(session) == before
    assert session.get_one(AgencyImport, wanted.id).confirmed_at is None


def test_another_file_under_the_same_preview_is_refused(app: Flask, session: Session, bureau: Body) -> None:
    content, actor = workbook(line("甲机构")), officer_of(bureau)
    with app.app_context():
        wanted = imports.note_upload(
            actor, session, keep_bytes(session, content, now=NOW), "名单.xlsx", now=NOW
        )
        plan = imports.examine(session, actor, content, now=NOW).plan
        other = workbook(line("乙机构"))
        with pytest.raises(Stale, match="import_file_changed"):
            imports.carry_out(actor, session, wanted, other, plan, now=NOW)


def test_two_confirm_at_once(real_app: Flask) -> None:
    content = workbook(line("甲机构"), line("乙机构"))
    with real_app.app_context():
        session = db.session()
        actor = officer_of(make_bureau(session))
        wanted = imports.note_upload(
            actor, session, keep_bytes(session, content, now=NOW), "名单.xlsx", now=NOW
        )
        plan = imports.examine(session, actor, content, now=NOW).plan
        import_id = wanted.id
        session.commit()
    start = threading.Barrier(2)
    ends: list[str] = []

    def confirm() -> None:
        with real_app.app_context():
            session = db.session()
            start.wait()
            try:
                wanted = session.get_one(AgencyImport, import_id)
                imports.carry_out(actor, session, wanted, content, plan, now=NOW)
                session.commit()
                ends.append("done")
            except WrongState as error:
                session.rollback()
                ends.append(error.code)

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with real_app.app_context():
        assert sorted(ends) == ["done", "import_done"]
        assert db.session.scalar(sa.select(sa.func.count(Agency.id))) == 2


def test_an_import_is_the_business_of_its_register(
    client: Client, new_client: Any, session: Session, bureau: Body, supervisor: Membership
) -> None:
    sign_in(client, supervisor)
    preview = upload(client, workbook(line("甲机构"))).location
    city = make_bureau(session, "市财政局")
    session.get_one(Body, bureau.id).parent_id = city.id
    other = make_bureau(session, "乙区财政局", parent=city)
    agency = make_agency(session, bureau)
    before = row_counts(session)
    for body, role, status in (
        (other, Role.BUREAU_SUPERVISOR, 404),
        (city, Role.BUREAU_LEAD, 404),
        (make_department(session, other, "乙区民政局"), Role.DEPARTMENT_OFFICER, 403),
        (session.get_one(Body, agency.id), Role.AGENCY_MANAGER, 403),
        (city, Role.SYSTEM_ADMINISTRATOR, 403),
    ):
        stranger = new_client()
        sign_in(stranger, make_member(session, session.get_one(Body, body.id), role))
        assert stranger.get(preview).status_code == status
        assert stranger.get(f"{preview}/file").status_code == status
        assert stranger.post(f"{preview}/confirm", data={"plan": "x"}).status_code == status
        if status == 403:
            assert stranger.get("/agencies/import").status_code == status
            assert stranger.get("/agencies/import/template").status_code == status
        else:
            assert "机构名单.xlsx" not in stranger.get("/agencies/import").text
    assert row_counts(session)[:-1] == before[:-1]
    assert session.scalars(sa.select(StoredFile.id)).all() != []
    assert (
        imports.examine(session, officer_of(bureau), workbook(line("甲机构")), now=NOW).count(Verdict.NEW)
        == 1
    )


def test_a_workbook_too_large_to_read_is_not_taken(session: Session, bureau: Body) -> None:
    stored = make_stored_row(session, FileKind.XLSX, size=10 * 1024 * 1024 + 1)
    with pytest.raises(Invalid) as error:
        imports.note_upload(officer_of(bureau), session, stored, "名单.xlsx", now=NOW)
    assert error.value.fields == {"file": ("table.file_too_large", {"megabytes": 10})}
