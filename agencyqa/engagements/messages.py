"""Sentences for the error codes, checks and inbox codes of this area."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# What a check says of the facts, where they do not keep to its rule.
FAULTS = {
    "agency_not_registered_then": _l("合同签订当日，机构尚未在本局机构库登记。"),
    "agency_not_in_good_standing": _l("合同签订当日，机构在本局机构库的状态为“%(standing)s”，不得接受委托。"),
    "work_on_negative_list": _l("“%(work_kind)s”原则上不得委托，机构只能承担辅助性工作。"),
    "evaluator_not_appointed_then": _l("合同签订当日，所选主评人未在该机构任职。"),
    "evaluator_not_named": _l("尚未确定主评人。"),
    "evaluator_of_another_agency": _l("所选主评人从未在该机构任职，请选择该机构的主评人。"),
    "signed_in_future": _l("合同签订日期不得晚于今天。"),
    "due_before_contract": _l("约定完成日期不得早于合同签订日期。"),
    "completed_before_contract": _l("实际完成日期不得早于合同签订日期。"),
}

# What to do about it, shown beside a refusal.
ADVICE = {
    "advice.agency_not_registered_then": _l("请另选机构，或核对机构登记日期和合同签订日期。"),
    "advice.agency_not_in_good_standing": _l("请另选机构，或核对机构状态的生效日期和合同签订日期。"),
    "advice.work_on_negative_list": _l("如机构只承担辅助性工作，请勾选“仅承担辅助性工作”；否则不得委托。"),
    "advice.evaluator_not_appointed_then": _l("请选择合同签订当日在任的主评人，或核对任职日期。"),
    "advice.evaluator_of_another_agency": _l("请选择该机构的主评人。"),
}

# What each rule asks, for the list of checks.
RULES = {
    "rule_standing": _l("合同签订当日机构状态为已登记"),
    "rule_negative_list": _l("不属于负面清单，或仅承担辅助性工作"),
    "rule_evaluator": _l("主评人在该机构任职"),
}

MESSAGES: dict[str, object] = {
    **FAULTS,
    **ADVICE,
    **RULES,
    "commission_refused": _l("这项委托不符合规定，没有保存（%(count)s 处）。"),
    "department_tied_to_agency": _l(
        "合同%(contract)s的机构与该部门（单位）存在利害关系，评价对象不能改由其主管。"
    ),
    "contract_number_taken": _l("本局已有使用此合同编号的委托业务。"),
    "fixed_by_sheets": _l("已有评分表以此项为依据，不能再修改。"),
    "fixed_by_evidence": _l("已有评价结果或者监督检查以此项为依据，不能再修改。"),
    "engagement_wrong_state": _l("委托业务当前为“%(state)s”，不能%(action)s。"),
    "year_is_final": _l("%(year)s 年度考核结果已经确定，不能再变动。"),
    "only_lead_changes_year": _l("考核年度只能由财政监管负责人调整。"),
    "assessment_year_wrong": _l("考核年度应在 2000 年至 2100 年之间。"),
    "assessment_year_same": _l("现在的考核年度已经是 %(year)s 年。"),
    "completed_in_future": _l("实际完成日期不得晚于今天。"),
    "trail.engagement_created": _l("登记委托业务"),
    "trail.engagement_due_changed": _l("约定完成日期由 %(before)s 改为 %(after)s"),
    "trail.engagement_changed": _l("修改委托业务：%(fields)s"),
    "trail.engagement_completed": _l("登记完成，完成日期 %(on)s"),
    "trail.engagement_completed_late": _l("登记完成，完成日期 %(on)s，已逾期"),
    "trail.engagement_overdue": _l("到期未完成，约定完成日期 %(due_on)s"),
    "trail.engagement_overdue_lifted": _l("按工作日历没有逾期，约定完成日期 %(due_on)s"),
    "trail.engagement_terminated": _l("终止委托业务"),
    "trail.engagement_reopened": _l("撤销完成登记"),
    "trail.engagement_year_changed": _l("考核年度由 %(before)s 年调整为 %(after)s 年"),
    "inbox.engagement_created": _l("新的委托业务：%(agency)s 承担“%(object)s”，合同 %(contract)s。"),
    "inbox.engagement_overdue": _l(
        "委托业务已逾期：%(agency)s，合同 %(contract)s，约定完成日期 %(due_on)s。"
    ),
}
