"""Reads about bodies, users and memberships."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from agencyqa.accounts.models import Body, Membership, SignIn, User
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.db import kept, open_period, read_rows
from agencyqa.web.once import once


def bureau_and_districts(session: Session, bureau_id: int) -> frozenset[int]:
    """The bureau itself and every bureau below it in the tree."""
    return frozenset(read_rows(session, _BUREAU_TREE, {"bureau_id": bureau_id}).scalars())


def _bureau_tree() -> Select[int]:
    tree = select(Body.id).where(Body.id == bindparam("bureau_id")).cte("tree", recursive=True)
    tree = tree.union_all(
        select(Body.id).join(tree, Body.parent_id == tree.c.id).where(Body.kind == BodyKind.BUREAU)
    )
    return select(tree.c.id)


_BUREAU_TREE = _bureau_tree()


@once
def bureau_chain(session: Session, bureau_id: int) -> list[int]:
    """The bureau, then its parent, and so on up to the municipality."""
    return list(session.scalars(_BUREAU_CHAIN, {"bureau_id": bureau_id}))


def _bureau_chain() -> Select[int]:
    height = literal_column("0", Integer).label("height")
    chain = select(Body.id, Body.parent_id, height).where(Body.id == bindparam("bureau_id"))
    above = chain.cte("chain", recursive=True)
    above = above.union_all(
        select(Body.id, Body.parent_id, above.c.height + 1).join(above, Body.id == above.c.parent_id)
    )
    return select(above.c.id).order_by(above.c.height)


_BUREAU_CHAIN = _bureau_chain()


def actor_for(session: Session, membership: Membership) -> Actor:
    """``membership`` with user and body loaded."""
    user, body = membership.user, membership.body
    return make_actor(
        session,
        user_id=user.id,
        user_name=user.display_name,
        membership_id=membership.id,
        role=membership.role,
        body_id=body.id,
        body_kind=body.kind,
        body_name=body.name,
        of_bureau_id=body.bureau_id,
    )


def make_actor(
    session: Session,
    *,
    user_id: int,
    user_name: str,
    membership_id: int,
    role: Role,
    body_id: int,
    body_kind: BodyKind,
    body_name: str,
    of_bureau_id: int | None,
) -> Actor:
    """``of_bureau_id`` is the bureau in whose territory the body stands."""
    bureau_id: int | None = None
    bureau_ids: frozenset[int] = frozenset()
    if body_kind is BodyKind.BUREAU:
        bureau_id = body_id
        bureau_ids = bureau_and_districts(session, body_id)
    elif body_kind is BodyKind.OBSERVER and of_bureau_id is not None:
        bureau_ids = frozenset({of_bureau_id})
    return Actor(
        user_id=user_id,
        user_name=user_name,
        membership_id=membership_id,
        role=role,
        body_id=body_id,
        body_kind=body_kind,
        body_name=body_name,
        bureau_id=bureau_id,
        bureau_ids=bureau_ids,
    )


def browser_session(session: Session, key_hash: str, day: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """A session with its user, a row for each membership the user holds on ``day``; one without, if there is none."""
    return read_rows(session, _BROWSER_SESSION, {"key_hash": key_hash, "day": day}).all()


def _browser_session() -> Select[*tuple[Any, ...]]:
    day = bindparam("day", type_=Date())
    # Joined one by one and not as a part of its own, which SQLite would put together of all accounts of the city.
    return (
        select(
            SignIn.id,
            SignIn.user_id,
            SignIn.membership_id.label("acting_as"),
            SignIn.created_at,
            SignIn.seen_at,
            SignIn.ended_at,
            User.is_active,
            User.locale,
            User.display_name,
            # Where the body was closed there is no membership either.
            case((Body.id.is_not(None), Membership.id)).label("membership_id"),
            Membership.role,
            Membership.body_id,
            Body.kind.label("body_kind"),
            Body.name.label("body_name"),
            Body.bureau_id.label("of_bureau_id"),
        )
        .join(User, User.id == SignIn.user_id)
        .outerjoin(
            Membership,
            and_(
                Membership.user_id == SignIn.user_id,
                Membership.valid_from <= day,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= day),
            ),
        )
        .outerjoin(Body, and_(Body.id == Membership.body_id, Body.is_active))
        .where(SignIn.key_hash == bindparam("key_hash"))
        .order_by(Membership.id)
    )


# Every page begins with these two, so they are put together once.
_BROWSER_SESSION = _browser_session()


def active_memberships(user_id: int, day: date) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.body)
        .where(
            Membership.user_id == user_id,
            open_period(Membership.valid_from, Membership.valid_to, day),
            Body.is_active,
        )
        .options(joinedload(Membership.body), joinedload(Membership.user))
        .order_by(Membership.id)
    )


def member_ids(
    session: Session, body_id: int, roles: Collection[Role] | None = None, *, day: date
) -> list[int]:
    """Active memberships of a body, of the given roles or of all: those to whom a message may go."""
    statement = (
        select(Membership.id)
        .join(Membership.user)
        .where(
            Membership.body_id == body_id,
            User.is_active,
            open_period(Membership.valid_from, Membership.valid_to, day),
        )
        .order_by(Membership.id)
    )
    if roles is not None:
        statement = statement.where(Membership.role.in_(roles))
    return list(session.scalars(statement))


def body_choices(
    session: Session,
    kinds: Collection[BodyKind],
    *,
    bureau_ids: Collection[int] | None = None,
    without: Collection[int] = (),
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
) -> list[tuple[int, str]]:
    """(id, name) of active bodies for a select box, in the order of their names. See ``web.fields.Finder``."""
    statement = _choices(frozenset(kinds), None if bureau_ids is None else frozenset(bureau_ids), limit)
    if without:
        statement = statement.where(Body.id.not_in(without))
    return pairs(session, found_body(statement, part, only))


def bodies_found(
    session: Session,
    condition: Callable[..., ColumnElement[bool]],
    *asked: Hashable,
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
    first: int | None = None,
) -> list[tuple[int, str]]:
    """(id, name) of the bodies for which ``condition(*asked)`` holds in the order of their names, ``first`` before all
    of them. See ``web.fields.Finder``; the condition is put together once for the same ``asked``, as ``kept`` says."""
    statement = found_body(_bodies(condition, asked, first, limit), part, only)
    return pairs(session, statement)


def departments_for(
    session: Session,
    actor: Actor,
    met: Callable[[Actor], ColumnElement[bool]],
    *,
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
) -> list[tuple[int, str]]:
    """For a filter: departments of the bureaus that the actor reads, else those that it has ``met``, a condition on
    ``Body``. See ``web.fields.Finder``."""
    if actor.is_bureau or actor.is_observer:
        kinds = {BodyKind.DEPARTMENT}
        return body_choices(session, kinds, bureau_ids=actor.bureau_ids, part=part, only=only, limit=limit)
    return bodies_found(session, met, actor, part=part, only=only, limit=limit)


def pairs(session: Session, statement: Select[int, str]) -> list[tuple[int, str]]:
    """What a select box offers."""
    return [(number, name) for number, name in read_rows(session, statement).all()]


@kept
def _bodies(
    condition: Callable[..., ColumnElement[bool]],
    asked: tuple[Hashable, ...],
    first: int | None,
    limit: int | None,
) -> Select[int, str]:
    statement = select(Body.id, Body.name).where(condition(*asked))
    if first is not None:
        statement = statement.order_by(Body.id != first)
    return statement.order_by(Body.sort_key, Body.id).limit(limit)


def found_body(statement: Select[int, str], part: str, only: int | None) -> Select[int, str]:
    """Of the bodies that ``statement`` selects, as a ``Finder`` asks: by a part of the name or code, or the one."""
    if only is not None:
        statement = statement.where(Body.id == only)
    if part:
        statement = statement.where(
            or_(Body.name.icontains(part, autoescape=True), Body.code.icontains(part, autoescape=True))
        )
    return statement


def bodies_called(part: str, kind: BodyKind) -> Select[int]:
    """The ids of the bodies in whose name ``part`` stands, for the conditions above a list."""
    return select(Body.id).where(Body.kind == kind, Body.name.icontains(part, autoescape=True))


def names_of_bodies(session: Session, body_ids: Collection[int | None]) -> dict[int, str]:
    wanted = set(body_ids) - {None}
    rows = session.execute(select(Body.id, Body.name).where(Body.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


@kept
def _choices(
    kinds: frozenset[BodyKind], bureau_ids: frozenset[int] | None, limit: int | None
) -> Select[int, str]:
    statement = select(Body.id, Body.name).where(Body.kind.in_(kinds), Body.is_active)
    if bureau_ids is not None:
        statement = statement.where(Body.bureau_id.in_(bureau_ids))
    return statement.order_by(Body.sort_key, Body.id).limit(limit)


@kept
def user_rows(q: str | None) -> Select[int, str, str, bool, bool]:
    """Without an order; ``q`` is part of a name."""
    statement = select(
        User.id,
        User.username,
        User.display_name,
        User.is_active,
        User.password_hash.is_not(None).label("has_password"),
    )
    if q:
        statement = statement.where(
            or_(User.username.contains(q, autoescape=True), User.display_name.contains(q, autoescape=True))
        )
    return statement


@kept
def body_rows(kind: BodyKind | None, q: str | None) -> Select[*tuple[Any, ...]]:
    """Without an order; ``q`` is part of a name or code."""
    above = aliased(Body)
    statement = select(
        Body.id, Body.kind, Body.name, Body.code, Body.is_active, above.name.label("bureau_name")
    ).outerjoin(above, above.id == Body.bureau_id)
    if kind is not None:
        statement = statement.where(Body.kind == kind)
    if q:
        statement = statement.where(
            or_(Body.name.contains(q, autoescape=True), Body.code.contains(q, autoescape=True))
        )
    return statement


def memberships_of(session: Session, user_id: int) -> list[Membership]:
    """All memberships of a user, ended ones too, newest first."""
    statement = (
        select(Membership)
        .where(Membership.user_id == user_id)
        .options(joinedload(Membership.body))
        .order_by(Membership.valid_from.desc(), Membership.id.desc())
    )
    return list(session.scalars(statement))
