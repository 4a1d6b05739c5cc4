"""Blocks that areas put on each other's pages without being imported by them."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select

from agencyqa.agencies.hooks import loads
from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor
from agencyqa.engagements import queries
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_create, visible
from agencyqa.extensions import db
from agencyqa.objects.hooks import object_panels
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.panels import rendered

# Blocks of the page of one engagement. Each is asked with the actor and an engagement the actor may see.
engagement_panels: list[Callable[[Actor, Engagement], Markup | str]] = []


def engagements_of_object(actor: Actor, thing: EvaluationObject) -> Markup:
    """The engagements about an object that this actor may see."""
    rows = db.session.execute(queries.rows_of_object(actor, thing.id)).all()
    can_add = can_create(actor) and actor.bureau_id == thing.bureau_id
    return rendered("engagements/_of_object.html", rows=rows, object_id=thing.id, can={"create": can_add})


object_panels.append(engagements_of_object)


def load_of_agency(actor: Actor) -> ColumnElement[int]:
    """The number of running engagements of an agency that this actor may see."""
    return (
        select(func.count(Engagement.id))
        .where(
            Engagement.agency_id == Agency.id,
            Engagement.state == EngagementState.CONTRACTED,
            visible(actor),
        )
        .correlate(Agency)
        .scalar_subquery()
    )


loads.append(load_of_agency)
