"""The field types of scheme files: exact points, keys, dates, and wording in two languages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from agencyqa.scoring import UnitsError, format_points, parse_points

# A form of the field has 25 criteria and full points of 100; the limits only stop files that are no forms, and keep a
# figure within the columns that hold it in ten-thousandths.
LARGEST_POINTS = 200_000
KEY = r"^[a-z][a-z0-9_]*$"


def _units(value: Any) -> int:
    """Units of a figure written in points. Text as in "12.5", so that stored content reads back the same."""
    try:
        units = parse_points(value)
    except UnitsError as error:
        raise PydanticCustomError(error.code, "{code}", {"code": error.code, "places": 4}) from None
    if abs(units) > parse_points(LARGEST_POINTS):
        raise PydanticCustomError("too_large", "too large")
    return units


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


POINTS_SCHEMA = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": r"^[+-]?([0-9]+\.?[0-9]{0,4}|\.[0-9]{1,4})$"},
    ],
    "description": "分值等数值，最多四位小数 / a figure with at most four decimals",
}
Points = Annotated[
    int,
    BeforeValidator(_units),
    PlainSerializer(format_points, return_type=str),
    WithJsonSchema(POINTS_SCHEMA),
]
Day = Annotated[date, BeforeValidator(_day)]
Key = Annotated[str, Field(max_length=40, pattern=KEY)]


class FilePart(BaseModel):
    """Strict on purpose: an unknown name is a typing slip that would silently lose a rule."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Text(FilePart):
    """Wording in both languages. ``ours`` marks wording that is not in the published form."""

    zh: Annotated[str, Field(min_length=1, max_length=1000)]
    en: Annotated[str, Field(min_length=1, max_length=2000)]
    ours: bool = False

    def read_in(self, language: str) -> str:
        return self.en if language == "en" else self.zh
