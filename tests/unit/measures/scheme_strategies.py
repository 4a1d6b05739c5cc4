"""Random scheme files made from the models alone: every field of every rule, sensible or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from agencyqa.measures.scheme_books.fields import Field, Model, fields_of, rule_field, rule_models
from agencyqa.measures.scheme_format import SchemeFile, content_of
from agencyqa.measures.scheme_format.fields import Text

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
FILE_KEYS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
SEEN = st.characters(
    exclude_categories=["Cs"], exclude_characters="\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
TEXTS = st.text(SEEN, min_size=1, max_size=30) | st.sampled_from(
    [
        "=1+1",
        " 前后空格 ",
        "json:",
        "_x0041_",
        "二\n行",
        "\r\n",
        "'单引号",
        "<r>x</r>",
        "0012",
        "TRUE",
        "1.50",
        "是",
    ]
)
POINTS = st.integers(0, 10_000_000).map(lambda units: f"{units // 10_000}.{units % 10_000:04d}")
DEEPEST = 3


def files() -> st.SearchStrategy[SchemeFile]:
    """Sound in shape; what the figures say need not make sense."""
    return st.composite(lambda draw: SchemeFile.model_validate(_file(draw)))()


def _file(draw: st.DrawFn) -> dict[str, Any]:
    """The sheets of a workbook name a criterion by its key alone, so that two sections may not share one."""
    made = _record(draw, SchemeFile, 0)
    for number, section in enumerate(made["sections"]):
        for criterion in section["criteria"]:
            criterion["key"] = f"c{number}_{criterion['key']}"[:40]
    return made


def contents() -> st.SearchStrategy[dict[str, Any]]:
    return files().map(content_of)


def _record(draw: st.DrawFn, model: Model, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for each in fields_of(model):
        if each.is_required or draw(st.booleans()):
            made[each.name] = _value(draw, model, each, depth)
    # What is worded belongs to a key, and one without the other is refused.
    if "exception" in model.model_fields and ("exception" in made) != ("exception_label" in made):
        made.pop("exception", None)
        made.pop("exception_label", None)
    return made


def _value(draw: st.DrawFn, model: Model, each: Field, depth: int) -> Any:
    if each.type == "rule":
        return _rule(draw, depth + 1)
    if each.type == "list":
        assert each.model is not None
        least = 1 if each.name == "sections" else 0
        items = [_record(draw, each.model, depth) for _ in range(draw(st.integers(least, 2)))]
        return _with_keys_of_their_own(items, f"{each.name[0]}{depth}_")
    if each.type == "record":
        assert each.model is not None
        return _record(draw, each.model, depth)
    if each.type == "choice":
        return draw(st.sampled_from(each.choices))
    if model is SchemeFile and each.name == "key":
        return draw(FILE_KEYS)
    return draw(_PLAIN[each.type](each))


def _rule(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    kinds = [
        kind
        for kind, model in rule_models().items()
        if depth < DEEPEST or (rule_field(model) is None and kind != "composite")
    ]
    kind = draw(st.sampled_from(kinds))
    return {**_record(draw, rule_models()[kind], depth), "kind": kind}


def _with_keys_of_their_own(items: list[dict[str, Any]], start: str) -> list[dict[str, Any]]:
    for number, item in enumerate(items):
        if "key" in item:
            item["key"] = f"{start}{number}_{item['key']}"
    return items


def _word(each: Field) -> st.SearchStrategy[str]:
    if each.name == "provision":
        return st.just("M3/grades")
    return KEYS


_PLAIN: dict[str, Callable[[Field], st.SearchStrategy[Any]]] = {
    "points": lambda each: POINTS,
    "count": lambda each: st.integers(0, 99_999),
    "flag": lambda each: st.booleans(),
    "word": _word,
    "day": lambda each: st.dates().map(lambda day: day.isoformat()),
    "text": lambda each: st.builds(
        lambda zh, en, ours: Text(zh=zh, en=en, ours=ours).model_dump(), TEXTS, TEXTS, st.booleans()
    ),
}
