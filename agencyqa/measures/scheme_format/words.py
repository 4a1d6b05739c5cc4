"""The words that a scheme file has beside the engine's parameters, and what each of them names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A field of wording in a rule. It labels ``input``, or the ``choice`` of that input.

    ``key_in`` names the parameter that holds the input's name; an optional one goes together with its words.
    """

    name: str
    input: str = ""
    choice: str | None = None
    key_in: str | None = None
    required: bool = False


# By kind of rule. Things in a list that have a key have a label, too; that needs no line here.
RULE_WORDS: Mapping[str, tuple[Word, ...]] = {
    "all_or_nothing": (
        Word("met_label", "met", choice="true"),
        Word("not_met_label", "met", choice="false"),
    ),
    "range_deduction": (Word("label", "amount", required=True),),
    "veto": (
        Word("flag_label", key_in="flag", required=True),
        Word("exception_label", key_in="exception"),
    ),
    "ratio": (Word("actual_label", "actual"), Word("planned_label", "planned")),
    "lateness": (
        Word("days_label", "days"),
        Word("class_label", "class"),
        Word("amount_label", "amount"),
    ),
    "rating": (
        Word("low_label", "rating", choice="low"),
        Word("high_label", "rating", choice="high"),
        Word("cannot_assess_label", "rating", choice="0"),
    ),
}

# The lists whose things are the choices of an input; those of every other list are inputs, or parts with rules.
CHOICES_OF: Mapping[str, str] = {"bands": "band", "levels": "level", "classes": "class"}
