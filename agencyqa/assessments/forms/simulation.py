"""The conditions of a simulation, all of them in the address, so that it can be kept as a bookmark."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.assessments.enums import YearWeights
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import GradeBand, RoleShare, grade_problems
from agencyqa.web.forms import ChoiceField, FilterForm, FlagField, IdField, PointsField, ShareField
from agencyqa.web.labels import label_of

GRADE, SHARE, POINTS = "g-", "s-", "p-"
# Above this nobody weighs an item; it keeps a slip from becoming a huge figure.
MOST_POINTS = 100_000_000


class SimulationForm(FilterForm):
    """Unlike the filter of a list it tells what it cannot read: a figure left out unnoticed would be another study."""

    year = IdField(_l("考核年度"))
    scheme = IdField(_l("按此方案重新计分"), blank=_l("各表原来的方案"))
    weights = ChoiceField(_l("业务权重"), YearWeights, blank=_l("与原来相同"))
    assume = FlagField(
        _l("未作答的考核项不计入、新增的否决情形视为未出现"),
        help=_l("不勾选时，这样的评分表没有新总分。"),
    )
    changed = FlagField(_l("只看有变化的"))

    @property
    def has_changes(self) -> bool:
        """Whether anything is to be other than it was."""
        return any(not field.is_blank() for field in self if field.name not in {"year", "assume", "changed"})

    @property
    def points(self) -> dict[str, int]:
        return self._given(POINTS)

    @property
    def shares(self) -> tuple[RoleShare, ...] | None:
        given: dict[str, Fraction] = self._given(SHARE)
        if not given:
            return None
        return tuple(RoleShare(role, share.numerator, share.denominator) for role, share in given.items())

    def grades(self, bands: Sequence[GradeBand]) -> tuple[GradeBand, ...]:
        """The bands with the limits that were typed."""
        lows: dict[str, int] = self._given(GRADE)
        return tuple(GradeBand(band.key, lows.get(band.key, band.low)) for band in bands)

    def check_together(self, bands: Sequence[GradeBand]) -> None:
        """What no field alone can tell: shares that do not add up, limits that leave a hole or overlap."""
        shares = self.shares
        if shares is not None and sum((share.share for share in shares), Fraction(0)) != 1:
            self._refuse(SHARE, gettext("各评分角色的占比之和须为 100%。"))
        if grade_problems(self.grades(bands)):
            self._refuse(GRADE, gettext("等级的下限须各不相同，最低一级从 0 开始。"))
        weights = self.points
        fields = [field for field in self if field.name.startswith(POINTS)]
        if fields and len(weights) == len(fields) and not any(weights.values()):
            self._refuse(POINTS, gettext("不能所有考核项都是 0 分。"))

    def _given(self, prefix: str) -> dict[str, Any]:
        return {
            field.name.removeprefix(prefix): field.data
            for field in self
            if field.name.startswith(prefix) and field.data is not None and not field.errors
        }

    def _refuse(self, prefix: str, text: str) -> None:
        field = next(field for field in self if field.name.startswith(prefix))
        field.errors = [*field.errors, text]

    def of(self, prefix: str) -> list[Any]:
        return [field for field in self if field.name.startswith(prefix)]


def conditions_in_words(form: SimulationForm) -> list[tuple[str, str]]:
    """(what, value) of everything that was chosen or typed, as the reader saw it."""
    groups = {
        GRADE: gettext("等级下限（分）"),
        SHARE: gettext("各评分角色的占比"),
        POINTS: gettext("考核项分值"),
    }
    found: list[tuple[str, str]] = []
    for field in form:
        if field.is_blank():
            continue
        group = groups.get(field.name[:2]) if field.name[1:2] == "-" else None
        label = str(field.label.text)
        found.append((label if group is None else f"{group} · {label}", _shown(field)))
    return found


def _shown(field: Any) -> str:
    if isinstance(field, FlagField):
        return str(gettext("是"))
    chosen = [label for value, label in getattr(field, "choices", None) or () if value == field.data]
    text = str(chosen[0]) if chosen else str(field.raw_data[0] if field.raw_data else field.data)
    return f"{text}%" if field.name.startswith(SHARE) else text


def read_simulation(
    *,
    years: Sequence[int],
    usual_year: int | None,
    schemes: Sequence[tuple[int, str]],
    bands: Sequence[tuple[str, str]],
    roles: Sequence[str],
    criteria: Sequence[tuple[str, str]],
    grades: Sequence[GradeBand],
) -> SimulationForm:
    """From the address. ``bands`` and ``criteria`` are (key, label); ``criteria`` those of the chosen scheme."""
    fields: dict[str, Any] = {
        f"{GRADE}{key}": PointsField(label, minimum=0, maximum=1_000_000) for key, label in bands
    }
    fields |= {f"{SHARE}{role}": ShareField(label_of(Purpose(role))) for role in roles}
    fields |= {
        f"{POINTS}{key}": PointsField(label, minimum=0, maximum=MOST_POINTS) for key, label in criteria
    }
    form: SimulationForm = type("Simulation", (SimulationForm,), fields)(formdata=request.args)
    form["year"].choices = [(year, str(year)) for year in years]
    form["scheme"].choices = schemes
    form.validate()
    form.check_together(grades)
    if form["year"].data is None and usual_year is not None and not form["year"].errors:
        form["year"].data, form["year"].raw_data = usual_year, None
    return form
