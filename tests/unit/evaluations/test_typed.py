"""What the buttons beside the rows of a page do to what was typed."""

from __future__ import annotations

from agencyqa.evaluations.forms.typed import act, boxes, is_action, is_blank, read_rows

BLANK = {
    "i": dict.fromkeys(("level", "dimension", "name", "weight", "score", "target", "actual", "evidence"), "")
    | {"level": "1"},
    "p": dict.fromkeys(("key", "kind", "department_id", "amount", "facts", "recommendation"), ""),
}


def rows(*levels: int) -> list[dict[str, str]]:
    return [BLANK["i"] | {"level": str(level), "name": f"{number}"} for number, level in enumerate(levels)]


def after(action: str, *levels: int) -> tuple[str, int | None]:
    tables = {"i": rows(*levels), "p": []}
    focus = act(tables, action, BLANK)
    return "".join(row["name"] or "*" for row in tables["i"]), focus


def test_rows_are_read_as_they_were_typed() -> None:
    typed = [BLANK["i"] | {"name": "=1+1", "weight": "十"}, BLANK["i"]]
    form = boxes(typed, "i") | {"i-count": "2", "i7-name": "beyond"}
    assert read_rows(form, "i") == typed
    assert [read_rows({"i-count": text}, "i") for text in ("", "-1", "x", "²", "9999999")] == [[]] * 5
    assert len(read_rows({"i-count": "99999"}, "i")) == 400
    assert [is_blank(row) for row in typed] == [False, True]


def test_adding_and_removing() -> None:
    assert after("i-add-1", 1, 2, 1) == ("0*12", 1)
    assert after("i-add-99", 1) == ("0*", 1)
    assert after("i-add-0") == ("*", 0)
    assert after("i-remove-1", 1, 2, 1) == ("02", 1)
    assert after("i-remove-0", 1) == ("", None)
    assert after("i-remove-5", 1) == ("0", None)
    tables = {"i": rows(1, 2), "p": []}
    tables["i"][1]["dimension"] = "output"
    act(tables, "i-add-2", BLANK)
    assert (tables["i"][2]["level"], tables["i"][2]["dimension"]) == ("2", "output")


def test_a_row_moves_with_what_lies_below_it() -> None:
    assert after("i-up-3", 1, 2, 2, 1, 2) == ("34012", 0)
    assert after("i-down-0", 1, 2, 2, 1, 2) == ("34012", 2)
    assert after("i-up-2", 1, 2, 2, 1) == ("0213", 1)
    # Never out of its branch.
    assert after("i-up-1", 1, 2, 1) == ("012", 1)
    assert after("i-down-1", 1, 2, 1) == ("012", 1)
    assert after("i-up-0", 1, 1) == ("01", 0)
    assert after("i-down-1", 1, 1) == ("01", 1)


def test_other_words_do_nothing() -> None:
    assert after("i-burn-0", 1) == ("0", None)
    assert not any(is_action(text) for text in ("save", "submit", "i-add-", "x-add-1", "i-add-12345", ""))
