"""Sentences for the error codes about annual plans."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "plan_wrong_state": _l("年度计划当前为“%(state)s”，不能%(action)s。"),
    "plan_exists": _l("本年度已有计划；已批准的请调整，草案请继续修改。"),
    "plan_drafted": _l("本年度已有一份草案，请继续修改。"),
    "plan_line_twice": _l("计划中已有对该对象的同类业务。"),
    "plan_not_approved": _l("只有已批准的计划可以调整。"),
    "plan_is_empty": _l("计划中还没有项目，不能批准。"),
    "plan_lead_approves": _l("年度计划由财政监管负责人批准。"),
    "plan_due_before_year": _l("计划完成日期不得早于计划年度。"),
}
