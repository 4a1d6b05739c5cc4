"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "engagements.engagement.created": _l("登记委托业务"),
    "engagements.engagement.changed": _l("修改委托业务"),
    "engagements.engagement.completed": _l("委托业务完成"),
    "engagements.engagement.terminated": _l("委托业务终止"),
    "engagements.engagement.reopened": _l("撤销委托业务完成"),
    "engagements.engagement.year_changed": _l("调整考核年度"),
    "engagements.engagement.overdue": _l("委托业务逾期"),
    "engagements.engagement.overdue_lifted": _l("委托业务不再逾期"),
}

TARGETS = {"engagements": _l("委托业务")}

FIELDS = {
    "object_id": _l("评价对象"),
    "commissioner_id": _l("委托方"),
    "evaluated_unit_id": _l("被评价单位"),
    "agency_id": _l("第三方机构"),
    "principal_evaluator_id": _l("主评人"),
    "work_kind": _l("业务类型"),
    "is_clerical_only": _l("仅承担辅助性工作"),
    "contract_number": _l("合同编号"),
    "contract_signed_on": _l("合同签订日期"),
    "due_on": _l("约定完成日期"),
    "completed_on": _l("实际完成日期"),
    "terminated_on": _l("终止日期"),
    "termination_reason": _l("终止原因"),
    "fee_fen": _l("合同金额（元）"),
    "assessment_year": _l("考核年度"),
    "year_reason": _l("调整考核年度的理由"),
    "is_overdue": _l("逾期"),
    "reasons": _l("原因"),
    "count": _l("数量"),
}
