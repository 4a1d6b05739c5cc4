"""What the audit log calls the writes of rectification orders and record templates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "inspections.order.issued": _l("下达整改要求"),
    "inspections.order.verified": _l("整改核查通过"),
    "inspections.order.rejected": _l("要求继续整改"),
    "inspections.order.rechecked": _l("整改现场复查"),
    "inspections.order.closed": _l("整改办结"),
    "inspections.order.due_moved": _l("整改期限按工作日历变动"),
    "inspections.order.overdue": _l("整改逾期"),
    "inspections.answer.saved": _l("填写整改情况"),
    "inspections.answer.submitted": _l("提交整改情况"),
    "inspections.evidence.added": _l("上传整改佐证"),
    "inspections.evidence.withdrawn": _l("撤下整改佐证"),
    "inspections.template.replaced": _l("更换检查记录模板"),
    "inspections.template.reset": _l("恢复默认检查记录模板"),
}
TARGETS = {
    "rectification_orders": _l("整改通知"),
    "rectification_answers": _l("整改情况"),
    "evidence_files": _l("佐证材料"),
    "record_templates": _l("检查记录模板"),
}
FIELDS = {
    "order": _l("整改编号"),
    "findings": _l("问题编号"),
    "working_days": _l("工作日数"),
    "recheck_on": _l("计划复查日期"),
    "reviewed_on": _l("复查日期"),
    "is_accepted": _l("是否通过"),
    "late_days": _l("逾期工作日"),
    "answer": _l("答复"),
    "file_name": _l("文件名"),
    "sha256": _l("文件校验值"),
    "size": _l("字节数"),
}
