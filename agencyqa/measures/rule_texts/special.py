"""Texts of their own shape: a ratio, lateness with a limit, a rating, a free mark, a veto over the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.measures.rule_texts.labels import clean
from agencyqa.measures.rule_texts.proposals import Doubt, NotUnderstood, Reading, RuleData, figure, wording
from agencyqa.measures.rule_texts.source import NUMBER, Source, value_of
from agencyqa.measures.rule_texts.state import State

_LATE = r"(?:逾期|延迟|延期|超期|超时|推迟|迟交|晚交|滞后|拖延)"
_DAY = r"(?:个?工作日|天|日)"
_POINTS = rf"(?:(?:本项|该项)?(?:分值|满分|权重|标准分|分数)|(?P<n>{NUMBER})分)"

_VETO = re.compile(r"(?:的)?，?(?:实行|予以|执行)?一票否决(?:制)?")
_WHOLE = re.compile(
    r"(?:的)?，?(?:年度|本年度|最终)?(?:考核|评价|考评)?(?:结果|等级|等次|总分|总得分)(?:直接|一律)?"
    r"(?:定为|评为|判定为|确定为|降为|计为|不得高于|不高于|不得超过|不超过|为)(?!满分)"
)
# "总分计0分" and "总分清零" say it with a figure; "总分计算错误" speaks of a fault.
_COUNTED = re.compile(rf"(?:的)?，?总得?分(?:直接|一律)?(?:(?:计|记|按)(?={NUMBER}分(?!以上|之))|归零|清零)")
_ITEM_ZERO = re.compile(r"(?:本|该|此)(?:项|指标)(?:考核)?(?:得|计|为)?(?:不得分|0分|零分)")


# The total to which a veto holds the whole sheet, and the grade that it names.
_CAP = re.compile(
    r"(?:总得?分|(?:年度|本年度|当年)(?:考核|考评|评价)(?:结果|成绩|得分)?)(?:直接|一律|均|最高|最多)?"
    r"(?:不得?(?:高于|超过)|(?:上限|最高|计|定|降|记|判定|确定)?为|计|记|按)?"
    rf"(?:(?P<n>{NUMBER})分(?!以下|（不含|以上|之)|(?P<none>归零|清零))"
)
_GRADE = re.compile(
    r"(?:等级|等次|结果|级别)?(?:直接|一律)?(?:定|评|判定|确定|降)?(?:为|不得?高于|不得?超过)"
    r"[“「]?(?P<grade>(?:优秀|良好|合格|不合格|基本合格|不称职|优|良|中|差|[A-D])(?![^”」，；。、（]))"
)


@dataclass(frozen=True)
class SchemeVetoText:
    """``label`` is what raises the veto, ``cap`` the total and ``grade`` the grade that it leaves at most.

    None and "" where the text does not say so.
    """

    label: str
    cap: Fraction | None
    grade: str
    readings: tuple[Reading, ...]
    doubts: tuple[Doubt, ...]


def scheme_veto(source: Source) -> SchemeVetoText | None:
    """What ends or caps the whole sheet; None where the text speaks of its own item alone."""
    text = source.text
    if _ITEM_ZERO.search(text):
        return None
    found = [each for pattern in (_VETO, _WHOLE, _COUNTED) if (each := pattern.search(text))]
    if not found:
        return None
    start = min(each.start() for each in found)
    begin = max(text.rfind(mark, 0, start) for mark in "；。") + 1
    cap, grade = _CAP.search(text), _GRADE.search(text)
    most: Fraction | None = None
    readings: list[Reading] = []
    doubts = [Doubt("scheme_veto")]
    if cap is not None:
        most = Fraction(0) if cap.group("none") else _value(cap.group("n"))
        words = source.words(cap.start(), cap.end())
        readings.append(Reading(words, "veto_cap", {"points": figure(most)}))
    if grade is not None:
        doubts.append(Doubt("veto_grade", {"grade": grade.group("grade")}))
    elif cap is None:
        doubts.append(Doubt("veto_cap_missing"))
    label = clean(text[begin:start]) or source.written
    named = "" if grade is None else grade.group("grade")
    return SchemeVetoText(label, most, named, tuple(readings), tuple(doubts))


_NAME = r"[^，；。：=×÷/“”（）]"
_RATE = rf"(?P<rate>{_NAME}{{0,16}}?(?:率|比例|比重|占比|程度))"
_TIMES = re.compile(
    rf"(?:(?:得分|本项得分|计分|考核得分)=)?(?:按|根据|以|用|依据)?(?:照)?(?:实际)?{_RATE}(?:×|乘以?)"
    + _POINTS
    + r"(?:计算得分|计算|计分|得分|计)?"
)
_TIMES_BACK = re.compile(
    rf"(?:(?:得分|本项得分|计分|考核得分)=)?(?P<points>(?:本项|该项)?(?:分值|满分|权重|标准分)|(?P<n>{NUMBER})分)(?:×|乘以?){_RATE}"
)
_MEANS = re.compile(
    rf"(?P<rate>{_NAME}{{0,16}}?(?:率|比例|比重|占比|程度))=（?(?P<a>{_NAME}{{1,40}})[/÷](?P<p>{_NAME}{{1,40}})）?(?:×100%)?"
)
_QUOTED = re.compile(rf"按“(?P<a>[^”]+)”÷“(?P<p>[^”]+)”×(?P<n>{NUMBER})分计算")
_MOST = re.compile(
    r"(?:超过|大于|高于)100%(?:的|时)?，?(?:按|以|计)?(?:照)?(?:100%|满分)(?:计(?:算|分)?)?|(?:最高|最多)(?:不超过|得|为)?(?:本项|该项)?(?:分值|满分)"
)


def ratio(source: Source, state: State) -> RuleData | None:
    text = source.text
    quoted = _QUOTED.search(text)
    if quoted is not None:
        return _quoted_ratio(source, quoted, state)
    times, means = _TIMES.search(text) or _TIMES_BACK.search(text), _MEANS.search(text)
    if times is None and means is None:
        return None
    rest = text
    for found in (times, means, _MOST.search(text)):
        if found is not None:
            rest = rest.replace(found.group(0), "；", 1)
            state.read(source.words(found.start(), found.end()), "most" if found.re is _MOST else "ratio")
    state.leave(rest)
    if times is not None and times.group("n"):
        state.expect(_value(times.group("n")))
    rule: RuleData = {"kind": "ratio", "points": figure(state.needed_points())}
    if means is not None:
        rule["actual_label"], rule["planned_label"] = wording(means.group("a")), wording(means.group("p"))
        if times is None:
            state.doubt("ratio_unsaid", rate=means.group("rate"))
        elif clean(times.group("rate")).removeprefix("实际") not in means.group("rate"):
            state.doubt("other_rate", rate=times.group("rate"))
    else:
        assert times is not None
        state.doubt("ratio_of_what", rate=times.group("rate"))
    return rule


def _quoted_ratio(source: Source, quoted: re.Match[str], state: State) -> RuleData:
    text, points = source.text, _value(quoted.group("n"))
    state.expect(points)
    rule: RuleData = {"kind": "ratio", "points": figure(points)}
    for name, group, usual in (("actual_label", "a", "实际数"), ("planned_label", "p", "计划数")):
        if quoted.group(group) != usual:
            rule[name] = wording(quoted.group(group))
    rest = text.replace(quoted.group(0), "", 1)
    if found := re.search(rf"最高({NUMBER})分", rest):
        if _value(found.group(1)) != points:
            rule["cap"] = figure(_value(found.group(1)))
        rest = rest.replace(found.group(0), "", 1)
    if found := re.search("四舍五入保留([0-9]+)位小数", rest):
        if found.group(1) != "4":
            rule["places"] = int(found.group(1))
        rest = rest.replace(found.group(0), "", 1)
    if found := re.search(rf"“[^”]+”为0时(?:不得分|得{NUMBER}分)|“[^”]+”不能为0", rest):
        if "不能" not in found.group(0):
            rule["empty"] = "zero" if "不得分" in found.group(0) else "full"
        rest = rest.replace(found.group(0), "", 1)
    state.read(source.words(quoted.start(), quoted.end()), "ratio")
    state.leave(rest)
    return rule


_PER_DAY = re.compile(rf"每?{_LATE}(?:1|一)?(?:个)?{_DAY}(?:的)?，?(?:扣减|扣除|扣)(?P<n>{NUMBER})分")
_PER_DAY_2 = re.compile(rf"每{_LATE}?(?:1|一)个?{_DAY}(?:的)?，?(?:扣减|扣除|扣)(?P<n>{NUMBER})分")
_STEP = re.compile(
    rf"(?:{_LATE}(?:时间|天数)?)?(?P<how>超过|超出|达到?|满)(?:规定|办理|约定)?的?(?:时限|期限|时间|限期)的?"
    rf"(?P<m>{NUMBER})倍(?:以上|及以上)?(?:的)?，?(?:再|另|加|额外|增)*(?:扣减|扣除|扣)(?P<n>{NUMBER})分"
)
_LIMIT = re.compile(
    rf"(?:(?P<c>[^，；。：]{{1,30}})：)?(?:规定|办理|提交|约定)?的?(?:时限|期限)(?:为|是|：)?(?P<d>{NUMBER}){_DAY}"
)
_FLOOR = re.compile(r"扣完(?:本项|该项)?(?:分值)?为止")
_SEVERAL = re.compile("各档扣分相加|多档同时达到的，只按最高一档扣分")


def lateness(source: Source, state: State) -> RuleData | None:
    """Only where penalties rise with a limit; days that each cost the same are a fault that is counted."""
    text = source.text
    steps = list(_STEP.finditer(text))
    if not steps:
        return None
    per_day, limits = _PER_DAY.search(text) or _PER_DAY_2.search(text), list(_LIMIT.finditer(text))
    full = re.search(rf"满分({NUMBER})分", text)
    if full:
        state.set_points(_value(full.group(1)), source.words(full.start(), full.end()))
    several = _SEVERAL.search(text)
    found = [each for each in (full, per_day, *limits, *steps, _FLOOR.search(text), several) if each]
    rest = text
    for match in found:
        rest = rest.replace(match.group(0), "；", 1)
    for each, code in [
        (per_day, "late_day"),
        *((step, "late_step") for step in steps),
        *((limit, "late_limit") for limit in limits),
    ]:
        if each is not None:
            state.read(source.words(each.start(), each.end()), code)
    state.leave(rest)
    if not limits:
        # How long the limit is decides when the penalty begins, and nobody but the bureau knows it.
        raise NotUnderstood("limit_missing")
    hows = {step.group("how") in {"超过", "超出"} for step in steps}
    if len(hows) > 1:
        raise NotUnderstood("mixed")
    if len(steps) > 1 and several is None:
        state.doubt("highest_step")
    rule: RuleData = {
        "kind": "lateness",
        "points": figure(state.needed_points()),
        "per_day": figure(_value(per_day.group("n"))) if per_day else "0",
        "classes": [
            {
                "key": f"c{n}",
                "limit": _days(limit.group("d")),
                "label": wording(clean(limit.group("c") or "") or "规定时限"),
            }
            for n, limit in enumerate(limits, start=1)
        ],
        "steps": [
            {"multiple": figure(_value(step.group("m"))), "penalty": figure(_value(step.group("n")))}
            for step in steps
        ],
    }
    if hows == {False}:
        rule["reached"] = "at"
    if several is not None and several.group(0).startswith("各档"):
        rule["steps_add"] = True
    return rule


_RATING = re.compile(
    rf"按(?P<low>{NUMBER})~(?P<high>{NUMBER})评级；?得分为(?:评级÷(?P<h2>{NUMBER})|（评级[~-](?P<l2>{NUMBER})）÷(?P<span>{NUMBER}))×(?P<n>{NUMBER})分"
)


def rating(source: Source, state: State) -> RuleData | None:
    found = _RATING.search(source.text)
    if found is None:
        return None
    low, high = _days(found.group("low")), _days(found.group("high"))
    points = _value(found.group("n"))
    state.expect(points)
    rule: RuleData = {"kind": "rating", "points": figure(points)}
    rest = source.text.replace(found.group(0), "", 1)
    if low != 1:
        rule["low"] = low
    if high != 6:
        rule["high"] = high
    if found.group("l2"):
        if (_days(found.group("l2")), _days(found.group("span"))) != (low, high - low):
            raise NotUnderstood("mixed")
        rule["base"] = "low"
    elif _days(found.group("h2")) != high:
        raise NotUnderstood("mixed")
    if places := re.search("四舍五入保留([0-9]+)位小数", rest):
        if places.group(1) != "4":
            rule["places"] = int(places.group(1))
        rest = rest.replace(places.group(0), "", 1)
    if "无法评价的得0分" in rest:
        rule["cannot_assess"] = "zero"
    rest = rest.replace("无法评价的得0分", "").replace("无法评价的不计入，满分相应减少", "")
    state.read(source.words(found.start(), found.end()), "rating")
    state.leave(rest)
    return rule


_FREE = re.compile(
    rf"在(?P<a>{NUMBER})(?:分)?(?:~+|至|到)(?P<b>{NUMBER})分(?:之间|范围内|以内)?(?:由[^，；。]{{1,12}})?(?:酌情|据实)?(?:评分|打分|评定|计分|给分)"
)
_FREELY = re.compile(
    r"(?:由)?(?:评分人|评委|专家|考核人员|评审人员|考核组)?(?:根据|结合|视)?[^；。0-9]{0,40}?(?:酌情|综合|据实)(?:评分|打分|评定|给分|评价打分|计分|判断评分)"
)
_UNPUBLISHED = "本项计分规则未公开，由评分人据实评定"


def free(source: Source, state: State) -> RuleData | None:
    text = source.text
    found = _FREE.search(text)
    if found is not None:
        low, high = _value(found.group("a")), _value(found.group("b"))
        state.expect(high)
        state.read(source.words(found.start(), found.end()), "range", low=figure(low), high=figure(high))
        rule: RuleData = {"kind": "free", "low": figure(low), "high": figure(high)}
        rest = text.replace(found.group(0), "", 1)
        if step := re.search(rf"以({NUMBER})分为单位", rest):
            rule["step"] = figure(_value(step.group(1)))
            rest = rest.replace(step.group(0), "", 1)
        if _UNPUBLISHED in rest:
            rule["published"] = False
            rest = rest.replace(_UNPUBLISHED, "", 1)
        state.leave(rest)
        return rule
    found = _FREELY.fullmatch(text.strip("；。，"))
    if found is None:
        return None
    state.read(source.written, "free")
    state.doubt("free")
    return {"kind": "free", "low": "0", "high": figure(state.needed_points())}


def _value(text: str) -> Fraction:
    found = value_of(text)
    if found is None:
        raise NotUnderstood("not_a_figure", words=text)
    return found


def _days(text: str) -> int:
    found = _value(text)
    if found.denominator != 1:
        raise NotUnderstood("not_a_figure", words=text)
    return int(found)
