"""Faults of scheme and sheet files as sentences. The place and line stand beside them and are not repeated."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.measures.words import gettext
from agencyqa.scoring import Problem, format_points

_SENTENCES: dict[str, object] = {
    "file_too_large": _l("文件过大，最多 %(limit)s 字节。"),
    "not_utf8": _l("文件不是 UTF-8 编码的文本。"),
    "not_yaml": _l("不符合 YAML 格式：%(detail)s。"),
    "not_csv": _l("这一行不能按 CSV 读取：%(detail)s。"),
    "several_documents": _l("一个文件只能有一份内容。"),
    "empty_file": _l("文件没有内容。"),
    "too_many_values": _l("内容过多，最多 %(limit)s 个值。"),
    "nested_too_deep": _l("层次过深，最多 %(limit)s 层。"),
    "anchors_refused": _l("不接受锚点和别名（& 和 *）。"),
    "tags_refused": _l("不接受类型标签（%(tag)s）。"),
    "name_not_text": _l("名称应为文字。"),
    "hidden_characters": _l("文字中有看不见的控制字符，请删去后重新输入。"),
    "duplicate_name": _l("名称“%(name)s”重复。"),
    "missing_field": _l("缺少此项。"),
    "unknown_field": _l("没有这样的项，请检查拼写。"),
    "unknown_kind": _l("没有这种计分规则；可用的有：%(kinds)s。"),
    "not_a_text": _l("应为文字（可加引号）。"),
    "empty": _l("不能为空。"),
    "string_too_long": _l("文字过长，最多 %(max_length)s 个字符。"),
    "too_long": _l("项目过多，最多 %(max_length)s 项。"),
    "not_a_flag": _l("应为 true 或 false。"),
    "not_a_count": _l("应为整数。"),
    "not_a_points": _l("应为分值。"),
    "not_a_key": _l("应为标识。"),
    "not_a_list": _l("应为列表。"),
    "not_a_record": _l("应为一组“名称: 值”。"),
    "not_a_rule": _l("应为一条计分规则。"),
    "not_a_date": _l("应为真实存在的日期，例如 2024-01-01。"),
    "not_a_choice": _l("应为下列之一：%(expected)s。"),
    "not_a_number": _l("应为数字。"),
    "too_many_decimals": _l("最多四位小数。"),
    "too_large": _l("数值过大。"),
    "bad_key": _l("“%(value)s”不能作标识：请用小写字母、数字和下划线，以字母开头。"),
    "bad_file_key": _l("“%(value)s”不能作方案标识：请用小写字母、数字和连字符，以字母开头。"),
    "bad_citation": _l("“%(value)s”不是条款标识，应如 M1/independence。"),
    "exception_incomplete": _l("例外情形的标识和文字应同时填写。"),
    "unknown_provision": _l("没有条款“%(key)s”。"),
    "unknown_fault": _l("没有问题代码“%(code)s”。"),
    "fault_counted_twice": _l("问题代码“%(code)s”已列在考核项“%(other)s”之下，一种问题只能计一次。"),
    "input_not_countable": _l("“%(input)s”不能由问题计入；本项可计入的填写项：%(inputs)s。"),
    "input_half_by_hand": _l("同一填写项“%(input)s”的各个问题代码，by_hand 应当一致。"),
    "reference_without_measure": _l("参考方案的每一项都应归入 M1、M2 或 M3。"),
    "duplicate_key": _l("标识“%(key)s”重复。"),
    "points_do_not_add_up": _l("下列各项合计 %(sum)s 分，与所列 %(stated)s 分不一致。"),
    "not_positive": _l("应大于 0，现为 %(value)s。"),
    "negative": _l("不能小于 0，现为 %(value)s。"),
    "rule_above_max_points": _l("按规则最多可得 %(max)s 分，超过分值 %(max_points)s 分。"),
    "max_points_out_of_reach": _l("按规则最多只能得 %(max)s 分，达不到分值 %(max_points)s 分。"),
    "rule_below_zero": _l("按规则可能得 %(min)s 分，低于 0。"),
    "band_reversed": _l("下限 %(low)s 应小于上限 %(high)s。"),
    "range_reversed": _l("下限 %(low)s 应小于上限 %(high)s。"),
    "band_overlap": _l("档次“%(above)s”从 %(low)s 起，与止于 %(high)s 的“%(below)s”重叠。"),
    "band_gap": _l("档次“%(below)s”止于 %(high)s，“%(above)s”始于 %(low)s，中间有分值不属于任何档次。"),
    "off_step": _l("%(value)s 不是单位 %(step)s 的整数倍。"),
    "out_of_range": _l("应在 %(low)s～%(high)s 之间。"),
    "deduction_above_points": _l("一次最多可扣 %(high)s 分，超过满分 %(points)s 分。"),
    "grade_hole": _l("%(low)s～%(high)s 之间没有等级。"),
    "grade_overlap": _l("等级在 %(high)s 处重叠。"),
    "unknown_option": _l("应为下列之一：%(options)s。"),
    "part_cannot_be_left_out": _l("考核项要么整项评价、要么整项不计，组成部分不能单独“无法评价不计入”。"),
    "nothing_deducted": _l("每日扣分为 0，又没有按倍数扣分的档，逾期不扣分。"),
    "above_without_amount": _l("只有按金额分类（by_amount）时才写起点金额。"),
    "first_class_from_zero": _l("第一类从 0 起，不写起点金额。"),
    "not_rising": _l("应大于前一档的 %(before)s，现为 %(value)s。"),
    "penalty_falls": _l("高一档的扣分不能少于前一档的 %(before)s 分，现为 %(value)s 分。"),
    "weight_missing": _l("按权重合成的方案，每一项都应写明权重（可以是 0）。"),
    "weight_without_use": _l("按分值相加的方案不用权重；只可写 0，表示只列示。"),
    "bonus_with_weight": _l("加分项没有权重。"),
    "weights_all_zero": _l("各项权重之和为 0，算不出总分。"),
    "cap_below_max_points": _l("总分上限 %(cap)s 分低于满分 %(max_points)s 分。"),
    "condition_without_bonus": _l("只有加分项才有计入条件。"),
    "circular_condition": _l("计入条件互相依赖：%(circle)s。"),
    "points_without_use": _l("以得满分为条件的，不写分值。"),
    "veto_without_effect": _l("一票否决应写明总分上限或等级上限。"),
    "unknown_grade": _l("没有等级“%(grade)s”；可用的有：%(grades)s。"),
    "unknown_scheme": _l("没有方案“%(key)s”，也没有这个文件。"),
    "unknown_criterion": _l("方案没有这个考核项。"),
    "unknown_input": _l("这个考核项没有这样的填写项；可填：%(inputs)s。"),
    "row_width": _l("这一行有 %(got)s 格，表头有 %(expected)s 格。"),
    "cell_not_understood": _l("“%(value)s”不是这一格可填的内容。"),
    "unknown_choice": _l("“%(value)s”不是可选的一项；可选：%(choices)s。"),
    "veto_has_no_points": _l("一票否决没有分可填；是否认定写在 answers 中。"),
    "other_scheme": _l("评分表写明的方案是“%(stated)s”，不是“%(used)s”。"),
    "no_sheets": _l("文件里没有评分表。"),
}
# Everything else in the parameters of a problem is a mark in ten-thousandths of a point.
_PLAIN = {"limit", "max_length", "min_length"}


def problem_sentence(problem: Problem) -> str:
    """In the reader's language; a code without a sentence shows itself and its figures."""
    text = _SENTENCES.get(problem.code)
    if text is None:
        return " ".join([problem.code, *(f"{name}={value}" for name, value in problem.params.items())])
    plain = problem.place.endswith(("places", "max_count"))
    values = {name: _figure(name, value, plain=plain) for name, value in problem.params.items()}
    if problem.code == "not_a_choice":
        # pydantic joins the choices with an English word.
        values["expected"] = values.get("expected", "").replace("'", "").replace(" or ", ", ")
    return str(text) % _Gaps(values)


class _Gaps(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "—"


def _figure(name: str, value: Any, *, plain: bool) -> str:
    if isinstance(value, list | tuple):
        return gettext("、").join(str(item) for item in value)
    if isinstance(value, int) and not plain and name not in _PLAIN:
        return format_points(value)
    return str(value)
