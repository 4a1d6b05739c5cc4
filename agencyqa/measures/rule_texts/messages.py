"""What reading a table and its texts says to people."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agencyqa.measures.rule_texts.proposals import Doubt, Reading, Sureness

TABLE_SENTENCES: dict[str, LazyString] = {
    "free_table.no_header": _l(
        "没有找到表头：需要“考核内容”一类的列、“分值”列和“评分标准”一类的列，且在前 30 行之内。"
    ),
    "free_table.no_items": _l("表头以下没有考核项。"),
    "free_table.no_item": _l("这一行没有考核项名称。"),
    "free_table.too_many": _l("考核项过多，最多 %(number)s 项。"),
    "free_table.points_unclear": _l("“%(value)s”不能读作分值，请在下面填写。"),
    "free_table.continued": _l("这一行没有考核项名称，文字并入上面的“%(label)s”。"),
    "free_table.second_row": _l("这一行没有考核项名称而另有分值，单列为“%(label)s”。"),
    "free_table.sum_differs": _l("表中合计 %(stated)s 分，以上各项之和为 %(sum)s 分。"),
}

SURENESS: dict[Sureness, tuple[LazyString, str]] = {
    Sureness.SURE: (_l("读懂"), "success"),
    Sureness.CHECK: (_l("请核对"), "warning"),
    Sureness.NOT_UNDERSTOOD: (_l("没有读懂"), "danger"),
}

_READINGS: dict[str, LazyString] = {
    "full": _l("满分 %(points)s 分"),
    "step": _l("评分单位 %(points)s 分"),
    "rounded": _l("四舍五入到 %(points)s 分的整数倍"),
    "per_occurrence": _l("“%(fault)s”每处扣 %(amount)s 分"),
    "once": _l("“%(fault)s”扣 %(amount)s 分"),
    "floor": _l("扣完为止"),
    "cap": _l("最多扣 %(amount)s 分"),
    "count_cap": _l("最多计 %(count)s 处"),
    "range_off": _l("扣 %(low)s～%(high)s 分"),
    "band": _l("一档，%(low)s～%(high)s 分"),
    "range": _l("%(low)s～%(high)s 分之间评分"),
    "level": _l("得 %(points)s 分"),
    "zero": _l("不得分"),
    "shared": _l("%(number)s 档依次对应"),
    "veto": _l("出现“%(flag)s”本项不得分"),
    "exception": _l("例外情形"),
    "ratio": _l("按比率计分"),
    "most": _l("以满分为上限"),
    "rating": _l("等距评级"),
    "late_day": _l("逾期每日扣分"),
    "late_step": _l("超过时限的倍数加扣"),
    "late_limit": _l("规定时限"),
    "free": _l("评分人酌情评分"),
    "bonus_each": _l("每次加 %(points)s 分"),
    "award_each": _l("每次得 %(points)s 分，至分值为止"),
    "bonus_cap": _l("加分最多 %(points)s 分"),
    "veto_cap": _l("总分最高 %(points)s 分"),
    "bonus_once": _l("加 %(points)s 分"),
}

_DOUBTS: dict[str, LazyString] = {
    "no_text": _l("没有计分标准。"),
    "too_long": _l("文字过长，请缩短后再读。"),
    "unread": _l("“%(words)s”没有读入规则，请确认可以不计。"),
    "unread_figure": _l("“%(words)s”含有数字或计分要求，没有读懂。"),
    "each_assumed": _l("“%(fault)s”没有写“每”，按每处都扣读入。"),
    "floor_assumed": _l("没有写明“扣完为止”，按扣到 0 分为止。"),
    "single_range": _l("只有一个分数区间，低于它的得分没有写明。"),
    "step_assumed": _l("相邻档次之间有空隙，按以 %(step)s 分为单位评分。"),
    "otherwise_unsaid": _l("没有写明其余情形如何计分。"),
    "amount_above_points": _l("一次扣 %(amount)s 分，超过分值 %(points)s 分。"),
    "cap_of_which": _l("扣分上限按只限制“%(fault)s”读入。"),
    "highest_step": _l("没有写明多档加扣如何计算，按只取最高一档。"),
    "ratio_of_what": _l("没有写明“%(rate)s”由哪两个数相除。"),
    "ratio_unsaid": _l("写明了“%(rate)s”的算法，没有写明如何计分，按比率乘以分值。"),
    "other_rate": _l("计分用的“%(rate)s”与写明算法的比率名称不同。"),
    "free": _l("没有具体标准，由评分人在 0 分至满分之间评分。"),
    "bonus": _l("按加分项读入，不计入满分。"),
    "scheme_veto": _l("这是对整张评分表的否决，不能写在单个考核项里。"),
    "veto_grade": _l(
        "文字写明等级为“%(grade)s”：草稿中将列出这一等级，作为否决的等级上限；各等级的分数线请在草稿中填写。"
    ),
    "veto_cap_missing": _l("没有写明否决后的总分或等级上限，请在草稿中填写。"),
    "points_unknown": _l("没有分值，请填写。"),
    "points_differ": _l("文字中的分数合计 %(stated)s 分，与分值 %(points)s 分不一致。"),
    "limit_missing": _l("没有写明规定时限是多少天，请在文字中补充，例如“规定时限为10个工作日”。"),
    "escalating": _l("扣分随次数变化（“%(words)s”），没有对应的规则。"),
    "multiplied": _l("“%(words)s”：扣分成倍变化，没有对应的规则。"),
    "elsewhere": _l("标准写在别处（“%(words)s”）。"),
    "alternative": _l("“%(words)s”有两种扣法，不知取哪一种。"),
    "open_ended": _l("“%(words)s”没有写明上限或下限。"),
    "proportion": _l("“%(words)s”没有写明比例如何计算。"),
    "per_several": _l("“%(words)s”：几处合并计一次，没有对应的规则。"),
    "compared": _l("“%(words)s”：与其他机构比较，没有对应的规则。"),
    "gives_and_takes": _l("同时有得分和扣分，不能确定如何合计。"),
    "counted_award": _l("“%(words)s”按次数给分，没有对应的规则。"),
    "mixed": _l("分数和区间混在一起，不能确定如何计分。"),
    "nothing_recognised": _l("没有认出计分办法。"),
    "label_missing": _l("有的分数前面没有说明对应什么情形，或者情形重复。"),
    "names_and_figures": _l("“%(words)s”中名称与分数的个数不一致。"),
    "range_reversed": _l("分数区间的下限不小于上限，或者超过分值。"),
    "bands_overlap": _l("分数区间重叠。"),
    "bands_apart": _l("分数区间之间的空隙不一致。"),
    "limit_of_nothing": _l("“%(words)s”之前没有扣分情形。"),
    "cap_above_points": _l("扣分上限 %(amount)s 分超过分值 %(points)s 分。"),
    "cap_of_all": _l("“%(words)s”限制几种情形的合计，没有对应的规则。"),
    "several_ranges": _l("有几种扣分区间，请分成几项。"),
    "several_vetoes": _l("有几种不得分的情形，请合并成一种。"),
    "veto_without_words": _l("没有写明什么情形下不得分。"),
    "bonus_cap_assumed": _l("没有写明最多加几分，按最多加 %(points)s 分（分值）读入。"),
    "bonus_several": _l("有几种加分情形，合计由评分人在 0～%(points)s 分之间给出。"),
    "bonus_without_end": _l("没有写明最多加几分。"),
    "bonus_in_part": _l("加分写在分项里，请单列一项。"),
    "parts_without_points": _l("有的分项没有分数，不能确定如何合计。"),
    "not_exact": _l("分数超过四位小数。"),
    "not_a_figure": _l("“%(words)s”不是可用的数字。"),
}


def reading_sentence(reading: Reading) -> str:
    return _sentence(_READINGS, reading.code, reading.params)


def doubt_sentence(doubt: Doubt) -> str:
    return _sentence(_DOUBTS, doubt.code, doubt.params)


def _sentence(sentences: Mapping[str, LazyString], code: str, params: Mapping[str, str]) -> str:
    text = sentences.get(code)
    return code if text is None else str(text) % params
