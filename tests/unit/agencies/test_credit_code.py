from __future__ import annotations

import contextlib
from typing import Any

import pytest
from stdnum.cn import uscc

from agencyqa.agencies.credit_code import ALPHABET, CreditCodeError, read

# The example of the library's own documentation.
GOOD = "91110000600037341L"


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        GOOD.lower(),
        f"  {GOOD}\n",
        "9111 0000 6000 3734 1L",
        "911100006-0003734－1l",
        "９１１１００００６０００３７３４１Ｌ",
        "9111\u30000000\u00a0600037341\u200bL",
    ],
)
def test_however_it_is_typed(typed: str) -> None:
    assert read(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "code", "params"),
    [
        ("", "credit_code_length", {"length": 0}),
        (GOOD[:-1], "credit_code_length", {"length": 17}),
        (GOOD + "1", "credit_code_length", {"length": 19}),
        ("91110000600O37341L", "credit_code_character", {"position": 12, "character": "O"}),
        ("9111000060003734信L"[:17] + "L", "credit_code_character", {"position": 17, "character": "信"}),
        ("A1110000600037341L", "credit_code_digit", {"position": 1, "character": "A"}),
        ("9111000A600037341L", "credit_code_digit", {"position": 8, "character": "A"}),
        ("91110000600037341M", "credit_code_check", {}),
        # Two neighbours changed places, the commonest slip.
        ("91110000600073341L", "credit_code_check", {}),
    ],
)
def test_says_what_is_wrong(typed: str, code: str, params: dict[str, Any]) -> None:
    with pytest.raises(CreditCodeError) as caught:
        read(typed)
    assert (caught.value.code, caught.value.params) == (code, params)


def test_every_single_slip_is_noticed() -> None:
    accepted = []
    for position in range(18):
        for character in ALPHABET:
            changed = GOOD[:position] + character + GOOD[position + 1 :]
            if changed != GOOD:
                with contextlib.suppress(CreditCodeError):
                    accepted.append(read(changed))
    assert accepted == []


def test_letters_stand_in_the_organisation_part() -> None:
    stem = "91310105MA1FW0AB8"
    code = stem + str(uscc.calc_check_digit(stem))
    assert read(code) == code
