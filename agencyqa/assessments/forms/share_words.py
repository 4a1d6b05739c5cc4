"""How several scorers of one role become one figure, in words."""

from __future__ import annotations

from flask_babel import gettext

from agencyqa.assessments.enums import PanelMissing
from agencyqa.scoring import Panel
from agencyqa.web.labels import label_of


def panel_text(panel: Panel | None) -> str:
    """ "" for a role with one scorer."""
    if panel is None:
        return ""
    if panel.how == "trimmed_mean":
        how = gettext("去掉最高、最低各 %(trim)s 份后取平均值", trim=panel.trim)
    else:
        how = gettext("取各专家评分的平均值")
    least = gettext("至少 %(least)s 位", least=panel.least)
    return str(gettext("；")).join([how, least, str(label_of(PanelMissing(panel.missing)))])
