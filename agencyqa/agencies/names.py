"""Names of agencies that look alike: most double entries differ in a character, the place or the legal form. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

# The legal form says little; the longer ones first.
_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "（特殊普通合伙）",
    "（普通合伙）",
    "（有限合伙）",
    "有限公司",
    "分公司",
)
# What many names of agencies have in common: the trade, and words that only swell a name.
_TRADES = (
    "会计师事务所|税务师事务所|律师事务所|资产评估|房地产|土地|绩效|评价|评估|项目|工程|造价|管理|咨询|顾问|企业|财务|"
    "税务|投资|信息|数据|科技|技术|经济|公共|政策|审计|服务|研究院|研究所|研究会|研究中心|研究|事务所|集团|中心|公司|"
    "所|limited|ltd|company|co"
)
# A place that is no city by its last character; the others are known by 省, 市, 区, 县 and the like.
_PLACES = (
    "中国|上海|北京|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|"
    "贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|石家庄|太原|沈阳|大连|长春|哈尔滨|南京|苏州|"
    "无锡|杭州|宁波|温州|合肥|福州|厦门|南昌|济南|青岛|郑州|武汉|长沙|广州|深圳|珠海|南宁|海口|成都|贵阳|昆明|拉萨|"
    "西安|兰州|西宁|银川|乌鲁木齐"
)
_PLACE = re.compile(rf"(?:{_PLACES})[省市]?|[\u4e00-\u9fff]{{2,3}}[省市区县]")
_BRANCH = re.compile(r"(公司|事务所|研究院|中心)[\u4e00-\u9fff]{1,12}分(?:所|公司|院|部)$")
_BRACKETS = re.compile(r"\([^()]*\)")
_TRADE = re.compile(_TRADES)
_NO_WORD = re.compile(r"[\W_]+")
# Where a name is that of a school, place and trade are what tells it from others.
_SCHOOLS = ("大学", "学院", "学校")
# A word as short as this minus one character is like too many others.
_SHORTEST_STEM, _SHORTEST_CORE = 4, 5
# A name may begin with a place that nobody listed; what is left is the word that is looked for.
_PLACE_LENGTH, _LONGEST_PLACE, _SHORTEST_WORD = 2, 3, 2
# Nobody types a longer one, and the work grows with the square of its length.
_LONGEST = 100
_TRADITIONAL = (
    "會会計计師师務务諮咨詢询評评價价資资產产專专業业績绩項项審审顧顾問问經经濟济財财稅税畫画劃划檢检測测認认證证"
    "設设計计標标準准規规劃划範范點点線线網网絡络電电話话訊讯報报導导團团國国際际廣广東东華华灣湾門门陽阳陰阴"
    "興兴隆隆達达誠诚遠远過过運运連连進进聯联豐丰寶宝實实賓宾賢贤慶庆麗丽鳳凤龍龙馬马鳥鸟魚鱼鴻鸿鵬鹏鷹鹰"
    "義义禮礼樂乐書书學学習习術术藝艺傳传優优偉伟億亿僑侨億亿儲储償偿債债創创則则剛刚劍剑動动勞劳勝胜勢势匯汇區区"
    "協协單单雙双縣县發发變变號号啟启員员園园圓圆圖图場场塊块堅坚壽寿夢梦夥伙奧奥婦妇寧宁審审寫写將将尋寻對对層层屬属"
    "島岛嶺岭峽峡嶽岳帥帅幣币帶带幫帮幹干幾几庫库應应廠厂廳厅張张強强彌弥彎弯後后從从復复徵征德德憲宪懷怀戰战戲戏戶户"
    "撥拨擇择擔担據据擴扩攝摄數数斷断於于時时晉晋曉晓暢畅曆历歷历會会條条來来楊杨極极構构榮荣樓楼樹树橋桥機机橫横歡欢"
    "歐欧殘残毀毁氣气決决沒没況况淨净滬沪潔洁潤润澤泽濱滨澄澄濤涛灃沣燈灯營营爐炉爾尔獎奖獨独獲获瑪玛環环現现瓊琼畢毕"
    "當当療疗瞭了確确碼码礦矿種种積积稱称穩稳穀谷窮穷競竞筆笔節节築筑簡简糧粮約约紀纪純纯紅红級级組组細细終终結结給给"
    "統统綠绿維维綱纲緊紧緣缘編编練练縱纵總总織织續续繼继羅罗聖圣聞闻聲声職职聽听臨临舉举舊旧與与興兴萬万葉叶蔣蒋藍蓝"
    "蘇苏蘭兰處处衛卫補补裝装複复視视覺觉覽览觀观訂订討讨訓训記记許许訴诉評评詞词試试詩诗該该詳详語语誤误說说課课調调談谈"
    "請请論论諾诺謀谋謝谢識识譜谱議议護护譽誉讀读變变讓让貝贝負负財财貢贡貨货責责貴贵買买費费貿贸賀贺賬账賴赖購购賽赛贊赞"
    "車车軍军軌轨軟软軸轴較较載载輕轻輝辉輪轮輸输轉转辦办農农這这邊边還还遷迁選选遺遗鄉乡鄭郑鄧邓醫医釋释針针鈞钧鉅巨銀银"
    "銅铜銘铭銳锐錄录錢钱錦锦鋼钢鎮镇鏡镜鐘钟鐵铁鑒鉴鑫鑫長长開开間间閩闽關关閱阅隊队階阶陸陆陳陈險险隨随雖虽雜杂離离難难"
    "雲云霧雾靈灵靜静響响頁页頂顶項项順顺領领頭头題题願愿類类風风飛飞飯饭館馆駐驻驗验體体點点齊齐齡龄"
)
_SIMPLIFIED = str.maketrans(dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)))


def plain_name(name: str) -> str:
    """A name without what a keyboard decides: width of characters, spaces, case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def stem(name: str) -> str:
    """A plain name without brackets and legal form."""
    text = plain_name(name)
    for form in _FORMS:
        text = text.replace(plain_name(form), "")
    return text.replace("(", "").replace(")", "") or plain_name(name)


@lru_cache(maxsize=16_384)
def core(name: str) -> str:
    """What tells an agency from others: its name without place, trade and legal form; "" where nothing is left.

    Traditional characters count as their simplified ones.
    """
    text = plain_name(name).translate(_SIMPLIFIED)
    text = _BRANCH.sub(r"\1", _BRACKETS.sub("", text)) or text
    for form in _FORMS:
        text = text.replace(plain_name(form), "")
    if _is_school(text):
        return _NO_WORD.sub("", text)
    while (found := _PLACE.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    return _NO_WORD.sub("", _TRADE.sub("", text))


class Names:
    """Known names by code. Two look alike if stems or cores are equal, or differ in a character or in the place.

    Looked up by hash: a register of thousands is compared with a workbook of thousands in a moment.
    """

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._by_key: dict[str, set[tuple[str, str]]] = defaultdict(set)
        # Kept apart: two names that only shorten alike are not alike, one must be the other's shorter form as a whole.
        self._by_shorter: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for code, name in known:
            short = name[:_LONGEST]
            for key in _keys(short):
                self._by_key[key].add((code, name))
            for shorter in _shorter(short):
                self._by_shorter[shorter].add((code, name))

    def like(self, name: str, *, apart_from: str) -> tuple[str, ...]:
        """Names of other codes, in a fixed order."""
        short = name[:_LONGEST]
        found: set[tuple[str, str]] = set()
        for key in _keys(short):
            found |= self._by_key.get(key, set()) | self._by_shorter.get(key, set())
        for shorter in _shorter(short):
            found |= self._by_key.get(shorter, set())
        return tuple(sorted({other for code, other in found if code != apart_from}))


def names_like(name: str, known: Collection[tuple[str, str]], *, apart_from: str) -> tuple[str, ...]:
    """For one name: most of what is known has too few characters in common to be looked at more closely."""
    wanted = set(core(name[:_LONGEST]) or stem(name[:_LONGEST]))
    fewest = max(1, min(_SHORTEST_WORD, len(wanted) - 1))
    near = (
        (code, other)
        for code, other in known
        if len(wanted.intersection(core(other[:_LONGEST]) or stem(other[:_LONGEST]))) >= fewest
    )
    return Names(near).like(name, apart_from=apart_from)


def _keys(name: str) -> Iterator[str]:
    """Two names are alike if they share one of these: the same words, or one character changed at the same place."""
    text, word = stem(name), core(name)
    yield f"stem {text}"
    if len(text) >= _SHORTEST_STEM:
        yield from (f"stem {place} {rest}" for place, rest in _without_one(text))
    if len(word) >= _SHORTEST_WORD:
        yield f"core {word}"
        yield f"letters {''.join(sorted(word))}"
    if len(word) >= _SHORTEST_CORE:
        yield from (f"core {place} {rest}" for place, rest in _without_one(word))
    if len(word) >= _PLACE_LENGTH + _SHORTEST_WORD and not _is_school(word):
        # Behind two characters, which may well be a place that nobody listed, everything is the same.
        yield f"behind {text[_PLACE_LENGTH:]}"


def _shorter(name: str) -> Iterator[str]:
    """What a longer name may stand for: another one's whole stem or core plus a character, or plus a place."""
    text, word = stem(name), core(name)
    if len(text) >= _SHORTEST_STEM:
        yield from (f"stem {rest}" for _, rest in _without_one(text))
    if len(word) >= _SHORTEST_CORE:
        yield from (f"core {rest}" for _, rest in _without_one(word))
    if not _is_school(word):
        for cut in range(_PLACE_LENGTH, _LONGEST_PLACE + 1):
            if len(word) - cut >= _SHORTEST_WORD:
                yield f"core {word[cut:]}"


def _without_one(text: str) -> Iterator[tuple[int, str]]:
    for place in range(len(text)):
        yield place, text[:place] + text[place + 1 :]


def _is_school(text: str) -> bool:
    return any(school in text for school in _SCHOOLS)
