"""The page on which the proposals of a table are confirmed: the scheme's own data, and a group of boxes a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from agencyqa.measures.enums import Purpose
from agencyqa.measures.rule_texts.drafts import Choice, Row
from agencyqa.measures.rule_texts.tables import MOST_ITEMS
from agencyqa.web.forms import ChoiceField, DateField, Form, TextChoiceField, TextField

_LONGEST = {"section": 200, "label": 500, "points": 20, "text": 1000, "where": 100, "seen": 64}


class TableForm(Form):
    key = TextField(_l("方案标识"), maximum=80, required=True)
    title = TextField(_l("方案名称"), maximum=200, required=True)
    purpose = ChoiceField(_l("评分人"), Purpose, required=True)
    valid_from = DateField(_l("施行日期"), required=True)
    provision = TextChoiceField(_l("依据条款"), required=True)
    measure = TextChoiceField(_l("归属办法"), blank=_l("不归属"))
    count = HiddenField()
    file_name = HiddenField()

    def offer(self, provisions: Sequence[tuple[str, str]]) -> None:
        self.provision.choices = provisions
        self.measure.choices = [(key, key) for key in ("M1", "M2", "M3")]


def rows_of(sent: Mapping[str, str]) -> list[Row]:
    """The rows as a browser sends them back; whatever else it sends is cut to what a row may hold."""
    number = sent.get("count", "")
    count = min(int(number), MOST_ITEMS) if re.fullmatch("[0-9]{1,4}", number) else 0
    rows: list[Row] = []
    for n in range(count):
        held = {name: _sent(sent, n, name)[:most] for name, most in _LONGEST.items()}
        chosen = _sent(sent, n, "choice")
        row = Row(held["section"], held["label"], held["points"], held["text"], held["where"])
        row.seen = held["seen"]
        row.choice = Choice(chosen) if chosen in set(Choice) else None
        rows.append(row)
    return rows


def _sent(sent: Mapping[str, str], number: int, name: str) -> str:
    # A browser ends the lines of a box in two characters, the workbook in one.
    return sent.get(f"row-{number}-{name}", "").replace("\r\n", "\n").strip()
