"""The sheet with every criterion of every counted score sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from flask_babel import gettext

from agencyqa.reports.workbook.cited import Citations
from agencyqa.reports.workbook.content import CountedSheet, Item, Scored
from agencyqa.reports.workbook.facts import facts_by_criterion
from agencyqa.reports.workbook.marks import Marks
from agencyqa.spreadsheets.workbook import Column, Kind, Sheet, Workbook
from agencyqa.web.labels import label_of


def criteria_sheet(book: Workbook, marks: Marks) -> Sheet:
    return marks.sheet(
        book,
        gettext("逐项得分"),
        _columns(),
        gettext("计算得分由填报内容按规则得出；评分人另行给分的以给分为准，差异须说明理由。"),
    )


def write_criteria(sheet: Sheet, items: Iterable[Item], cited: Citations, last_day: date) -> None:
    """The sheet about an agency's year stands before its engagements; its rules are those of the ``last_day``."""
    for item in items:
        if item.form is not None:
            for row in _rows(item.result.agency_name, None, item.form, cited, last_day):
                sheet.write(row)
        day = date.fromisoformat(item.data["signed_on"])
        for counted in item.sheets:
            for row in _rows(item.result.agency_name, item, counted, cited, day):
                sheet.write(row)


def _rows(
    agency: str, item: Item | None, counted: CountedSheet, cited: Citations, day: date
) -> Iterator[tuple[object, ...]]:
    """``item`` is the engagement, None for a sheet about the agency's year."""
    texts, held = counted.texts, counted.sheet
    scheme = f"{texts.title} v{counted.version.number}"
    reference = gettext("参考分值") if counted.version.is_reference else None
    role = label_of(held.scorer_role)
    facts = facts_by_criterion(counted)
    for section, criterion in counted.program.scheme.criteria():
        key = criterion.key
        scored = counted.criteria[key]
        yield (
            agency,
            None if item is None else item.data["contract"],
            None if item is None else item.data["object"],
            role,
            counted.scorer,
            held.revision,
            scheme,
            reference,
            texts.section(section.key),
            texts.criterion(key),
            criterion.measure or None,
            criterion.max_points,
            scored.computed,
            scored.entered,
            scored.counted,
            _difference(scored),
            held.reasons.get(key),
            facts.get(key),
            cited.label(counted, key, day),
        )


def _difference(scored: Scored) -> int | None:
    if scored.entered is None or scored.computed is None:
        return None
    return scored.entered - scored.computed


def _columns() -> tuple[Column, ...]:
    return (
        Column("agency", gettext("第三方机构"), 30),
        Column("contract", gettext("合同编号"), 18),
        Column("object", gettext("评价对象"), 30),
        Column("role", gettext("评分角色"), 16),
        Column("scorer", gettext("评分单位"), 20),
        Column("revision", gettext("版次"), 7, Kind.INT),
        Column("scheme", gettext("考核方案"), 30),
        Column("reference", gettext("分值性质"), 11),
        Column("section", gettext("部分"), 20),
        Column("criterion", gettext("考核项"), 30),
        Column("measure", gettext("所属办法"), 10),
        Column("max", gettext("分值"), 8, Kind.POINTS),
        Column("computed", gettext("计算得分"), 10, Kind.POINTS),
        Column("entered", gettext("评分人给分"), 11, Kind.POINTS),
        Column("counted", gettext("计入得分"), 10, Kind.POINTS),
        Column("difference", gettext("差异"), 8, Kind.POINTS),
        Column("reason", gettext("差异理由"), 30),
        Column("facts", gettext("在案情况"), 40),
        Column("provision", gettext("依据"), 44),
    )
