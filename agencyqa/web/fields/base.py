"""The ground of all fields, and those that hold text, a day, a tick or a file."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from agencyqa.web import formats, normalise
from agencyqa.web.messages import sentence


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

    def drawn_from(self) -> tuple[Any, ...]:
        """What its markup shows of it; all else is the same in every form of its class."""
        return (self.name, self.kind, self.shown, self.required, tuple(self.errors))

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
