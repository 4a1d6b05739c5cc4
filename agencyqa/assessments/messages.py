"""From the codes of this area to sentences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.assessments import annual_messages

MESSAGES = {
    "sheet_already_submitted": _l("这份评分表已经提交，正在等待审核，没有再次保存。"),
    "sheet_already_final": _l("这份评分表已经定稿，不能再改动。"),
    "sheet_already_published": _l("这份评分表已经发布，不能再改动；确有错误的，请由财政部门开启更正。"),
    "sheet_not_submitted": _l("这份评分表尚未提交，现在不能执行这项操作。"),
    "sheet_superseded": _l("这份评分表已有更新的版次，请在最新版次上操作。"),
    "sheet_already_begun": _l("这份评分表已经开始填写，不能重新选定评分方案。"),
    "scheme_unchanged": _l("合同签订日适用的评分方案没有变化，无需重新选定。"),
    "sheet_has_faults": _l("有评分不符合计分标准，没有保存。"),
    "sheet_incomplete": _l("评分表还有未完成的内容，没有提交。"),
    "sheet_unknown_fields": _l("提交的内容里有本方案没有的项目，没有保存。"),
    "sheet_supplied_input": _l("这一项由系统按在案情况计入，不由评分人填写。"),
    "malformed_draft": _l("没有收到可以保存的草稿。"),
    "not_the_scorer": _l("只有这份评分表的评分单位可以填写。"),
    "only_bureau_opens_sheets": _l("只有本业务所属财政部门可以下发评分表。"),
    "only_bureau_decides": _l("只有本业务所属财政部门可以审核评分表。"),
    "only_bureau_corrects": _l("只有本业务所属财政部门可以开启更正。"),
    "scorer_may_not_decide": _l("您填写过这份评分表，须由另一位监管人员审核。"),
    "only_lead_publishes": _l("只有本财政部门的监管负责人可以发布评分表。"),
    "publisher_scored": _l("您填写过其中的评分表，须由没有参与评分的负责人发布。"),
    "only_lead_keeps_tables": _l("只有财政监管负责人可以设置评分权重和等级标准。"),
    "engagement_terminated_no_sheets": _l("委托业务“%(contract)s”已终止，不下发评分表。"),
    "no_share_table": _l("合同签订日 %(day)s 没有有效的评分权重，请由负责人先行设置。"),
    "no_scheme_in_force": _l(
        "“%(role)s”在合同签订日 %(day)s 没有适用于“%(work_kind)s”的评分方案，没有下发任何评分表。"
    ),
    "shares_above_one": _l("机构年度评分与积分的占比合计超过了 100%%。"),
    "credits_without_base": _l("没有填写积分的基础分。"),
    "base_outside_bounds": _l("基础分须在下限与上限之间。"),
    "veto_without_effect": _l("每一条否决须写明得分上限或等级上限。"),
    "veto_without_fault": _l("每一条否决须至少有一个问题代码。"),
    "unknown_grade": _l("等级上限须是启用日期有效的等级标准中的等级。"),
    "rules_without_agency_form": _l("本年度规则没有机构年度评分。"),
    "no_agency_scheme": _l("%(day)s 没有有效的机构年度评分方案，没有下发任何评分表。"),
    "only_bureau_keeps_credits": _l("只有本财政部门可以登记积分和业务权重。"),
    "credit_year_final": _l("%(year)s 年度考核结果已经发布，积分和业务权重不能再改动。"),
    "credit_already_withdrawn": _l("这项积分已经撤销。"),
    "credit_in_future": _l("发生日不得晚于今天。"),
    "credit_entered_already": _l(
        "同一机构、同一日、同样分值、理由和佐证的积分已经登记，没有重复登记；确为另一件事的，请在理由中写明区别。"
    ),
    "credit_of_no_points": _l("积分不能是 0。"),
    "no_expert_share": _l("合同签订日 %(day)s 有效的评分权重没有专家评分。"),
    "not_an_expert": _l("只能邀请本财政部门在册的评审专家。"),
    "invited_meanwhile": _l("其他人刚刚邀请了专家，请刷新页面后再试。"),
    "panel_too_small": _l("最少专家数须多于两端各去掉的份数之和。"),
    "due_in_the_past": _l("期限不能早于今天。"),
    "table_overlaps": _l("启用日期须早于 %(first)s，或晚于 %(last)s，否则会与已有的期间重叠。"),
    "table_in_between": _l("只有期间最早或者最晚的一份可以撤回。"),
    "table_in_use": _l("已有评分表、年度考核或者年度规则以它为准，不能撤回；请新增一份，从新的日期起生效。"),
    "table_invalid": _l("填写的内容不能构成有效的标准，请检查。"),
    "shares_do_not_add_up": _l("各角色占比之和须正好为 100%%，现在是 %(sum)s%%。"),
    "grades_empty": _l("请至少填写一个等级。"),
    "grade_hole": _l("等级之间有空缺：最低一级须从 0 分起。"),
    "grade_overlap": _l("有两个等级的起点相同。"),
    "duplicate_key": _l("有重复的项目。"),
    # What a rule has against a value; the pages write the same with the words of the scheme.
    "score.missing": _l("尚未填写。"),
    "score.reason_needed": _l("评分人给分与按规则计算的得分不一致，请说明理由。"),
    "score.why_needed": _l("请说明不计入的理由。"),
    "score.malformed_points": _l("应为分值。"),
    "score.malformed_count": _l("应为整数。"),
    "score.malformed_flag": _l("应为是或否。"),
    "score.malformed_entered": _l("评分人给分不是分值。"),
    "score.unknown_choice": _l("不是可选的一项。"),
    "score.out_of_range": _l("超出允许的范围。"),
    "score.off_step": _l("应为 %(step_points)s 分的整数倍。"),
    "score.outside_band": _l("得分不在所选档次的 %(low_points)s～%(high_points)s 分之内。"),
    "score.outside_deduction_range": _l("扣分应为 0，或在 %(low_points)s～%(high_points)s 分之间。"),
    "score.amount_without_count": _l("填写了扣分，但处数为 0。"),
    "score.malformed_number": _l("应为数字。"),
    "score.malformed_choice": _l("不是可选的一项。"),
    "score.outside_scale": _l("评级不在范围之内。"),
    "score.divisor_is_zero": _l("不能为 0，否则无法按比例计算。"),
    "score.unassessed": _l(
        "已评项目的分值 %(assessed_points)s 分，占满分 %(maximum_points)s 分的比例不够，不出总分。"
    ),
    "none_with_ticks": _l("既勾选了具备的项目，又勾选了“以上均不具备”，请核对。"),
    "score.entered_out_of_range": _l("评分人给分应在 %(low_points)s～%(high_points)s 分之间。"),
    # The story of an engagement
    "trail.sheet_opened": _l("下发评分表：%(role)s"),
    "trail.sheet_submitted": _l("提交评分表：%(role)s"),
    "trail.sheet_returned": _l("退回评分表：%(role)s"),
    "trail.sheet_finalised": _l("评分表定稿：%(role)s，%(total_points)s 分"),
    "trail.sheet_published": _l("发布评分表：%(role)s，%(total_points)s 分"),
    "trail.sheet_corrected": _l("开启评分更正：%(role)s，第 %(revision)s 版"),
    # The inbox
    "inbox.sheets_opened": _l("收到 %(count)s 份考核评分表，期限 %(due_on)s。"),
    "inbox.sheet_returned": _l("合同 %(contract)s 的评分表被退回：%(reason)s"),
    "inbox.sheet_finalised": _l("合同 %(contract)s 的评分表已定稿。"),
    "inbox.sheet_corrected": _l("合同 %(contract)s 的评分表需要更正：%(reason)s"),
    "inbox.rescore_opened": _l(
        "计入合同 %(contract)s 评分表的问题%(number)s已撤销，重新评分已开启，原结果保留。"
    ),
    "inbox.sheet_record_changed": _l(
        "计入合同 %(contract)s 评分表的问题%(number)s已撤销，评分表正在等待审核，请退回重评。"
    ),
    "inbox.sheet_returned_of_agency": _l("“%(contract)s”的机构年度评分表被退回：%(reason)s"),
    "inbox.sheet_finalised_of_agency": _l("“%(contract)s”的机构年度评分表已定稿。"),
    "inbox.sheet_corrected_of_agency": _l("“%(contract)s”的机构年度评分表需要更正：%(reason)s"),
    "inbox.sheet_overdue_of_agency": _l("“%(contract)s”的机构年度评分表已于 %(due_on)s 到期，尚未提交。"),
    "inbox.rescore_opened_of_agency": _l(
        "计入“%(contract)s”机构年度评分表的问题%(number)s已撤销，重新评分已开启，原结果保留。"
    ),
    "inbox.sheet_record_changed_of_agency": _l(
        "计入“%(contract)s”机构年度评分表的问题%(number)s已撤销，评分表正在等待审核，请退回重评。"
    ),
    "inbox.sheet_overdue": _l("合同 %(contract)s 的评分表已于 %(due_on)s 到期，尚未提交。"),
}
MESSAGES |= annual_messages.MESSAGES
