"""The dated versions of an agency's profile and what each one changed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agencyqa.agencies.models import AgencyProfile

# The order in which a reader expects them.
FIELDS = (
    "name",
    "kind",
    "legal_representative",
    "founded_on",
    "address",
    "contact_name",
    "contact_phone",
    "contact_email",
    "on_credit_platform",
    "platform_number",
    "platform_filed_on",
    "head_office_code",
    "sectors",
)


@dataclass(frozen=True)
class Difference:
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ProfileVersion:
    """``differences`` against the version before; empty for the first."""

    profile: AgencyProfile
    differences: tuple[Difference, ...]


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Both may be anything that carries the fields of a profile."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in FIELDS)
    return tuple(Difference(name, old, new) for name, old, new in pairs if old != new)


def versions(profiles: Sequence[AgencyProfile]) -> list[ProfileVersion]:
    """``profiles`` oldest first; the result newest first."""
    found = [
        ProfileVersion(profile, differences(profiles[number - 1], profile) if number else ())
        for number, profile in enumerate(profiles)
    ]
    return found[::-1]
