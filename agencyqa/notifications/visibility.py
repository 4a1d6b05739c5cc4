"""May a reader still see what a message leads to? Asked before it leaves the house.

Each area's pages are known to the rooms above; an endpoint without an entry is withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor

Check = Callable[[Session, Actor, Mapping[str, Any]], bool]
visibility: dict[str, Check] = {}


def may_see(session: Session, actor: Actor, endpoint: str, values: Mapping[str, Any]) -> bool:
    check = visibility.get(endpoint)
    return check is not None and check(session, actor, values)
