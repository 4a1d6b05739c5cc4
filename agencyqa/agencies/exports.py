from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import gettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.agencies.queries import export_rows
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.i18n import listed
from agencyqa.spreadsheets.workbook import Column, Kind, open_workbook
from agencyqa.web.labels import label_of

CHUNK = 500


def _columns() -> tuple[Column, ...]:
    """Made for each workbook, because the headings are in the reader's language."""
    return (
        Column("name", gettext("机构名称"), 34),
        Column("credit_code", gettext("统一社会信用代码"), 22),
        Column("kind", gettext("机构类型"), 16),
        Column("standing", gettext("状态"), 10),
        Column("bureau", gettext("登记机关"), 20),
        Column("legal_representative", gettext("法定代表人（负责人）"), 16),
        Column("founded_on", gettext("成立日期"), 12, Kind.DATE),
        Column("evaluators", gettext("主评人数"), 10, Kind.INT),
        Column("next_expiry", gettext("最近资质到期日"), 14, Kind.DATE),
        Column("staff", gettext("工作人员数"), 10, Kind.INT),
        Column("experts", gettext("合作专家数"), 10, Kind.INT),
        Column("load", gettext("在手业务数"), 10, Kind.INT),
        Column("sectors", gettext("业务领域"), 30),
        Column("on_credit_platform", gettext("信用管理平台备案"), 14),
        Column("platform_number", gettext("备案编号"), 18),
        Column("platform_filed_on", gettext("备案日期"), 12, Kind.DATE),
        Column("head_office_code", gettext("总部的统一社会信用代码"), 22),
        Column("address", gettext("地址"), 40),
        Column("contact_name", gettext("联系人"), 12),
        Column("contact_phone", gettext("联系电话"), 18),
        Column("contact_email", gettext("电子邮箱"), 26),
    )


def write_register(
    session: Session,
    actor: Actor,
    statement: Select[*tuple[Any, ...]],
    conditions: str,
    target: BinaryIO,
    *,
    now: datetime,
) -> None:
    """The rows of the filtered list, all of them; ``conditions`` says in words which filter was set."""
    title = gettext("第三方机构库")
    notes = [gettext("制表单位：%(name)s", name=actor.body_name)]
    if conditions:
        notes.append(gettext("筛选条件：%(conditions)s", conditions=conditions))
    with open_workbook(target, title=title, created=now, author=actor.body_name) as book:
        sheet = book.sheet(title, _columns(), title=title, notes=tuple(notes))
        rows = session.execute(
            export_rows(statement, local_date(now)), execution_options={"yield_per": CHUNK}
        )
        for row in rows.mappings():
            sheet.write(
                {
                    **row,
                    "kind": label_of(row["kind"]),
                    "standing": label_of(row["standing"]),
                    "sectors": listed(label_of(sector) for sector in row["sectors"]),
                    "on_credit_platform": gettext("是") if row["on_credit_platform"] else gettext("否"),
                }
            )
