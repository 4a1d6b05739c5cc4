"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

EVENTS: dict[str, LazyString] = {
    "evaluations.standard.loaded": _l("载入评价等级标准"),
    "evaluations.record.started": _l("开始填报评价结果"),
    "evaluations.record.saved": _l("保存评价结果草稿"),
    "evaluations.record.submitted": _l("提交评价结果"),
    "evaluations.record.correction_begun": _l("开始更正评价结果"),
    "evaluations.workbook.received": _l("上传评价结果工作簿"),
    "evaluations.workbook.imported": _l("导入评价结果工作簿"),
    "evaluations.problem.answered": _l("答复评价发现的问题"),
    "evaluations.assignment.added": _l("分配查看评价结果"),
    "evaluations.assignment.ended": _l("截止查看评价结果"),
}

TARGETS: dict[str, LazyString] = {
    "evaluation_standards": _l("评价等级标准"),
    "evaluation_records": _l("评价结果"),
    "evaluation_imports": _l("评价结果工作簿"),
    "problem_answers": _l("问题答复"),
    "record_assignments": _l("评价结果查看分配"),
}

FIELDS: dict[str, LazyString] = {
    "engagement_id": _l("委托业务"),
    "record_id": _l("评价结果"),
    "stated_total_points": _l("报告评价总分"),
    "stated_maximum_points": _l("报告满分"),
    "stated_grade": _l("报告评价等级"),
    "computed_total_points": _l("系统合计"),
    "amount_fen": _l("金额（元）"),
    "summary": _l("评价结论"),
    "indicators": _l("指标数"),
    "problems": _l("问题数"),
    "faults": _l("核对问题数"),
    "file_name": _l("文件名"),
    "rectify_by": _l("整改期限"),
    "rectified_on": _l("整改完成日期"),
}
