"""What the audit log calls the writes of rounds, publication and assignments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EVENTS = {
    "assessments.round.opened": _l("开启年度考核"),
    "assessments.round.computed": _l("计算年度考核"),
    "assessments.round.weights_changed": _l("更改业务权重"),
    "assessments.round.published": _l("发布年度考核结果"),
    "assessments.round.corrected": _l("开启年度考核更正"),
    "assessments.assignment.added": _l("分配考核结果"),
    "assessments.assignment.ended": _l("截止考核结果分配"),
}
TARGETS = {
    "assessment_rounds": _l("年度考核"),
    "annual_results": _l("年度考核结果"),
    "result_assignments": _l("考核结果分配"),
}
FIELDS = {
    "year": _l("年度"),
    "weight_mode": _l("业务权重"),
    "grade_table_id": _l("等级标准编号"),
    "year_rules_id": _l("年度规则编号"),
    "agencies": _l("机构数"),
    "ranked": _l("排名机构数"),
    "provisional": _l("暂定机构数"),
    "results_digest": _l("结果校验值"),
    "result_id": _l("考核结果编号"),
    "department_id": _l("部门编号"),
}
