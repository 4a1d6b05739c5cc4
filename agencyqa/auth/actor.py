"""Who is acting: one person in one role of one body. Policies read nothing else about the user."""

from __future__ import annotations

from dataclasses import dataclass, field

from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import PERMISSIONS, BodyKind, Role


@dataclass(frozen=True)
class Actor:
    """``bureau_id`` is the bureau whose rows the actor may write (bureau roles only);
    ``bureau_ids`` those it may read: its own and its districts', for an observer the inviting bureau's.
    Both are empty for agencies and departments, whose policies go by ``body_id``.
    """

    user_id: int | None
    user_name: str
    membership_id: int | None
    role: Role | None
    body_id: int | None
    body_kind: BodyKind | None
    body_name: str = ""
    bureau_id: int | None = None
    bureau_ids: frozenset[int] = field(default_factory=frozenset)

    def has(self, permission: Permission) -> bool:
        return self.role is not None and permission in PERMISSIONS[self.role]

    @property
    def is_bureau(self) -> bool:
        """A bureau officer with professional duties; the system administrator is none."""
        return self.role in {Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD}

    @property
    def is_lead(self) -> bool:
        return self.role is Role.BUREAU_LEAD

    @property
    def is_agency(self) -> bool:
        return self.body_kind is BodyKind.AGENCY

    @property
    def is_department(self) -> bool:
        return self.body_kind is BodyKind.DEPARTMENT

    @property
    def is_observer(self) -> bool:
        return self.body_kind is BodyKind.OBSERVER and not self.is_expert

    @property
    def is_expert(self) -> bool:
        """A person who was invited to score; what he sees goes by the person, not by his body."""
        return self.role is Role.EXPERT


def system_actor(name: str) -> Actor:
    """For jobs and the command line: named in the audit log, with no permission of any role."""
    return Actor(None, name, None, None, None, None)
