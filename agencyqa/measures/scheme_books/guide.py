"""The instructions inside the workbook, and which columns each kind of row takes, read off the models."""

from __future__ import annotations

from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.fields import (
    Model,
    leaves_of,
    lists_of,
    rows_of_rules,
    rule_field,
    rule_models,
)
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook

_NOTES: tuple[words.Pair, ...] = (
    (
        "上传后先核对预览，确认后存为草稿；有一处错误就不保存，并逐一指出单元格。",
        "The upload is shown first and becomes a draft when you confirm; with a single fault nothing is saved.",
    ),
    (
        "“方案”逐项填写；“考核项”先写栏目一行，其下逐行写考核项；“计分标准”按考核项标识逐行写规则。",
        "“Scheme” holds the settings; “Criteria” a row for a section, then its criteria; “Rules” the rules by key.",
    ),
    (
        "标识用小写字母、数字和下划线，以字母开头；方案标识用连字符。列的顺序可以改变，用不到的列可以删去。",
        "Keys are small letters, digits and underscores; the scheme's key has hyphens. Columns may be moved or"
        " removed.",
    ),
    (
        "“本项不得分情形”之下接写它所约束的规则；“分部分计分”之下每个“部分”一行，"
        "部分的规则在“所属部分”写该部分的标识，多层用 / 连接。",
        "Below an item veto stands the rule it guards; below a composite a row for each part, and the rules of a part"
        " name its key under “Part”, with / between levels.",
    ),
    (
        "没有英文时英文列可以空着，按中文填入。“仅供阅读”的列导入时不读取。",
        "Without English the Chinese is taken. Columns “for reading” are not read.",
    ),
    (
        "以 json: 开头的内容是含有特殊字符的文字，请勿改动。",
        "A text that begins with json: holds special characters; leave it as it is.",
    ),
)


def write_guide(book: Workbook, language: str) -> None:
    columns = (
        Column("content", words.pick(words.CONTENT, language), 20),
        Column("columns", "填写的列" if language != "en" else "Columns it takes", 90, Kind.WRAP),
        Column("below", "其下的行" if language != "en" else "Rows below it", 40, Kind.WRAP),
    )
    sheet = book.sheet(
        words.pick(words.GUIDE, language),
        columns,
        title=words.pick(words.GUIDE, language),
        notes=[words.pick(note, language) for note in _NOTES],
    )
    for kind, model in rule_models().items():
        sheet.write(_row(words.KINDS.get(kind, (kind, kind)), model, language))
    for name, model in rows_of_rules().items():
        sheet.write(_row(words.LISTS.get(name, (name, name)), model, language))


def _row(title: words.Pair, model: Model, language: str) -> dict[str, str]:
    join = ", " if language == "en" else "、"
    below = [words.pick(words.LISTS.get(each.name, (each.name,) * 2), language) for each in lists_of(model)]
    if rule_field(model) is not None:
        below.append("一条规则" if language != "en" else "a rule")
    return {
        "content": words.pick(title, language),
        "columns": join.join(words.field_title(leaf.name, language) for leaf in leaves_of(model)),
        "below": join.join(below),
    }
