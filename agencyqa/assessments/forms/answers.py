"""An input and its answer in words, as traces and figures that nobody types show them."""

from __future__ import annotations

from typing import Any

from agencyqa.assessments.forms.layout import Input
from agencyqa.measures.texts import RuleTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import format_points


def answer_text(item: Input, value: Any, words: RuleTexts) -> str:
    if value is None:
        return gettext("未填")
    match item.widget:
        case "choice":
            return words.choice(item.name, str(value))
        case "points":
            return gettext("%(points)s 分", points=format_points(value))
        case "number":
            return format_points(value)
        case "rating" if value == 0:
            return words.choices.get(item.name, {}).get("0", gettext("无法评价"))
        case "count" | "rating":
            return str(value)
        case "check" | "tick":
            return gettext("是") if value else gettext("否")
        case "yesno":
            own = words.choices.get(item.name, {})
            return own.get("true", gettext("是")) if value else own.get("false", gettext("否"))
