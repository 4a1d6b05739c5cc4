"""``flask reports …``: the annual workbook as a file, and everything ever published worked out again."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments.cli import group as scoring_group
from agencyqa.assessments.models import AssessmentRound
from agencyqa.assessments.queries.rounds import newest_round, published_round
from agencyqa.assessments.services.verification import verify_published
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import utc_now
from agencyqa.db import reading
from agencyqa.extensions import db
from agencyqa.i18n import LOCALES
from agencyqa.reports.workbook import write_workbook

group = AppGroup("reports", help="Reports as files.")


@group.command("workbook")
@click.option("--year", type=int, required=True, help="Assessment year.")
@click.option("--bureau", required=True, help="Code or full name of the finance bureau.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="File to write.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of the workbook.")
def workbook_command(year: int, bureau: str, out: Path, language: str) -> None:
    """Write the annual workbook of a bureau: the newest published revision, else the open round."""
    with reading(), _speaking(language):
        session = db.session()
        body = _bureau(session, bureau)
        actor = _officer(body)
        found = _round(session, actor, body, year)
        if not out.parent.is_dir():
            raise click.ClickException(f"There is no folder {out.parent}.")
        write_workbook(session, actor, found.id, out, now=utc_now())
        revision, state = found.revision, found.state.value
        session.rollback()
    click.echo(f"{out}: {body.name} {year}, revision {revision}, {state}")


@group.command("verify")
def verify_command() -> None:
    """Work out again everything ever published. Exit status 1 where a stored figure is not what its inputs give."""
    with reading():
        done = verify_published(db.session())
        db.session.rollback()
    for difference in done.differences:
        click.echo(f"DIFFERENT: {difference}", err=True)
    counts = f"{done.rounds} published years, {done.results} results, {done.sheets} sheets"
    if done.differences:
        click.echo(f"{len(done.differences)} differences in {counts}.", err=True)
        sys.exit(1)
    click.echo(f"OK: {counts} give what was published.")


# The same under the name by which schemes and sheets are scored; there it needs the application all the same.
scoring_group.add_command(verify_command)


def _speaking(language: str) -> AbstractContextManager[Any]:
    manager: AbstractContextManager[Any] = force_locale(LOCALES["en" if language == "en" else "zh_CN"])
    return manager


def _bureau(session: Session, wanted: str) -> Body:
    body = session.scalars(
        select(Body)
        .where(Body.kind == BodyKind.BUREAU, or_(Body.code == wanted, Body.name == wanted))
        .order_by(Body.id)
        .limit(1)
    ).one_or_none()
    if body is None:
        raise click.ClickException(f"There is no bureau {wanted}.")
    return body


def _round(session: Session, actor: Actor, body: Body, year: int) -> AssessmentRound:
    found = published_round(session, actor, body.id, year) or newest_round(session, body.id, year)
    if found is None:
        raise click.ClickException(f"{body.name} has no assessment of {year}.")
    return found


def _officer(body: Body) -> Actor:
    """Whoever may run commands here may read the database; the file then shows what an officer of the bureau sees."""
    return Actor(
        user_id=None,
        user_name="command line",
        membership_id=None,
        role=Role.BUREAU_SUPERVISOR,
        body_id=body.id,
        body_kind=BodyKind.BUREAU,
        body_name=body.name,
        bureau_id=body.id,
        bureau_ids=frozenset({body.id}),
    )
