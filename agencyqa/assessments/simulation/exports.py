"""A simulation as a workbook: what was asked, every agency and every engagement before and after. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import gettext

from agencyqa.assessments.forms.ranking_page import group_label
from agencyqa.assessments.simulation.simulate import AgencyMove, Simulation
from agencyqa.assessments.simulation.year import SHOWN_PLACES, EngagementScores
from agencyqa.scoring import SCALE
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook, open_workbook


def write_simulation(
    simulation: Simulation,
    labels: Mapping[str, str],
    conditions: Sequence[tuple[str, str]],
    gaps: Sequence[str],
    target: BinaryIO,
    *,
    title: str,
    author: str,
    now: datetime,
) -> None:
    """``labels`` are the names of the grades; ``conditions`` (what, value) in words; ``gaps`` what has no new figure.

    Row after row; nothing but what the page of the same conditions shows or counts.
    """
    note = gettext("模拟结果，不是考核结果：只读试算，不改动任何评分表、结果或方案。")
    with open_workbook(target, title=title, created=now, author=author) as book:
        _agencies(book, simulation, labels, title, note)
        _engagements(book, simulation, title, note)
        columns = (Column("what", gettext("项目"), 30), Column("value", gettext("内容"), 80, Kind.WRAP))
        sheet = book.sheet(gettext("条件与说明"), columns, title=title, notes=(note,))
        sheet.write_all(conditions)
        sheet.write_all((gettext("不能照搬的答案"), gap) for gap in gaps)


def _agencies(
    book: Workbook, simulation: Simulation, labels: Mapping[str, str], title: str, note: str
) -> None:
    columns = (
        Column("agency", gettext("第三方机构"), 34),
        Column("before", gettext("原得分"), 10, Kind.SCORE),
        Column("after", gettext("新得分"), 10, Kind.SCORE),
        Column("difference", gettext("相差"), 10, Kind.SCORE),
        Column("rank_before", gettext("原名次"), 8, Kind.RANK),
        Column("rank_after", gettext("新名次"), 8, Kind.RANK),
        *(_group_columns() if simulation.has_groups else ()),
        Column("grade_before", gettext("原等级"), 10),
        Column("grade_after", gettext("新等级"), 10),
        Column("engagements", gettext("业务数"), 8, Kind.INT),
    )
    sheet = book.sheet(gettext("机构"), columns, title=title, notes=(note,))
    sheet.write_all(_move(simulation, move, labels) for move in simulation.moves)


def _group_columns() -> tuple[Column, ...]:
    return (
        Column("group", gettext("组别"), 14),
        Column("group_rank_before", gettext("原组内名次"), 10, Kind.RANK),
        Column("group_rank_after", gettext("新组内名次"), 10, Kind.RANK),
    )


def _move(simulation: Simulation, move: AgencyMove, labels: Mapping[str, str]) -> dict[str, Any]:
    before, after = move.before, move.after
    grouped = {
        "group": group_label(after.group),
        "group_rank_before": before.group_rank,
        "group_rank_after": after.group_rank,
    }
    return {
        "agency": simulation.year.agencies[after.agency][1],
        **_scores(before.rounded, after.rounded),
        "rank_before": before.rank,
        "rank_after": after.rank,
        **(grouped if simulation.has_groups else {}),
        "grade_before": labels.get(before.grade or "", before.grade),
        "grade_after": labels.get(after.grade or "", after.grade),
        "engagements": after.engagements,
    }


def _engagements(book: Workbook, simulation: Simulation, title: str, note: str) -> None:
    columns = (
        Column("contract", gettext("合同编号"), 22),
        Column("object", gettext("评价对象"), 40),
        Column("agency", gettext("第三方机构"), 34),
        Column("before", gettext("原得分"), 10, Kind.SCORE),
        Column("after", gettext("新得分"), 10, Kind.SCORE),
        Column("difference", gettext("相差"), 10, Kind.SCORE),
    )
    sheet = book.sheet(gettext("业务"), columns, title=title, notes=(note,))
    year = simulation.year
    figures = zip(
        _rounded(simulation.before.engagements), _rounded(simulation.after.engagements), strict=True
    )
    for position, (before, after) in enumerate(figures):
        sheet.write(
            {
                "contract": year.contracts[position],
                "object": year.objects[position],
                "agency": year.agencies[int(year.agency[position])][1],
                **_scores(before, after),
            }
        )


def _rounded(scores: EngagementScores) -> Iterator[int | None]:
    for known, rounded in zip(scores.known, scores.rounded(), strict=True):
        yield int(rounded) if known else None


def _scores(before: int | None, after: int | None) -> dict[str, int | None]:
    """Hundredths as the units of a cell; without a figure the cell is empty, never 0."""
    unit = SCALE // 10**SHOWN_PLACES
    return {
        "before": None if before is None else before * unit,
        "after": None if after is None else after * unit,
        "difference": None if before is None or after is None else (after - before) * unit,
    }
