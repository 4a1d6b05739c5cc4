"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agencyqa.audit.wording import register_choices
from agencyqa.inspections import order_events
from agencyqa.inspections.enums import OrderState

EVENTS: dict[str, LazyString] = {
    "inspections.checklist.loaded": _l("载入参考检查清单"),
    "inspections.checklist.entered": _l("录入检查清单"),
    "inspections.check.planned": _l("登记抽查"),
    "inspections.check.changed": _l("修改抽查计划"),
    "inspections.check.answered": _l("填写检查记录"),
    "inspections.check.recorded": _l("办结检查记录"),
    "inspections.check.cancelled": _l("取消抽查"),
    "inspections.inspector.added": _l("增加检查人员"),
    "inspections.inspector.declared": _l("检查人员申报利害关系"),
    "inspections.finding.added": _l("登记问题"),
    "inspections.finding.changed": _l("修改问题"),
    "inspections.finding.notified": _l("向机构告知问题"),
    "inspections.finding.due_moved": _l("陈述期限按工作日历变动"),
    "inspections.finding.stated": _l("机构陈述申辩"),
    "inspections.finding.finalised": _l("认定问题"),
    "inspections.finding.dropped": _l("不予认定问题"),
    "inspections.finding.withdrawn": _l("撤销问题"),
    "inspections.proof.added": _l("上传问题证据"),
    "inspections.proof.withdrawn": _l("撤下问题证据"),
    **order_events.EVENTS,
}

TARGETS: dict[str, LazyString] = {
    "checklists": _l("检查清单"),
    "spot_checks": _l("抽查"),
    "findings": _l("问题"),
    **order_events.TARGETS,
}

FIELDS: dict[str, LazyString] = {
    "answers": _l("检查结果"),
    "is_statement": _l("陈述申辩的附件"),
    "spot_check_id": _l("抽查"),
    "checked_on": _l("检查日期"),
    "channel": _l("检查方式"),
    "purpose": _l("检查目的"),
    "inspector": _l("检查人员"),
    "inspectors": _l("检查人员"),
    "has_conflict": _l("存在利害关系"),
    "conflict_note": _l("利害关系说明"),
    "summary": _l("检查情况"),
    "left_open": _l("未检查的项目"),
    "fault_code": _l("问题代码"),
    "occurrences": _l("发生次数"),
    "severity": _l("严重程度"),
    "facts": _l("事实"),
    "fact_on": _l("事实发生日期"),
    "statement": _l("陈述申辩"),
    "statement_due_on": _l("陈述期限"),
    "is_late": _l("逾期"),
    "finding": _l("问题编号"),
    **order_events.FIELDS,
}

register_choices("rectification_answers", state=OrderState)
