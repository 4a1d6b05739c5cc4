"""Out and in again: nothing of a scheme is lost, in Excel or in YAML."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings

from agencyqa.measures.exports import scheme_yaml
from agencyqa.measures.reading import read_document
from agencyqa.measures.scheme_books import words
from agencyqa.measures.scheme_books.fields import (
    form_leaves,
    leaves_of,
    rows_of_rules,
    rule_leaves,
    rule_models,
    scheme_lists,
)
from agencyqa.measures.scheme_books.reading import Book, read_book
from agencyqa.measures.scheme_books.writing import write_book
from agencyqa.measures.scheme_format import SchemeFile, content_hash, content_of
from agencyqa.measures.shipped import shipped_versions
from agencyqa.spreadsheets.tables import sheet_names
from tests.unit.measures.scheme_strategies import files

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def book_of(file: SchemeFile, language: str = "zh") -> bytes:
    target = BytesIO()
    write_book(target, file, [("M3/grades", "等级")], language=language, now=NOW)
    return target.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_schemes_come_back_with_the_same_hash(language: str) -> None:
    for _, shipped in shipped_versions():
        reading = read_book(book_of(shipped.file, language))
        assert reading.faults == []
        assert reading.checked is not None
        assert reading.checked.content_hash == shipped.content_hash


@settings(max_examples=40, deadline=None)
@given(file=files())
def test_any_scheme_comes_back_the_same(file: SchemeFile) -> None:
    expected = content_hash(content_of(file))
    data = book_of(file)
    book = Book(data, sheet_names(data))
    again = SchemeFile.model_validate(book.document().data)
    assert [problem for problem in book.problems if problem.code != "table.no_rows"] == []
    assert content_hash(content_of(again)) == expected
    document = read_document(scheme_yaml(content_of(file)))
    assert content_hash(content_of(SchemeFile.model_validate(document.data))) == expected


def test_everything_a_scheme_can_hold_has_words() -> None:
    """A new rule works without them, but stands in the workbook in English."""
    leaves = [*rule_leaves().values(), *form_leaves().values(), *leaves_of(SchemeFile)]
    for each in scheme_lists():
        assert each.model is not None
        leaves += leaves_of(each.model)
    assert {leaf.name for leaf in leaves} - set(words.FIELDS) == set()
    choices = {(leaf.path[-1], code) for leaf in leaves for code in leaf.choices if leaf.name != "measure"}
    assert {(name, code) for name, code in choices if code not in words.CHOICES.get(name, {})} == set()
    assert set(rule_models()) - set(words.KINDS) == set()
    lists = set(rows_of_rules()) | {each.name for each in scheme_lists()}
    assert lists - set(words.LISTS) == set()
