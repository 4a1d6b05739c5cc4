"""The demo's answers are complete and valid on every shipped form, and better agencies score higher."""

from __future__ import annotations

import pytest

from agencyqa.assessments.evidence import effective_answers
from agencyqa.demo.answers import answers_for
from agencyqa.demo.chance import Chance
from agencyqa.demo.own_form import FORM
from agencyqa.measures.compiled import CompiledScheme
from agencyqa.measures.fault_format import shipped_fault_codes
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.scheme_format import content_of, parse_scheme
from agencyqa.measures.shipped import shipped_versions
from agencyqa.scoring import SheetResult
from tests.factories.measures import mixed_form


def schemes() -> list[CompiledScheme]:
    """All shipped ones, the demo's own, and the one of the documents."""
    shipped = [CompiledScheme(content_of(checked.file), number) for number, checked in shipped_versions()]
    own = parse_scheme(FORM.read_bytes(), shipped_citations(), shipped_fault_codes())
    return [*shipped, *(CompiledScheme(content_of(checked.file), 1) for checked in (own, mixed_form()))]


def score(scheme: CompiledScheme, name: str, quality: int) -> SheetResult:
    answers = answers_for(scheme.scheme, scheme.counting, Chance(name), quality)
    # What the system supplies is never typed.
    assert not [place for place in scheme.counting.supplied if place[1] in answers[place[0]]]
    return scheme.program.score(effective_answers(scheme.counting, answers, [], {}))


@pytest.mark.parametrize(
    "scheme", schemes(), ids=lambda scheme: f"{scheme.scheme.key} v{scheme.scheme.version}"
)
def test_every_answer_is_valid(scheme: CompiledScheme) -> None:
    for quality in range(0, 101, 4):
        result = score(scheme, f"test {quality}", quality)
        assert [each.issues for each in result.criteria if each.issues] == []
        assert result.total is not None


@pytest.mark.parametrize(
    "scheme", schemes(), ids=lambda scheme: f"{scheme.scheme.key} v{scheme.scheme.version}"
)
def test_quality_shows(scheme: CompiledScheme) -> None:
    def mean(quality: int) -> int:
        return sum(score(scheme, f"test {number}", quality).total or 0 for number in range(20)) // 20

    assert mean(20) < mean(60) < mean(95)


def test_chance_is_the_same_everywhere() -> None:
    chance = Chance("a seed")
    assert [chance.number(name, 1000) for name in "abc"] == [chance.number(name, 1000) for name in "abc"]
    assert {chance.number(str(number), 3) for number in range(60)} == {0, 1, 2}
    assert Chance("a seed").number("name", 10**6) == 167991
