"""Form fields with exact values: what was typed stays in the box until it is understood.

The macros of ``templates/web`` write the markup; a field only says its ``kind`` and what to show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from agencyqa.scoring import UnitsError, format_fraction, format_points, parse_points
from agencyqa.web import formats, normalise
from agencyqa.web.labels import choices_of
from agencyqa.web.messages import sentence

_AMOUNT = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d*))?")
_MAXIMUM_DIGITS = 15


class InputField(Field):
    """``required`` is checked on the server; ``help`` is shown below the label and read with the input."""

    kind = "text"
    input_type = "text"
    inputmode: str | None = None
    required_code = "required"

    def __init__(self, label: Any = None, *, required: bool = False, help: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.required = required
        self.help = help

    @property
    def shown(self) -> str:
        """What the box shows: the text as typed, else the value."""
        if self.raw_data and isinstance(self.raw_data[0], str):
            return self.raw_data[0]
        return "" if self.data is None else self.written(self.data)

    def written(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        """The value of a text that is not blank; raise ValueError with a sentence."""
        return text

    def is_blank(self) -> bool:
        return self.data in (None, "", [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = normalise.text(valuelist[0]) if valuelist and isinstance(valuelist[0], str) else ""
        if text:
            self.data = self.read(text)

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation()
        if self.is_blank():
            raise StopValidation(sentence(self.required_code) if self.required else "")
        self.check(self.data)

    def check(self, value: Any) -> None:
        """Raise ValidationError where a value that is there cannot be taken."""


class TextField(InputField):
    """``data`` is a string, "" where nothing was typed."""

    def __init__(self, label: Any = None, *, maximum: int = 200, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.maximum = maximum

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else value

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = self.data or ""

    def check(self, value: str) -> None:
        if len(value) > self.maximum:
            raise ValidationError(sentence("too_long", maximum=self.maximum, length=len(value)))


class AreaField(TextField):
    kind = "area"

    def __init__(self, label: Any = None, *, maximum: int = 2000, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(label, maximum=maximum, **kwargs)
        self.rows = rows


class SecretField(TextField):
    """A password: never trimmed, never shown again."""

    kind = "secret"
    input_type = "password"

    @property
    def shown(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class DateField(InputField):
    kind = "date"
    input_type = "date"

    def written(self, value: date) -> str:
        return value.isoformat()

    def read(self, text: str) -> date:
        parts = [part for part in re.split(r"[-/.年月日\s]+", text) if part]
        if len(parts) == 1 and len(text) == 8:
            parts = [text[:4], text[4:6], text[6:]]
        try:
            year, month, day = (int(part) for part in parts)
            return date(year, month, day)
        except (ValueError, OverflowError):
            raise ValueError(sentence("not_a_date")) from None

    def check(self, value: date) -> None:
        if not 1900 <= value.year <= 2200:
            raise ValidationError(sentence("not_a_date"))


class NumberField(InputField):
    """The ground of all figures: ``minimum`` and ``maximum`` in the units of ``data``."""

    kind = "number"
    inputmode: str | None = "decimal"

    def __init__(self, label: Any = None, *, minimum: Any = None, maximum: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.minimum = minimum
        self.maximum = maximum

    def check(self, value: Any) -> None:
        if self.minimum is not None and value < self.minimum:
            raise ValidationError(sentence("below_minimum", minimum=self.written(self.minimum)))
        if self.maximum is not None and value > self.maximum:
            raise ValidationError(sentence("above_maximum", maximum=self.written(self.maximum)))


class WholeField(NumberField):
    inputmode = "numeric"

    def read(self, text: str) -> int:
        figure = normalise.figure(text)
        if not re.fullmatch(r"-?\d+", figure, re.ASCII):
            raise ValueError(sentence("not_a_whole_number"))
        if len(figure) > _MAXIMUM_DIGITS:
            raise ValueError(sentence("too_large"))
        return int(figure)


class YearField(WholeField):
    def __init__(self, label: Any = None, *, minimum: int = 2000, maximum: int = 2100, **kwargs: Any) -> None:
        super().__init__(label, minimum=minimum, maximum=maximum, **kwargs)


class PointsField(NumberField):
    """Points as text, ``data`` in ten-thousandths of a point."""

    def written(self, value: int) -> str:
        return format_points(value)

    def read(self, text: str) -> int:
        figure = normalise.figure(text)
        if not normalise.is_decimal(figure):
            raise ValueError(sentence("not_a_number"))
        try:
            return parse_points(figure)
        except UnitsError as error:
            raise ValueError(sentence(error.code, places=4)) from None


class MoneyField(NumberField):
    """Money typed in 元 (or in 万元 with ``ten_thousands``), ``data`` in fen."""

    def __init__(
        self, label: Any = None, *, ten_thousands: bool = False, minimum: int | None = 0, **kwargs: Any
    ) -> None:
        super().__init__(label, minimum=minimum, **kwargs)
        self.places = 6 if ten_thousands else 2

    def written(self, value: int) -> str:
        figure = format_fraction(Fraction(value, 10**self.places), self.places)
        return figure.rstrip("0").rstrip(".")

    def read(self, text: str) -> int:
        return _scaled(text, self.places, "not_an_amount")

    def check(self, value: int) -> None:
        if value < 0 and self.minimum == 0:
            raise ValidationError(sentence("negative"))
        super().check(value)


class ShareField(NumberField):
    """A percentage as typed ("70", "12.5%"), ``data`` an exact Fraction of one."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, minimum=Fraction(0), maximum=Fraction(1), **kwargs)

    def written(self, value: Fraction) -> str:
        return format_points(int(value * 100 * 10000))

    def read(self, text: str) -> Fraction:
        units = _scaled(normalise.figure(text).removesuffix("%"), 4, "not_a_share")
        return Fraction(units, 10000 * 100)


def _scaled(text: str, places: int, code: str) -> int:
    """A decimal text as an integer of its last place, without passing through a float."""
    match = _AMOUNT.fullmatch(normalise.figure(text))
    if match is None or not match[0].isascii():
        raise ValueError(sentence(code))
    whole = match["whole"].replace(",", "")
    decimals = (match["decimals"] or "").rstrip("0")
    if len(decimals) > places:
        raise ValueError(sentence("too_many_decimals", places=places))
    if len(whole.lstrip("0")) + places > _MAXIMUM_DIGITS:
        raise ValueError(sentence("too_large"))
    amount = int(whole + decimals.ljust(places, "0"))
    return -amount if match["sign"] else amount


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
        return formats.listed(self.written(member) for member in self.data or ())

    def check(self, value: list[StrEnum]) -> None:
        allowed = {str(key) for key, _ in self.choices}
        if any(str(member) not in allowed for member in value):
            raise ValidationError(sentence("not_a_choice"))


class FlagField(InputField):
    """One box to tick; ``required`` means that it must be ticked."""

    kind = "flag"

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = bool(valuelist) and valuelist[0] not in {"", "0", "false"}

    def is_blank(self) -> bool:
        return not self.data

    @property
    def shown(self) -> str:
        return "✓" if self.data else formats.NOTHING


class UploadField(InputField):
    """One file; ``data`` is a FileStorage or None. ``accept`` is only a hint to the browser."""

    kind = "file"
    input_type = "file"
    required_code = "required_file"

    def __init__(self, label: Any = None, *, accept: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.accept = accept

    def process_formdata(self, valuelist: list[Any]) -> None:
        files = [item for item in valuelist if isinstance(item, FileStorage) and item.filename]
        self.data = files[0] if files else None

    @property
    def shown(self) -> str:
        return ""
