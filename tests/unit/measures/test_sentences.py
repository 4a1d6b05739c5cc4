"""Each kind of rule and each note of a trace as a Chinese sentence made from data."""

from __future__ import annotations

import pytest

from agencyqa.measures.cli import speaking
from agencyqa.measures.sentences import (
    criterion_terms,
    issue_sentence,
    note_sentence,
    rule_sentence,
    scheme_terms,
    veto_sentence,
)
from agencyqa.measures.shipped import shipped_schemes
from agencyqa.measures.texts import RuleTexts, SchemeTexts
from agencyqa.scoring import (
    RULES,
    LateClass,
    Lateness,
    LateStep,
    Level,
    Ordinal,
    Program,
    compile_scheme,
    parse_points,
)
from tests.factories.measures import mixed_form


def loaded(key: str) -> tuple[Program, SchemeTexts]:
    checked = next(checked for checked in shipped_schemes() if checked.file.key == key)
    return compile_scheme(checked.scheme), SchemeTexts(checked.file, "zh")


def sentence_of(key: str, criterion: str) -> str:
    program, texts = loaded(key)
    rule = next(c.rule for _, c in program.scheme.criteria() if c.key == criterion)
    return rule_sentence(rule, texts.rule(criterion))


@pytest.mark.parametrize(
    ("scheme", "criterion", "sentence"),
    [
        (
            "jiading-2018",
            "communication",
            "沟通良好：13～20 分；沟通一般：7～12 分；沟通较差：0～6 分；以 1 分为单位。",
        ),
        ("jiading-2018", "team_stability", "人员保持稳定，得 15 分；人员随意更换，不得分。"),
        (
            "report-quality-40",
            "arithmetic",
            "满分 2 分；评分有误，每处扣 0.3 分；分项得分与总分不一致，扣 0.3 分；得分与等级不一致，扣 0.3 分；"
            "扣完为止。",
        ),
        ("report-quality-40", "cover", "满分 2 分；封面五项要素缺少，每处扣 0.4 分，最多计 5 处；扣完为止。"),
        (
            "report-quality-40",
            "statement",
            "（1）归纳提炼：满分 5 分，未作归纳或者表述混乱，扣 1～2 分；（2）表述清晰：满分 5 分，"
            "绩效表述不清，每处扣 1 分，扣完为止；报告没有绩效表述，本项不得分（项目确无绩效除外）。",
        ),
        ("report-quality-40", "support", "在 0～10 分之间评分；本项计分规则未公开，由评分人据实评定。"),
        (
            "reference-2021",
            "conduct",
            "满分 4 分；其他不规范行为，每处扣 0.5～2 分；扣完为止；以 0.5 分为单位；"
            "存在转包、擅自分包、借用名义、虚假报告等禁止行为，本项不得分。",
        ),
    ],
)
def test_rules(scheme: str, criterion: str, sentence: str) -> None:
    assert sentence_of(scheme, criterion) == sentence


def test_levels() -> None:
    rule = Ordinal((Level("good", 80_000), Level("poor", 0)))
    texts = RuleTexts(choices={"level": {"good": "良", "poor": "差"}})
    assert rule_sentence(rule, texts) == "良，得 8 分；差，得 0 分。"


def test_lateness_by_amount_without_words_of_its_own() -> None:
    """Its amount is no deduction, and a step that wants more than its multiple is not "reached" by just as much."""
    classes = (LateClass("small", 5), LateClass("large", 10, 5_000_000))
    rule = Lateness(100_000, classes, 3_000, (LateStep(10_000, 20_000),), by_amount=True)
    texts = RuleTexts(choices={"class": {"small": "小型", "large": "大型"}})
    assert rule_sentence(rule, texts) == (
        "满分 10 分；每逾期一个工作日扣 0.3 分；小型：期限 5 个工作日；大型（金额为 500 及以上）：期限 10 个工作日；"
        "逾期超过期限的 1 倍，另扣 2 分；扣完为止。"
    )
    note = {
        "code": "lateness.step",
        "path": "",
        "params": {"multiple": 10_000, "limit": 5, "penalty": 20_000},
    }
    assert note_sentence(note, texts) == "适用“期限（5 个工作日）的 1 倍”一档，另扣 2 分"


def test_the_notes_of_a_trace_add_up_in_words() -> None:
    program, texts = loaded("report-quality-40")
    answers: dict[str, dict[str, int | str | bool | None]] = {
        "language": {"wording.place": 3, "typesetting.place": 7},
        "cover": {"missing_element": 6},
        "statement": {
            "no_statement": True,
            "truly_none": True,
            "summary.amount": parse_points("1.5"),
            "clarity.unclear": 0,
        },
        "support": {"value": parse_points("7.5")},
    }
    criteria = {c["key"]: c for s in program.trace(answers)["sections"] for c in s["criteria"]}

    def told(key: str) -> list[str]:
        return [note_sentence(note, texts.rule(key)) for note in criteria[key]["notes"]]

    assert told("language") == [
        "语言表达不当：3 处 × 0.5 分，扣 1.5 分",
        "满分 3 分，共扣 1.5 分，得 1.5 分",
        "排版不当：7 处 × 0.2 分，扣 1.4 分",
        "满分 1 分，应扣 1.4 分，扣完为止，得 0 分",
        "语言表达：得 1.5 分",
        "排版：得 0 分",
        "各部分合计 1.5 分",
    ]
    assert told("cover") == [
        "封面五项要素缺少：6 处，按上限计 5 处 × 0.4 分，扣 2 分",
        "满分 2 分，应扣 2 分，扣完为止，得 0 分",
    ]
    assert told("statement")[-1] == "报告没有绩效表述，但属于例外情形（项目确无绩效），照常计分"
    assert "未作归纳或者表述混乱：满分 5 分，扣 1.5 分，得 3.5 分" in told("statement")
    assert told("support") == ["评分人在 0～10 分之间评 7.5 分（计分规则未公开）"]


def test_every_explanation_of_the_engine_has_a_sentence() -> None:
    from agencyqa.measures.sentences.notes import _NOTES

    assert {code for rule in RULES.values() for code in rule.explanation_codes} == set(_NOTES)


def test_why_a_criterion_has_no_result() -> None:
    program, texts = loaded("jiading-2018")
    result = program.score(
        {
            "team_ability": {"band": "strong", "value": 90_000},
            "communication": {"band": "good", "value": 195_000},
        },
        {"report_data": 300_000},
    )

    def told(key: str) -> list[str]:
        specs = {spec.name: spec for spec in program.layout[key]}
        return [issue_sentence(issue, texts.rule(key), specs) for issue in result.criterion(key).issues]

    assert told("team_ability") == ["得分不在所选档次“专业能力强”的 10～15 分之内。"]
    assert told("communication") == ["“得分”应为 1 的整数倍。"]
    assert told("team_stability") == ["“是否符合”尚未填写。"]
    assert "评分人填写的得分应在 0～25 分之间。" in told("report_data")


def test_wording_is_read_in_the_asked_language() -> None:
    checked = next(checked for checked in shipped_schemes() if checked.file.key == "jiading-2018")
    english = SchemeTexts(checked.file, "en")
    assert english.criterion("communication") == "2.1 Communication"
    assert english.rule("team_ability").choice("band", "strong") == "Strong"
    assert english.is_ours("team_ability")
    assert english.provision("communication") == "JD2018/item_2_1"


def form_in_words(language: str) -> list[str]:
    checked = mixed_form()
    texts, scheme = SchemeTexts(checked.file, language), checked.scheme
    with speaking(language):
        return [
            *(rule_sentence(each.rule, texts.rule(each.key)) for _, each in scheme.criteria()),
            *(term for _, each in scheme.criteria() for term in criterion_terms(each, scheme, texts)),
            *(veto_sentence(veto, texts) for veto in scheme.vetoes),
            *scheme_terms(scheme, texts),
        ]


def test_a_whole_form_reads_as_it_would_be_printed() -> None:
    assert form_in_words("zh") == [
        "满分 15 分；每逾期一个工作日扣 0.5 分；小型项目：期限 10 个工作日；大型项目（项目金额（万元）为 "
        "1000 及以上）：期限 20 个工作日；逾期超过期限的 1 倍，另扣 3 分；逾期超过期限的 2 倍，另扣 6 分；"
        "多档同时达到的，只按最高一档扣分；扣完为止。",
        "评价方案，得 3 分；工作底稿，得 4 分；三级复核记录，得 3 分。",
        "按“实际访谈人数”÷“计划访谈人数”× 10 分计算；最高 10 分；四舍五入保留 2 位小数；“计划访谈人数”不能为 0。",
        "优，得 10 分；良，得 7 分；差，得 3 分；主评人不具备条件，本项不得分（已经委托方同意更换除外）。",
        "依据充分、结论清楚：15～20 分；基本可信：8～14.5 分；依据不足：0～7.5 分；得分四舍五入到 0.5 分的整数倍。",
        "满分 15 分；数据错误，每处扣 1.5 分；文字差错，每处扣 0.4 分，最多扣 3 分；扣完为止。",
        "（1）可操作：符合要求，得 6 分，不符合要求，不得分；（2）沟通：满分 4 分，沟通不及时，扣 1～2 分。",
        "按 1～6 评级；得分为评级 ÷ 6 × 10 分；四舍五入保留 2 位小数；无法评价的不计入，满分相应减少。",
        "在 0～5 分之间评分；以 1 分为单位。",
        "在 0～5 分之间评分；以 0.5 分为单位。",
        "权重为 0，只列示，不影响总分",
        "加分项，不计入满分",
        "仅在“报告质量”不低于 15 分时计入",
        "仅在“档案齐全”得满分时计入",
        "一经认定，总分最高 59 分，等级最高为“不合格”（系被评价单位提供虚假资料所致除外）。",
        "加分项不计入满分，按表中次序计入，总分最高 100 分。",
        "已评项目的分值不到满分的 80% 的，不出总分。",
    ]


def test_every_sentence_has_its_english() -> None:
    english = form_in_words("en")
    assert len(english) == len(form_in_words("zh"))
    assert [text for text in english if any("\u4e00" <= letter <= "\u9fff" for letter in text)] == []
    assert english[7] == (
        "rated from 1 to 6; rating ÷ 6 × 10 points; rounded half-up to 2 decimals; "
        "what cannot be assessed is left out, and the maximum becomes smaller."
    )
