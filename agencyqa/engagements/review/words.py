"""Who takes the level that a review waits for, as it is read in lists."""

from __future__ import annotations

from flask_babel import gettext

from agencyqa.engagements.review.enums import ReviewState
from agencyqa.web.labels import label_of


def turn_of(state: ReviewState) -> str:
    match state:
        case ReviewState.LEVEL_1:
            return str(gettext("第一级，由机构复核人员办理"))
        case ReviewState.LEVEL_2:
            return str(gettext("第二级，由另一名机构复核人员办理"))
        case ReviewState.LEVEL_3:
            return str(gettext("第三级，由没有参与前两级的机构负责人或者主评人办理"))
    return label_of(state)
