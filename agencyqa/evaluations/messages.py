"""The sentences of this area's errors, checks, inbox messages and trail lines."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

CHECKS: dict[str, LazyString] = {
    "evaluation.check.weight_missing": _l("“%(name)s”没有填写权重。"),
    "evaluation.check.score_missing": _l("“%(name)s”没有填写得分。没有得分不等于 0 分。"),
    "evaluation.check.branch_weight_differs": _l(
        "“%(name)s”写明权重 %(stated_points)s，下级合计 %(readded_points)s。"
    ),
    "evaluation.check.branch_score_differs": _l(
        "“%(name)s”写明得分 %(stated_points)s，下级合计 %(readded_points)s。"
    ),
    "evaluation.check.score_above_weight": _l(
        "“%(name)s”得分 %(stated_points)s，超过权重 %(readded_points)s。"
    ),
    "evaluation.check.rows_missing": _l("还没有指标。"),
    "evaluation.check.dimension_missing": _l("没有“%(dimension)s”维度的指标。"),
    "evaluation.check.total_missing": _l("没有填写报告评价总分。"),
    "evaluation.check.maximum_missing": _l("没有填写报告满分。"),
    "evaluation.check.grade_missing": _l("没有填写报告评价等级。"),
    "evaluation.check.total_mismatch": _l("报告总分 %(stated_points)s，各指标得分合计 %(readded_points)s。"),
    "evaluation.check.maximum_mismatch": _l(
        "报告满分 %(stated_points)s，各指标权重合计 %(readded_points)s。"
    ),
    "evaluation.check.grade_mismatch": _l(
        "报告等级为“%(stated)s”；合计 %(total_points)s 分（满分 %(maximum_points)s）应为“%(grade)s”。"
    ),
    "evaluation.check.standard_missing": _l("合同签订日没有适用的评价等级标准，没有核对等级。"),
    "evaluation.check.results_share_low": _l(
        "产出与效益指标权重占 %(share)s，低于 %(least)s（该比例待核对）。"
    ),
}

MESSAGES: dict[str, LazyString] = {
    **CHECKS,
    "evaluation.row_number": _l("第 %(number)s 行"),
    "evaluation.problem_number": _l("问题 %(number)s"),
    "too_many_indicators": _l("指标最多 %(maximum)s 行。"),
    "too_many_problems": _l("问题最多 %(maximum)s 个。"),
    "level_misplaced": _l("级次不连续：首行应为一级，每行至多比上一行低一级。"),
    "level_misplaced_row": _l("第 %(row)s 行级次不连续：首行应为一级，每行至多比上一行低一级。"),
    "name_missing_row": _l("第 %(row)s 行没有填写指标名称。"),
    "dimension_differs": _l("维度与上级指标不同。"),
    "dimension_differs_row": _l("第 %(row)s 行的维度与上级指标不同。"),
    "evaluation_of_terminated": _l("委托业务已终止，不能再填报评价结果。"),
    "clerical_issues_no_report": _l("仅承担辅助性工作的委托业务，机构不得以自己的名义出具报告或者结论。"),
    "evaluation_already_submitted": _l("这份评价结果已经提交，不能再修改。需要更正的，请提交更正。"),
    "evaluation_agency_changed": _l("委托业务的机构已经变更，不能再填报。"),
    "record_already_started": _l("这项委托业务已有评价结果。"),
    "record_incomplete": _l("还有必须填写的内容没有填写，不能提交。"),
    "correction_under_way": _l("已有更正草稿，或这不是最新版本。"),
    "only_xlsx_imported": _l("只能导入 Excel 工作簿（.xlsx）。"),
    "import_has_errors": _l("工作簿有错误，没有导入。请更正后重新上传。"),
    "import_already_confirmed": _l("这份工作簿已经导入。"),
    "evaluation_superseded": _l("这不是当前版本，请在最新版本上操作。"),
    "only_addressed_answers": _l("只有被要求答复的单位可以答复。"),
    "answered_meanwhile": _l("在您打开本页之后已有新的答复。您的答复没有保存。"),
    "rectify_by_in_past": _l("整改期限不能早于今天。"),
    "rectify_by_not_promised": _l("只有采纳或部分采纳时才填写整改期限。"),
    "rectified_in_future": _l("整改完成日期不能晚于今天。"),
    "rectified_on_not_done": _l("只有已整改时才填写整改完成日期。"),
    "only_bureau_assigns_evaluation": _l("只有本财政局可以分配查看。"),
    "party_sees_anyway": _l("该部门（单位）是委托方或被评价单位，无须分配。"),
    "evaluation_already_assigned": _l("该部门（单位）在这段时间已经可以查看。"),
    "book.sheet_left_out": _l("工作簿没有这张表，沿用草稿中的内容。"),
    "book.unknown_item": _l("“%(value)s”不是“总体”表的项目。"),
    "book.unknown_level": _l("“%(value)s”不是级次，应为 %(choices)s。"),
    "book.unknown_dimension": _l("“%(value)s”不是维度，应为 %(choices)s。"),
    "book.unknown_kind": _l("“%(value)s”不是问题类型，应为 %(choices)s。"),
    "book.unknown_department": _l("“%(value)s”不能作为答复单位，应为 %(choices)s。"),
    "fact.arithmetic": _l("评价结果核对（%(places)s）：写明 %(stated)s，应为 %(readded)s。"),
    "inbox.evaluation_submitted": _l("%(agency)s 提交了“%(object)s”的评价结果。"),
    "inbox.evaluation_corrected": _l("%(agency)s 更正了“%(object)s”的评价结果（第 %(revision)s 版）。"),
    "inbox.evaluation_problem_answered": _l("%(department)s 答复了“%(object)s”评价发现的问题：%(state)s。"),
    "inbox.evaluation_assigned": _l("财政局分配给您查看“%(object)s”的评价结果。"),
    "trail.evaluation_submitted": _l("提交评价结果（第 %(revision)s 版），核对发现 %(faults)s 处问题。"),
    "trail.evaluation_sound": _l("提交评价结果（第 %(revision)s 版），核对无误。"),
    "trail.evaluation_answered": _l("%(department)s 答复评价发现的问题：%(state)s。"),
}
