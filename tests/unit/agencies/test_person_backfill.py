"""How the versions of a person are read from a log that was written before there were any."""

from __future__ import annotations

from datetime import date, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[3] / "migrations" / "versions" / "0058_person_versions.py"
FIRST = date(2023, 3, 1)


@pytest.fixture(scope="module")
def migration() -> Any:
    spec = spec_from_file_location("person_versions", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entry(year: int, changes: dict[str, tuple[Any, Any]], **more: Any) -> dict[str, Any]:
    told = {"is_change": True, "is_dated": False, "is_about_the_day": False, "since": date(year, 3, 1)}
    return (
        {"at": datetime.fromisoformat(f"{year}-03-01"), "by": None, "agency_id": 1, "changes": changes}
        | told
        | more
    )


def titles(migration: Any, today: dict[str, Any], entries: list[dict[str, Any]]) -> list[tuple[date, str]]:
    facts = migration._BLANK | today
    rows = migration._versions_of(facts, entries, FIRST, 1, datetime.fromisoformat("2025-03-01"))
    return [(row["valid_from"], row["title"]) for row in rows]


def test_what_was_filled_in_later_counts_from_the_first_day(migration: Any) -> None:
    begun = entry(2023, {}, is_change=False)
    late = entry(2024, {"title": ("", "会计师")})
    assert titles(migration, {"title": "会计师"}, [begun, late]) == [(FIRST, ""), (FIRST, "会计师")]
    # What replaced something did not hold before; nor does what a day was told with.
    better = entry(2024, {"title": ("会计师", "教授")})
    assert titles(migration, {"title": "教授"}, [begun | {"changes": {"title": (None, "会计师")}}, better])[
        -1
    ] == (
        date(2024, 3, 1),
        "教授",
    )
    dated = late | {"is_dated": True}
    assert titles(migration, {"title": "会计师"}, [begun, dated])[-1] == (date(2024, 3, 1), "会计师")


def test_a_log_that_begins_with_a_change(migration: Any) -> None:
    """As where the first entries are gone, or only the day or a correction was told."""
    moved = entry(2024, {}, is_dated=True, is_about_the_day=True, since=date(2019, 1, 1))
    assert titles(migration, {}, [moved]) == [(FIRST, ""), (date(2019, 1, 1), "")]
    corrected = entry(2024, {"title": ("", "会计师")}, is_dated=True, since=None)
    assert titles(migration, {"title": "会计师"}, [corrected]) == [(FIRST, ""), (FIRST, "会计师")]
