"""What the audit log calls the writes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.assessments import annual_events
from agencyqa.audit.wording import register_choices
from agencyqa.measures.enums import Purpose

EVENTS = {
    "assessments.sheet.opened": _l("下发评分表"),
    "assessments.sheet.reissued": _l("重新选定评分方案"),
    "assessments.sheet.edited": _l("填写评分表"),
    "assessments.sheet.overruled": _l("对在案问题作出不计入的决定"),
    "assessments.sheet.refreshed": _l("按在案情况更新评分表"),
    "assessments.sheet.submitted": _l("提交评分表"),
    "assessments.sheet.returned": _l("退回评分表"),
    "assessments.sheet.finalised": _l("评分表定稿"),
    "assessments.sheet.published": _l("发布评分表"),
    "assessments.sheet.corrected": _l("开启评分更正"),
    "assessments.sheet.overdue": _l("评分表逾期"),
    "assessments.sheet.overdue_lifted": _l("评分表不再逾期"),
    "assessments.shares.added": _l("新增评分权重"),
    "assessments.shares.ended": _l("评分权重截止"),
    "assessments.shares.withdrawn": _l("撤回评分权重"),
    "assessments.shares.resumed": _l("评分权重恢复有效"),
    "assessments.grades.added": _l("新增等级标准"),
    "assessments.grades.ended": _l("等级标准截止"),
    "assessments.grades.withdrawn": _l("撤回等级标准"),
    "assessments.grades.resumed": _l("等级标准恢复有效"),
    "assessments.rules.added": _l("新增年度规则"),
    "assessments.rules.ended": _l("年度规则截止"),
    "assessments.rules.withdrawn": _l("撤回年度规则"),
    "assessments.rules.resumed": _l("年度规则恢复有效"),
    "assessments.credit.entered": _l("登记积分"),
    "assessments.credit.withdrawn": _l("撤销积分"),
    "assessments.weight.set": _l("设定业务权重"),
}
TARGETS = {
    "score_sheets": _l("评分表"),
    "share_tables": _l("评分权重"),
    "grade_tables": _l("等级标准"),
    "year_rules": _l("年度规则"),
    "agency_credits": _l("机构积分"),
    "engagement_weights": _l("业务权重"),
}
FIELDS = {
    "total_points": _l("总分"),
    "overruled": _l("不计入"),
    "restored": _l("恢复计入"),
    "on_record": _l("在案情况"),
    "scheme_version_id": _l("评分方案版本号"),
    "scheme_hash": _l("方案校验值"),
    "scorer_body_id": _l("评分单位编号"),
    "content_hash": _l("内容校验值"),
    "snapshot": _l("提交次序"),
    "revision": _l("版次"),
    "previous": _l("上一版评分表编号"),
    "shares": _l("权重"),
    "role_missing": _l("缺少某一角色评分时"),
    "seat": _l("专家席位"),
    "scorer_user_id": _l("评分专家编号"),
    "bands": _l("等级"),
    "places": _l("小数位数"),
    "rules": _l("规则"),
    "credit_points": _l("积分"),
    "weight": _l("权重数"),
}
EVENTS |= annual_events.EVENTS
TARGETS |= annual_events.TARGETS
FIELDS |= annual_events.FIELDS

register_choices("score_sheets", role=Purpose)
