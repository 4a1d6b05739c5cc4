"""Why a criterion has no result yet, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import SCALE, InputSpec, Issue, format_points


def issue_sentence(issue: Issue, texts: RuleTexts, specs: Mapping[str, InputSpec]) -> str:
    """Why a criterion has no result yet. ``specs`` are the rule's inputs by name (``program.layout[key]``)."""
    spec = specs.get(issue.input) if issue.input is not None else None
    scale = 1 if spec is not None and spec.type == "count" else SCALE
    values = {
        name: format_points(value * (SCALE // scale)) if isinstance(value, int) else value
        for name, value in issue.params.items()
    }
    values["input"] = gettext("得分") if issue.input is None else _issue_label(issue.input, texts)
    if issue.code == "outside_band":
        band = issue.params.get("band")
        values["band"] = (
            "—" if band is None else texts.choice(str(issue.input).replace("value", "band"), band)
        )
    writer = _ISSUES.get(issue.code)
    return writer(values) if writer is not None else issue.code


def _issue_label(name: str, texts: RuleTexts) -> str:
    part = name.rpartition(".")[0]
    label = texts.input(name)
    return f"{texts.part(part)} · {label}" if part in texts.parts else label


_ISSUES: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda v: gettext("“%(input)s”尚未填写。", **v),
    "malformed_points": lambda v: gettext("“%(input)s”应为分值。", **v),
    "malformed_count": lambda v: gettext("“%(input)s”应为整数。", **v),
    "malformed_flag": lambda v: gettext("“%(input)s”应为是或否。", **v),
    "malformed_entered": lambda v: gettext("评分人填写的得分不是分值。", **v),
    "unknown_choice": lambda v: gettext("“%(input)s”不是可选的一项。", **v),
    "out_of_range": lambda v: gettext("“%(input)s”应在 %(low)s～%(high)s 之间。", **v),
    "malformed_number": lambda v: gettext("“%(input)s”应为数字。", **v),
    "malformed_choice": lambda v: gettext("“%(input)s”不是可选的一项。", **v),
    "outside_scale": lambda v: gettext("“%(input)s”应在 %(low)s～%(high)s 之间；无法评价填 0。", **v),
    "divisor_is_zero": lambda v: gettext("“%(input)s”不能为 0，否则无法按比例计算。", **v),
    "off_step": lambda v: gettext("“%(input)s”应为 %(step)s 的整数倍。", **v),
    "outside_band": lambda v: gettext("得分不在所选档次“%(band)s”的 %(low)s～%(high)s 分之内。", **v),
    "outside_deduction_range": lambda v: gettext("扣分应为 0，或在 %(low)s～%(high)s 分之间。", **v),
    "amount_without_count": lambda v: gettext("填写了扣分，但处数为 0。", **v),
    "entered_out_of_range": lambda v: gettext("评分人填写的得分应在 %(low)s～%(high)s 分之间。", **v),
}
