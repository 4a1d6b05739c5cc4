"""What the reader makes of texts as bureaus write them, and what it must not guess at."""

from __future__ import annotations

import time
from typing import Any

import pytest

from agencyqa.measures.rule_texts import Sureness, read_rule

# Text, points of the item, how sure, the rule in short, the doubts.
CASES: list[tuple[str, int | None, str, str, list[str]]] = [
    ("每缺一项扣0.4分，扣完为止", 2, "sure", "扣 2: 缺项 -0.4", []),
    ("每缺1项扣0.4分,扣完为止。", 2, "sure", "扣 2: 缺项 -0.4", []),
    ("缺少封面要素的，每项扣０．４分，扣完为止", 2, "sure", "扣 2: 缺少封面要素 -0.4", []),
    ("每处扣0.5分，最多扣2分", 4, "sure", "扣 4: 扣分情形 -0.5 ≤2", []),
    ("每处扣0.5分，最多扣2分", 2, "sure", "扣 2: 扣分情形 -0.5", []),
    ("每发现一处错误扣0.2分，扣完为止", 2, "sure", "扣 2: 错误 -0.2", []),
    ("文字表述错误每处扣0.5分，扣完本项分值为止", 3, "sure", "扣 3: 文字表述错误 -0.5", []),
    ("错别字、标点错误，扣0.2分/处，扣完为止", 1, "sure", "扣 1: 错别字、标点错误 -0.2", []),
    ("每出现一处数据错误扣0.3分，累计扣分不超过2分", 2, "sure", "扣 2: 数据错误 -0.3", []),
    ("每缺一项扣一分，扣完为止", 5, "sure", "扣 5: 缺项 -1", []),
    ("每少一份底稿扣两分，直至扣完", 6, "sure", "扣 6: 少底稿 -2", []),
    ("每逾期1天扣1分，扣完为止", 5, "sure", "扣 5: 逾期（天） -1", []),
    (
        "未按规定时间提交的，每延迟1个工作日扣0.5分，扣完为止",
        5,
        "sure",
        "扣 5: 未按规定时间提交，延迟（工作日） -0.5",
        [],
    ),
    ("未提交工作底稿的，扣2分", 2, "sure", "扣 2: 未提交工作底稿 -2 ×1", []),
    (
        "未提交工作方案扣2分；未报备人员变动扣1分；扣完为止",
        5,
        "sure",
        "扣 5: 未提交工作方案 -2 ×1; 未报备人员变动 -1 ×1",
        [],
    ),
    ("每发现一项扣该项分值的20%，扣完为止", 5, "sure", "扣 5: 扣分情形 -1", []),
    (
        "未签订合同的扣3分，合同要素不全的每缺一项扣0.5分，扣完为止",
        5,
        "sure",
        "扣 5: 未签订合同 -3 ×1; 合同要素不全，缺项 -0.5",
        [],
    ),
    ("报告格式不规范的，每处扣0.5分，最多计4处，扣完为止", 3, "sure", "扣 3: 报告格式不规范 -0.5 ×4", []),
    ("扣完为止：每缺一项扣1分", 5, "sure", "扣 5: 缺项 -1", []),
    ("每缺一项扣0.4分", 2, "check", "扣 2: 缺项 -0.4", ["floor_assumed"]),
    ("得10-15分", 15, "check", "自由 10~15", ["single_range"]),
    ("0~5分", 5, "sure", "自由 0~5", []),
    ("优10-15分、良5-10分、差0-5分", 15, "sure", "档 优 10~15; 良 5~10; 差 0~5", []),
    (
        "专业能力强得10－15分，一般得5－10分，较差得0－5分",
        15,
        "sure",
        "档 专业能力强 10~15; 一般 5~10; 较差 0~5",
        [],
    ),
    (
        "沟通良好13—20分；一般7—12分；较差0—6分",
        20,
        "check",
        "档 沟通良好 13~20; 一般 7~12; 较差 0~6 /1",
        ["step_assumed"],
    ),
    (
        "好（8-10分）；较好（5-8分）；一般（2-5分）；差（0-2分）",
        10,
        "sure",
        "档 好 8~10; 较好 5~8; 一般 2~5; 差 0~2",
        [],
    ),
    ("优秀：得9至10分；良好：得7至9分；一般：得0至7分", 10, "sure", "档 优秀 9~10; 良好 7~9; 一般 0~7", []),
    ("优、良、差分别得10-15分、5-10分、0-5分", 15, "sure", "档 优 10~15; 良 5~10; 差 0~5", []),
    (
        "数据详实、情况清晰得16-25分，较详实得6-15分，不详实得0-5分",
        25,
        "check",
        "档 数据详实、情况清晰 16~25; 较详实 6~15; 不详实 0~5 /1",
        ["step_assumed"],
    ),
    ("优/良/中/差 分别得10/8/6/0分", 10, "sure", "级 优 10; 良 8; 中 6; 差 0", []),
    ("优、良、中、差分别得10、8、6、0分", 10, "sure", "级 优 10; 良 8; 中 6; 差 0", []),
    ("优良中差四档分别计10、8、6、4分", 10, "sure", "级 优 10; 良 8; 中 6; 差 4", []),
    ("优秀得10分，良好得8分，合格得6分，不合格得0分", 10, "sure", "级 优秀 10; 良好 8; 合格 6; 不合格 0", []),
    ("优秀10分；良好8分；一般5分；较差2分", 10, "sure", "级 优秀 10; 良好 8; 一般 5; 较差 2", []),
    ("完全符合得5分，基本符合得3分，不符合不得分", 5, "sure", "级 完全符合 5; 基本符合 3; 不符合 0", []),
    ("完全符合得满分，基本符合得一半分，不符合不得分", 4, "sure", "级 完全符合 4; 基本符合 2; 不符合 0", []),
    ("全部整改得5分；部分整改得2.5分；未整改得0分", 5, "sure", "级 全部整改 5; 部分整改 2.5; 未整改 0", []),
    ("A级得十分，B级得八分，C级得五分", 10, "sure", "级 A级 10; B级 8; C级 5", []),
    ("是得5分，否得0分", 5, "sure", "全 5: 是|否", []),
    ("符合得满分，否则不得分", 5, "sure", "全 5: 符合|", []),
    ("按时提交得5分，否则得0分", 5, "sure", "全 5: 按时提交|", []),
    ("人员保持稳定的得15分，随意更换的不得分", 15, "sure", "全 15: 人员保持稳定|随意更换", []),
    ("按规定报备的得2分，未报备不得分。", 2, "sure", "全 2: 按规定报备|未报备", []),
    ("及时、完整提交的，得3分；反之，不得分", 3, "sure", "全 3: 及时、完整提交|", []),
    ("按实际完成率×分值计分", 10, "check", "率 10: ÷", ["ratio_of_what"]),
    ("完成率=实际/计划", 10, "check", "率 10: 实际÷计划", ["ratio_unsaid"]),
    ("得分=完成率×10分，完成率=实际完成数/计划完成数×100%", 10, "sure", "率 10: 实际完成数÷计划完成数", []),
    (
        "得分=整改率×分值；整改率=已整改问题数÷应整改问题数×100%，超过100%按100%计",
        5,
        "sure",
        "率 5: 已整改问题数÷应整改问题数",
        [],
    ),
    ("按回访满意率乘以分值计算得分", 10, "check", "率 10: ÷", ["ratio_of_what"]),
    ("每逾期1天扣1分，超过规定时限一倍的加扣5分", 10, "not_understood", "自由 0~10", ["limit_missing"]),
    (
        "规定时限为15个工作日；每逾期1天扣1分，超过规定时限一倍的加扣5分",
        10,
        "sure",
        "逾期 10: 日1; 规定时限 15; ×1 -5",
        [],
    ),
    (
        "时限20天，每延期1天扣0.5分，超过时限1倍的另扣2分，超过时限2倍的另扣5分，扣完为止",
        10,
        "check",
        "逾期 10: 日0.5; 规定时限 20; ×1 -2; ×2 -5",
        ["highest_step"],
    ),
    (
        "出现弄虚作假的，本项不得分（确因不可抗力的除外）",
        10,
        "check",
        "否决 弄虚作假|确因不可抗力 [自由 0~10]",
        ["otherwise_unsaid"],
    ),
    (
        "无绩效情况说明的，本项不得分（项目确无绩效的除外）；表述不清的，每处扣1分，扣完为止",
        5,
        "sure",
        "否决 无绩效情况说明|项目确无绩效 [扣 5: 表述不清 -1]",
        [],
    ),
    (
        "每缺一项扣0.5分，扣完为止；出现严重失实的，本项不得分",
        6,
        "sure",
        "否决 严重失实| [扣 6: 缺项 -0.5]",
        [],
    ),
    ("报告内容严重失实的，该项得0分", 6, "check", "否决 报告内容严重失实| [自由 0~6]", ["otherwise_unsaid"]),
    ("扣1-2分", 5, "sure", "区间 5: 扣分情形 1~2", []),
    ("未归纳或表述混乱的，扣1-2分", 5, "sure", "区间 5: 未归纳或表述混乱 1~2", []),
    ("视情节扣1～3分", 5, "sure", "区间 5: 扣分情形 1~3", []),
    ("酌情扣0.5至1分", 3, "sure", "区间 3: 扣分情形 0.5~1", []),
    ("每处扣0.5-1分，扣完为止", 4, "sure", "区间 4: 扣分情形 0.5~1 每处", []),
    ("结论不明确，酌情扣1—3分", 6, "sure", "区间 6: 结论不明确 1~3", []),
    ("缺1项扣0.5分", 5, "check", "扣 5: 缺项 -0.5", ["each_assumed", "floor_assumed"]),
    ("发现一处错误扣1分，扣完为止", 5, "sure", "扣 5: 错误 -1", []),
    ("缺少一项材料扣1分，最多扣3分", 5, "sure", "扣 5: 缺少材料 -1 ≤3", []),
    ("逾期一天扣1分", 5, "check", "扣 5: 逾期（天） -1", ["each_assumed", "floor_assumed"]),
    ("一处表述不清扣1-2分", 5, "check", "区间 5: 表述不清 1~2 每处", ["each_assumed"]),
    ("一个月内未报送扣2分", 5, "sure", "扣 5: 一个月内未报送 -2 ×1", []),
    ("一次性提交不齐扣1分", 5, "sure", "扣 5: 一次性提交不齐 -1 ×1", []),
    ("加分不超过5分", None, "check", "自由 0~5", ["bonus"]),
    (
        "每获得一项市级以上表彰加1分，最多加3分",
        None,
        "check",
        "级 0项 0; 1项 1; 2项 2; 3项及以上 3",
        ["bonus"],
    ),
    (
        "每发表1篇论文的，加0.8分，加分累计不超过2分",
        5,
        "check",
        "级 0篇 0; 1篇 0.8; 2篇 1.6; 3篇及以上 2",
        ["bonus"],
    ),
    ("每获评优秀案例加1分", 2, "check", "级 0次 0; 1次 1; 2次及以上 2", ["bonus", "bonus_cap_assumed"]),
    ("每获评优秀案例加1分", None, "not_understood", "-", ["bonus_without_end"]),
    ("每条加0.1分，最多加5分", None, "check", "自由 0~5 /0.1", ["bonus"]),
    (
        "每获国家级表彰加2分，每获市级表彰加1分，最多加5分",
        None,
        "check",
        "自由 0~5",
        ["bonus", "bonus_several"],
    ),
    ("每获得一项表彰加1分，最多加3分，另有论文的得2分", None, "not_understood", "-", ["unread_figure"]),
    ("获得财政部门通报表扬的加2分", None, "check", "全 2: 获得财政部门通报表扬|", ["bonus"]),
    ("视贡献大小加1-3分", None, "check", "自由 0~3", ["bonus"]),
    ("一票否决", None, "not_understood", "-", ["scheme_veto", "veto_cap_missing"]),
    ("提供虚假报告的，实行一票否决", None, "not_understood", "-", ["scheme_veto", "veto_cap_missing"]),
    ("存在转包行为的，考核结果直接定为不合格", None, "not_understood", "-", ["scheme_veto", "veto_grade"]),
    ("泄露秘密的，总分不得超过60分", None, "not_understood", "-", ["scheme_veto"]),
    (
        "（1）封面（2分）：每缺一项扣0.4分，扣完为止；（2）表格（2分）：每错一处扣0.2分，扣完为止",
        4,
        "sure",
        "合 封面 [扣 2: 缺项 -0.4] + 表格 [扣 2: 错处 -0.2]",
        [],
    ),
    (
        "1.缺封面扣1分；2.缺目录扣1分；3.缺附件扣2分",
        5,
        "sure",
        "扣 5: 缺封面 -1 ×1; 缺目录 -1 ×1; 缺附件 -2 ×1",
        [],
    ),
    (
        "①有内控制度得1分；②有培训计划得1分；③有保密制度得2分",
        4,
        "sure",
        "单 有内控制度 1; 有培训计划 1; 有保密制度 2",
        [],
    ),
    (
        "一是要素完整（2分）：每缺一项扣0.5分，扣完为止；二是及时性（3分）：按时得3分，否则不得分",
        5,
        "sure",
        "合 要素完整 [扣 2: 缺项 -0.5] + 及时性 [全 3: 按时|]",
        [],
    ),
    (
        "（1）语言（3分）：每处扣0.5分，扣完为止（2）排版（1分）：每处扣0.2分，扣完为止",
        4,
        "sure",
        "合 语言 [扣 3: 扣分情形 -0.5] + 排版 [扣 1: 扣分情形 -0.2]",
        [],
    ),
    ("有制度得1分，有执行记录得2分，有检查得2分", 5, "sure", "单 有制度 1; 有执行记录 2; 有检查 2", []),
    ("满分5分，每缺一项扣1分，扣完为止", None, "sure", "扣 5: 缺项 -1", []),
    ("本项5分。每有一处不符合要求扣1分，扣完为止", None, "sure", "扣 5: 不符合要求 -1", []),
    ("由评分人酌情打分", 5, "check", "自由 0~5", ["free"]),
    ("根据沟通配合情况综合评定", 5, "check", "自由 0~5", ["free"]),
    ("在0-10分之间评分，以0.5分为单位", 10, "sure", "自由 0~10 /0.5", []),
    (
        "根据工作底稿完整情况评分，每缺一项扣0.5分，扣完为止",
        3,
        "sure",
        "扣 3: 根据工作底稿完整情况评分，缺项 -0.5",
        [],
    ),
    ("第一次扣1分，第二次扣2分", 5, "not_understood", "自由 0~5", ["escalating"]),
    ("每缺一项扣1分，缺三项以上的加倍扣分", 5, "not_understood", "自由 0~5", ["multiplied"]),
    ("按照评价办法执行", 5, "not_understood", "自由 0~5", ["elsewhere"]),
    ("扣1分或2分", 5, "not_understood", "自由 0~5", ["alternative"]),
    ("每3处扣1分，扣完为止", 5, "not_understood", "自由 0~5", ["per_several"]),
    ("每提前1天加1分，每逾期1天扣0.5分", 5, "not_understood", "自由 0~5", ["gives_and_takes"]),
    ("扣分标准见附件", 5, "not_understood", "自由 0~5", ["elsewhere"]),
    ("按比例扣分", 5, "not_understood", "自由 0~5", ["proportion"]),
    ("得分率80分以上得5分，60分以上得3分", 5, "sure", "级 得分率80分以上 5; 60分以上 3", []),
    ("排名前3名得5分，其余得3分", 5, "not_understood", "自由 0~5", ["compared"]),
    ("每缺一项扣1分，得分不足3分的按3分计", 5, "not_understood", "自由 0~5", ["gives_and_takes"]),
    ("酌情扣分", 5, "not_understood", "自由 0~5", ["unread_figure"]),
    ("优10-15分、良5-10分、差0分", 15, "not_understood", "自由 0~15", ["mixed"]),
    ("每缺一项扣1分，扣完为止", None, "not_understood", "-", ["points_unknown"]),
    ("十分重要", 5, "not_understood", "自由 0~5", ["nothing_recognised"]),
    ("得8分", 10, "not_understood", "自由 0~10", ["label_missing"]),
    ("优10-15分、良5-10分、差0-5分", 20, "not_understood", "自由 0~20", ["points_differ"]),
    ("基准分5分，每增加一项加1分，每减少一项扣1分", 10, "not_understood", "自由 0~10", ["gives_and_takes"]),
    ("完成率低于60%不得分，其余按完成率×分值计分", 10, "not_understood", "自由 0~10", ["unread_figure"]),
    ("每下降5个百分点扣1分", 5, "not_understood", "自由 0~5", ["per_several"]),
    ("", 5, "not_understood", "自由 0~5", ["no_text"]),
    ("详见评分细则", 5, "not_understood", "自由 0~5", ["nothing_recognised"]),
    ("1天内响应得5分，2天内响应得3分，否则不得分", 5, "sure", "级 1天内响应 5; 2天内响应 3; 否则 0", []),
    (
        "完成率达到100%得10分，90%以上得8分，80%以上得6分，否则不得分",
        10,
        "sure",
        "级 完成率达到100% 10; 90%以上 8; 80%以上 6; 否则 0",
        [],
    ),
    ("满分10分，每缺一项扣1分，扣完为止", 5, "not_understood", "自由 0~5", ["points_differ"]),
    ("累计扣分不超过2分，每处扣0.5分", 4, "not_understood", "自由 0~4", ["limit_of_nothing"]),
    ("每处错误扣0.5分，最多扣6分", 4, "not_understood", "自由 0~4", ["cap_above_points"]),
    ("报告逾期提交的，每日扣0.2分，扣完为止", 2, "sure", "扣 2: 报告逾期提交 -0.2", []),
    ("每有一人不具备资格的扣１分，扣完为止。", 4, "sure", "扣 4: 不具备资格 -1", []),
    ("质量优10分，良8分，差0分", 10, "sure", "级 质量优 10; 良 8; 差 0", []),
    (
        "工作方案科学可行得２分，\n基本可行得１分，\n不可行不得分",
        2,
        "sure",
        "级 工作方案科学可行 2; 基本可行 1; 不可行 0",
        [],
    ),
    ("响应及时，得5分", 5, "check", "全 5: 响应及时|", ["otherwise_unsaid"]),
    (
        "有以下情形之一的，本项不得分：弄虚作假",
        5,
        "check",
        "否决 有以下情形之一| [自由 0~5]",
        ["unread", "otherwise_unsaid"],
    ),
    ("未按要求归档的扣0.5分/项，扣完为止", 2, "sure", "扣 2: 未按要求归档 -0.5", []),
    ("每缺一份资料扣百分之十", 5, "check", "扣 5: 缺资料 -0.5", ["floor_assumed"]),
    ("出现违规行为本项不得分", 10, "check", "否决 违规行为| [自由 0~10]", ["otherwise_unsaid"]),
    ("经核查属实的投诉，每起扣1分", 5, "check", "扣 5: 经核查属实的投诉 -1", ["floor_assumed"]),
    ("按期完成得3分，逾期不得分", 3, "sure", "全 3: 按期完成|逾期", []),
    ("视整改情况得0-3分", 3, "check", "档 视整改情况 0~3", ["single_range"]),
    ("每发现1处问题扣0.5—1分，扣完为止", 5, "sure", "区间 5: 问题 0.5~1 每处", []),
    ("每缺一项扣0.4分，扣完为止；每错一项扣0.2分，扣完为止", 5, "sure", "扣 5: 缺项 -0.4; 错项 -0.2", []),
    ("每篇报告得1分，最多得3分", 3, "sure", "级 0篇 0; 1篇 1; 2篇 2; 3篇及以上 3", []),
    ("每篇报告得1分，每次座谈得2分", 5, "not_understood", "自由 0~5", ["counted_award"]),
    ("优秀（90分以上）得10分，其他不得分", 10, "sure", "全 10: 优秀（90分以上）|", []),
    ("扣分标准：每处1分", 5, "not_understood", "自由 0~5", ["counted_award"]),
    ("达标得5分，不达标的每低1个百分点扣1分", 5, "not_understood", "自由 0~5", ["gives_and_takes"]),
]


def in_short(rule: dict[str, Any] | None) -> str:
    """A rule as one line, without keys."""
    if rule is None:
        return "-"
    writer = _IN_SHORT[rule["kind"]]
    text: str = writer(rule)
    return text


def _zh(held: dict[str, Any], name: str = "label") -> str:
    return str(held.get(name, {}).get("zh", ""))


def _step(rule: dict[str, Any]) -> str:
    return f" /{rule['step']}" if "step" in rule else ""


def _fault(fault: dict[str, Any]) -> str:
    count = f" ×{fault['max_count']}" if "max_count" in fault else ""
    most = f" ≤{fault['max_amount']}" if "max_amount" in fault else ""
    return f"{_zh(fault)} -{fault['amount']}{count}{most}"


def _named(items: list[dict[str, Any]]) -> str:
    return "; ".join(f"{_zh(item)} {item['points']}" for item in items)


def _lateness(rule: dict[str, Any]) -> str:
    classes = "; ".join(f"{_zh(item)} {item['limit']}" for item in rule["classes"])
    steps = "; ".join(f"×{step['multiple']} -{step['penalty']}" for step in rule["steps"])
    return f"逾期 {rule['points']}: 日{rule['per_day']}; {classes}; {steps}"


_IN_SHORT: dict[str, Any] = {
    "deductions": lambda r: f"扣 {r['points']}: " + "; ".join(map(_fault, r["faults"])),
    "banded": lambda r: "档 " + "; ".join(f"{_zh(b)} {b['low']}~{b['high']}" for b in r["bands"]) + _step(r),
    "ordinal": lambda r: "级 " + _named(r["levels"]),
    "checklist": lambda r: "单 " + _named(r["items"]),
    "all_or_nothing": lambda r: f"全 {r['points']}: {_zh(r, 'met_label')}|{_zh(r, 'not_met_label')}",
    "range_deduction": lambda r: (
        f"区间 {r['points']}: {_zh(r)} {r['low']}~{r['high']}" + (" 每处" if r.get("per_occurrence") else "")
    ),
    "veto": lambda r: f"否决 {_zh(r, 'flag_label')}|{_zh(r, 'exception_label')} [{in_short(r['rule'])}]",
    "composite": lambda r: "合 " + " + ".join(f"{_zh(p)} [{in_short(p['rule'])}]" for p in r["parts"]),
    "free": lambda r: f"自由 {r['low']}~{r['high']}{_step(r)}",
    "ratio": lambda r: f"率 {r['points']}: {_zh(r, 'actual_label')}÷{_zh(r, 'planned_label')}",
    "lateness": _lateness,
}


@pytest.mark.parametrize("case", CASES, ids=[case[0][:30] or "empty" for case in CASES])
def test_texts_of_real_tables(case: tuple[str, int | None, str, str, list[str]]) -> None:
    text, points, sureness, expected, doubts = case
    found = read_rule(text, points)
    assert in_short(found.rule) == expected
    assert (found.sureness.value, [doubt.code for doubt in found.doubts]) == (sureness, doubts)


def test_a_proposal_shows_the_words_as_they_were_written() -> None:
    found = read_rule("封面 缺项的，每项扣０．４分，扣完为止", 2)
    assert [(reading.code, reading.params) for reading in found.readings] == [
        ("per_occurrence", {"fault": "封面缺项", "amount": "0.4"}),
        ("floor", {}),
    ]
    assert found.readings[0].words.endswith("扣０．４分")


def test_a_fault_in_the_sums_is_no_veto() -> None:
    found = read_rule("总分计算错误的，每处扣1分，扣完为止", 5)
    assert (found.scheme_veto, in_short(found.rule)) == ("", "扣 5: 总分计算错误 -1")


@pytest.mark.parametrize(
    "text", ["扣" * 3000, "（" * 999, "每" * 999, "一" * 999 + "分", "得" + "9" * 900 + "分"]
)
def test_nonsense_is_refused_quickly(text: str) -> None:
    begun = time.process_time()
    assert read_rule(text, 5).sureness is Sureness.NOT_UNDERSTOOD
    assert time.process_time() - begun < 0.5
