"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agencyqa.audit.wording import register_choices
from agencyqa.engagements.deliverables.enums import DeliverableKind, DueCause

EVENTS: dict[str, LazyString] = {
    "deliverables.requirements.loaded": _l("载入参考期限表"),
    "deliverables.requirements.entered": _l("录入成果期限表"),
    "deliverables.list.made": _l("列出应交成果"),
    "deliverables.deliverable.added": _l("添加其他成果"),
    "deliverables.deliverable.accepted": _l("验收成果"),
    "deliverables.deliverable.returned": _l("退回成果"),
    "deliverables.deliverable.due_moved": _l("成果期限变动"),
    "deliverables.deliverable.overdue": _l("成果逾期"),
    "deliverables.version.uploaded": _l("上传成果文件"),
    "deliverables.version.withdrawn": _l("撤回文件"),
    "deliverables.submission.handed_in": _l("提交成果"),
}

TARGETS: dict[str, LazyString] = {
    "deliverables": _l("成果"),
    "deliverable_versions": _l("成果文件"),
    "submissions": _l("成果提交"),
    "requirement_tables": _l("成果期限表"),
}

FIELDS: dict[str, LazyString] = {
    "number": _l("编号"),
    "deliverable_title": _l("成果名称"),
    "file_name": _l("文件名"),
    "sha256": _l("SHA-256"),
    "size": _l("大小（字节）"),
    "files": _l("文件"),
    "receipt_hash": _l("回执摘要"),
    "cause": _l("变动原因"),
    "required": _l("必交成果"),
    "due_dates": _l("期限"),
    "is_required": _l("必须提交"),
    "is_due_provisional": _l("期限暂定"),
    "counted_from": _l("起算日"),
    "working_days": _l("工作日数"),
    "late_days": _l("逾期工作日"),
    "is_lateness_provisional": _l("逾期天数暂定"),
    "items": _l("内容"),
    "requirement_table_id": _l("成果期限表"),
    "engagement_id": _l("委托业务"),
    "deliverable_id": _l("成果"),
}

register_choices("deliverables", cause=DueCause)
register_choices("deliverable_versions", kind=DeliverableKind)
