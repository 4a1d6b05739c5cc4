"""Without a higher area, agencies see no object and departments only their own: deny by default."""

from __future__ import annotations

import pytest

from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.objects import policies


def actor(role: Role, kind: BodyKind) -> Actor:
    return Actor(7, "x", 8, role, 9, kind)


def condition(someone: Actor) -> str:
    return str(policies.visible(someone).compile(compile_kwargs={"literal_binds": True}))


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "occurrences", [])


def test_alone() -> None:
    assert condition(actor(Role.AGENCY_MANAGER, BodyKind.AGENCY)) == "false"
    assert condition(actor(Role.SYSTEM_ADMINISTRATOR, BodyKind.BUREAU)) == "false"
    assert condition(system_actor("jobs")) == "false"
    assert (
        condition(actor(Role.DEPARTMENT_OFFICER, BodyKind.DEPARTMENT))
        == "evaluation_objects.department_id = 9"
    )
