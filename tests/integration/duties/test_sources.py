"""A duty of the register stands for exactly those whose policy selects its row, however the policy is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency, Registration
from agencyqa.auth.actor import Actor
from agencyqa.clock import today
from agencyqa.duties.items import Scope
from agencyqa.duties.sources.agencies import among, register_duties
from agencyqa.measures.reckoning import reckon
from tests.factories.accounts import make_bureau
from tests.factories.agencies import make_agency, officer_of

Policy = Callable[[Actor], Select[Any]]


def test_every_way_to_write_a_policy_gives_its_own_rows(session: Session) -> None:
    bureau, other = make_bureau(session), make_bureau(session)
    names = ("乙", "甲", "丙")
    ours = {name: make_agency(session, bureau, f"{name}咨询公司").id for name in names}
    theirs = make_agency(session, other, "甲字他区公司").id
    session.flush()
    joined = select(Agency).join(Registration, Registration.agency_id == Agency.id)
    named = select(Agency).join(Body, Body.id == Agency.id).where(Body.name.startswith("甲"))
    in_register = Agency.id.in_(select(Registration.agency_id).where(Registration.bureau_id == bureau.id))
    policies: dict[str, tuple[Policy, set[int]]] = {
        "condition": (lambda actor: select(Agency).where(in_register), {*ours.values()}),
        "conditions": (
            lambda actor: select(Agency).where(in_register, Agency.id > min(ours.values())),
            {*ours.values()} - {min(ours.values())},
        ),
        "nothing": (lambda actor: select(Agency), {*ours.values(), theirs}),
        "join alone": (lambda actor: joined.where(Registration.bureau_id == bureau.id), {*ours.values()}),
        "join and condition": (lambda actor: named.where(in_register), {ours["甲"]}),
        "cut": (
            lambda actor: select(Agency).where(in_register).order_by(Agency.id.desc()).limit(1),
            {max(ours.values())},
        ),
        "nobody": (lambda actor: select(Agency).where(sa.false()), set()),
    }
    scope = Scope(officer_of(bureau), reckon(session, today()))
    found = {
        name: set(session.scalars(select(Agency.id).where(among(scope, policy, select(Agency)))))
        for name, (policy, _) in policies.items()
    }
    assert found == {name: expected for name, (_, expected) in policies.items()}


def test_the_policies_of_today_are_taken_as_conditions(session: Session) -> None:
    """Otherwise every page with duties would ask for all rows of a register first."""
    bureau = make_bureau(session)
    session.flush()
    scope = Scope(officer_of(bureau), reckon(session, today()))
    members = [str(member) for member in register_duties(scope)]
    assert len(members) == 5
    assert [text for text in members if "IN (SELECT" in text] == []
