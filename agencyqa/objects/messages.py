from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "object_code_taken": _l("该预算年度已有使用此编码的评价对象。"),
    "budget_year_wrong": _l("预算年度应在 2000 年至 2100 年之间。"),
}
