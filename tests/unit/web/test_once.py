from __future__ import annotations

import pytest

from agencyqa.web.once import is_one_page, once, one_page

asked: list[tuple[int, str]] = []


@once
def read(number: int, *, kind: str = "") -> list[int]:
    asked.append((number, kind))
    return [number]


def test_each_question_is_asked_once_a_page() -> None:
    asked.clear()
    with one_page():
        assert is_one_page()
        assert (read(1), read(1), read(2), read(1, kind="x")) == ([1], [1], [2], [1])
    assert asked == [(1, ""), (2, ""), (1, "x")]
    with one_page():
        assert read(1) == [1]
    assert asked == [(1, ""), (2, ""), (1, "x"), (1, "")]


def test_elsewhere_every_question_is_asked_anew() -> None:
    asked.clear()
    assert not is_one_page()
    assert (read(1), read(1)) == ([1], [1])
    assert asked == [(1, "")] * 2
    with pytest.raises(ZeroDivisionError):
        page_that_breaks()
    assert not is_one_page()


def page_that_breaks() -> None:
    with one_page():
        raise ZeroDivisionError
