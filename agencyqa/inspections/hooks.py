"""Who wants to be told, in the same transaction, that a final finding was withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.inspections.models import Finding

# Called with the withdrawn finding and the reason; assessments open a re-score where the finding had counted.
WithdrawalListener = Callable[[Actor, Session, Finding, str, datetime], None]
withdrawal_listeners: list[WithdrawalListener] = []
