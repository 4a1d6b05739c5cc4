"""Fields whose values are chosen from a list, one or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from wtforms.validators import ValidationError

from agencyqa.i18n import listed
from agencyqa.web import normalise
from agencyqa.web.fields.base import InputField
from agencyqa.web.labels import choices_of
from agencyqa.web.messages import sentence


class OptionsField(InputField):
    """One of a list. ``choices`` holds (value, text); ``blank`` is the text of "none of them"."""

    kind = "choice"
    required_code = "required_choice"

    def __init__(self, label: Any = None, *, blank: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.blank = blank
        self.choices: Sequence[tuple[Any, Any]] = ()

    def options(self) -> list[tuple[str, str, bool]]:
        """(value, text, is chosen) of every choice, without the blank."""
        chosen = self.chosen()
        return [(str(value), str(text), str(value) in chosen) for value, text in self.choices]

    def chosen(self) -> set[str]:
        if self.raw_data:
            return {normalise.text(value) for value in self.raw_data if isinstance(value, str)} - {""}
        return set() if self.data is None else {str(self.data)}

    @property
    def offers_blank(self) -> bool:
        """A box without it would show its first choice as if somebody had chosen it."""
        unchosen = not any(chosen for _, _, chosen in self.options())
        return self.blank is not None or not self.required or unchosen

    def written(self, value: Any) -> str:
        texts = {str(key): str(text) for key, text in self.choices}
        return texts.get(str(value), str(value))

    def drawn_from(self) -> tuple[Any, ...]:
        # The value as it was typed is no choice where nobody offers it; the box shows which of its own is chosen.
        chosen = tuple(sorted(self.chosen()))
        return (
            self.name,
            self.kind,
            chosen,
            tuple(map(tuple, self.choices)),
            self.required,
            tuple(self.errors),
        )

    def value_of(self, text: str) -> Any:
        return text

    def read(self, text: str) -> Any:
        try:
            return self.value_of(text)
        except ValueError:
            raise ValueError(sentence("not_a_choice")) from None

    def check(self, value: Any) -> None:
        # The choices are what this actor may name; any other identifier is answered like a missing one.
        if str(value) not in {str(key) for key, _ in self.choices}:
            raise ValidationError(sentence("not_a_choice"))


class IdField(OptionsField):
    """The number of a stored thing; the route hands in the choices the actor may see."""

    def value_of(self, text: str) -> int:
        if not re.fullmatch(r"[1-9]\d{0,17}", text, re.ASCII):
            raise ValueError(text)
        return int(text)


class IdsField(OptionsField):
    """Any number of stored things, by the numbers the route hands in as choices."""

    kind = "checks"
    unknown = "not_a_choice"

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        texts = {normalise.text(value) for value in valuelist if isinstance(value, str)} - {""}
        if not all(text.isascii() and text.isdigit() and len(text) <= 18 for text in texts):
            raise ValueError(sentence("not_a_choice"))
        self.data = sorted(int(text) for text in texts)

    def chosen(self) -> set[str]:
        return {str(value) for value in self.data or ()}

    def check(self, value: list[int]) -> None:
        if set(value) - {key for key, _ in self.choices}:
            raise ValidationError(sentence(self.unknown))


class TextChoiceField(OptionsField):
    """A choice whose values are plain text, handed in by the route."""


class ChoiceField(OptionsField):
    """A member of an enumeration that was given its labels by ``describe``."""

    def __init__(self, label: Any, members: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.members = members
        self.choices = choices_of(members)

    def value_of(self, text: str) -> StrEnum:
        return self.members(text)


class RadioChoiceField(ChoiceField):
    """The same, all choices in view."""

    kind = "radio"


class MultiChoiceField(ChoiceField):
    """Any number of members; ``data`` is a list in the order of the enumeration."""

    kind = "checks"

    def process_data(self, value: Any) -> None:
        self.data = [] if value is None else list(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        wanted = {normalise.text(value) for value in valuelist if isinstance(value, str)} - {""}
        self.data = [member for member in self.members if member.value in wanted]
        if wanted - {member.value for member in self.data}:
            raise ValueError(sentence("not_a_choice"))

    def chosen(self) -> set[str]:
        return {str(member) for member in self.data or ()}

    @property
    def shown(self) -> str:
        return listed(self.written(member) for member in self.data or ())

    def check(self, value: list[StrEnum]) -> None:
        allowed = {str(key) for key, _ in self.choices}
        if any(str(member) not in allowed for member in value):
            raise ValidationError(sentence("not_a_choice"))
