"""A scheme as a workbook that a bureau can read, change and hand in again; and the empty one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.fields import (
    Field,
    Leaf,
    form_leaves,
    leaves_of,
    lists_of,
    rows_of_rules,
    rule_leaves,
    rule_models,
    scheme_lists,
)
from agencyqa.measures.scheme_books.guide import write_guide
from agencyqa.measures.scheme_books.rows import cells_of, list_rows, rule_rows
from agencyqa.measures.scheme_format import CriterionPart, SchemeFile, SectionPart, content_of, to_scheme
from agencyqa.measures.sentences import rule_sentence
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import Rule
from agencyqa.spreadsheets.workbook import Column, Kind, Sheet, Workbook, open_workbook

# (key, what it says) of a provision that may be cited.
Citations = Sequence[tuple[str, str]]

PREPARED_ROWS = 60
_WIDTHS = {"label": 34, "description": 34, "title": 34, "source": 34}
_NARROW = {"points", "count", "flag"}
_KINDS = {"points": Kind.POINTS, "count": Kind.POINTS}
# Columns that a form without them still shows, because somebody may want to fill them in.
_ALWAYS = {"key", "label.zh", "label.en", "max_points", "provision", "measure", "points", "low", "high"}
_ALWAYS_OF_RULES = _ALWAYS | {"amount", "max_count", "step"}


def write_book(
    target: Path | BinaryIO, file: SchemeFile, citations: Citations, *, language: str, now: datetime
) -> None:
    """The whole scheme; read back, it has the same content hash. Words in ``language``, "zh" or "en"."""
    content = content_of(file)
    title = file.title.read_in(language)
    with open_workbook(target, title=title, created=now) as book:
        writer = _Writer(book, language)
        writer.settings(content)
        writer.criteria(content, _sentences(file, language), citations)
        writer.rules(content)
        for each in scheme_lists():
            writer.listed(each, content.get(each.name, ()))
        writer.provisions(citations)
        write_guide(book, language)


def write_template(target: Path | BinaryIO, citations: Citations, *, language: str, now: datetime) -> None:
    """The same sheets, empty: every column, drop-down lists, and the instructions first."""
    with open_workbook(target, title=words.pick(words.SCHEME, language), created=now) as book:
        writer = _Writer(book, language, is_empty=True)
        write_guide(book, language)
        writer.settings({})
        writer.criteria({}, {}, citations)
        writer.rules({})
        for each in scheme_lists():
            writer.listed(each, ())
        writer.provisions(citations)


def _sentences(file: SchemeFile, language: str) -> dict[str, str]:
    texts = SchemeTexts(file, language)
    rules: dict[str, Rule] = {c.key: c.rule for _, c in to_scheme(file, 1).criteria()}
    return {key: rule_sentence(rule, texts.rule(key)) for key, rule in rules.items()}


class _Writer:
    def __init__(self, book: Workbook, language: str, *, is_empty: bool = False) -> None:
        self.book = book
        self.language = language
        self.is_empty = is_empty

    # ------------------------------------------------------------------------------------------- sheets

    def settings(self, content: Mapping[str, Any]) -> None:
        columns = (
            Column("item", self._word(words.ITEM), 26),
            Column("value", self._word(words.VALUE), 60, Kind.WRAP),
            Column("code", self._word(words.NOTE), 24),
        )
        sheet = self.book.sheet(self._word(words.SCHEME), columns)
        cells = cells_of(SchemeFile, content, self.language)
        for leaf in leaves_of(SchemeFile):
            value = cells.get(leaf.name)
            if leaf.type in {"points", "count"} and value is not None:
                value = str(_content_at(content, leaf))
            title = words.field_title(leaf.name, self.language)
            sheet.write({"item": title, "value": None if value is None else str(value), "code": leaf.name})
            choices = self._choices(leaf)
            if choices:
                sheet.offer("value", choices, from_row=sheet.row_number - 1)

    def criteria(
        self, content: Mapping[str, Any], sentences: Mapping[str, str], citations: Citations
    ) -> None:
        used = self._used(
            (model, record)
            for section in content.get("sections", ())
            for model, record in ((SectionPart, section), *((CriterionPart, c) for c in section["criteria"]))
        )
        leaves = [leaf for leaf in form_leaves().values() if self._shows(leaf, used, _ALWAYS)]
        columns = [Column("@type", self._word(words.ROW_TYPE), 10), *self._columns(leaves)]
        if not self.is_empty:
            columns.append(Column("@rule", self._word(words.SENTENCE), 60, Kind.WRAP))
        sheet = self.book.sheet(self._word(words.CRITERIA), columns)
        for section in content.get("sections", ()):
            row = {"@type": self._word(words.SECTION), **cells_of(SectionPart, section, self.language)}
            sheet.write(row, emphasis=True)
            for criterion in section["criteria"]:
                cells = cells_of(CriterionPart, criterion, self.language)
                sentence = sentences[criterion["key"]]
                sheet.write({"@type": self._word(words.CRITERION), **cells, "@rule": sentence})
        self._prepare(sheet)
        sheet.offer("@type", [self._word(words.SECTION), self._word(words.CRITERION)])
        self._offer_choices(sheet, leaves)
        if citations:
            sheet.offer_range("provision", self._word(words.PROVISIONS), len(citations))

    def rules(self, content: Mapping[str, Any]) -> None:
        criteria = [c for section in content.get("sections", ()) for c in section["criteria"]]
        rows = [row for criterion in criteria for row in rule_rows(criterion, self.language)]
        others = [(each.model, item) for each in scheme_lists() for item in content.get(each.name, ())]
        rows += [row for model, item in others if model for row in list_rows(model, item, self.language)]
        used = {name for row in rows for name in row.cells}
        leaves = [leaf for leaf in rule_leaves().values() if self._shows(leaf, used, _ALWAYS_OF_RULES)]
        columns = [
            Column("@criterion", self._word(words.OF_CRITERION), 20),
            Column("@name", self._word(words.NAME), 26),
            Column("@part", self._word(words.OF_PART), 12),
            Column("@content", self._word(words.CONTENT), 16),
            *self._columns(leaves),
        ]
        sheet = self.book.sheet(self._word(words.RULES), columns)
        named = [*criteria, *(item for _, item in others)]
        names = {c["key"]: c["label"]["en" if self.language == "en" else "zh"] for c in named}
        for row in rows:
            head = {
                "@criterion": row.criterion,
                "@name": names[row.criterion],
                "@part": row.part,
                "@content": row.content,
            }
            sheet.write({**head, **row.cells}, emphasis=row.is_rule)
        self._prepare(sheet)
        sheet.offer("@content", content_words(self.language))
        self._offer_choices(sheet, leaves)

    def listed(self, each: Field, items: Iterable[Mapping[str, Any]]) -> None:
        assert each.model is not None
        leaves = list(leaves_of(each.model))
        name = self._word(words.LISTS.get(each.name, (each.name, each.name)))
        sheet = self.book.sheet(name, self._columns(leaves))
        for item in items:
            sheet.write(cells_of(each.model, item, self.language))
        self._prepare(sheet, 10)
        self._offer_choices(sheet, leaves)

    def provisions(self, citations: Citations) -> None:
        if not citations:
            return
        columns = (
            Column("key", words.field_title("provision", self.language), 30),
            Column("text", self._word(words.NOTE), 90, Kind.WRAP),
        )
        self.book.sheet(self._word(words.PROVISIONS), columns).write_all(citations)

    # -------------------------------------------------------------------------------------------- parts

    def _word(self, pair: words.Pair) -> str:
        return words.pick(pair, self.language)

    def _columns(self, leaves: Iterable[Leaf]) -> list[Column]:
        return [
            Column(
                leaf.name,
                words.field_title(leaf.name, self.language),
                10 if leaf.type in _NARROW else _WIDTHS.get(leaf.path[0], 20),
                _KINDS.get(leaf.type, Kind.WRAP if leaf.path[-1] in {"zh", "en"} else Kind.TEXT),
            )
            for leaf in leaves
        ]

    def _used(self, records: Iterable[tuple[Any, Mapping[str, Any]]]) -> set[str]:
        return {name for model, record in records for name in cells_of(model, record, self.language)}

    def _shows(self, leaf: Leaf, used: set[str], always: set[str]) -> bool:
        return self.is_empty or leaf.name in used or leaf.name in always

    def _choices(self, leaf: Leaf) -> list[str]:
        if leaf.type == "flag":
            return [self._word(words.YES), self._word(words.NO)]
        return [words.choice_word(leaf.path[-1], code, self.language) for code in leaf.choices]

    def _offer_choices(self, sheet: Sheet, leaves: Iterable[Leaf]) -> None:
        for leaf in leaves:
            if choices := self._choices(leaf):
                sheet.offer(leaf.name, choices)

    def _prepare(self, sheet: Sheet, rows: int = PREPARED_ROWS) -> None:
        if self.is_empty:
            for _ in range(rows):
                sheet.write({})


def content_words(language: str) -> list[str]:
    """What a row of the sheet of rules may be: the kinds of rules, then the items of their lists."""
    kinds = [words.pick(words.KINDS.get(kind, (kind, kind)), language) for kind in rule_models()]
    names = rows_of_rules()
    return kinds + [words.pick(words.LISTS.get(name, (name, name)), language) for name in names]


def _content_at(content: Mapping[str, Any], leaf: Leaf) -> Any:
    held: Any = content
    for step in leaf.path:
        held = held[step]
    return held


__all__ = ["Citations", "content_words", "lists_of", "write_book", "write_template"]
