from agencyqa.engagements.deliverables.services.deadlines import (
    DueData,
    change_due,
    follow_calendar,
    recount,
)
from agencyqa.engagements.deliverables.services.deciding import decide
from agencyqa.engagements.deliverables.services.expected import (
    close_list,
    ensure_expected,
    expect,
    fill_open,
    follow_contract,
)
from agencyqa.engagements.deliverables.services.handing_in import Waiting, obstacle, submit, waiting
from agencyqa.engagements.deliverables.services.tables import (
    TableData,
    enter_table,
    load_requirement_tables,
)
from agencyqa.engagements.deliverables.services.uploads import (
    add_other,
    add_version,
    check_can_upload,
    withdraw_version,
)

__all__ = [
    "DueData",
    "TableData",
    "Waiting",
    "add_other",
    "add_version",
    "change_due",
    "check_can_upload",
    "close_list",
    "decide",
    "ensure_expected",
    "enter_table",
    "expect",
    "fill_open",
    "follow_calendar",
    "follow_contract",
    "load_requirement_tables",
    "obstacle",
    "recount",
    "submit",
    "waiting",
    "withdraw_version",
]
