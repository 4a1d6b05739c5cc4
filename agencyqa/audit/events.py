"""What the codes of the log mean: every area hands in the words for its events, things and fields."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agencyqa.i18n import said

_events: dict[str, LazyString] = {}
_targets: dict[str, LazyString] = {}
_fields: dict[str, LazyString] = {}


class UnknownEvent(LookupError):
    """An event code that no area registered; raised in tests only, for a log must never lose an entry."""


def register_events(
    events: Mapping[str, LazyString],
    *,
    targets: Mapping[str, LazyString] | None = None,
    fields: Mapping[str, LazyString] | None = None,
) -> None:
    """``events`` maps ``area.object.verb``, ``targets`` table names, ``fields`` names used in changes and facts."""
    _events.update(events)
    _targets.update(targets or {})
    _fields.update(fields or {})


def require(event: str) -> None:
    if event not in _events:
        raise UnknownEvent(
            f"the audit event {event!r} has no label: add it to EVENTS in its area's events.py"
        )


def known_events() -> list[str]:
    """All codes, those of one area side by side."""
    return sorted(_events)


def known_targets() -> list[str]:
    return sorted(_targets)


def event_label(event: str) -> str:
    return said(_events.get(event, event))


def target_label(target_type: str) -> str:
    return said(_targets.get(target_type, target_type))


def field_label(name: str) -> str:
    return said(_fields.get(name, name))


# The names under which the system acts by itself.
SYSTEM: dict[str, LazyString] = {
    "applicant": _l("申请机构（凭专用链接）"),
    "calendar": _l("系统（工作日历）"),
    "command line": _l("系统（命令行）"),
    "deliverables": _l("系统（应交成果）"),
    "demo": _l("系统（演示数据）"),
    "evidence": _l("系统（在案情况）"),
    "jobs": _l("系统（定时任务）"),
    "measures": _l("系统（制度文本）"),
    "reference data": _l("系统（参考数据）"),
    "signing keys": _l("系统（签名密钥）"),
    "agencies rotate-keys": _l("系统（更换密钥）"),
}


def system_label(name: str) -> str:
    return said(SYSTEM.get(name, name))


# Events that are recorded by the rooms below every area.
EVENTS: dict[str, LazyString] = {
    "auth.request.refused": _l("请求被拒绝"),
}
TARGETS: dict[str, LazyString] = {
    "request": _l("请求"),
}
FIELDS: dict[str, LazyString] = {
    "action": _l("办理"),
    "body_id": _l("单位编号"),
    "key": _l("代码"),
    "score": _l("得分"),
    "user_id": _l("账号编号"),
    "changes": _l("变更"),
    "code": _l("原因代码"),
    "reason": _l("理由"),
    "method": _l("方式"),
    "path": _l("地址"),
    "endpoint": _l("页面"),
    "permission": _l("所需权限"),
    "provision": _l("依据条款"),
    "status": _l("状态码"),
    "name": _l("名称"),
    "note": _l("备注"),
}
register_events(EVENTS, targets=TARGETS, fields=FIELDS)
