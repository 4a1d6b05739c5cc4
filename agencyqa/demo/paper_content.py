"""What stands in the papers of an engagement, from the figures that its evaluation record holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agencyqa.demo.chance import Chance
from agencyqa.demo.papers import MARK, Paper, Part, WorkPaper
from agencyqa.demo.spending import Node, Spending
from agencyqa.scoring import format_points
from agencyqa.web.formats import wan


@dataclass(frozen=True)
class Work:
    """An engagement in words, read once for all of its papers."""

    object_name: str
    contract: str
    agency: str
    unit: str
    commissioner: str
    evaluator: str
    signed_on: date
    due_on: date
    spending: Spending


def plan_paper(work: Work, written_on: date) -> Paper:
    groups = [node for node in work.spending.nodes if node.level == 2]
    return _paper(
        work,
        f"{work.object_name}绩效评价实施方案",
        written_on,
        Part(
            "一、评价对象与目的",
            (
                f"评价对象为{work.unit}实施的“{work.object_name}”，预算金额 {wan(work.spending.amount)} 万元。",
                "评价旨在了解资金使用和绩效目标实现情况，总结做法，发现问题，提出改进管理的建议。",
            ),
        ),
        Part("二、评价方法", ("采用比较法、因素分析法和公众评判法，结合现场核查、访谈和问卷调查。",)),
        Part("三、指标体系", (), ("指标", "权重"), tuple(_lines(groups, with_score=False))),
        Part(
            "四、时间安排",
            (
                f"{work.signed_on:%Y-%m-%d} 签订合同后开展前期调研，"
                f"{work.due_on:%Y-%m-%d} 前提交评价报告。方案由主评人{work.evaluator}组织实施。",
            ),
        ),
    )


def draft_paper(work: Work, written_on: date) -> Paper:
    return _paper(
        work,
        f"{work.object_name}绩效评价报告（征求意见稿）",
        written_on,
        *_findings(work),
        Part("四、征求意见", (f"本稿送{work.unit}核对事实和数据，反馈意见将在正式报告中说明采纳情况。",)),
    )


def report_paper(work: Work, written_on: date) -> Paper:
    advice = tuple(each.content.recommendation for each in work.spending.problems)
    return _paper(
        work,
        f"{work.object_name}绩效评价报告",
        written_on,
        *_findings(work),
        Part("四、有关建议", tuple(f"{number}．{text}" for number, text in enumerate(advice, start=1))),
        Part(
            "五、需要说明的问题",
            ("评价以被评价单位提供的资料为基础，资料的真实性、完整性由提供单位负责。", f"{MARK}。"),
        ),
    )


def note_paper(title: str, author: str, written_on: date, paragraphs: tuple[str, ...]) -> Paper:
    """A short paper: evidence of a finding, an answer to an order."""
    return Paper(
        title, f"{written_on:%Y-%m-%d}", author, (("出具单位", author),), (Part("情况说明", paragraphs),)
    )


def work_paper_rows(work: Work, chance: Chance) -> list[WorkPaper]:
    leaves = [node for node in work.spending.nodes if node.level == 3]
    methods = ("查阅资料", "重新计算", "现场核查", "访谈", "问卷汇总")
    return [
        WorkPaper(
            number=f"DG-{number:02}",
            subject=leaf.name,
            source=leaf.evidence,
            method=chance.one_of(f"method/{number}", methods),
            result=f"目标：{leaf.target}；实际：{leaf.actual}；"
            f"得分 {format_points(leaf.score)} / {format_points(leaf.weight)}",
            prepared_by="项目组",
            reviewed_by=work.evaluator,
        )
        for number, leaf in enumerate(leaves, start=1)
    ]


def _findings(work: Work) -> tuple[Part, ...]:
    spending = work.spending
    shown = [node for node in spending.nodes if node.level < 3]
    return (
        Part(
            "一、基本情况",
            (
                f"受{work.commissioner}委托，{work.agency}对{work.unit}实施的“{work.object_name}”开展绩效评价，"
                f"涉及资金 {wan(spending.amount)} 万元。",
                spending.summary,
            ),
        ),
        Part(
            "二、评分结果",
            (f"评价得分 {format_points(spending.total)} 分，等级为“{spending.grade}”。",),
            ("指标", "权重", "得分"),
            tuple(_lines(shown, with_score=True)),
        ),
        Part(
            "三、存在的问题",
            tuple(
                f"{number}．{each.content.facts}"
                + (f"涉及金额 {wan(each.amount)} 万元。" if each.amount else "")
                for number, each in enumerate(spending.problems, start=1)
            ),
        ),
    )


def _lines(nodes: Iterable[Node], *, with_score: bool) -> Iterable[tuple[str, ...]]:
    for node in nodes:
        name = node.name if node.level == 1 else f"　{node.name}"
        figures = (format_points(node.weight), format_points(node.score))
        yield (name, *figures) if with_score else (name, figures[0])


def _paper(work: Work, title: str, written_on: date, *parts: Part) -> Paper:
    return Paper(
        title=title,
        subtitle=f"{work.agency} · {written_on.year} 年 {written_on.month} 月",
        author=work.agency,
        facts=(
            ("合同编号", work.contract),
            ("评价对象", work.object_name),
            ("委托方", work.commissioner),
            ("被评价单位", work.unit),
            ("受托机构", work.agency),
            ("主评人", work.evaluator),
        ),
        parts=parts,
    )
