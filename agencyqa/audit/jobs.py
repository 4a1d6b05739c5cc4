from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.audit.verification import verify
from agencyqa.errors import AgencyQAError


class ChainBroken(AgencyQAError):
    """The log is not what was written; ``sequence`` is the first entry that does not hold."""

    status = 500


def verify_chain(session: Session, now: datetime) -> int:
    """The number of entries that hold. Raise ChainBroken, so that the run is recorded as failed."""
    verification = verify(session)
    broken = verification.fault
    if broken is not None:
        raise ChainBroken(
            f"audit_chain_{broken.fault}", sequence=broken.sequence, entries=verification.entries
        )
    return verification.entries


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"audit.verify_chain": verify_chain}
