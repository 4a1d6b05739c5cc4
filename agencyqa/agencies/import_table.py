"""The columns of the workbook of agencies, for reading it and for the template, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO, TypeVar

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from agencyqa.agencies.enums import AgencyKind, Entry
from agencyqa.agencies.names import plain_name
from agencyqa.auth.actor import Actor
from agencyqa.i18n import LOCALES
from agencyqa.spreadsheets.tables import CellKind, ColumnSpec
from agencyqa.spreadsheets.workbook import Column, Kind, open_workbook
from agencyqa.web.labels import label_of

# Rows of the template that are ready to be filled in.
PREPARED_ROWS = 200


class Columns(StrEnum):
    """The keys are the names of the form's fields, so that a service's error finds its cell."""

    NAME = "name"
    CREDIT_CODE = "credit_code"
    KIND = "kind"
    FOUNDED_ON = "founded_on"
    LEGAL_REPRESENTATIVE = "legal_representative"
    ADDRESS = "address"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    CONTACT_EMAIL = "contact_email"
    ON_PLATFORM = "on_credit_platform"
    PLATFORM_NUMBER = "platform_number"
    PLATFORM_FILED_ON = "platform_filed_on"
    HEAD_OFFICE_CODE = "head_office_code"
    SECTORS = "sectors"
    EFFECTIVE_ON = "effective_on"
    ENTRY = "entry"
    REASON = "reason"


@dataclass(frozen=True)
class ImportColumn:
    """``maximum`` as in the form. ``help`` stands on the sheet of explanations."""

    title: Any
    help: Any
    width: int
    maximum: int = 0
    is_required: bool = False
    is_date: bool = False


COLUMNS: dict[Columns, ImportColumn] = {
    Columns.NAME: ImportColumn(_l("机构名称"), _l("与营业执照或登记证书一致。"), 34, 200, True),
    Columns.CREDIT_CODE: ImportColumn(
        _l("统一社会信用代码"), _l("18 位，按文本填写；可含空格，大小写均可。"), 24, 60, True
    ),
    Columns.KIND: ImportColumn(_l("机构类型"), _l("从下拉列表中选择。"), 16, 0, True),
    Columns.FOUNDED_ON: ImportColumn(_l("成立日期"), _l("例如 2010-05-01。"), 12, is_date=True),
    Columns.LEGAL_REPRESENTATIVE: ImportColumn(
        _l("法定代表人（负责人）"), _l("营业执照或登记证书上的法定代表人或负责人。"), 16, 80, True
    ),
    Columns.ADDRESS: ImportColumn(_l("地址"), _l("住所或经营场所。"), 34, 300),
    Columns.CONTACT_NAME: ImportColumn(_l("联系人"), _l("日常联系人姓名。"), 12, 80),
    Columns.CONTACT_PHONE: ImportColumn(_l("联系电话"), _l("区号和号码，按文本填写。"), 18, 40),
    Columns.CONTACT_EMAIL: ImportColumn(_l("电子邮箱"), _l("例如 name@example.com。"), 24, 200),
    Columns.ON_PLATFORM: ImportColumn(
        _l("已在信用管理平台备案"), _l("填“是”或“否”；不填视为“否”。自愿备案。"), 14
    ),
    Columns.EFFECTIVE_ON: ImportColumn(
        _l("申请（登记）日期"),
        _l("申请日期；办理方式为“受理并准予登记”的，也是准予登记的日期。"),
        14,
        0,
        True,
        is_date=True,
    ),
    Columns.ENTRY: ImportColumn(_l("办理方式"), _l("从下拉列表中选择；不填视为“仅受理申请”。"), 18),
    Columns.REASON: ImportColumn(_l("说明"), _l("最多 500 字。"), 30, 500),
    Columns.PLATFORM_NUMBER: ImportColumn(_l("备案编号"), _l("已备案的填写。"), 18, 80),
    Columns.PLATFORM_FILED_ON: ImportColumn(_l("备案日期"), _l("例如 2021-05-01。"), 12, is_date=True),
    Columns.HEAD_OFFICE_CODE: ImportColumn(
        _l("总部的统一社会信用代码"), _l("仅具有法人资格、自行登记的分支机构填写。"), 24, 60
    ),
    Columns.SECTORS: ImportColumn(
        _l("业务领域"), _l("可填多项，用顿号分隔，例如“教育、卫生健康”。名称与登记页面上的一致。"), 30, 300
    ),
}


def specs() -> list[ColumnSpec]:
    """For ``read_table``; a heading is known in either language."""
    return [
        ColumnSpec(
            key.value,
            _in_each_language(column.title),
            CellKind.DATE if column.is_date else CellKind.TEXT,
            required=column.is_required,
            blank=not column.is_required,
        )
        for key, column in COLUMNS.items()
    ]


def _in_each_language(text: Any) -> tuple[str, ...]:
    """The reader's own first, since that one stands in messages."""
    found = [str(text)]
    for locale in LOCALES.values():
        with force_locale(locale):
            found.append(str(text))
    return tuple(dict.fromkeys(found))


M = TypeVar("M", bound=StrEnum)


def member_of(members: type[M], text: str) -> M | None:
    """The choice whose words, in either language, or whose code these are."""
    wanted = plain_name(text)
    for locale in LOCALES.values():
        with force_locale(locale):
            for member in members:
                if wanted in {plain_name(label_of(member)), member.value}:
                    return member
    return None


# Excel's own truth values come as text as well.
_FLAGS = {
    **dict.fromkeys(("是", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "no", "false", "0"), False),
}


def flag_of(text: str) -> bool | None:
    return _FLAGS.get(plain_name(text))


def write_template(actor: Actor, target: BinaryIO, *, now: datetime) -> None:
    """Prepared rows with drop-down lists, and a sheet that explains each column."""
    title = gettext("第三方机构导入模板")
    columns = tuple(
        Column(key.value, str(column.title), column.width, Kind.DATE if column.is_date else Kind.TEXT)
        for key, column in COLUMNS.items()
    )
    with open_workbook(target, title=title, created=now, author=actor.body_name) as book:
        sheet = book.sheet(gettext("机构"), columns)
        for _ in range(PREPARED_ROWS):
            sheet.write({})
        sheet.offer(Columns.KIND, [label_of(kind) for kind in AgencyKind])
        sheet.offer(Columns.ON_PLATFORM, [gettext("是"), gettext("否")])
        sheet.offer(Columns.ENTRY, [label_of(entry) for entry in Entry])
        _explain(book)


def _explain(book: Any) -> None:
    sheet = book.sheet(
        gettext("说明"),
        (
            Column("title", gettext("列"), 24),
            Column("required", gettext("必填"), 8),
            Column("help", gettext("填写方法"), 70, Kind.WRAP),
        ),
        title=gettext("填写说明"),
        notes=(
            gettext("每行一家机构，不要合并单元格，不要改动表头。"),
            gettext("上传后先预览，确认后一次全部登记；有一处错误，就一家也不登记。"),
            gettext("统一社会信用代码已在本局机构库中的行会跳过，不改动已有档案。"),
        ),
    )
    for column in COLUMNS.values():
        sheet.write(
            {
                "title": str(column.title),
                "required": gettext("是") if column.is_required else gettext("否"),
                "help": str(column.help),
            }
        )
