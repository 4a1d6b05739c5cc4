"""The words before a figure as the name of a fault, a band or a level."""

from __future__ import annotations

import re

UNIT = r"个?(?:处|项|次|例|起|份|人|名|篇|条|类|页|家|天|日|工作日|百分点)|个"
_LATE = "逾期|延迟|延期|超期|迟交|晚交|推迟|滞后"
_PER = re.compile(
    r"每(?:个|有|出现|发现|发生|存在|再)*(?P<verb>缺少|缺失|缺漏|缺|漏|少|错|多|"
    + _LATE
    + r")?(?:1|一)?(?P<unit>"
    + UNIT
    + r")?(?P<rest>.*)$"
)
# "缺一项扣1分" means each, too, but less surely so than with "每". "一个月", "一次性" and "一天内" count nothing.
_ONE = re.compile(
    r"(?:^|(?<=[，：；]))(?:有|出现|发现|发生|存在|再)*(?P<verb>缺少|缺失|缺漏|缺|漏|少|错|多|"
    + _LATE
    + r")?(?:1|一)(?P<unit>个?(?:处|项|次|例|起|份|人|名|篇|条|页|家|天|日|工作日|百分点))"
    + r"(?!性|以?内|之内|及?以上|及?以下|后|前)(?P<rest>.*)$"
)
_EDGES = "，、：；。"
_TRAILING = re.compile(r"(?:的|(?<!否)则|可|者|，|：)+$")
_LEADING = re.compile(r"^(?:其中|凡|若|如|对于|对)?[，、：；。]*")
UNNAMED = "扣分情形"


def split_gap(gap: str) -> tuple[str, str]:
    """The words that belong to the figure after them, and those before, which say something else."""
    start = max(gap.rfind("；"), gap.rfind("。")) + 1
    return clean(gap[start:]), gap[:start].strip(_EDGES)


def clean(words: str) -> str:
    text = _LEADING.sub("", words.strip(_EDGES)).strip(_EDGES)
    text = _TRAILING.sub("", text).strip(_EDGES)
    # A bracket that is closed elsewhere belongs to something else.
    return text if text.count("（") == text.count("）") else text.strip("（）")


def label_of(words: str) -> str:
    return clean(words)


def fault_of(words: str, unit: str) -> tuple[str, bool]:
    """The name of the fault, and whether it costs each time it occurs."""
    found = _PER.search(words) or _ONE.search(words)
    if found is None:
        return clean(words) or UNNAMED, bool(unit)
    before = clean(words[: found.start()])
    verb, each, rest = found.group("verb") or "", found.group("unit") or "", clean(found.group("rest"))
    if verb in _LATE.split("|") and not rest:
        tail = f"{verb}（{each.removeprefix('个')}）" if each else verb
    else:
        tail = verb + rest if rest else (verb + each if verb else "")
    name = "，".join(part for part in (before, tail) if part)
    return name or UNNAMED, True


def says_each(words: str) -> bool:
    """Whether the words themselves say that each occurrence costs, and not only that one does."""
    return _PER.search(words) is not None
