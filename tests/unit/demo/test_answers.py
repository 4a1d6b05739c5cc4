"""The demo's answers are complete and valid on every shipped form, and better agencies score higher."""

from __future__ import annotations

import pytest

from agencyqa.demo.answers import answers_for
from agencyqa.demo.chance import Chance
from agencyqa.measures.scheme_format import to_scheme
from agencyqa.measures.shipped import shipped_schemes
from agencyqa.scoring import Scheme, compile_scheme


def schemes() -> list[Scheme]:
    return [to_scheme(each.file, 1) for each in shipped_schemes()]


@pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: scheme.key)
def test_every_answer_is_valid(scheme: Scheme) -> None:
    program = compile_scheme(scheme)
    for quality in range(0, 101, 4):
        result = program.score(answers_for(scheme, Chance(f"test {quality}"), quality))
        assert [each.issues for each in result.criteria if each.issues] == []
        assert result.total is not None


@pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: scheme.key)
def test_quality_shows(scheme: Scheme) -> None:
    program = compile_scheme(scheme)

    def mean(quality: int) -> int:
        totals = [
            program.score(answers_for(scheme, Chance(f"test {number}"), quality)).total
            for number in range(20)
        ]
        return sum(total or 0 for total in totals) // len(totals)

    assert mean(20) < mean(60) < mean(95)


def test_chance_is_the_same_everywhere() -> None:
    chance = Chance("a seed")
    assert [chance.number(name, 1000) for name in "abc"] == [chance.number(name, 1000) for name in "abc"]
    assert {chance.number(str(number), 3) for number in range(60)} == {0, 1, 2}
    assert Chance("a seed").number("name", 10**6) == 167991
