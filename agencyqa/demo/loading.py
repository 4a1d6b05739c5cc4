"""Loads the demo year once, and tells what it is and how to sign in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from flask_babel import force_locale
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from agencyqa.accounts.models import Body, InstallationFact
from agencyqa.agencies.jobs import JOBS as AGENCY_JOBS
from agencyqa.assessments.jobs import JOBS as SHEET_JOBS
from agencyqa.assessments.models import AnnualResult, AssessmentRound
from agencyqa.clock import local_date
from agencyqa.db import reading
from agencyqa.demo import content, setting, whole_year
from agencyqa.demo.keeping_records import KeepingRecords
from agencyqa.demo.own_form import OwnForm
from agencyqa.demo.people import SIGN_IN_FILE, People, kept_passwords, printed_sign_ins
from agencyqa.demo.registering import Registering
from agencyqa.demo.sending import Sending
from agencyqa.demo.story import Story
from agencyqa.demo.timeline import Timeline, moment
from agencyqa.demo.whole_year import WholeYear
from agencyqa.demo.year import Year
from agencyqa.engagements.deliverables.jobs import JOBS as DELIVERABLE_JOBS
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.jobs import JOBS as ENGAGEMENT_JOBS
from agencyqa.engagements.receipts.services import publish_key
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.i18n import SOURCE_LOCALE
from agencyqa.inspections.jobs import JOBS as INSPECTION_JOBS
from agencyqa.inspections.models import Finding, RectificationOrder, SpotCheck
from agencyqa.notifications.models import InboxMessage
from agencyqa.reports.workbook import write_workbook
from agencyqa.scoring import format_scaled
from agencyqa.web.labels import role_label

FACT = "demo_data"


def open_year_of(now: datetime) -> int:
    """The year in the middle of its work. Until July that is still the year before, told to its end."""
    return (now - timedelta(days=190)).year


def load(session: Session, data_dir: Path, now: datetime) -> None:
    """One transaction: a start that was interrupted begins again from nothing."""
    year = open_year_of(now)
    end = min(now, moment(date(year, 12, 20)))
    click.echo("正在装入演示年度（数据均为虚构）… / Loading the demo year (all invented) ...")
    people = People(session, data_dir)
    publish_key(session, moment(date(year - 2, 11, 2)))
    stage = setting.build(session, people, year, moment(date(year - 2, 11, 2)))
    whole_year.agree(stage, year, moment(date(year - 2, 11, 5)))
    for number, each in enumerate(content.AGENCIES):
        setting.add_agency(stage, each, number, moment(date(year - 2, 11, 8) + timedelta(days=number)))
    setting.add_agency_people(stage, moment(date(year - 2, 12, 1)))
    setting.declare_first_tie(stage, moment(date(year - 2, 12, 2)))
    timeline = Timeline(end)
    Story(session, stage, timeline, year).plan()
    Year(session, stage, year).plan(timeline)
    records = KeepingRecords(session, stage)
    records.plan(timeline)
    Registering(session, stage, year, records).plan(timeline)
    WholeYear(session, stage, year).plan(timeline)
    OwnForm(session, stage, year).plan(timeline)
    click.echo(
        "正在办理委托、成果、抽查、评分和发布… / Commissioning, handing in, inspecting, scoring, publishing ..."
    )
    timeline.run()
    Sending(session, stage).tell(end, now)
    for jobs in (ENGAGEMENT_JOBS, DELIVERABLE_JOBS, INSPECTION_JOBS, SHEET_JOBS, AGENCY_JOBS):
        for job in jobs.values():
            job(session, end)
    # Nobody leaves a year of messages unread.
    session.execute(
        update(InboxMessage)
        .where(InboxMessage.created_at < end - timedelta(days=30))
        .values(read_at=InboxMessage.created_at)
    )
    session.add(InstallationFact(key=FACT, value=str(year)))
    people.keep_passwords()
    session.commit()
    _write_workbook(session, data_dir, people, end)


def workbook_file(data_dir: Path, year: int) -> Path:
    return data_dir / f"annual-{year}.xlsx"


def _write_workbook(session: Session, data_dir: Path, people: People, now: datetime) -> None:
    click.echo("正在生成年度工作簿… / Writing the annual workbook ...")
    found = _published(session)
    lead = people.actor(content.LEAD.username, local_date(now))
    with reading(), force_locale(SOURCE_LOCALE):
        write_workbook(session, lead, found.id, workbook_file(data_dir, found.year), now=datetime.now(UTC))
    session.rollback()


def _published(session: Session) -> AssessmentRound:
    statement = (
        select(AssessmentRound)
        .join(Body, Body.id == AssessmentRound.bureau_id)
        .where(Body.name == content.DISTRICT_BUREAU, AssessmentRound.published_at.is_not(None))
        .order_by(AssessmentRound.year.desc(), AssessmentRound.revision.desc())
        .limit(1)
    )
    return session.scalars(statement).one()


def print_summary(session: Session, data_dir: Path) -> None:
    """The ranking, where the workbook lies, and one sign-in for each role."""
    found = _published(session)
    rows = session.scalars(
        select(AnnualResult).where(AnnualResult.round_id == found.id).order_by(AnnualResult.sort_position)
    ).all()
    click.echo(
        f"\n{content.DISTRICT_BUREAU} {found.year} 年度质量考核排名（演示数据，均为虚构）"
        f"\nRanking of {found.year}, demo data, all invented"
        "\n  参考分值，应与财政局正式附件核对 / reference points, to be checked against the bureau's annex\n"
    )
    labels = {grade.key: grade.label for grade in setting.GRADES}
    for row in rows:
        rank = str(row.rank) if row.rank is not None else "—"
        score = format_scaled(row.rounded, row.places) if row.rounded is not None else "暂列"
        click.echo(f"  {rank:>3}  {score:>6}  {labels.get(row.grade or '', '—'):<2} {row.agency_name}")
    _print_evidence(session)
    click.echo(f"\n工作簿 / workbook: {workbook_file(data_dir, found.year)}")
    known = kept_passwords(data_dir)
    click.echo("\n登录 / sign in（密码仅用于本数据目录 / passwords of this data folder only）:")
    with force_locale(SOURCE_LOCALE):
        for each in printed_sign_ins(session, list(known)):
            click.echo(
                f"  {each.username:<12} {known[each.username]:<14} {role_label(each.role)} · {each.body_name}"
            )
    if not known:
        click.echo(f"  {data_dir / SIGN_IN_FILE} 不存在 / is missing")


def _print_evidence(session: Session) -> None:
    def count(column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(column)).where(*conditions)) or 0

    deliverables = count(Deliverable.id, Deliverable.first_submitted_at.is_not(None))
    records, checks, findings = count(EvaluationRecord.id), count(SpotCheck.id), count(Finding.id)
    orders = count(RectificationOrder.id)
    click.echo(
        f"\n成果 {deliverables} 份、评价结果 {records} 份、抽查 {checks} 次、问题 {findings} 条、整改通知 {orders} 份"
        f"\n{deliverables} deliverables, {records} evaluations, {checks} spot checks, {findings} findings,"
        f" {orders} rectification orders"
    )
