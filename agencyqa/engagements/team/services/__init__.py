from agencyqa.engagements.team.services.changes import (
    CONSTRAINTS,
    ChangeData,
    decide_change,
    name_member,
    propose_change,
    withdraw_change,
)
from agencyqa.engagements.team.services.members import begin_team, enter, follow_contract, leave

__all__ = [
    "CONSTRAINTS",
    "ChangeData",
    "begin_team",
    "decide_change",
    "enter",
    "follow_contract",
    "leave",
    "name_member",
    "propose_change",
    "withdraw_change",
]
