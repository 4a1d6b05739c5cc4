"""Sentences for the error codes, checks and inbox codes about teams."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, object] = {
    "rule_evaluator_conditions": _l("主评人符合当日施行的条件"),
    "evaluator_barred": _l("主评人有影响执业的不良记录，不得担任主评人。"),
    "evaluator_unfit": _l("主评人不符合当日施行的条件：%(conditions)s。"),
    "evaluator_excepted": _l("主评人不符合条件（%(conditions)s），任职时财政部门的说明：%(note)s"),
    "evaluator_unknown": _l("主评人的资料不全，不能判断是否符合条件：%(conditions)s。"),
    "evaluator_assumed": _l("机构库中主评人的资料自%(day)s起有登记，当日按最早登记的资料核对。"),
    "advice.evaluator_barred": _l("请另选主评人。"),
    "advice.evaluator_unfit": _l("请另选主评人，或者在机构库中补充其资料。"),
    "evaluator_changes_by_team": _l("已确定的主评人须通过“人员变更”更换，并经委托方同意。"),
    "team_change_closed": _l("这项人员变更当前为“%(state)s”，不能%(action)s。"),
    "team_commissioner_consents": _l("人员变更由委托方同意。"),
    "team_own_proposal": _l("您提出的人员变更应由委托方的其他人员同意。"),
    "team_not_running": _l("委托业务已经结束，工作组不再变更。"),
    "team_nobody_moves": _l("请至少选择加入人员或者退出人员。"),
    "team_already_in": _l("这名人员已在工作组中。"),
    "team_not_of_agency": _l("这名人员当日没有在该机构以相应岗位任职。"),
    "team_needs_evaluator": _l("主评人退出时，须同时选择接任的主评人。"),
    "team_one_evaluator": _l("工作组只有一名主评人；更换主评人时，请同时选择退出的主评人。"),
    "inbox.team_change_proposed": _l("合同%(contract)s的工作组人员变更等待委托方同意。"),
    "inbox.team_change_decided": _l("委托方已对合同%(contract)s的工作组人员变更作出决定。"),
    "trail.team_proposed": _l("提出人员变更：%(leaves)s 退出，%(joins)s 加入"),
    "trail.team_consented": _l("委托方同意人员变更，自当日起生效"),
    "trail.team_declined": _l("委托方不同意人员变更"),
    "trail.team_withdrawn": _l("撤回人员变更"),
}
