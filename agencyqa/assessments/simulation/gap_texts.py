"""What could not be carried over to another scheme, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agencyqa.assessments.simulation.mapping import Gap
from agencyqa.assessments.simulation.rescoring import Outside, Rescored
from agencyqa.measures.sentences import issue_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import Program

# The name of a sheet by its position.
NameOf = Callable[[int], str]


def gap_sentences(
    rescored: Rescored, program: Program, texts: SchemeTexts, before: Sequence[SchemeTexts], name_of: NameOf
) -> list[str]:
    """All that is not as it was, and what follows from it. ``before`` are the words of the sheets' own schemes."""
    found = [_gap(gap, texts, before) for gap in rescored.gaps]
    explained = {gap.criterion for gap in rescored.gaps if not gap.kind.endswith("_gone")}
    found += [
        gettext("“%(criterion)s”有 %(count)s 份评分表未作答。", criterion=texts.criterion(key), count=count)
        for key, count in rescored.unanswered.items()
        if key not in explained
    ]
    found += [_outside(each, program, texts, name_of) for each in rescored.outside]
    if rescored.without_answers:
        found.append(
            gettext("%(count)s 份评分表没有存档的逐项答案，无法重新计分。", count=rescored.without_answers)
        )
    return found


def _gap(gap: Gap, texts: SchemeTexts, before: Sequence[SchemeTexts]) -> str:
    old = next((each for each in before if gap.criterion in each.criteria), texts)
    words = old if gap.kind in {"criterion_gone", "input_gone", "choice_gone"} else texts
    criterion = words.criterion(gap.criterion)
    name = words.rule(gap.criterion).place(gap.input) if gap.input else ""
    match gap.kind:
        case "criterion_gone":
            return gettext("原方案的“%(criterion)s”在新方案中没有，其得分不再计入。", criterion=criterion)
        case "input_gone":
            return gettext(
                "“%(criterion)s”原有的“%(input)s”在新方案中没有，不再计入。", criterion=criterion, input=name
            )
        case "criterion_new":
            return gettext(
                "新方案的“%(criterion)s”是新增的考核项：%(count)s 份评分表都没有作答，不作推测。",
                criterion=criterion,
                count=gap.sheets,
            )
        case "input_new":
            return gettext(
                "“%(criterion)s”新增了“%(input)s”：%(count)s 份评分表都没有作答，不作推测。",
                criterion=criterion,
                input=name,
                count=gap.sheets,
            )
        case "other_type":
            return gettext(
                "“%(criterion)s”的“%(input)s”填写方式不同：%(count)s 份评分表的答案不能沿用。",
                criterion=criterion,
                input=name,
                count=gap.sheets,
            )
        case "choice_gone":
            return gettext(
                "“%(criterion)s”原可选的“%(choice)s”在新方案中没有：%(count)s 份评分表选了它，视为未作答。",
                criterion=criterion,
                choice=words.rule(gap.criterion).choice(gap.input, gap.choice),
                count=gap.sheets,
            )


def _outside(each: Outside, program: Program, texts: SchemeTexts, name_of: NameOf) -> str:
    specs = {spec.name: spec for spec in program.layout[each.criterion]}
    words = texts.rule(each.criterion)
    sentence = gettext(
        "“%(criterion)s”有 %(count)s 份评分表的答案超出新方案允许的范围。",
        criterion=texts.criterion(each.criterion),
        count=each.sheets,
    )
    examples = [
        gettext(
            "%(contract)s：%(issue)s",
            contract=name_of(position),
            issue=issue_sentence(issue, words, specs),
        )
        for position, issue in each.examples
    ]
    return sentence + (gettext("例如 %(examples)s", examples=" ".join(examples)) if examples else "")
