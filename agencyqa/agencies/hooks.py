"""What the register learns from higher areas, and tells them, without importing them.

Grades of years and work in hand for its list; ties that were declared for whoever checks independence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Tie
from agencyqa.auth.actor import Actor


class Grades(Protocol):
    """Annual grades, each as far as the actor may see it: what is hidden is neither offered nor filtered by."""

    def choices(self, session: Session, actor: Actor) -> list[tuple[str, str]]:
        """(value, words) of the years and grades there are, the newest year first."""

    def condition(self, actor: Actor, value: str) -> ColumnElement[bool]:
        """Agencies (by ``Agency.id``) with this grade in that year."""

    def of_agencies(
        self, session: Session, actor: Actor, agency_ids: Collection[int]
    ) -> dict[int, list[tuple[str, str]]]:
        """(bureau and year, grade) of each agency, the newest first."""


grades: list[Grades] = []
# The number of running engagements of ``Agency.id`` that the actor may see, as a column.
loads: list[Callable[[Actor], ColumnElement[int]]] = []
# Told in the transaction of the declaration or withdrawal, with the tie as it is kept.
TieListener = Callable[[Actor, Session, Tie, datetime], object]
tie_listeners: list[TieListener] = []
