"""The people behind memberships: who reads a message and where mail reaches him, who sent a file. Rooms below ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.queries import actor_for
from agencyqa.db import open_period
from agencyqa.files.senders import Sender
from agencyqa.notifications.readers import Reader


class Readers:
    def reader(self, session: Session, membership_id: int, day: date) -> Reader | None:
        membership = session.scalars(
            select(Membership)
            .join(Membership.user)
            .join(Membership.body)
            .where(Membership.id == membership_id, _is_reached(day))
            .options(joinedload(Membership.user), joinedload(Membership.body))
            # A run of many mails must not answer from what it read for the first.
            .execution_options(populate_existing=True)
        ).one_or_none()
        if membership is None or membership.user.email is None:
            return None
        return Reader(actor_for(session, membership), membership.user.email, membership.user.locale)

    def addressed(self, session: Session, membership_ids: Collection[int], day: date) -> Collection[int]:
        statement = (
            select(Membership.id)
            .join(Membership.user)
            .join(Membership.body)
            .where(Membership.id.in_(membership_ids), _is_reached(day))
        )
        return frozenset(session.scalars(statement))


def _is_reached(day: date) -> ColumnElement[bool]:
    return and_(
        open_period(Membership.valid_from, Membership.valid_to, day),
        User.is_active,
        User.email.is_not(None),
        User.email != "",
        Body.is_active,
    )


READERS = Readers()


def senders(session: Session, membership_ids: Collection[int]) -> Mapping[int, Sender]:
    rows = session.execute(
        select(Membership.id, User.display_name, Body.name, Membership.role)
        .join(User, User.id == Membership.user_id)
        .join(Body, Body.id == Membership.body_id)
        .where(Membership.id.in_(membership_ids))
    )
    return {row.id: Sender(row.display_name, row.name, row.role) for row in rows}
