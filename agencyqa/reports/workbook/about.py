"""The first sheet: what this is, whose, when, how it was reckoned, and whether it was checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from agencyqa.assessments.annual import SHOWN_PLACES
from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.auth.actor import Actor
from agencyqa.i18n import listed
from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.marks import Marks, reference_note
from agencyqa.scoring import format_points
from agencyqa.spreadsheets.workbook import Column, Kind, Sheet, Workbook
from agencyqa.web.formats import moment
from agencyqa.web.labels import label_of


@dataclass(frozen=True)
class Checked:
    """What the writing of the other sheets found; ``wrong`` names what does not add up or has changed."""

    engagements: int
    sheets: int
    wrong: Sequence[str]
    not_found: int


def about_sheet(book: Workbook, marks: Marks) -> Sheet:
    """Made first, so that it lies on top; written last, when everything is known."""
    return marks.sheet(
        book,
        gettext("说明"),
        (Column("item", gettext("条目"), 20), Column("content", gettext("内容"), 100, Kind.WRAP)),
    )


def write_about(sheet: Sheet, year: Year, actor: Actor, checked: Checked, now: datetime) -> None:
    for row in _rows(year, actor, checked, now):
        sheet.write(row)


def _rows(year: Year, actor: Actor, checked: Checked, now: datetime) -> Iterator[tuple[str, str]]:
    found = year.round
    yield (
        gettext("内容"),
        gettext(
            "第三方机构预算绩效评价业务质量年度考核：排名、业务得分、逐项得分、计分过程、复算、监督检查问题、提交时效和未完成事项。"
        ),
    )
    yield gettext("财政局"), year.bureau
    yield gettext("考核年度"), str(found.year)
    yield gettext("版次"), str(found.revision)
    yield gettext("状态"), label_of(found.state)
    if found.reason:
        yield gettext("更正原因"), found.reason
    if found.provisional_reason:
        yield gettext("含暂定结果的发布理由"), found.provisional_reason
    yield gettext("计算时间"), moment(found.computed_at)
    yield gettext("发布时间"), moment(found.published_at)
    yield gettext("导出"), f"{moment(now)} · {actor.user_name} · {actor.body_name}"
    yield (
        gettext("机构、业务、评分表"),
        gettext(
            "%(agencies)s 家、%(engagements)s 项、%(sheets)s 份",
            agencies=len(year.results),
            engagements=checked.engagements,
            sheets=checked.sheets,
        ),
    )
    yield (
        gettext("业务权重"),
        gettext("按年度规则") if found.year_rules_id else label_of(found.weight_mode),
    )
    yield gettext("等级"), _grades(year)
    yield (
        gettext("取整"),
        gettext(
            "评分以万分之一分为单位按整数计算；折算、加权保留精确分数，只在年度得分四舍五入保留 %(shown)s 位小数，"
            "等级按四舍五入保留 %(places)s 位小数的得分确定。表中其他小数仅为显示。",
            shown=SHOWN_PLACES,
            places=year.grades.places,
        ),
    )
    if year.is_reference:
        yield gettext("参考分值"), reference_note()
    if year.is_demo:
        yield gettext("演示数据"), gettext("机构、人员、业务与分数均为虚构。")
    yield gettext("核对"), _verdict(checked)
    yield gettext("结果校验值"), found.results_digest
    versions = sorted({result.engine_version for result in year.results})
    yield gettext("计分引擎版本"), listed(versions)


def _grades(year: Year) -> str:
    bands = sorted(year.grades.bands, key=lambda band: -int(band["low"]))
    return listed(
        gettext(
            "%(grade)s：%(low)s 分（含）以上",
            grade=band_label(bands, band["key"]),
            low=format_points(int(band["low"])),
        )
        for band in bands
    )


def _verdict(checked: Checked) -> str:
    if checked.wrong or checked.not_found:
        return str(
            gettext(
                "有 %(count)s 处与计算年度结果时的内容不符：%(places)s；另有 %(missing)s 份评分表未找到。",
                count=len(checked.wrong),
                places=listed(checked.wrong) or "—",
                missing=checked.not_found,
            )
        )
    return str(
        gettext(
            "导出时重新计算全部评分表并逐级相加，内容和得分与计算年度结果时一致。",
        )
    )
