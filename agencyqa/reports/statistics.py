"""A year of a bureau in figures: kinds of agency, engagements per agency, fees per quarter, grades. Never a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import AgencyKind
from agencyqa.agencies.models import AgencyProfile
from agencyqa.auth.actor import Actor
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible
from agencyqa.measures.reckoning import Reckoning, reckon
from agencyqa.reports.distribution import Distribution, latest_distribution
from agencyqa.web.charts import Chart, bar_chart, column_chart
from agencyqa.web.formats import FEN_PER_WAN
from agencyqa.web.labels import label_of

# More bars than this cannot be read; the table below the chart counts the rest together.
AGENCIES_SHOWN = 15
QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class KindLine:
    label: str
    agencies: int
    engagements: int
    fee: int


@dataclass(frozen=True)
class AgencyLine:
    """``agency_id`` is None for the line of all the others together; ``fee`` is in fen."""

    agency_id: int | None
    name: str
    engagements: int
    fee: int


@dataclass(frozen=True)
class QuarterLine:
    label: str
    engagements: int
    fee: int


@dataclass(frozen=True)
class Statistics:
    """Terminated engagements are in ``terminated`` alone. Fees are in fen."""

    year: int
    engagements: int
    completed: int
    late: int
    terminated: int
    agencies: int
    fee: int
    kinds: tuple[KindLine, ...]
    per_agency: tuple[AgencyLine, ...]
    quarters: tuple[QuarterLine, ...]
    kinds_chart: Chart
    agencies_chart: Chart
    quarters_chart: Chart
    distribution: Distribution | None


def statistics_of(session: Session, actor: Actor, year: int, day: date) -> Statistics | None:
    """None where the actor sees no engagement of the year. Three statements, whatever the number of rows."""
    rows = _rows(session, actor, year)
    if not rows:
        return None
    return _summary(rows, year, reckon(session, day), latest_distribution(session, actor, year=year))


def _rows(session: Session, actor: Actor, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            Engagement.agency_id,
            Body.name,
            Body.sort_key,
            AgencyProfile.kind,
            Engagement.state,
            Engagement.contract_signed_on,
            Engagement.due_on,
            Engagement.completed_on,
            Engagement.fee,
        )
        .join(Body, Body.id == Engagement.agency_id)
        .join(
            AgencyProfile,
            (AgencyProfile.agency_id == Engagement.agency_id) & AgencyProfile.is_current,
            isouter=True,
        )
        .where(visible(actor), Engagement.assessment_year == year)
        .order_by(Body.sort_key, Engagement.id)
    ).all()


def _summary(
    rows: Sequence[Row[*tuple[Any, ...]]], year: int, reckoning: Reckoning, distribution: Distribution | None
) -> Statistics:
    import pandas as pd

    frame = pd.DataFrame(
        [
            {
                "agency_id": row.agency_id,
                "name": row.name,
                "order": row.sort_key,
                "kind": row.kind.value if row.kind is not None else "",
                "counts": row.state is not EngagementState.TERMINATED,
                "completed": row.state is EngagementState.COMPLETED,
                "late": _is_late(row, reckoning),
                "quarter": (row.contract_signed_on.month + 2) // 3,
                "fee": row.fee,
            }
            for row in rows
        ]
    )
    counted = frame[frame["counts"]]
    kinds = _kinds(counted)
    agencies = _agencies(counted)
    quarters = _quarters(counted)
    return Statistics(
        year=year,
        engagements=len(counted),
        completed=int(counted["completed"].sum()),
        late=int(counted["late"].sum()),
        terminated=len(frame) - len(counted),
        agencies=int(counted["agency_id"].nunique()),
        fee=int(counted["fee"].sum()),
        kinds=kinds,
        per_agency=agencies,
        quarters=quarters,
        kinds_chart=bar_chart(
            gettext("各类机构承接的业务"),
            [(line.label, line.engagements) for line in kinds],
            x_title=gettext("业务数（项）"),
        ),
        agencies_chart=bar_chart(
            gettext("各机构承接的业务"),
            [(line.name, line.engagements) for line in agencies if line.agency_id is not None],
            x_title=gettext("业务数（项）"),
        ),
        quarters_chart=column_chart(
            gettext("各季度签订合同金额"),
            [(line.label, round(line.fee / FEN_PER_WAN, 2)) for line in quarters],
            y_title=gettext("合同金额（万元）"),
        ),
        distribution=distribution,
    )


def _is_late(row: Row[*tuple[Any, ...]], reckoning: Reckoning) -> bool:
    """Finished on a later working day than was agreed, or not finished and such a day is here."""
    if row.state is EngagementState.TERMINATED:
        return False
    return reckoning.was_late(row.due_on, row.completed_on)


def _kinds(frame: Any) -> tuple[KindLine, ...]:
    """Every kind of agency, also those without work; agencies without a profile stand last."""
    grouped = frame.groupby("kind").agg(
        agencies=("agency_id", "nunique"), engagements=("agency_id", "size"), fee=("fee", "sum")
    )
    labels = {kind.value: label_of(kind) for kind in AgencyKind}
    if "" in grouped.index:
        labels[""] = str(gettext("未登记类型"))
    grouped = grouped.reindex(list(labels), fill_value=0)
    return tuple(
        KindLine(labels[key], int(row.agencies), int(row.engagements), int(row.fee))
        for key, row in zip(grouped.index, grouped.itertuples(index=False), strict=True)
    )


def _agencies(frame: Any) -> tuple[AgencyLine, ...]:
    """Most work first, those of equal number by name; the tail is one line."""
    grouped = frame.groupby(["agency_id", "name", "order"], as_index=False).agg(
        engagements=("fee", "size"), fee=("fee", "sum")
    )
    ordered = grouped.sort_values(
        ["engagements", "order", "agency_id"], ascending=[False, True, True], kind="stable"
    )
    lines = [
        AgencyLine(int(row.agency_id), str(row.name), int(row.engagements), int(row.fee))
        for row in ordered.head(AGENCIES_SHOWN).itertuples(index=False)
    ]
    rest = ordered.iloc[AGENCIES_SHOWN:]
    if len(rest):
        lines.append(
            AgencyLine(
                None,
                str(gettext("其余 %(count)s 家", count=len(rest))),
                int(rest["engagements"].sum()),
                int(rest["fee"].sum()),
            )
        )
    return tuple(lines)


def _quarters(frame: Any) -> tuple[QuarterLine, ...]:
    grouped = frame.groupby("quarter").agg(engagements=("fee", "size"), fee=("fee", "sum"))
    grouped = grouped.reindex(list(QUARTERS), fill_value=0)
    return tuple(
        QuarterLine(
            str(gettext("第 %(number)s 季度", number=number)),
            int(grouped.loc[number, "engagements"]),
            int(grouped.loc[number, "fee"]),
        )
        for number in QUARTERS
    )
