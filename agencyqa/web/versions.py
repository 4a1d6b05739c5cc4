"""The check that a form was filled in against the state that is still there."""

from __future__ import annotations

from typing import Protocol

from agencyqa.errors import Stale


class HasVersion(Protocol):
    @property
    def version(self) -> int: ...


def expect_version(thing: HasVersion, version: int | None) -> None:
    """Raise Stale unless the form carried the version that is stored now."""
    if version != thing.version:
        raise Stale()
