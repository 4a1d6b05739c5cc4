"""Unit tests touch nothing outside the process; a database would make them slow unnoticed."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from sqlalchemy import Engine, event


@pytest.fixture(autouse=True)
def _no_database() -> Any:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("A unit test tried to connect to a database: it belongs under tests/integration")

    event.listen(Engine, "do_connect", refuse)
    yield
    event.remove(Engine, "do_connect", refuse)
