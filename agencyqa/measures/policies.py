"""Measures and published schemes are open to everybody signed in: who is scored may read the rules."""

from __future__ import annotations

from sqlalchemy import Select, and_, false, or_, select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import Measure, Scheme, SchemeVersion


def visible_measures(actor: Actor) -> Select[Measure]:
    statement = select(Measure)
    return statement if actor.has(Permission.MEASURES_READ) else statement.where(false())


def visible_versions(actor: Actor) -> Select[SchemeVersion]:
    """Published versions; drafts only for the officers of the bureau that drafts them."""
    statement = select(SchemeVersion)
    if not actor.has(Permission.SCHEMES_READ):
        return statement.where(false())
    published = SchemeVersion.state == SchemeState.PUBLISHED
    if not actor.has(Permission.SCHEMES_WRITE) or actor.bureau_id is None:
        return statement.where(published)
    own = select(Scheme.id).where(Scheme.bureau_id == actor.bureau_id)
    return statement.where(
        or_(published, and_(SchemeVersion.state == SchemeState.DRAFT, SchemeVersion.scheme_id.in_(own)))
    )


def can_draft(actor: Actor) -> bool:
    return actor.has(Permission.SCHEMES_WRITE) and actor.bureau_id is not None


def can_edit(actor: Actor, scheme: Scheme) -> bool:
    """Drafts of a scheme of the actor's own bureau; shipped schemes belong to no bureau."""
    return can_draft(actor) and scheme.bureau_id is not None and scheme.bureau_id == actor.bureau_id


def can_publish(actor: Actor, version: SchemeVersion, scheme: Scheme) -> bool:
    """Drafts of the actor's own bureau; a shipped scheme belongs to no bureau and is published by the program."""
    return (
        actor.has(Permission.SCHEMES_PUBLISH)
        and scheme.bureau_id is not None
        and scheme.bureau_id == actor.bureau_id
        and version.state is SchemeState.DRAFT
    )
