"""What the page of one engagement shows beside its fields."""

from __future__ import annotations

from flask_babel import gettext

from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.web.formats import day

Step = tuple[str, str, str | None]


def steps(engagement: Engagement) -> list[Step]:
    """(text, state, note) for the stepper: contract, work, and how it ended."""
    signed: Step = (gettext("签订合同"), "done", day(engagement.contract_signed_on))
    due = gettext("约定 %(date)s 完成", date=day(engagement.due_on))
    match engagement.state:
        case EngagementState.COMPLETED:
            return [
                signed,
                (gettext("履行合同"), "done", due),
                (gettext("完成"), "done", day(engagement.completed_on)),
            ]
        case EngagementState.TERMINATED:
            return [
                signed,
                (gettext("履行合同"), "off", due),
                (gettext("终止"), "current", day(engagement.terminated_on)),
            ]
        case _:
            return [signed, (gettext("履行合同"), "current", due), (gettext("完成"), "todo", None)]
