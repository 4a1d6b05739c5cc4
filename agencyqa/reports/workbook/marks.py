"""What stands above every table: whose it is, which state it shows, and how far its figures may be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from agencyqa.assessments.enums import RoundState
from agencyqa.reports.workbook.content import Year
from agencyqa.spreadsheets.workbook import Column, Sheet, Workbook
from agencyqa.web.formats import moment
from agencyqa.web.labels import label_of


@dataclass(frozen=True)
class Marks:
    """``banner`` stands out on every sheet, because sheets are printed and passed on one by one."""

    head: str
    notes: tuple[str, ...]
    banner: str | None

    def sheet(self, book: Workbook, name: str, columns: tuple[Column, ...], *notes: str) -> Sheet:
        return book.sheet(
            name, columns, title=f"{self.head} · {name}", notes=(*self.notes, *notes), banner=self.banner
        )


def marks_of(year: Year, now: datetime) -> Marks:
    head = gettext("%(bureau)s %(year)s 年度质量考核", bureau=year.bureau, year=year.round.year)
    state = gettext(
        "第 %(revision)s 版 · %(state)s · 导出时间 %(moment)s",
        revision=year.round.revision,
        state=label_of(year.round.state),
        moment=moment(now),
    )
    return Marks(str(head), (str(state),), _banner(year))


def _banner(year: Year) -> str | None:
    parts: list[str] = []
    if year.is_demo:
        parts.append(gettext("演示数据：机构、人员、业务与分数均为虚构。"))
    if year.is_reference:
        parts.append(reference_note())
    if year.round.state is RoundState.OPEN:
        parts.append(gettext("尚未发布，仅供内部核对。"))
    return " ".join(parts) or None


def reference_note() -> str:
    return str(
        gettext(
            "参考分值：质量考核办法的评分附件未完整公开，本表分值为参考分值，使用前应与财政部门的正式附件核对。"
        )
    )
