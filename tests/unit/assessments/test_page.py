"""What the entry page says beside a field, made without a request."""

from __future__ import annotations

from agencyqa.assessments.forms.controls import Field, Group
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.forms.judging import judge_entry
from agencyqa.assessments.forms.page import sections_of
from agencyqa.measures.scheme_format import to_scheme
from agencyqa.measures.shipped import shipped_schemes
from agencyqa.measures.texts import SchemeTexts
from agencyqa.scoring import compile_scheme


def fields_of(key: str, criterion: str) -> list[Field]:
    file = next(each.file for each in shipped_schemes() if each.file.key == key)
    program, texts = compile_scheme(to_scheme(file, 1)), SchemeTexts(file, "zh")
    sections = sections_of(program, texts, judge_entry(program, texts, Entry()))
    found = next(each for section in sections for each in section.criteria if each.key == criterion)
    return all_fields(found.group)


def all_fields(group: Group) -> list[Field]:
    return [*group.fields, *(field for inner in group.groups for field in all_fields(inner))]


def test_a_sum_over_occurrences_shows_no_senseless_limit() -> None:
    """The reference form takes 0.5 to 2 points off for each occurrence, however many there are."""
    hints = {field.hint for field in fields_of("reference-2021", "conduct") if field.hint}
    assert hints == {"没有请填 0"}


def test_a_value_shows_its_limits() -> None:
    hints = [field.hint for field in fields_of("jiading-2018", "team_ability")]
    assert "0～15 分" in hints
