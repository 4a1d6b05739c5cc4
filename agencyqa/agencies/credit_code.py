"""The unified social credit code (GB 32100): 17 characters and one that checks them."""

from __future__ import annotations

import unicodedata
from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

LENGTH = 18
# Registration authority, kind of body and six digits of the administrative division.
LEADING_DIGITS = 8
DIGITS = "0123456789"
# I, O, S, V and Z are left out of the standard because they look like other characters.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class CreditCodeError(ValueError):
    """``code`` and ``params`` name a sentence that says which part is wrong."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def compact(typed: str) -> str:
    """Upper case, full-width characters made plain, spaces and hyphens left out; nothing is judged."""
    plain = unicodedata.normalize("NFKC", typed)
    kept = (c for c in plain if not c.isspace() and unicodedata.category(c) not in {"Pd", "Cf"} and c != "−")
    return "".join(kept).upper()


def read(typed: str) -> str:
    """The code in its stored form. Raise CreditCodeError."""
    number = compact(typed)
    if len(number) != LENGTH:
        raise CreditCodeError("credit_code_length", length=len(number))
    for position, character in enumerate(number, start=1):
        if character not in ALPHABET:
            raise CreditCodeError("credit_code_character", position=position, character=character)
        if position <= LEADING_DIGITS and character not in DIGITS:
            raise CreditCodeError("credit_code_digit", position=position, character=character)
    try:
        return str(uscc.validate(number))
    except ValidationError:
        raise CreditCodeError("credit_code_check") from None
