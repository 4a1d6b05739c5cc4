"""What the audit log calls the writes about annual plans."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "planning.plan.begun": _l("起草年度计划"),
    "planning.plan.approved": _l("批准年度计划"),
    "planning.plan.superseded": _l("年度计划被新版取代"),
    "planning.plan.dropped": _l("放弃年度计划草案"),
    "planning.line.added": _l("计划增加项目"),
    "planning.line.removed": _l("计划移除项目"),
}

TARGETS = {"annual_plans": _l("年度计划"), "plan_lines": _l("计划项目")}

FIELDS = {
    "plan_id": _l("年度计划"),
    "year": _l("年度"),
    "by_number": _l("新版编号"),
    "lines": _l("项目数"),
    "budget_fen": _l("费用预算（元）"),
}
