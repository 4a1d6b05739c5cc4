from __future__ import annotations

import sqlalchemy as sa

from agencyqa.audit.models import ADMINISTRATOR_AREAS, AuditEntry, administrator_rows
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import Role


def visible_to(actor: Actor) -> sa.Select[AuditEntry]:
    """Bureau officers read the entries of the bureaus they may read. The system administrator reads those of
    accounts and sign-in, and every refusal, of these bureaus and of no bureau; see ``may_read_detail``."""
    statement = sa.select(AuditEntry)
    if not actor.has(Permission.AUDIT_READ):
        return statement.where(sa.false())
    of_bureaus = AuditEntry.bureau_id.in_(actor.bureau_ids)
    if actor.is_bureau:
        return statement.where(of_bureaus)
    if actor.role is Role.SYSTEM_ADMINISTRATOR:
        own = sa.text(f"({administrator_rows(f'{AuditEntry.__tablename__}.')})")
        return statement.where(own, sa.or_(of_bureaus, AuditEntry.bureau_id.is_(None)))
    return statement.where(sa.false())


def may_read_detail(actor: Actor, event: str) -> bool:
    """Of a refusal in another area the administrator sees who, when and what page, never its figures."""
    return actor.is_bureau or event.partition(".")[0] in ADMINISTRATOR_AREAS
