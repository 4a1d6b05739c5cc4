"""What an invented evaluation says about the spending: the figures of the indicator tree and the problems found.

It is worked out once from the object's name, so that the report in the file and the record in the system agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from agencyqa.demo.chance import Chance
from agencyqa.demo.spending_content import DIMENSION_NAMES, PROBLEMS, TREES, ProblemContent
from agencyqa.evaluations.enums import Dimension, ProblemKind
from agencyqa.objects.enums import ObjectKind
from agencyqa.scoring import SCALE

HALF = SCALE // 2
GRADES = (("优", 90 * SCALE), ("良", 80 * SCALE), ("中", 60 * SCALE), ("差", 0))

PROBLEM_NAMES = {
    ProblemKind.DECISION: "立项与目标",
    ProblemKind.FUNDS: "资金管理",
    ProblemKind.IMPLEMENTATION: "组织实施",
    ProblemKind.OUTPUT: "产出",
    ProblemKind.BENEFIT: "效益",
    ProblemKind.OTHER: "其他",
}


class Slip(StrEnum):
    """A mistake of the agency in its own figures."""

    SUM = "sum"
    TOTAL = "total"
    GRADE = "grade"
    WEIGHT = "weight"
    SHARE = "share"


@dataclass(frozen=True)
class Node:
    """A line of the tree: level 1 to 3, figures in ten-thousandths of a point; branches state their own sums."""

    level: int
    dimension: Dimension
    name: str
    weight: int
    score: int
    target: str = ""
    actual: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Problem:
    content: ProblemContent
    amount: int | None


@dataclass(frozen=True)
class Spending:
    """``amount`` in fen; ``total`` and ``grade`` are what the agency states, right or wrong."""

    nodes: tuple[Node, ...]
    total: int
    grade: str
    amount: int
    summary: str
    problems: tuple[Problem, ...]


def grade_of(total: int) -> str:
    return next(label for label, low in GRADES if total >= low)


def spending_of(name: str, kind: ObjectKind, amount: int, chance: Chance, slip: Slip | None) -> Spending:
    quality = 60 + chance.number("spending", 37)
    nodes = _nodes(kind, chance, quality)
    total = sum(node.score for node in nodes if node.level == 1)
    nodes, total, grade = _with_slip(nodes, total, slip)
    problems = _problems(amount, chance, quality)
    summary = (
        f"“{name}”总体完成预定目标，评价得分 {total / SCALE:g} 分，等级为“{grade}”。"
        f"评价发现{PROBLEM_NAMES[problems[0].content.kind]}等方面的问题 {len(problems)} 项，已逐项提出建议。"
        "（演示数据，纯属虚构）"
    )
    return Spending(tuple(nodes), total, grade, amount, summary, problems)


def _nodes(kind: ObjectKind, chance: Chance, quality: int) -> list[Node]:
    """Leaves first get their scores; every branch then states the sum of what lies below it."""
    groups = TREES[kind]
    found: list[Node] = []
    for dimension, title in DIMENSION_NAMES.items():
        below: list[Node] = []
        for group in (group for group in groups if group.dimension is dimension):
            leaves = [
                _leaf(dimension, leaf.name, leaf.weight, leaf.target, leaf.evidence, chance, quality)
                for leaf in group.leaves
            ]
            below += [_branch(2, dimension, group.name, leaves), *leaves]
        found += [_branch(1, dimension, title, [node for node in below if node.level == 2]), *below]
    return found


def _leaf(
    dimension: Dimension, name: str, weight: int, target: str, evidence: str, chance: Chance, quality: int
) -> Node:
    share = min(100, quality + chance.number(f"leaf/{name}", 29) - 9)
    score = weight * SCALE * share // 100 // HALF * HALF
    is_full = score == weight * SCALE
    actual = target if is_full else f"实现程度约 {share}%"
    return Node(3, dimension, name, weight * SCALE, score, target, actual, evidence)


def _branch(level: int, dimension: Dimension, name: str, below: list[Node]) -> Node:
    return Node(level, dimension, name, sum(node.weight for node in below), sum(node.score for node in below))


def _with_slip(nodes: list[Node], total: int, slip: Slip | None) -> tuple[list[Node], int, str]:
    grade = grade_of(total)
    if slip is Slip.TOTAL:
        total += 2 * SCALE
        grade = grade_of(total)
    elif slip is Slip.GRADE:
        better = {"差": "中", "中": "良", "良": "优", "优": "良"}
        grade = better[grade]
    elif slip is Slip.SUM:
        place = _place(nodes, 1, Dimension.PROCESS)
        nodes[place] = replace(nodes[place], score=nodes[place].score + SCALE)
    elif slip is Slip.WEIGHT:
        place = _place(nodes, 1, Dimension.DECISION)
        nodes[place] = replace(nodes[place], weight=nodes[place].weight + SCALE)
    elif slip is Slip.SHARE:
        nodes = _lean_on_process(nodes)
        total = sum(node.score for node in nodes if node.level == 1)
        grade = grade_of(total)
    return nodes, total, grade


def _place(nodes: list[Node], level: int, dimension: Dimension) -> int:
    return next(
        number for number, node in enumerate(nodes) if node.level == level and node.dimension is dimension
    )


def _lean_on_process(nodes: list[Node]) -> list[Node]:
    """Five points of weight go from the first output to the rules of the process, with full marks for them."""
    gains = {
        (1, Dimension.PROCESS, "过程"),
        (2, Dimension.PROCESS, "组织实施"),
        (3, Dimension.PROCESS, "管理制度健全性"),
    }
    losers = {_place(nodes, level, Dimension.OUTPUT) for level in (1, 2, 3)}
    return [
        _moved(node, 5 * SCALE)
        if (node.level, node.dimension, node.name) in gains
        else _moved(node, -5 * SCALE)
        if number in losers
        else node
        for number, node in enumerate(nodes)
    ]


def _moved(node: Node, points: int) -> Node:
    return replace(node, weight=node.weight + points, score=node.score + points)


def _problems(amount: int, chance: Chance, quality: int) -> tuple[Problem, ...]:
    """Poorer spending has more problems; no problem is named twice."""
    count = 1 + (quality < 88) + (quality < 76)
    first = chance.number("problem", len(PROBLEMS))
    chosen = [PROBLEMS[(first + number * 3) % len(PROBLEMS)] for number in range(count)]
    return tuple(Problem(each, amount * each.thousandths // 1000 // 10000 * 10000 or None) for each in chosen)
