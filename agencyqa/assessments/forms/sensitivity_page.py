"""How far each weight may move, as its page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.assessments.simulation.reaches import Reach, Turn, WeightReach
from agencyqa.assessments.simulation.study import Reaches, Study, reaches_of
from agencyqa.measures.enums import Purpose
from agencyqa.measures.queries import compiled
from agencyqa.measures.texts import reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import SCALE, format_fraction
from agencyqa.web.labels import label_of

PLACES = 4


@dataclass(frozen=True)
class RangeCell:
    """From where to where nothing changes, and who changes first on either side; "" for nobody."""

    low: str
    high: str
    first_down: str
    first_up: str


@dataclass(frozen=True)
class WeightLine:
    label: str
    now: str
    part: str
    grades: RangeCell
    ranks: RangeCell


@dataclass(frozen=True)
class AgencyLine:
    """The smallest move of a single weight that changes the agency's grade, and its rank; how far there is none where
    it was not searched farther; "" for none at all.
    """

    agency: str
    grade: str
    rank: str


@dataclass(frozen=True)
class SensitivityPage:
    """``is_linear`` is false where the weights of the criteria were searched in steps; ``refusals`` are sentences."""

    criteria: tuple[WeightLine, ...]
    roles: tuple[WeightLine, ...]
    agencies: tuple[AgencyLine, ...]
    is_linear: bool
    refusals: tuple[str, ...]


def sensitivity_page(study: Study, labels: Mapping[str, str]) -> SensitivityPage:
    reaches = reaches_of(study)
    criteria, roles = reaches.criteria, reaches.roles
    names = [name for _, name in study.simulation.year.agencies]
    words = {} if study.chosen is None else compiled(study.chosen).texts(reader_language()).criteria
    whole = sum((reach.now for reach in criteria), Fraction(0))

    def called(key: str) -> str:
        return words.get(key, key)

    return SensitivityPage(
        criteria=tuple(
            _line(called(reach.key), reach, names, _points, gettext("不限"), whole) for reach in criteria
        ),
        roles=tuple(
            _line(label_of(Purpose(reach.key)), reach, names, _percent, "100%", Fraction(1))
            for reach in roles
        ),
        agencies=tuple(
            AgencyLine(
                names[line.agency],
                _smallest(criteria, line.agency, 0, called, names),
                _smallest(criteria, line.agency, 1, called, names),
            )
            for line in study.simulation.after.lines
            if line.rank is not None
        )
        if criteria
        else (),
        is_linear=reaches.is_exact_line,
        refusals=tuple(_refusals(study, reaches)),
    )


def _refusals(study: Study, reaches: Reaches) -> Iterator[str]:
    """Why something is not told, and what to do about it."""
    if study.chosen is not None and not reaches.criteria:
        yield gettext("没有可按该方案重新计分的评分表，因此没有考核项分值的余地。")
    if reaches.roles_differ:
        yield gettext(
            "该年度各合同适用的评分角色占比不同，没有可以移动的共同占比。请在模拟页填写统一的占比后再看。"
        )
    if reaches.roles_carried:
        yield gettext(
            "有业务缺少某一角色的评分，其占比由其他角色承担，无法说明该角色占比的余地。补齐评分后再看。"
        )


def _line(
    label: str,
    reach: WeightReach,
    names: Sequence[str],
    shown: Callable[[Fraction], str],
    most: str,
    whole: Fraction,
) -> WeightLine:
    def cell(part: Reach) -> RangeCell:
        return RangeCell(
            _end(part.down, part.open_down, shown, shown(Fraction(0))),
            _end(part.up, part.open_up, shown, most),
            _who(part.down, names),
            _who(part.up, names),
        )

    share = _percent(reach.now / whole) if whole else ""
    return WeightLine(label, shown(reach.now), share, cell(reach.grades), cell(reach.ranks))


def _end(turn: Turn | None, proven: Fraction | None, shown: Callable[[Fraction], str], end: str) -> str:
    """Where nothing changes up to; what was not searched to its end is marked."""
    if turn is not None:
        return shown(turn.weight)
    return end if proven is None else gettext("至少到 %(weight)s", weight=shown(proven))


def _who(turn: Turn | None, names: Sequence[str]) -> str:
    if turn is None:
        return ""
    if turn.other is None:
        return names[turn.agency]
    return gettext("%(first)s与%(second)s", first=names[turn.agency], second=names[turn.other])


def _smallest(
    criteria: Sequence[WeightReach],
    agency: int,
    which: int,
    called: Callable[[str], str],
    names: Sequence[str],
) -> str:
    found = [
        (abs(turn.weight - reach.now), reach, turn)
        for reach in criteria
        if agency in reach.by_agency
        and (turn := reach.by_agency[agency][which].nearest(reach.now)) is not None
    ]
    # What was not searched farther could be nearer than what was found.
    ends = [
        abs(end - reach.now)
        for reach in criteria
        if agency in reach.by_agency
        for end in (reach.by_agency[agency][which].open_down, reach.by_agency[agency][which].open_up)
        if end is not None
    ]
    proven = min(ends, default=None)
    if proven is not None and (not found or proven < min(found, key=lambda item: item[0])[0]):
        return gettext("单独移动任何一项，%(points)s 分以内不变", points=_points(proven))
    if not found:
        return ""
    _, reach, turn = min(found, key=lambda item: item[0])
    values = {"criterion": called(reach.key), "now": _points(reach.now), "then": _points(turn.weight)}
    if turn.other is None:
        return gettext("“%(criterion)s” %(now)s → %(then)s 分", **values)
    return gettext("“%(criterion)s” %(now)s → %(then)s 分（%(other)s）", other=names[turn.other], **values)


def _points(weight: Fraction) -> str:
    return _figure(weight / SCALE)


def _percent(part: Fraction) -> str:
    return _figure(part * 100) + "%"


def _figure(value: Fraction) -> str:
    """As short as possible; what does not end within four decimals is marked."""
    text = format_fraction(value, PLACES).rstrip("0").rstrip(".")
    return text if (value * 10**PLACES).denominator == 1 else f"≈ {text}"
