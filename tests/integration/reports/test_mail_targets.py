"""Every page to which a message leads has its check, and the check is the page's own policy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import agencyqa
from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.inspections.enums import CheckState, FindingState
from agencyqa.measures.enums import Purpose
from agencyqa.notifications.visibility import may_see, visibility
from agencyqa.reports.mail_targets import CHECKS
from tests.factories.accounts import make_actor
from tests.factories.agencies import make_agency
from tests.factories.deliverables import make_deliverable
from tests.factories.evaluations import make_draft, make_record
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.orders import make_order
from tests.integration.reports.world import World, world

__all__ = ["world"]

SOURCES = Path(next(iter(agencyqa.__path__)))


def told_endpoints() -> Iterator[str]:
    """Literal endpoints handed to ``tell`` and its kin, or standing as a default of theirs."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "endpoint":
                yield from texts(node.value)
            elif isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.kwonlyargs]
                for name, value in zip(names, node.args.kw_defaults, strict=True):
                    if name == "endpoint" and value is not None:
                        yield from texts(value)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                if any(isinstance(part, ast.Name) and part.id == "endpoint" for part in node.targets[0].elts):
                    yield from texts(node.value)
            elif isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "endpoint":
                        yield from texts(value)


def texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
            yield part.value


def test_no_message_leads_where_nobody_checks(app: Flask) -> None:
    found = set(told_endpoints())
    assert {"engagements.show", "assessments.sheets", "assessments.sheet", "evaluations.show"} <= found
    assert found - set(visibility) == set()
    # And no check is for a page that is not there.
    assert set(CHECKS) - set(app.view_functions) == set()


@pytest.fixture
def readers(session: Session, world: World) -> dict[str, Actor]:
    own, other = world.own, world.other
    rival = make_agency(session, own.bureau, "对手机构")
    unit = session.get_one(Body, own.department.id)
    return {
        "bureau": own.actor(own.supervisor),
        "agency": own.actor(own.manager),
        "unit": make_actor(session, unit, Role.DEPARTMENT_OFFICER),
        "observer": own.actor(world.observer),
        "administrator": own.actor(world.administrator),
        "neighbour": other.actor(other.lead),
        "foreign agency": other.actor(other.manager),
        "foreign unit": other.actor(other.officer),
        "rival": make_actor(session, session.get_one(Body, rival.id), Role.AGENCY_MANAGER),
    }


def test_who_may_see_what(session: Session, world: World, readers: dict[str, Actor]) -> None:
    own = world.own
    engagement = own.engage("学前教育补助项目")
    sheets = own.sheets(engagement)
    make_deliverable(session, engagement, DeliverableKind.REPORT)
    recorded = make_spot_check(session, own.bureau, own.agency, engagement)
    planned = make_spot_check(session, own.bureau, own.agency, state=CheckState.PLANNED)
    told = make_finding(session, recorded, state=FindingState.NOTIFIED)
    draft = make_finding(session, recorded, state=FindingState.DRAFT)
    order = make_order(session, recorded, [])
    record = make_record(session, engagement)
    unfinished = make_draft(session, own.engage("另一个项目"))
    expected: list[tuple[str, dict[str, Any], set[str]]] = [
        ("engagements.show", {"engagement_id": engagement.id}, {"bureau", "agency", "unit", "observer"}),
        ("deliverables.of_engagement", {"engagement_id": engagement.id}, {"bureau", "agency", "unit"}),
        ("archive.show", {"engagement_id": engagement.id}, {"bureau", "agency"}),
        ("agencies.show", {"agency_id": own.agency.id}, {"bureau", "agency", "observer"}),
        ("assessments.edit", {"sheet_id": sheets[Purpose.BUREAU].id}, {"bureau"}),
        ("assessments.edit", {"sheet_id": sheets[Purpose.EVALUATED_UNIT].id}, {"bureau", "unit"}),
        ("assessments.sheet", {"sheet_id": sheets[Purpose.EVALUATED_UNIT].id}, {"bureau", "unit"}),
        ("inspections.show", {"check_id": recorded.id}, {"bureau", "agency"}),
        ("inspections.show", {"check_id": planned.id}, {"bureau"}),
        ("inspections.finding", {"finding_id": told.id}, {"bureau", "agency"}),
        ("inspections.finding", {"finding_id": draft.id}, {"bureau"}),
        ("inspections.order", {"order_id": order.id}, {"bureau", "agency"}),
        ("evaluations.show", {"record_id": record.id}, {"bureau", "agency", "unit"}),
        ("evaluations.show", {"record_id": unfinished.id}, {"agency"}),
        # A number that is none, or none at all, or a page of which nothing is known.
        ("engagements.show", {"engagement_id": str(engagement.id)}, set()),
        ("engagements.show", {}, set()),
        ("files.index", {}, set()),
    ]
    for endpoint, values, who in expected:
        seen = {name for name, actor in readers.items() if may_see(session, actor, endpoint, values)}
        assert (endpoint, values, seen) == (endpoint, values, who)
