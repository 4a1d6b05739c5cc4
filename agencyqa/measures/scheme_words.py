"""What the fields of a scheme file are called on a page, and how a value of one reads."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.scheme_shape import Shape
from agencyqa.web.labels import label_of

RULE_NAMES: Mapping[str, object] = {
    "banded": _l("分档区间"),
    "all_or_nothing": _l("符合得满分，否则不得分"),
    "deductions": _l("按处扣分，扣完为止"),
    "range_deduction": _l("在区间内扣分"),
    "veto": _l("出现某种情形不得分"),
    "composite": _l("分成几部分"),
    "free": _l("在区间内自行评分"),
    "ordinal": _l("按等级得分"),
    "checklist": _l("逐项勾选得分"),
    "ratio": _l("按完成比例得分"),
    "lateness": _l("按逾期天数扣分"),
    "rating": _l("打星评分（可选“无法评价”）"),
}

_NAMES: Mapping[str, object] = {
    "above": _l("数额下限"),
    "actual_label": _l("实际数的名称"),
    "adding": _l("加总方式"),
    "amount": _l("每处扣分"),
    "amount_label": _l("数额的名称"),
    "bands": _l("档次"),
    "base": _l("计分起点"),
    "bonus": _l("加分项"),
    "by_amount": _l("按数额分类"),
    "by_hand": _l("评分人可另外填写"),
    "cannot_assess": _l("无法评价时"),
    "cannot_assess_label": _l("“无法评价”的名称"),
    "cap": _l("最高得分"),
    "caps_grade": _l("等级最高为"),
    "caps_total": _l("总分最高为"),
    "class_label": _l("类别的名称"),
    "classes": _l("类别"),
    "counts": _l("计入的问题"),
    "criteria": _l("考核项"),
    "criterion": _l("考核项"),
    "days_label": _l("天数的名称"),
    "description": _l("说明"),
    "direction": _l("方向"),
    "empty": _l("计划数为 0 时"),
    "exception": _l("例外情形的标识"),
    "exception_label": _l("例外情形"),
    "fault": _l("问题"),
    "faults": _l("扣分情形"),
    "flag": _l("不得分情形的标识"),
    "flag_label": _l("不得分情形"),
    "gaps": _l("分值不在单位上时"),
    "grades": _l("等级"),
    "high": _l("上限"),
    "high_label": _l("最高一级的名称"),
    "input": _l("计入的填写项"),
    "is_reference": _l("分值仅供参考，待与正式附件核对"),
    "items": _l("得分点"),
    "key": _l("标识"),
    "kind": _l("计分标准"),
    "label": _l("名称"),
    "least_assessed": _l("至少须评部分（占满分的百分比）"),
    "levels": _l("等级"),
    "limit": _l("期限（天）"),
    "low": _l("下限"),
    "low_label": _l("最低一级的名称"),
    "max_amount": _l("最多扣分"),
    "max_count": _l("最多计几处"),
    "max_points": _l("分值"),
    "measure": _l("归属办法"),
    "met_label": _l("符合的名称"),
    "multiple": _l("期限的倍数"),
    "not_met_label": _l("不符合的名称"),
    "only_if": _l("加分条件"),
    "parts": _l("组成部分"),
    "penalty": _l("另扣"),
    "per_day": _l("每天扣分"),
    "per_occurrence": _l("按处数扣"),
    "places": _l("保留小数位数"),
    "planned_label": _l("计划数的名称"),
    "points": _l("分值"),
    "provision": _l("依据条款"),
    "published": _l("计分规则已公开"),
    "purpose": _l("评分人"),
    "reached": _l("何时算达到倍数"),
    "rounding": _l("得分率的修约"),
    "rule": _l("计分标准"),
    "sections": _l("部分"),
    "source": _l("来源"),
    "step": _l("计分单位"),
    "steps": _l("逾期达到倍数时另扣"),
    "steps_add": _l("各倍数累加"),
    "test": _l("条件"),
    "title": _l("方案名称"),
    "total_cap": _l("总分上限"),
    "unanswered": _l("未填的考核项"),
    "valid_from": _l("施行日期"),
    "vetoes": _l("一票否决情形"),
    "weight": _l("权重"),
    "work_kind": _l("适用业务"),
}
# Where the same name means something else in one record.
_NAMES_IN: Mapping[tuple[str, str], object] = {
    ("SchemeFile", "max_points"): _l("满分"),
    ("SectionPart", "max_points"): _l("本部分分值"),
    ("GradePart", "low"): _l("得分率不低于"),
    ("GradePart", "high"): _l("得分率低于"),
    ("RangeDeductionPart", "label"): _l("扣分情形"),
    ("RangeDeductionPart", "low"): _l("最少扣"),
    ("RangeDeductionPart", "high"): _l("最多扣"),
    ("AllOrNothingPart", "points"): _l("满分"),
    ("DeductionsPart", "points"): _l("满分"),
    ("RangeDeductionPart", "points"): _l("满分"),
    ("RatioPart", "points"): _l("满分"),
    ("LatenessPart", "points"): _l("满分"),
    ("RatingPart", "points"): _l("满分"),
    ("RatingPart", "low"): _l("最低一级"),
    ("RatingPart", "high"): _l("最高一级"),
    ("LevelPart", "points"): _l("得分"),
    ("ItemPart", "points"): _l("得分"),
    ("ConditionPart", "points"): _l("至少得"),
}

_CHOICES: Mapping[tuple[str, str], object] = {
    ("adding", "points"): _l("分值相加"),
    ("adding", "weights"): _l("按权重加总"),
    ("unanswered", "wait"): _l("填完才有总分"),
    ("unanswered", "leave_out"): _l("不计入，按已评部分折算"),
    ("cannot_assess", "leave_out"): _l("不计入，按已评部分折算"),
    ("cannot_assess", "zero"): _l("计 0 分"),
    ("base", "zero"): _l("从 0 起算"),
    ("base", "low"): _l("从最低一级起算"),
    ("direction", "higher"): _l("越高越好"),
    ("direction", "lower"): _l("越低越好"),
    ("empty", "refuse"): _l("不接受"),
    ("empty", "zero"): _l("得 0 分"),
    ("empty", "full"): _l("得满分"),
    ("gaps", "refuse"): _l("不接受"),
    ("gaps", "round"): _l("四舍五入到计分单位"),
    ("reached", "over"): _l("超过才算"),
    ("reached", "at"): _l("等于即算"),
    ("test", "full"): _l("得满分"),
    ("test", "at_least"): _l("不低于某一分值"),
}
_ENUMS = {"purpose": Purpose, "work_kind": WorkKind}


def field_name(shape: Shape) -> str:
    """The label of a field; a field that nobody has named yet shows the name it has in the file."""
    found = _NAMES_IN.get((shape.owner, shape.name)) or _NAMES.get(shape.name)
    return shape.name if found is None else str(found)


def is_named(shape: Shape) -> bool:
    return (shape.owner, shape.name) in _NAMES_IN or shape.name in _NAMES


def rule_name(kind: str) -> str:
    found = RULE_NAMES.get(kind)
    return kind if found is None else str(found)


def choice_name(name: str, value: str) -> str:
    """One of the values of a field with a fixed list."""
    members = _ENUMS.get(name)
    if members is not None:
        return label_of(members(value)) if value in set(members) else value
    found = _CHOICES.get((name, value))
    return value if found is None else str(found)


_UNITS: Mapping[tuple[str, str], object] = {
    ("GradePart", "low"): "%",
    ("GradePart", "high"): "%",
    ("SchemeFile", "least_assessed"): "%",
    ("CriterionPart", "weight"): "",
    ("LateStepPart", "multiple"): _l("倍"),
    ("LateClassPart", "above"): "",
}


def unit_of(shape: Shape) -> str:
    """What a figure of this field counts; "" where it is a plain number."""
    if shape.kind != "points":
        return ""
    return str(_UNITS.get((shape.owner, shape.name), _l("分")))
