"""The pictures of every life cycle, drawn from the state tables: ``check`` reports what differs, ``update`` draws.

Each area's ``lifecycles.py`` is found by its name. A picture stands in ``docs/states`` as SVG with Chinese words; the
page beside it has every step in both languages.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path

from flask import Flask
from flask_babel import Babel, force_locale

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "states"
sys.path.insert(0, str(ROOT))

from agencyqa.audit.events import event_label, register_events, target_label  # noqa: E402
from agencyqa.auth.lifecycles import Act, LifeCycle, Stranger  # noqa: E402
from agencyqa.auth.roles import BODY_OF_ROLE, BodyKind, Role  # noqa: E402
from agencyqa.web.labels import label_of, tone_of  # noqa: E402

# Whoever acts for a body with all the roles that its kind has is shown as the body.
WHOLE = {
    BodyKind.BUREAU: {Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD},
    BodyKind.AGENCY: {Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR, Role.AGENCY_STAFF},
    BodyKind.DEPARTMENT: {Role.DEPARTMENT_OFFICER},
}
STRANGERS = {
    Stranger.APPLICANT: {"zh": "申请机构（凭专用链接）", "en": "applicant (by a secret link)"},
    Stranger.CLOCK: {"zh": "系统（到期自动）", "en": "the system, when the time has come"},
}
COLOURS = {
    "neutral": ("#f3f4f6", "#6b7280"),
    "info": ("#e5f0fb", "#1d5b9e"),
    "progress": ("#fff6df", "#8a6100"),
    "success": ("#e5f5ea", "#1c6b3a"),
    "warning": ("#fdeee0", "#9a4a00"),
    "danger": ("#fbe6e6", "#a11d1d"),
}


def cycles() -> list[LifeCycle]:
    """Those of every area, by the order of the areas' folders."""
    found: list[LifeCycle] = []
    for file in sorted((ROOT / "agencyqa").rglob("lifecycles.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        found += getattr(importlib.import_module(name), "CYCLES", ())
    return found


def words() -> Flask:
    """An application that knows words and nothing else."""
    app = Flask("states")
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_Hans_CN"
    Babel(app, default_translation_directories=str(ROOT / "agencyqa" / "translations"))
    for file in sorted((ROOT / "agencyqa").rglob("*events.py")):
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        events = getattr(module, "EVENTS", None)
        if events is not None:
            register_events(events, targets=getattr(module, "TARGETS", None))
    return app


def who_may(act: Act, language: str) -> str:
    left, names = set(act.who), []
    for kind, roles in WHOLE.items():
        if roles <= left:
            names.append(label_of(kind))
            left -= roles
    names += [label_of(role) for role in BODY_OF_ROLE if role in left]
    names += [STRANGERS[each][language] for each in Stranger if each in left]
    return ("、" if language == "zh" else ", ").join(names)


# ------------------------------------------------------------------------------------------------- the picture

BOX, TALL, SIZE, LINE = 190, 46, 13, 17
MARGIN = 20


def wide(text: str) -> int:
    """About how many pixels a text takes; a Chinese character is as wide as it is high."""
    return sum(SIZE if ord(sign) > 0x2E7F else 8 for sign in text)


@dataclass
class Edge:
    start: int
    end: int
    lines: list[str]
    lane: int = -1

    @property
    def is_straight(self) -> bool:
        return self.end == self.start + 1

    @property
    def is_back(self) -> bool:
        return self.end < self.start

    @property
    def span(self) -> tuple[int, int]:
        return min(self.start, self.end), max(self.start, self.end)


class Picture:
    """States from top to bottom: the next step straight down, longer ways in lanes right, ways back left."""

    def __init__(self, cycle: LifeCycle) -> None:
        self.cycle = cycle
        self.states = _in_order(cycle)
        place = {state: index for index, state in enumerate(self.states)}
        self.inside: dict[int, list[str]] = {}
        edges: dict[tuple[int, int], Edge] = {}
        for (before, action), after in cycle.table.items():
            text = f"{label_of(action)} · {who_may(cycle.acts[action], 'zh')}"
            start = -1 if before is None else place[before]
            if start == place[after]:
                self.inside.setdefault(start, []).append(text)
                continue
            edges.setdefault((start, place[after]), Edge(start, place[after], [])).lines.append(text)
        if cycle.begin is not None and cycle.start is not None:
            text = f"{event_label(cycle.begin.events[0])} · {who_may(cycle.begin, 'zh')}"
            edges[-1, place[cycle.start]] = Edge(-1, place[cycle.start], [text])
        self.edges = list(edges.values())
        self.back = _lanes([edge for edge in self.edges if edge.is_back])
        self.long = _lanes([edge for edge in self.edges if not edge.is_back and not edge.is_straight])
        self._measure()

    def _measure(self) -> None:
        """Heights of the gaps first, then of all boxes, then the x of every lane."""
        most = dict.fromkeys(range(-1, len(self.states)), 1)
        for edge in self.edges:
            gap = self._gap(edge)
            most[gap] = max(most[gap], len(edge.lines))
        self.heights = [TALL + LINE * len(self.inside.get(each, ())) for each in range(len(self.states))]
        widest = [wide(line) for lines in self.inside.values() for line in lines]
        self.box = max([BOX, *(width + 24 for width in widest)])
        self.tops: list[int] = []
        at = 64
        self.gaps = {-1: at + LINE * most[-1] // 2}
        at += LINE * most[-1] + 24
        for index, height in enumerate(self.heights):
            self.tops.append(at)
            at += height
            self.gaps[index] = at + (LINE * most[index] + 40) // 2
            at += LINE * most[index] + 40
        self.tall = self.tops[-1] + self.heights[-1] + MARGIN
        self.left_lanes = [max(wide(line) for edge in lane for line in edge.lines) + 26 for lane in self.back]
        self.right_lanes = [
            max(wide(line) for edge in lane for line in edge.lines) + 26 for lane in self.long
        ]
        self.left = MARGIN + sum(self.left_lanes) + (24 if self.back else 0)
        straight = max(
            (wide(line) for edge in self.edges if edge.is_straight for line in edge.lines), default=0
        )
        # Words beside a straight arrow begin in the middle of the boxes and may reach beyond them.
        self.first = self.left + max(self.box, self.box // 2 + straight + 16) + 20
        self.across = self.first + sum(self.right_lanes) + MARGIN

    def _gap(self, edge: Edge) -> int:
        low, high = edge.span
        return low if edge.is_back or edge.is_straight else (low + high - 1) // 2

    def svg(self) -> str:
        title = escape(target_label(self.cycle.target))
        drawn = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.across} {self.tall}" width="{self.across}" '
            f'height="{self.tall}" role="img" aria-labelledby="title" font-family="PingFang SC, Microsoft YaHei, '
            f'Noto Sans CJK SC, sans-serif" font-size="{SIZE}" fill="#1f2937">',
            f'<title id="title">{title}</title>',
            '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="#4b5563"/></marker></defs>',
            f'<rect width="{self.across}" height="{self.tall}" fill="#ffffff"/>',
            f'<text x="{MARGIN}" y="28" font-size="16" font-weight="bold">{title}</text>',
        ]
        drawn += self._ways()
        for index, state in enumerate(self.states):
            drawn += self._state(index, state)
        return "\n".join([*drawn, "</svg>", ""])

    def _state(self, index: int, state: StrEnum) -> Iterator[str]:
        top, height = self.tops[index], self.heights[index]
        fill, line = COLOURS[tone_of(state)]
        yield (
            f'<rect x="{self.left}" y="{top}" width="{self.box}" height="{height}" rx="8" fill="{fill}" '
            f'stroke="{line}" stroke-width="1.5"/>'
        )
        if state in self.cycle.ends:
            yield (
                f'<rect x="{self.left + 4}" y="{top + 4}" width="{self.box - 8}" height="{height - 8}" rx="5" '
                f'fill="none" stroke="{line}"/>'
            )
        middle = self.left + self.box // 2
        yield (
            f'<text x="{middle}" y="{top + 28}" text-anchor="middle" font-size="15" font-weight="bold" '
            f'fill="{line}">{escape(label_of(state))}</text>'
        )
        for number, text in enumerate(self.inside.get(index, ())):
            yield f'<text x="{middle}" y="{top + TALL + LINE * number}" text-anchor="middle">{escape(text)}</text>'

    def _ways(self) -> Iterator[str]:
        middle = self.left + self.box // 2
        yield f'<circle cx="{middle}" cy="52" r="7" fill="#1f2937"/>'
        ports = self._ports()
        for number, edge in enumerate(self.edges):
            end = self.tops[edge.end]
            if edge.is_straight:
                begin = 60 if edge.start < 0 else self.tops[edge.start] + self.heights[edge.start]
                yield self._path(f"M{middle} {begin}V{end}")
                yield from self._label(edge, middle + 10, "start")
                continue
            y1, y2 = ports[number]
            if edge.is_back:
                x = self.left - 24 - sum(self.left_lanes[: edge.lane])
                yield self._path(f"M{self.left} {y1}H{x}V{y2}H{self.left}")
                yield from self._label(edge, x - 8, "end")
            else:
                x = self.first + sum(self.right_lanes[: edge.lane])
                yield self._path(f"M{self.left + self.box} {y1}H{x}V{y2}H{self.left + self.box}")
                yield from self._label(edge, x + 8, "start")

    def _path(self, way: str) -> str:
        return f'<path d="{way}" fill="none" stroke="#4b5563" stroke-width="1.4" marker-end="url(#arrow)"/>'

    def _label(self, edge: Edge, x: int, anchor: str) -> Iterator[str]:
        y = self.gaps[self._gap(edge)] - LINE * (len(edge.lines) - 1) // 2 + 4
        for number, text in enumerate(edge.lines):
            yield f'<text x="{x}" y="{y + LINE * number}" text-anchor="{anchor}">{escape(text)}</text>'

    def _ports(self) -> dict[int, tuple[int, int]]:
        """Where each lane leaves one box and enters another; those on one side of a box share its height."""
        at: dict[tuple[int, bool], list[tuple[int, bool]]] = {}
        for number, edge in enumerate(self.edges):
            if not edge.is_straight:
                at.setdefault((edge.start, edge.is_back), []).append((number, True))
                at.setdefault((edge.end, edge.is_back), []).append((number, False))
        found: dict[tuple[int, bool], int] = {}
        for (box, _), ends in at.items():
            # What comes from above enters above what leaves for below, and inner lanes lie nearer to their gap.
            def order(each: tuple[int, bool], box: int = box) -> tuple[bool, int]:
                edge = self.edges[each[0]]
                other = edge.end if each[1] else edge.start
                return other > box, edge.lane if other < box else -edge.lane

            for place, each in enumerate(sorted(ends, key=order), start=1):
                found[each] = self.tops[box] + self.heights[box] * place // (len(ends) + 1)
        return {
            number: (found[number, True], found[number, False])
            for number, edge in enumerate(self.edges)
            if not edge.is_straight
        }


def _in_order(cycle: LifeCycle) -> list[StrEnum]:
    """From the beginning, each state after the one that first leads to it; the ends below all others."""
    first = [after for (before, _), after in cycle.table.items() if before is None]
    order = list(dict.fromkeys([cycle.start] if cycle.start is not None else first))
    for state in order:
        order += [
            after
            for (before, _), after in dict(cycle.table).items()
            if before is state and after not in order
        ]
    return sorted(dict.fromkeys(order), key=lambda state: state in cycle.ends)


def _lanes(edges: Iterable[Edge]) -> list[list[Edge]]:
    """Short ways in inner lanes; two share a lane where neither passes a box of the other."""
    lanes: list[list[Edge]] = []
    for edge in sorted(edges, key=lambda each: (each.span[1] - each.span[0], each.span)):
        edge.lane = next((number for number, lane in enumerate(lanes) if _is_free(lane, edge)), len(lanes))
        if edge.lane == len(lanes):
            lanes.append([])
        lanes[edge.lane].append(edge)
    return lanes


def _is_free(lane: list[Edge], edge: Edge) -> bool:
    return all(edge.span[0] > other.span[1] or edge.span[1] < other.span[0] for other in lane)


# ---------------------------------------------------------------------------------------------------- the page

HEAD = """# 状态与步骤 · States and steps

本页和图由 `.ci/states.py update` 依据各业务区的状态表（`workflow.py`）和步骤表（`lifecycles.py`）生成，请勿手工修改。
双线框为终态；框内文字为不改变状态的操作。“谁可以办理”是岗位的上限，各岗位只能办理本单位权限范围内的业务；每一步都写入审计日志。

This page and the pictures are made by `.ci/states.py update` from the state tables of the areas; do not edit them by
hand. A double frame is an end; actions named inside a box leave the state as it is. "Who may" is the widest circle:
everybody acts on the rows of his own body only. Every step is written to the audit log.
"""


def page(found: list[LifeCycle]) -> str:
    return "\n".join([HEAD, *(_section(cycle) for cycle in found)])


def _both(zh: str, en: str) -> str:
    return f"{zh}<br>{en}"


def _section(cycle: LifeCycle) -> str:
    rows: dict[str, list[tuple[str, str, str, str, str]]] = {"zh": [], "en": []}
    titles: dict[str, str] = {}
    for language, locale in (("zh", "zh_Hans_CN"), ("en", "en")):
        with force_locale(locale):
            titles[language] = target_label(cycle.target)
            if cycle.begin is not None and cycle.start is not None:
                begun = event_label(cycle.begin.events[0])
                rows[language].append(
                    (
                        "—",
                        begun,
                        label_of(cycle.start),
                        who_may(cycle.begin, language),
                        f"`{cycle.begin.events[0]}`",
                    )
                )
            for (before, action), after in cycle.table.items():
                act = cycle.acts[action]
                rows[language].append(
                    (
                        label_of(before),
                        label_of(action),
                        label_of(after),
                        who_may(act, language),
                        "<br>".join(f"`{event}`" for event in act.events),
                    )
                )
    lines = [
        f"## {titles['zh']} · {titles['en']}",
        "",
        f"![{titles['zh']}]({cycle.name}.svg)",
        "",
        "| 状态<br>state | 操作<br>action | 之后<br>then | 谁可以办理<br>who may | 审计事件<br>event |",
        "| --- | --- | --- | --- | --- |",
    ]
    for zh, en in zip(rows["zh"], rows["en"], strict=True):
        cells = [
            _both(one, other) if one != other else one for one, other in zip(zh[:4], en[:4], strict=True)
        ]
        lines.append(f"| {' | '.join(cells)} | {zh[4]} |")
    return "\n".join([*lines, ""])


def files() -> dict[str, str]:
    """Name and content of everything in the folder."""
    found = cycles()
    with words().test_request_context(), force_locale("zh_Hans_CN"):
        return {"README.md": page(found)} | {f"{cycle.name}.svg": Picture(cycle).svg() for cycle in found}


def differences() -> list[str]:
    wanted = files()
    held = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()} if FOLDER.is_dir() else {}
    return sorted(name for name in wanted.keys() | held.keys() if wanted.get(name) != held.get(name))


def update() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = files()
    for file in FOLDER.iterdir():
        if file.name not in wanted:
            file.unlink()
    for name, content in wanted.items():
        (FOLDER / name).write_text(content, encoding="utf-8")


def main(command: str) -> int:
    if command == "update":
        update()
        return 0
    wrong = differences()
    for name in wrong:
        print(f"docs/states/{name} is not what the state tables say: run '.ci/states.py update'")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
