"""The figures of a rule text, each with what is said to happen to it, and the words before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from agencyqa.measures.rule_texts.proposals import NotUnderstood
from agencyqa.measures.rule_texts.source import NUMBER, Source, value_of


class Kind(StrEnum):
    FULL = "full"
    OFF = "off"
    RANGE_OFF = "range_off"
    CAP = "cap"
    COUNT_CAP = "count_cap"
    FLOOR = "floor"
    GET = "get"
    GET_RANGE = "get_range"
    ZERO = "zero"
    STEP = "step"
    ROUNDED = "rounded"


@dataclass(frozen=True)
class Event:
    """``before`` are the words since the event before it, in the one spelling; ``words`` what was written for it."""

    kind: Kind
    before: str
    words: str
    low: Fraction
    high: Fraction
    unit: str = ""
    exception: str = ""
    is_whole_item: bool = False


_UNIT = r"(?:个?(?:处|项|次|例|起|份|人|名|篇|条|类|页|家|天|日|工作日)|个)"
_ITEM = r"(?:本|该|此|全|整)(?:项|指标|条|小项|考核项)"
_SHARE = (
    rf"(?:{_ITEM})?(?:的)?(?:标准)?(?:分值|分数|满分|总分|应得分)?的?"
    rf"(?:百分之(?P<{{0}}pcn>{NUMBER})|(?P<{{0}}pct>{NUMBER})%)(?:的?(?:分值|分数|得分|分))?"
)
_MARK = rf"(?P<{{0}}n>{NUMBER})分(?:值)?(?!钟|之|项|别|部|制)"
_FIGURE = r"(?:" + _MARK + "|" + _SHARE + r")"
# A figure that something is compared with is no mark that is given.
_NO_LIMIT = r"(?!（不?含|及?以上|及?以下|之间|以内|~)"
_RANGE = rf"(?P<{{0}}a>{NUMBER})(?:分)?(?:~+|至|到)(?P<{{0}}b>{NUMBER})分(?!钟|之)"
_EXCEPT = r"(?:（(?:但)?(?P<ex>[^（）]*?)(?:的|等情形|情形)?除外）|，(?P<ex2>[^，；。]{2,40}?)(?:的)?除外)?"


def _with(template: str, name: str) -> str:
    return template.replace("{0}", name)


_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.FLOOR,
        r"(?:直至|直到|，)?(?:扣完(?:"
        + _ITEM
        + r")?(?:的)?(?:全部)?(?:分值|分数|得分|分|标准分)?"
        + r"(?:为止|即止|止)?|扣(?:至|到)(?:0|零)分(?:为止|止)?|不倒扣分?|不计负分|不得负分)",
    ),
    (
        Kind.CAP,
        r"(?:累计|合计|共计|单项|每项|"
        + _ITEM
        + r")?(?:扣分)?(?:最多|最高|至多|上限|不超过|不得超过)(?:可?扣分?|扣减|扣除)?(?:为)?(?:扣)?"
        + _with(_FIGURE, "cap"),
    ),
    (
        Kind.CAP,
        r"(?:最多|最高|至多|累计|合计)?扣分?(?:总额|总计|合计|累计)?(?:最多|最高|至多)?(?:不得?超过|不高于|上限为?|以不超过)"
        + _with(_FIGURE, "capb")
        + "(?:为限)?",
    ),
    (Kind.COUNT_CAP, rf"(?:最多|至多)(?:计|算|按)(?P<count>{NUMBER}){_UNIT}(?:计|算)?"),
    (Kind.ROUNDED, rf"(?:得分)?四舍五入到(?P<rnd>{NUMBER})分的整数倍"),
    (Kind.STEP, r"(?:评分)?以" + _with(_FIGURE, "step") + r"为(?:评分)?(?:单位|一档|一个档次|间隔)"),
    (
        Kind.FULL,
        r"(?:"
        + _ITEM
        + r")?(?:满分|分值)(?:为|是|：)?(?P<fulln>"
        + NUMBER
        + r")分|(?:"
        + _ITEM
        + r")(?P<fullm>"
        + NUMBER
        + r")分",
    ),
    (
        Kind.RANGE_OFF,
        r"(?:可?酌情|视情况?|视情节(?:轻重)?|视(?:严重)?程度|酌)?(?:予以)?(?:扣减|扣除|扣|减)(?:分)?"
        + _with(_RANGE, "off")
        + rf"(?:/(?P<offu>{_UNIT}))?",
    ),
    (
        Kind.OFF,
        r"(?:加扣|另扣|再扣|扣减|扣除|扣分|扣|减)(?:掉)?"
        + _with(_FIGURE, "off1")
        + rf"(?:/(?P<off1u>{_UNIT}))?",
    ),
    (
        Kind.ZERO,
        r"(?P<item>"
        + _ITEM
        + r")?(?:的)?(?:直接|一律|均|，)*"
        + r"(?:不得分|不予得分|不计分|不给分|(?:得|计|为|记|按)?(?<![0-9.])(?:0|零)分(?:计(?:算)?)?)"
        + r"(?![~至到]|及?以[上下])"
        + _EXCEPT,
    ),
    (
        Kind.GET_RANGE,
        r"(?:可?得|计|给|打|评|记|为|：|，)*"
        + _with(_RANGE, "get")
        + r"(?!（不?含|及?以上|，?的?得|，?的?计)",
    ),
    (Kind.GET_RANGE, r"（" + _with(_RANGE, "getp") + "）"),
    (Kind.GET, r"（" + _with(_FIGURE, "get2") + "）"),
    (
        Kind.GET,
        r"(?:可?得|计|给|打|评|记|为|：)(?:分)?(?P<fullget>满分|全分|全部分值?|(?:一)?半(?:的)?分(?:值|数)?)",
    ),
    (Kind.GET, r"(?:可?得|计|给|打|评|记|为|：)(?:分)?" + _with(_MARK, "get1") + _NO_LIMIT),
    (Kind.GET, r"(?:可?得|计|给)" + _with(_SHARE, "get3")),
    (
        Kind.GET,
        r"(?<![0-9.~每第扣加减过于足达到高低至])(?P<bare>[0-9]+(?:\.[0-9]+)?)分(?!钟|之|项|别|部|制|析|值)"
        + _NO_LIMIT,
    ),
)
_SHARES = ("cap", "capb", "off1", "get2", "get3", "step")
_MASTER = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, (_, pattern) in enumerate(_PATTERNS)))


def events_of(source: Source, points: Fraction | None) -> tuple[list[Event], str]:
    """The events in order, and the words after the last. Shares are of ``points``."""
    found: list[Event] = []
    end = 0
    for match in _MASTER.finditer(source.text):
        number = next(n for n in range(len(_PATTERNS)) if match.group(f"k{n}") is not None)
        kind = _PATTERNS[number][0]
        low, high = _figures(match, kind, points)
        found.append(
            Event(
                kind,
                source.text[end : match.start()],
                source.words(match.start(), match.end()),
                low,
                high,
                unit=_first(match, "offu", "off1u"),
                exception=_first(match, "ex", "ex2"),
                is_whole_item=match.group("item") is not None,
            )
        )
        end = match.end()
    return found, source.text[end:]


def _figures(match: re.Match[str], kind: Kind, points: Fraction | None) -> tuple[Fraction, Fraction]:
    if kind in {Kind.FLOOR, Kind.ZERO}:
        return Fraction(0), Fraction(0)
    if low := _first(match, "offa", "geta", "getpa"):
        high = _first(match, "offb", "getb", "getpb")
        return _value(low), _value(high)
    named = match.group("fullget") or ""
    share = _first(match, *(f"{name}{end}" for name in _SHARES for end in ("pct", "pcn")))
    if share or "满分" in named or "全" in named[:1] or "半" in named:
        if points is None:
            raise NotUnderstood("points_unknown")
        part = _value(share) / 100 if share else Fraction(1, 2) if "半" in named else Fraction(1)
        value = points * part
    else:
        value = _value(
            _first(
                match,
                "capn",
                "capbn",
                "count",
                "rnd",
                "stepn",
                "fulln",
                "fullm",
                "off1n",
                "get2n",
                "get1n",
                "bare",
            )
        )
    return value, value


def _first(match: re.Match[str], *names: str) -> str:
    return next((held for name in names if (held := match.group(name)) is not None), "")


def _value(text: str) -> Fraction:
    found = value_of(text)
    if found is None:
        raise NotUnderstood("not_a_figure", words=text)
    return found
