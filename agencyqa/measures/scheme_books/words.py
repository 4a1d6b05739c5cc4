"""The words of the workbook of a scheme, Chinese and English: sheets, columns, kinds of rules, choices.

Either word is read, and so is the name of the scheme file, whatever language the workbook was written in. A name
without words here stands in the workbook as it is.
"""

from __future__ import annotations

from typing import Final

Pair = tuple[str, str]

GUIDE: Final[Pair] = ("填写说明", "Guide")
SCHEME: Final[Pair] = ("方案", "Scheme")
CRITERIA: Final[Pair] = ("考核项", "Criteria")
RULES: Final[Pair] = ("计分标准", "Rules")
PROVISIONS: Final[Pair] = ("可引条款", "Provisions")

# Columns that are no field of a scheme file.
ITEM: Final[Pair] = ("内容项", "Setting")
VALUE: Final[Pair] = ("填写内容", "Value")
NOTE: Final[Pair] = ("说明", "Note")
ROW_TYPE: Final[Pair] = ("类别", "Type")
OF_CRITERION: Final[Pair] = ("考核项标识", "Criterion key")
NAME: Final[Pair] = ("考核项名称（仅供阅读）", "Criterion (for reading)")
OF_PART: Final[Pair] = ("所属部分", "Part")
CONTENT: Final[Pair] = ("内容", "Content")
SENTENCE: Final[Pair] = ("计分标准（仅供阅读）", "Rule as a sentence (for reading)")

SECTION: Final[Pair] = ("栏目", "Section")
CRITERION: Final[Pair] = ("考核项", "Criterion")

YES: Final[Pair] = ("是", "Yes")
NO: Final[Pair] = ("否", "No")

KINDS: dict[str, Pair] = {
    "banded": ("分档评分", "Bands"),
    "all_or_nothing": ("全得或不得", "All or nothing"),
    "deductions": ("逐处扣分", "Deductions"),
    "range_deduction": ("区间扣分", "Range deduction"),
    "veto": ("本项不得分情形", "Item veto"),
    "composite": ("分部分计分", "Composite"),
    "free": ("自由评分", "Free value"),
    "ordinal": ("分级定分", "Levels"),
    "checklist": ("清单加总", "Checklist"),
    "ratio": ("按比率计分", "Ratio"),
    "lateness": ("逾期扣分", "Lateness"),
    "rating": ("等距评级", "Rating"),
}

# The lists of a scheme: a row of the sheet of rules, or a sheet of its own.
LISTS: dict[str, Pair] = {
    "bands": ("档次", "Band"),
    "faults": ("扣分情形", "Fault"),
    "parts": ("部分", "Part of the item"),
    "levels": ("级别", "Level"),
    "items": ("清单项", "Listed item"),
    "classes": ("时限类别", "Class of limit"),
    "steps": ("超期加扣", "Step of lateness"),
    "counts": ("计入问题", "Counted fault"),
    "only_if": ("得分条件", "Condition"),
    "grades": ("等级", "Grades"),
    "vetoes": ("一票否决", "Scheme vetoes"),
}

FIELDS: dict[str, Pair] = {
    "key": ("标识", "Key"),
    "label.zh": ("文字", "Text"),
    "label.en": ("英文", "English text"),
    "label.ours": ("文字为自拟", "Wording is ours"),
    "title.zh": ("方案名称", "Title (Chinese)"),
    "title.en": ("英文名称", "Title (English)"),
    "title.ours": ("名称为自拟", "Title is ours"),
    "source.zh": ("来源", "Source (Chinese)"),
    "source.en": ("来源（英文）", "Source (English)"),
    "source.ours": ("来源文字为自拟", "Source wording is ours"),
    "description.zh": ("细则说明", "Description (Chinese)"),
    "description.en": ("细则说明（英文）", "Description (English)"),
    "description.ours": ("细则说明为自拟", "Description is ours"),
    "purpose": ("评分人", "Scorer"),
    "work_kind": ("适用业务", "Kind of work"),
    "valid_from": ("施行日期", "Valid from"),
    "is_reference": ("参考分值", "Reference points"),
    "max_points": ("满分", "Maximum points"),
    "rounding.places": ("总分保留小数位数", "Places of the total"),
    "provision": ("依据条款", "Provision"),
    "measure": ("归属办法", "Measure"),
    "low": ("下限", "Low"),
    "high": ("上限", "High"),
    "step": ("评分单位", "Step"),
    "points": ("分值", "Points"),
    "amount": ("每处扣分", "Points per occurrence"),
    "max_count": ("最多计几处", "Most occurrences"),
    "max_amount": ("最多扣分", "Most points off"),
    "per_occurrence": ("按处扣分", "Per occurrence"),
    "published": ("计分标准已公开", "Rule is published"),
    "flag": ("不得分情形标识", "Veto key"),
    "exception": ("例外标识", "Exception key"),
    "fault": ("问题代码", "Fault code"),
    "input": ("计入的填写项", "Input fed"),
    "by_hand": ("评分人另填", "Also by hand"),
    "gaps": ("档次间空隙", "Gaps between bands"),
    "direction": ("方向", "Direction"),
    "cap": ("得分上限", "Cap"),
    "empty": ("分母为零时", "When the divisor is 0"),
    "places": ("小数位数", "Places"),
    "per_day": ("每日扣分", "Points per day"),
    "limit": ("时限（天）", "Limit (days)"),
    "above": ("金额下限", "Amount from"),
    "multiple": ("超期倍数", "Multiple of the limit"),
    "penalty": ("加扣分", "Penalty"),
    "steps_add": ("各级加扣累计", "Step penalties add up"),
    "reached": ("达到倍数的算法", "Step reached"),
    "by_amount": ("按金额定时限", "Class by amount"),
    "cannot_assess": ("无法评价时", "Cannot assess"),
    "base": ("折算起点", "Base"),
    "weight": ("权重", "Weight"),
    "bonus": ("加分项", "Bonus"),
    "criterion": ("条件所看考核项", "Criterion looked at"),
    "test": ("条件", "Test"),
    "adding": ("加总方式", "Way of adding"),
    "total_cap": ("总分上限", "Cap of the total"),
    "unanswered": ("未填项", "Unanswered items"),
    "least_assessed": ("至少评定比例（%）", "Least assessed (%)"),
    "caps_total": ("总分不超过", "Caps the total at"),
    "caps_grade": ("等级不高于", "Caps the grade at"),
}

# Wording beside the parameters of a rule.
_LABELS: dict[str, Pair] = {
    "met_label": ("符合时的文字", "Words when met"),
    "not_met_label": ("不符合时的文字", "Words when not met"),
    "flag_label": ("不得分情形", "Veto"),
    "exception_label": ("例外情形", "Exception"),
    "actual_label": ("实际值的名称", "Name of the actual figure"),
    "planned_label": ("计划值的名称", "Name of the planned figure"),
    "days_label": ("逾期天数的名称", "Name of the days"),
    "class_label": ("时限类别的名称", "Name of the class"),
    "amount_label": ("金额的名称", "Name of the amount"),
    "low_label": ("最低级的文字", "Words of the lowest"),
    "high_label": ("最高级的文字", "Words of the highest"),
    "cannot_assess_label": ("无法评价的文字", "Words when it cannot be assessed"),
}
for _name, (_zh, _en) in _LABELS.items():
    FIELDS[f"{_name}.zh"] = (_zh, _en)
    FIELDS[f"{_name}.en"] = (f"{_zh}（英文）", f"{_en} (English)")
    FIELDS[f"{_name}.ours"] = (f"{_zh}为自拟", f"{_en}: ours")

# By field; a choice without words stands as it is.
CHOICES: dict[str, dict[str, Pair]] = {
    "purpose": {
        "bureau": ("财政局评分", "Bureau"),
        "commissioner": ("委托方评分", "Commissioner"),
        "evaluated_unit": ("被评价单位评分", "Evaluated unit"),
        "expert": ("专家评分", "Expert"),
        "agency_year": ("机构年度评分", "Agency, for a year"),
    },
    "work_kind": {
        "ex_ante": ("事前绩效评估和绩效目标审核", "Ex-ante evaluation and review of objectives"),
        "evaluation": ("绩效评价或评价结果复核", "Evaluation or review of its results"),
        "indicator_system": ("绩效指标和标准体系建设", "Indicators and standards"),
        "research": ("预算绩效管理课题研究", "Research"),
        "objective_setting": ("绩效目标设定", "Setting objectives"),
        "monitoring": ("绩效运行监控", "Monitoring"),
        "self_evaluation": ("绩效自评", "Self-evaluation"),
    },
    "gaps": {"refuse": ("不接受", "Refuse"), "round": ("四舍五入", "Round")},
    "direction": {"higher": ("越高越好", "Higher is better"), "lower": ("越低越好", "Lower is better")},
    "empty": {"refuse": ("不接受", "Refuse"), "zero": ("得零分", "Zero"), "full": ("得满分", "Full")},
    "reached": {"over": ("超过", "Over"), "at": ("达到", "At")},
    "cannot_assess": {"leave_out": ("不计入", "Leave out"), "zero": ("计零分", "Zero")},
    "base": {"zero": ("从零起", "From zero"), "low": ("从最低级起", "From the lowest")},
    "test": {"full": ("得满分", "Full"), "at_least": ("至少得", "At least")},
    "adding": {"points": ("分值相加", "Points"), "weights": ("按权重加权", "Weights")},
    "unanswered": {"wait": ("等待填齐", "Wait"), "leave_out": ("不计入", "Leave out")},
}


def pick(pair: Pair, language: str) -> str:
    return pair[1] if language == "en" else pair[0]


def field_title(name: str, language: str) -> str:
    pair = FIELDS.get(name)
    return name if pair is None else pick(pair, language)


def field_titles(name: str) -> tuple[str, ...]:
    """Every heading under which a field is known; the Chinese one first, for messages."""
    return (*FIELDS.get(name, ()), name)


def choice_word(field: str, code: str, language: str) -> str:
    pair = CHOICES.get(field, {}).get(code)
    return code if pair is None else pick(pair, language)
