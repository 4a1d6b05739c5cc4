"""The navigation as a literal table; what an actor may not do is not offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.i18n import language
from agencyqa.web.panels import rendered


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

# What is drawn of it takes 8 KB; there are many places and numbers, and few of them at a time.
_MOST_DRAWN = 500
_badges: dict[str, Callable[[Actor], int]] = {}


def register_badge(endpoint: str, count: Callable[[Actor], int]) -> None:
    """``count`` says how many things wait behind an entry. It runs on every page: one quick read at most."""
    _badges[endpoint] = count


def drawn_navigation(actor: Actor | None, section: str | None = None) -> Markup:
    """The groups an actor may use, as markup. ``section`` is the endpoint to light up, else the nearest one is.

    Whoever has the same role and language and stands at the same place with the same numbers sees the same: it is
    drawn once and kept, without anything that belongs to a person.
    """
    if actor is None:
        return Markup()
    counts = {endpoint: count(actor) for endpoint, count in _badges.items()}
    drawn: dict[object, Markup] = current_app.extensions.setdefault("agencyqa.navigation", {})
    place = (request.script_root, language(), actor.role, section, request.endpoint, *counts.values())
    found = drawn.get(place)
    if found is None:
        if len(drawn) >= _MOST_DRAWN:
            drawn.clear()
        found = drawn[place] = rendered("web/navigation.html", groups=_groups(actor, section, counts))
    return found


def _groups(actor: Actor, section: str | None, counts: Mapping[str, int]) -> list[Group]:
    allowed = [
        (title, [entry for entry in entries if _is_offered(entry, actor)]) for title, entries in ENTRIES
    ]
    current = section or _nearest([entry.endpoint for _, entries in allowed for entry in entries])
    return [
        Group(str(title), [_link(entry, counts.get(entry.endpoint, 0), current) for entry in entries])
        for title, entries in allowed
        if entries
    ]


def _is_offered(entry: Entry, actor: Actor) -> bool:
    return entry.endpoint in current_app.view_functions and actor.has(entry.permission)


def _link(entry: Entry, count: int, current: str | None) -> Link:
    return Link(entry.endpoint, str(entry.label), entry.icon, entry.endpoint == current, count)


def _nearest(endpoints: list[str]) -> str | None:
    """The entry of this page, else the first of its area."""
    if request.endpoint in endpoints:
        return request.endpoint
    return next((name for name in endpoints if name.partition(".")[0] == request.blueprint), None)
