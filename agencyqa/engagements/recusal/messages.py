"""Sentences for the error codes, checks and inbox codes about independence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FAULTS = {
    "commissioner_evaluates_itself": _l("委托方与被评价单位相同：部门不得委托评价自身的绩效管理工作。"),
    "commissioner_related_to_unit": _l(
        "委托方与被评价单位有上下级关系，请确认所评价的不是委托方自身的绩效管理工作。"
    ),
    "tie_with_commissioner": _l("机构与委托方%(body)s存在利害关系（%(kind)s），不具备独立性。"),
    "tie_with_evaluated_unit": _l("机构与被评价单位%(body)s存在利害关系（%(kind)s），不具备独立性。"),
    "tie_with_department": _l(
        "机构与评价对象的主管部门（单位）%(body)s存在利害关系（%(kind)s），不具备独立性。"
    ),
    "tie_near": _l(
        "机构与相关部门（单位）的上级或下级%(body)s存在利害关系（%(kind)s），请判断是否影响独立性。"
    ),
    "tie_past": _l(
        "机构与%(body)s的利害关系（%(kind)s）于 %(ended_on)s 终止，不满 %(months)s 个月，请判断是否影响独立性。"
    ),
    "person_tie_with_commissioner": _l(
        "工作组人员%(person)s与委托方%(body)s存在利害关系（%(kind)s），应当回避。"
    ),
    "person_tie_with_evaluated_unit": _l(
        "工作组人员%(person)s与被评价单位%(body)s存在利害关系（%(kind)s），应当回避。"
    ),
    "person_tie_with_department": _l(
        "工作组人员%(person)s与评价对象的主管部门（单位）%(body)s存在利害关系（%(kind)s），应当回避。"
    ),
    "person_tie_near": _l(
        "工作组人员%(person)s与相关部门（单位）的上级或下级%(body)s存在利害关系（%(kind)s），请判断是否需要回避。"
    ),
    "person_tie_past": _l(
        "工作组人员%(person)s与%(body)s的利害关系（%(kind)s）于 %(ended_on)s 终止，"
        "不满 %(months)s 个月，请判断是否需要回避。"
    ),
    "judges_own_help": _l(
        "机构曾按合同%(contract)s（%(signed_on)s）为同一对象提供“%(work_kind)s”的辅助性工作，不得再评价该对象。"
    ),
    "worked_on_object": _l(
        "机构曾按合同%(contract)s（%(signed_on)s）对同一对象承担“%(work_kind)s”，请判断是否影响独立性。"
    ),
    "person_worked_on_object": _l(
        "工作组人员%(person)s曾在其他机构对同一对象参加“%(work_kind)s”（%(signed_on)s），请判断是否影响独立性。"
    ),
    "works_for_unit": _l("机构正在按合同%(contract)s受被评价单位委托，请判断是否影响独立性。"),
}

ADVICE = {
    "advice.commissioner_evaluates_itself": _l("请更换被评价单位，或改由财政局、上级部门委托。"),
    **dict.fromkeys(
        (
            "advice.tie_with_commissioner",
            "advice.tie_with_evaluated_unit",
            "advice.tie_with_department",
        ),
        _l("请另选机构；若利害关系登记有误，请先在机构库中更正。"),
    ),
    **dict.fromkeys(
        (
            "advice.person_tie_with_commissioner",
            "advice.person_tie_with_evaluated_unit",
            "advice.person_tie_with_department",
        ),
        _l("请更换人员；若利害关系登记有误，请先在机构库中更正。"),
    ),
    "advice.judges_own_help": _l("请另选机构。"),
}

RULES = {
    "rule_own_evaluation": _l("委托方不评价自身"),
    "rule_independence": _l("机构独立于委托方和评价对象"),
    "rule_people": _l("工作组人员与委托方和评价对象没有利害关系"),
    "rule_past_ties": _l("没有刚刚终止的利害关系"),
    "rule_earlier_work": _l("机构和工作组人员近年没有对同一对象做过其他业务"),
    "rule_for_unit": _l("机构没有同时受被评价单位委托"),
}

MESSAGES: dict[str, object] = {
    **FAULTS,
    **ADVICE,
    **RULES,
    "looked_at.rule_independence": _l("核对了 %(sides)s 个相关单位及其上下级 %(near)s 个。"),
    "looked_at.rule_people": _l("核对了工作组 %(people)s 人。"),
    "recusal_not_yours_to_sign": _l("声明由本人签署；纸质声明由承担业务的机构负责人在履约期间代录。"),
    "recusal_signs_today": _l("本人在系统内签署的，签署日期为当日。"),
    "recusal_case_closed": _l("回避检查当前为“%(state)s”，不能%(action)s。"),
    "recusal_nobody_to_replace": _l("这次检查涉及机构本身，更换人员不能消除利害关系。"),
    "recusal_stop_stands": _l(
        "仍有 %(count)s 处必须回避的情形，不能决定继续履行。请更换人员，或者终止委托；若登记有误，请先在机构库中更正。"
    ),
    "recusal_undecided": _l("有尚未决定的回避检查，不能登记完成。请先作出决定。"),
    "recusal_work_is_done": _l(
        "工作已经登记完成，不能%(action)s。确需更换人员或者终止委托的，请先撤销完成。"
    ),
    "recusal_year_is_final": _l(
        "%(year)s 年度考核结果已经公布，不能%(action)s。请决定记录在案，已公布的结果不变；"
        "确需更正的，由负责人先开启年度更正。"
    ),
    "recusal_year_is_open": _l(
        "%(year)s 年度考核结果还没有公布，不能只记录在案。请更换人员，或者撤销完成后处理。"
    ),
    "recusal_nothing_to_record": _l("已经没有必须回避的情形，请决定继续履行。"),
    "recusal_exemption_closed": _l("免签当前为“%(state)s”，不能%(action)s。"),
    "recusal_has_signed": _l("%(person)s 已经签署声明，不需要免签。"),
    "recusal_exempt_already": _l("已经准予免签。"),
    "recusal_exempt_in_team": _l("%(person)s 仍在履约中的工作组内；不能再签署的，请先更换人员。"),
    "recusal_can_still_sign": _l(
        "%(person)s 仍在机构任职，或者在机构有可用的账号，可以签署，不能免签。"
        "确已离开或者去世的，请先在机构库登记离任，并停用账号。"
    ),
    "recusal_months_wrong": _l("月数应在 0 至 %(months)s 之间。"),
    "recusal_terms_not_after": _l("施行日期应晚于本局现有规定的 %(other)s。"),
    "inbox.recusal_reopened": _l(
        "合同%(contract)s（%(agency)s）因%(cause)s重新进行回避检查，等待财政监管人员决定。"
    ),
    "inbox.recusal_decided": _l("合同%(contract)s（%(agency)s）的回避检查已有决定：%(action)s。"),
    "inbox.recusal_exempted": _l("合同%(contract)s：财政局准予%(person)s免签独立性声明。"),
    "inbox.recusal_exemption_withdrawn": _l("合同%(contract)s：财政局撤销了%(person)s独立性声明的免签。"),
    "trail.independence_declared": _l("%(person)s 的独立性声明（第 %(number)s 份）"),
    "trail.recusal_exempted": _l("准予%(person)s免签独立性声明"),
    "trail.recusal_exemption_withdrawn": _l("撤销%(person)s独立性声明的免签"),
    "trail.recusal_opened": _l("重新进行回避检查：%(cause)s"),
    "trail.recusal_decided": _l("回避检查的决定：%(action)s"),
}
