"""From the codes of rounds, publication and assignments to sentences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "only_bureau_runs_rounds": _l("只有本财政部门可以办理本年度考核。"),
    "only_lead_publishes_year": _l("只有本财政部门的监管负责人可以发布或更正年度考核结果。"),
    "only_bureau_assigns": _l("只有本财政部门可以分配考核结果。"),
    "publisher_scored_in_year": _l("您填写过本年度的评分表，须由没有参与评分的负责人发布。"),
    "round_exists": _l("%(year)s 年度考核已经开启，请在“年度考核”中打开。"),
    "round_exists_now": _l("这一年度的考核刚刚由其他人开启，请在“年度考核”中打开。"),
    "no_grade_table": _l("%(day)s 没有有效的等级标准，请由负责人先行设置。"),
    "round_without_shares": _l("有 %(count)s 个合同签订日没有有效的评分权重：%(days)s。请由负责人先行设置。"),
    "year_rules_and_grades_differ": _l(
        "%(day)s 有效的年度规则与等级标准不一致（规则提到的等级不在标准中），请由负责人先行调整。"
    ),
    "rules_set_weights": _l("本年度的业务权重由年度规则规定，不能另行更改。"),
    "round_without_engagements": _l("%(year)s 年度没有可考核的委托业务。"),
    "round_already_published": _l("这一年度的考核结果已经发布，没有再次办理。如需改动，请由负责人开启更正。"),
    "round_still_open": _l("这一年度的考核尚未发布，直接重新计算即可，无需更正。"),
    "round_not_computed": _l("这一年度的考核尚未计算。"),
    "round_out_of_date": _l(
        "计算之后，评分表、委托业务或评分权重有变化，没有发布。请重新计算，核对排名后再发布。"
    ),
    "round_superseded": _l("这一版已有后续的第 %(revision)s 版，请在最新版上操作。"),
    "correction_begun": _l("其他人刚刚开启了更正，请刷新页面查看。"),
    "provisional_not_accepted": _l("有 %(count)s 家机构评分不全，须确认后才能发布。"),
    "result_not_published": _l("结果发布后才能分配给部门查看。"),
    "result_superseded": _l("这一结果已被更正后的版次取代，请分配最新版次。"),
    "already_assigned": _l("该部门在这段期间已经可以查看这一结果。"),
    # The inbox
    "inbox.result_published": _l("%(bureau)s已发布 %(year)s 年度考核结果，请查看本机构的结果。"),
    "inbox.result_corrected": _l("%(bureau)s已更正 %(year)s 年度考核结果（第 %(revision)s 版），请查看。"),
    "inbox.result_assigned": _l("“%(agency)s”%(year)s 年度考核结果已提供给本部门查看。"),
}
