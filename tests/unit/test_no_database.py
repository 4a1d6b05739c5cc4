"""A unit test that reaches for a database is told so."""

from __future__ import annotations

import pytest
import sqlalchemy as sa


def test_a_connection_is_refused() -> None:
    with pytest.raises(AssertionError, match="belongs under tests/integration"):
        sa.create_engine("sqlite://").connect()
