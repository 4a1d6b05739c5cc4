"""The workbook read back: its figures are the database's, it adds up, and only those who may have it get it."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from agencyqa.accounts.models import InstallationFact
from agencyqa.agencies.models import Agency
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.review import correct_sheet
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.measures.enums import Purpose
from agencyqa.reports.workbook import write_workbook
from agencyqa.scoring import SCALE
from tests.factories.accounts import NOW
from tests.factories.assessments import best_answers, program_of_sheet
from tests.integration.reports.book import SHEETS, Book, scored, written
from tests.integration.reports.world import District, World, world

__all__ = ["scored", "world"]


def test_the_ranking_is_the_database(scored: District) -> None:
    found = scored.round(WeightMode.FEE)
    book = written(scored.session, scored.actor(scored.supervisor), found)
    assert book.names == SHEETS
    results = scored.results(found)
    rows = book.rows("排名")
    codes = {
        result.agency_id: scored.session.get_one(Agency, result.agency_id).credit_code for result in results
    }
    assert [
        (row["名次"], row["第三方机构"], row["统一社会信用代码"], row["得分"], row["业务数"], row["未完成项"])
        for row in rows
    ] == [
        (
            result.rank,
            result.agency_name,
            codes[result.agency_id],
            None if result.rounded is None else result.rounded / 100,
            result.engagement_count,
            result.missing_count,
        )
        for result in results
    ]
    assert [(row["名次"], row["得分"], row["等级"], row["结果状态"]) for row in rows] == [
        (1, 99.1, "优", "结果完整"),
        (2, 98.2, "优", "结果完整"),
        (None, None, None, "暂定"),
    ]
    for row, result in zip(rows, results, strict=True):
        for key, held in result.measure_scores.items():
            name = key or "其他（服务评价表）"
            assert row[f"{name} 小计"] == (None if held["rounded"] is None else held["rounded"] / 100)
            expected = None if held["maximum"] is None else round(float(Fraction(held["maximum"])), 2)
            assert row[f"{name} 满分"] == expected
    best = rows[0]
    assert round(sum(best[f"{name} 小计"] for name in ("M1", "M2", "M3", "其他（服务评价表）")), 2) == 99.1
    assert len(book.sheet("排名")._charts) == 1  # type: ignore[attr-defined]


def test_every_engagement_adds_up_to_the_year(scored: District) -> None:
    found = scored.round(WeightMode.FEE)
    rows = written(scored.session, scored.actor(scored.lead), found).rows("业务得分")
    assert [
        (
            row["合同编号"],
            row["评价对象"],
            row["委托方"],
            row["被评价单位"],
            row["第三方机构"],
            row["合同金额（元）"],
        )
        for row in rows
    ] == [
        ("HT-001", "学前教育补助项目", "长宁区财政局", "区教育局", "申评咨询有限公司", 10_000),
        ("HT-002", "智慧校园项目", "长宁区财政局", "区教育局", "申评咨询有限公司", 30_000),
        ("+HT-003", "=cmd|' /C calc'!A0", "长宁区财政局", "区教育局", "=浦江会计师事务所", 80_000),
        ("HT-004", "尚缺评分的项目", "长宁区财政局", "区教育局", "待评分机构", 80_000),
    ]
    assert [
        (
            row["业务权重"],
            row["财政局评分（百分制）"],
            row["财政局评分占比"],
            row["财政局评分折算"],
            row["被评价单位评分（百分制）"],
            row["被评价单位评分占比"],
            row["被评价单位评分折算"],
            row["业务得分"],
            row["计入年度得分"],
        )
        for row in rows
    ] == [
        (0.25, 100, 0.7, 70, 100, 0.3, 30, 100, 25),
        (0.75, 100, 0.7, 70, 96, 0.3, 28.8, 98.8, 74.1),
        (1, 100, 0.7, 70, 94, 0.3, 28.2, 98.2, 98.2),
        (1, 100, 0.7, 70, "未完成", 0.3, None, "暂定", None),
    ]


def test_every_criterion_of_every_counted_sheet(scored: District) -> None:
    found = scored.round()
    book = written(scored.session, scored.actor(scored.supervisor), found)
    rows = book.rows("逐项得分")
    sheets = scored.session.scalars(sa.select(ScoreSheet).where(ScoreSheet.total.is_not(None))).all()
    programs = {sheet.id: program_of_sheet(scored.session, sheet) for sheet in sheets}
    assert len(sheets) == 7
    assert len(rows) == sum(len(program.layout) for program in programs.values())
    totals: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["合同编号"], row["评分角色"])
        totals[key] = totals.get(key, 0) + round(row["计入得分"] * SCALE)
        assert row["计算得分"] == row["计入得分"]
        assert (row["评分人给分"], row["差异"]) == (None, None)
        assert "[" in row["依据"]
    assert totals[("HT-002", "被评价单位评分")] == 96 * SCALE
    assert sorted(totals.values()) == sorted(sheet.total or 0 for sheet in sheets)
    bureau = [row for row in rows if row["评分角色"] == "财政局评分"]
    assert {row["分值性质"] for row in bureau} == {"参考分值"}
    assert {row["分值性质"] for row in rows if row["评分角色"] != "财政局评分"} == {None}
    assert {row["所属办法"] for row in bureau} == {"M1", "M2", "M3"}
    assert {row["评分单位"] for row in bureau} == {"长宁区财政局"}


def test_the_arithmetic_is_written_out_and_adds_up(scored: District) -> None:
    found = scored.round(WeightMode.FEE)
    book = written(scored.session, scored.actor(scored.supervisor), found)
    rows = book.rows("计分过程")
    years = [row for row in rows if row["考核项"] == "年度得分"]
    assert [(row["第三方机构"], row["算式（数值）"], row["得分"], row["复核"]) for row in years] == [
        ("申评咨询有限公司", "100 × 1/4 + 98.8 × 3/4 = 99.1", "99.10", "相符"),
        ("=浦江会计师事务所", "98.2 × 1/1 = 98.2", "98.20", "相符"),
        ("待评分机构", None, None, "相符"),
    ]
    (engagement,) = [row for row in rows if row["层次"] == "委托业务" and row["合同编号"] == "HT-002"]
    assert engagement["算式（数值）"] == "100 × 70% + 96 × 30% = 98.8"
    (sheet,) = [
        row
        for row in rows
        if row["合同编号"] == "HT-002" and row["层次"] == "被评价单位评分" and row["步骤"] == "各部分合计"
    ]
    assert (sheet["算式（数值）"], sheet["得分"], sheet["复核"]) == ("30 + 16 + 50 = 96", 96, "相符")
    checked = [row["复核"] for row in rows if row["复核"]]
    assert len(checked) == 3 + 7
    assert set(checked) == {"相符"}
    # Every step is there, with names and with figures.
    steps = [row for row in rows if str(row["步骤"] or "")[:1].isdigit()]
    assert all(row["算式（名称）"] and row["算式（数值）"] for row in steps)
    assert "与计算年度结果时一致" in book.about()["核对"]


def test_what_is_missing(scored: District) -> None:
    found = scored.round()
    rows = written(scored.session, scored.actor(scored.supervisor), found).rows("未完成")
    missing = [tuple(row.values()) for row in rows if row["事由"] == "缺少评分"]
    assert missing == [
        ("缺少评分", "待评分机构", "HT-004", "尚缺评分的项目", "被评价单位评分", "待评分", "区教育局")
    ]
    assert [row["合同编号"] for row in rows if row["事由"] == "业务尚未完成"] == [
        "HT-001",
        "HT-002",
        "+HT-003",
        "HT-004",
    ]


def test_texts_never_become_formulas(scored: District) -> None:
    book = written(scored.session, scored.actor(scored.supervisor), scored.round())
    live = {
        name: {
            str(cell.value) for row in book.sheet(name).iter_rows() for cell in row if cell.data_type == "f"
        }
        for name in SHEETS
    }
    # Only the recomputing sheets calculate, and no name or title ever is a part of what they calculate.
    assert {name for name, formulas in live.items() if formulas} == {"复算", "复算排名"}
    assert not any("calc" in each or "浦江" in each for each in live["复算"] | live["复算排名"])
    kinds = {
        cell.value: cell.data_type
        for name in SHEETS
        for row in book.sheet(name).iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value[:1] in "=+-@" and cell.data_type != "f"
    }
    assert kinds["=浦江会计师事务所"] == "s"
    assert kinds["=cmd|' /C calc'!A0"] == "s"
    assert kinds["+HT-003"] == "s"
    assert set(kinds.values()) == {"s"}


def test_the_first_sheet_says_what_it_is(scored: District) -> None:
    found = scored.round()
    actor = scored.actor(scored.supervisor)
    book = written(scored.session, actor, found)
    about = book.about()
    wanted = {
        "财政局": "长宁区财政局",
        "考核年度": "2022",
        "版次": "1",
        "状态": "进行中",
        "业务权重": "各业务等权",
        "机构、业务、评分表": "3 家、4 项、7 份",
        "等级": "优：90 分（含）以上、良：80 分（含）以上、中：60 分（含）以上、差：0 分（含）以上",
        "结果校验值": found.results_digest,
    }
    assert {name: about[name] for name in wanted} == wanted
    assert "演示数据" not in about
    for name in SHEETS:
        above = book.above(name)
        assert "参考分值" in above
        assert "尚未发布，仅供内部核对" in above
        assert "演示数据" not in above
    scored.session.add(InstallationFact(key="demo_data", value="2022"))
    scored.publish(found)
    book = written(scored.session, actor, found)
    assert book.about()["含暂定结果的发布理由"] == "按期发布"
    for name in SHEETS:
        above = book.above(name)
        assert "演示数据：机构、人员、业务与分数均为虚构。" in above
        assert "尚未发布" not in above


def test_it_shows_the_sheets_that_were_counted(world: World) -> None:
    """A correction taken up later changes nothing of what a round was computed from."""

    own = world.own
    sheet = own.score(own.engage("学前教育补助项目"), lost=4 * SCALE)[Purpose.EVALUATED_UNIT]
    found = own.publish(own.round())
    before = written(own.session, own.actor(own.supervisor), found)
    newer = correct_sheet(
        own.actor(own.reviewer), own.session, sheet, reason="漏记一项", due_on=None, now=NOW
    )
    program = program_of_sheet(own.session, newer)

    answers = {**newer.answers, "communication": {"band": "good", "value": 20 * SCALE}}
    save_draft(
        own.actor(own.officer),
        own.session,
        newer,
        program,
        Entry(answers, {}, {}),
        seen_version=newer.version,
        editing_key="k",
        now=NOW,
    )
    own.session.flush()
    after = written(own.session, own.actor(own.supervisor), found)
    for name in SHEETS[1:]:
        assert after.rows(name) == before.rows(name)
    assert "与计算年度结果时一致" in after.about()["核对"]


def test_a_sheet_that_was_tampered_with_is_named(scored: District) -> None:
    found = scored.round()
    sheet = scored.session.scalars(
        sa.select(ScoreSheet).where(ScoreSheet.scorer_role == Purpose.EVALUATED_UNIT).order_by(ScoreSheet.id)
    ).first()
    assert sheet is not None
    # Behind the back of the application: the total stays, the reason for it does not.
    scored.session.execute(
        sa.update(ScoreSheet).where(ScoreSheet.id == sheet.id).values(reasons={"communication": "改动"})
    )
    scored.session.expire_all()
    book = written(scored.session, scored.actor(scored.supervisor), found)
    assert book.about()["核对"].startswith("有 1 处与计算年度结果时的内容不符：HT-001 被评价单位评分")
    assert "不符" in [row["复核"] for row in book.rows("计分过程")]


def test_own_figures_of_the_scorer(world: World) -> None:
    """Computed, given, difference and reason stand side by side."""

    own = world.own
    sheets = own.sheets(own.engage("学前教育补助项目"))
    sheet = sheets[Purpose.EVALUATED_UNIT]
    program = program_of_sheet(own.session, sheet)
    entry = Entry(best_answers(program), {"communication": 18 * SCALE + 5000}, {"communication": "响应较慢"})
    submit_sheet(
        own.actor(own.officer), own.session, sheet, program, entry, seen_version=sheet.version, now=NOW
    )
    own.accept(sheet)
    own.submit(sheets[Purpose.BUREAU])
    own.accept(sheets[Purpose.BUREAU])
    book = written(own.session, own.actor(own.supervisor), own.round())
    (row,) = [row for row in book.rows("逐项得分") if row["评分人给分"] is not None]
    assert (row["计算得分"], row["评分人给分"], row["计入得分"], row["差异"], row["差异理由"]) == (
        20,
        18.5,
        18.5,
        -1.5,
        "响应较慢",
    )
    (step,) = [row for row in book.rows("计分过程") if row["步骤"] == "评分人给分"]
    assert step["算式（数值）"] == "计算得分 20，给分 18.5，差异 -1.5"


def test_in_english(scored: District, app: Flask) -> None:
    found = scored.round()
    actor = scored.actor(scored.supervisor)
    target = BytesIO()
    with app.app_context(), force_locale("en"):
        write_workbook(scored.session, actor, found.id, target, now=NOW)
    book = Book(target.getvalue())
    assert len(book.names) == len(SHEETS)
    rows = book.sheet(book.names[1])
    values = [cell.value for row in rows.iter_rows() for cell in row]
    # Grades are data of the bureau, with an English name of their own.
    assert "Excellent" in values
    assert "优" not in values
