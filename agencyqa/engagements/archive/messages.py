"""The sentences of this area's errors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "archive_sealed_already": _l("档案已经封存，此后没有新的内容。"),
    "archive_incomplete": _l("档案还不齐全，不能封存；还缺：%(items)s。"),
    "archive_undeclared": _l(
        "档案还不齐全，不能封存；还缺：%(items)s。没有签署独立性声明的成员：%(people)s。"
    ),
    "trail.archive_sealed": _l("封存档案"),
    "retention_unknown": _l("财政局还没有规定档案保管期限，规定后才能封存。"),
    "retention_years": _l("保管年数应在 1 至 100 之间。"),
    "retention_not_after": _l("应晚于上一条规定的起始日期 %(other)s。"),
}
