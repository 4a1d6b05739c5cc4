"""Score sheets and annual results of a crowd, and the log of all that was done."""

from __future__ import annotations

import sqlalchemy as sa

from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable, ScoreSheet
from agencyqa.audit.models import AuditEntry, AuditHead
from agencyqa.engagements.models import Engagement
from agencyqa.files.models import FileCheck
from agencyqa.jobs.models import JobRun
from agencyqa.measures.models import SchemeVersion
from benchmarks.crowd import FIRST_DAY, NUMBERS, Crowd, Filler, pick, text_of

YEARS = 10
n = NUMBERS.c.n


def fill_scores(filler: Filler, crowd: Crowd) -> None:
    for part in (_scores, _results, _log):
        part(filler, crowd)


def _scores(filler: Filler, crowd: Crowd) -> None:
    """The bureau's sheet of every finished engagement; of the last year one in ten is still open."""
    version = filler.connection.scalar(
        sa.select(sa.func.min(SchemeVersion.id)).where(SchemeVersion.purpose == "bureau")
    )
    of = Engagement.__table__.c
    newest = of.assessment_year == crowd.today.year
    total = 800_000 + of.id % 150 * 1000
    filler.put(
        ScoreSheet,
        Engagement.__table__,
        {
            "id": of.id,
            "bureau_id": of.bureau_id,
            "engagement_id": of.id,
            "scorer_role": "bureau",
            "scorer_body_id": of.bureau_id,
            "scheme_version_id": version,
            "state": sa.case(
                (sa.and_(newest, of.id % 10 == 1), "draft"),
                (sa.and_(newest, of.id % 10 == 2), "submitted"),
                (newest, "final"),
                else_="published",
            ),
            "due_on": of.due_on,
            "answers": {},
            "entered": {},
            "reasons": {},
            "packed": [],
            "engine_version": "1",
            "total": total,
            "max_points": 1_000_000,
            "section_totals": {},
            "measure_totals": {},
            "grade": "good",
            "created_at": of.created_at,
            "submitted_at": of.created_at,
        },
        of.state == "completed",
    )


def _results(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        GradeTable,
        1,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "valid_from": FIRST_DAY,
            "bands": [
                {"key": key, "label": label, "label_en": key, "low": low * 10_000}
                for key, label, low in (("good", "良", 80), ("fair", "中", 60), ("poor", "差", 0))
            ],
            "places": 2,
            "source": "测量用等级",
        },
    )
    filler.put(
        AssessmentRound,
        YEARS - 1,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "year": FIRST_DAY.year + n,
            "state": "published",
            "weight_mode": "equal",
            "grade_table_id": 1,
            "created_at": filler.moment(n * 365 + 365),
            "computed_at": filler.moment(n * 365 + 380),
            "published_at": filler.moment(n * 365 + 400),
        },
    )
    year, place = n // crowd.agencies, n % crowd.agencies
    filler.put(
        AnnualResult,
        (YEARS - 1) * crowd.agencies,
        {
            "round_id": year + 1,
            "bureau_id": crowd.bureau_id,
            "year": FIRST_DAY.year + year,
            "agency_id": crowd.first_agency + place,
            "agency_name": sa.literal("示例机构") + text_of(place),
            "state": "final",
            "numerator": text_of(90_000 - place),
            "denominator": "1000",
            "rounded": 9000 - place // 10,
            "places": 2,
            "grade": "good",
            "rank": place + 1,
            "ranked_count": crowd.agencies,
            "sort_position": place + 1,
            "engagement_count": 4,
            "missing_count": 0,
            "missing": [],
            "measure_scores": {},
            "inputs": {"engagements": []},
            "trace": {},
            "engine_version": "1",
            "computed_at": filler.moment(year * 365 + 380),
        },
    )


def _log(filler: Filler, crowd: Crowd) -> None:
    """Five entries for an engagement. The chain is not one: nobody verifies this log."""
    count = 5 * crowd.engagements
    engagement = n // 5
    filler.put(
        AuditEntry,
        count,
        {
            "sequence": n + 100_000,
            "at": filler.moment(crowd.start(engagement) + n % 5 * 20),
            "event": pick(
                n,
                (
                    "engagements.engagement.created",
                    "deliverables.submission.made",
                    "deliverables.deliverable.accepted",
                    "engagements.engagement.changed",
                    "engagements.engagement.completed",
                ),
            ),
            "actor_user_id": 1,
            "actor_body_id": crowd.bureau_id,
            "actor_name": "测量账号",
            "bureau_id": crowd.bureau_id,
            "target_type": pick(
                n, ("engagements", "submissions", "deliverables", "engagements", "engagements")
            ),
            "target_id": sa.case((n % 5 == 2, engagement * 4 + 1), else_=engagement + 1),
            "detail": {},
            "previous_hash": "e" * 64,
            "hash": "e" * 64,
        },
    )
    filler.connection.execute(sa.update(AuditHead).values(sequence=count + 100_000))
    filler.put(
        JobRun,
        5000,
        {
            "job": pick(n, ("files.check", "duties.remind", "audit.verify")),
            "due_at": filler.moment(crowd.days - 1700 + n // 3),
            "claimed_at": filler.moment(crowd.days - 1700 + n // 3),
            "claimed_by": "runner",
            "claim": "c" * 32,
            "finished_at": filler.moment(crowd.days - 1700 + n // 3),
            "duration_ms": 12,
            "state": "done",
        },
    )
    filler.put(
        FileCheck,
        400,
        {
            "begun_at": filler.moment(crowd.days - 400 + n),
            "ended_at": filler.moment(crowd.days - 400 + n),
            "files": 20_000,
            "bytes": 1_000_000,
            "faults": 0,
            "cleared": 0,
        },
    )
