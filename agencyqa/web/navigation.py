"""The navigation as a literal table; what an actor may not do is not offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import lazy_gettext as _l

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.i18n import language


@dataclass(frozen=True)
class Entry:
    endpoint: str
    label: object
    permission: Permission
    icon: str


@dataclass(frozen=True)
class Link:
    """An entry as one actor sees it; ``count`` is what waits there."""

    endpoint: str
    label: str
    icon: str
    is_current: bool
    count: int


@dataclass(frozen=True)
class Group:
    title: str
    links: list[Link]


ENTRIES: tuple[tuple[object, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("reports.dashboard", _l("工作台"), Permission.DASHBOARD_READ, "home"),
            Entry("duties.index", _l("待办事项"), Permission.DUTIES_READ, "list"),
            Entry("duties.calendar", _l("日历"), Permission.DUTIES_READ, "calendar"),
            Entry("notifications.inbox", _l("消息"), Permission.INBOX_READ, "bell"),
        ),
    ),
    (
        _l("业务"),
        (
            Entry("agencies.index", _l("机构库"), Permission.AGENCIES_READ, "building"),
            Entry("objects.index", _l("评价对象"), Permission.OBJECTS_READ, "target"),
            Entry("engagements.index", _l("委托业务"), Permission.ENGAGEMENTS_READ, "briefcase"),
            Entry("duties.board", _l("业务看板"), Permission.ENGAGEMENTS_READ, "table"),
            Entry("deliverables.index", _l("成果提交"), Permission.DELIVERABLES_READ, "upload"),
            Entry("evaluations.index", _l("评价结果"), Permission.EVALUATIONS_READ, "chart"),
        ),
    ),
    (
        _l("监督检查"),
        (
            Entry("inspections.index", _l("抽查"), Permission.INSPECTIONS_READ, "search"),
            Entry("inspections.findings", _l("检查问题"), Permission.INSPECTIONS_READ, "alert"),
            Entry("inspections.orders", _l("整改"), Permission.INSPECTIONS_READ, "refresh"),
        ),
    ),
    (
        _l("质量考核"),
        (
            Entry("assessments.sheets", _l("考核评分表"), Permission.SHEETS_READ, "clipboard"),
            Entry("assessments.rounds", _l("年度考核"), Permission.ROUNDS_READ, "scale"),
            Entry("assessments.results", _l("考核结果"), Permission.RESULTS_READ, "trophy"),
            Entry("assessments.agreement", _l("评分一致性"), Permission.AGREEMENT_READ, "people"),
        ),
    ),
    (
        _l("制度依据"),
        (
            Entry("measures.index", _l("制度办法"), Permission.MEASURES_READ, "book"),
            Entry("measures.faults", _l("问题代码表"), Permission.MEASURES_READ, "list"),
            Entry("measures.workdays", _l("工作日历"), Permission.MEASURES_READ, "calendar"),
            Entry("measures.schemes", _l("考核方案"), Permission.SCHEMES_READ, "table"),
        ),
    ),
    (
        _l("系统管理"),
        (
            Entry("accounts.users", _l("用户"), Permission.USERS_MANAGE, "people"),
            Entry("accounts.bodies", _l("单位"), Permission.BODIES_MANAGE, "building"),
            Entry("audit.entries", _l("审计日志"), Permission.AUDIT_READ, "shield"),
            Entry("files.index", _l("文件完整性"), Permission.FILES_CHECK, "file"),
            Entry("jobs.runs", _l("定时任务"), Permission.JOBS_READ, "clock"),
        ),
    ),
)

# (language, id of the text in the table) → text: all of them stand on every page.
_shown: dict[tuple[str, int], str] = {}
_badges: dict[str, Callable[[Actor], int]] = {}


def register_badge(endpoint: str, count: Callable[[Actor], int]) -> None:
    """``count`` says how many things wait behind an entry. It runs on every page: one quick read at most."""
    _badges[endpoint] = count


def navigation(actor: Actor | None, section: str | None = None) -> list[Group]:
    """The groups an actor may use. ``section`` is the endpoint to light up, else the nearest one is."""
    if actor is None:
        return []
    allowed = [
        (title, [entry for entry in entries if _is_offered(entry, actor)]) for title, entries in ENTRIES
    ]
    current = section or _nearest([entry.endpoint for _, entries in allowed for entry in entries])
    return [
        Group(_text(title), [_link(entry, actor, current) for entry in entries])
        for title, entries in allowed
        if entries
    ]


def _is_offered(entry: Entry, actor: Actor) -> bool:
    return entry.endpoint in current_app.view_functions and actor.has(entry.permission)


def _link(entry: Entry, actor: Actor, current: str | None) -> Link:
    count = _badges.get(entry.endpoint)
    return Link(
        entry.endpoint,
        _text(entry.label),
        entry.icon,
        entry.endpoint == current,
        count(actor) if count is not None else 0,
    )


def _text(label: object) -> str:
    # By identity: the labels of the table live as long as the program.
    key = (language(), id(label))
    text = _shown.get(key)
    if text is None:
        text = _shown[key] = str(label)
    return text


def _nearest(endpoints: list[str]) -> str | None:
    """The entry of this page, else the first of its area."""
    if request.endpoint in endpoints:
        return request.endpoint
    return next((name for name in endpoints if name.partition(".")[0] == request.blueprint), None)
