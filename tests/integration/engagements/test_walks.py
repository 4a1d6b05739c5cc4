"""Anybody clicks anything, in any order, through the real services: a report never leaves the house unreviewed.

The tables alone are walked in ``tests/unit/test_lifecycles.py``; here levels, people, files and the log are looked at
after every click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables import services as deliverables
from agencyqa.engagements.deliverables.enums import Decision, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review import services as reviews
from agencyqa.engagements.review.enums import LevelDecision, ReviewState
from agencyqa.engagements.review.gate import files_of, newest_review
from agencyqa.engagements.review.models import InternalReview, ReviewComment, ReviewStep
from agencyqa.errors import AgencyQAError, Forbidden, NotVisible
from tests.factories.accounts import NOW, actor_of, make_member
from tests.factories.deliverables import make_deliverable
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored_row
from tests.integration.engagements.world import make_world

# One database is enough: nothing here runs beside anything else.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PEOPLE = ("staff", "second", "evaluator", "manager", "rival", "officer", "unit", "supervisor")
OF_AGENCY = frozenset(PEOPLE[:4])
# Who may take a step at all; the state decides the rest.
WHO = {
    **dict.fromkeys(
        ("upload", "take back", "open", "pass", "return", "comment", "answer", "stop"), OF_AGENCY
    ),
    "hand in": frozenset({"evaluator", "manager"}),
    "accept": frozenset({"officer"}),
    "send back": frozenset({"officer"}),
}


@dataclass
class House:
    session: Session
    actors: dict[str, Actor]
    engagement: Engagement
    report: Deliverable

    @property
    def review(self) -> InternalReview | None:
        return newest_review(self.session, self.engagement.id)

    def versions(self) -> dict[int, tuple[str, int | None, Any]]:
        """By number: what the file is, and with which hand-in it left; what was taken back before is told, too."""
        self.session.expire_all()
        rows = self.session.scalars(
            sa.select(DeliverableVersion).where(DeliverableVersion.deliverable_id == self.report.id)
        )
        return {row.id: (row.sha256, row.submission_id, row.decision) for row in rows}

    def events(self) -> int:
        return self.session.scalar(sa.select(sa.func.count(AuditEntry.id))) or 0

    def act(self, verb: str, actor: Actor) -> None:
        session, review = self.session, self.review
        match verb:
            case "upload":
                stored = make_stored_row(session)
                deliverables.add_version(actor, session, self.report, stored, "报告.pdf", now=NOW)
            case "take back":
                waiting = sa.select(DeliverableVersion).where(
                    DeliverableVersion.deliverable_id == self.report.id,
                    DeliverableVersion.submission_id.is_(None),
                    DeliverableVersion.withdrawn_at.is_(None),
                )
                version = session.scalars(waiting.limit(1)).one_or_none()
                if version is None:
                    raise NotVisible()
                deliverables.withdraw_version(actor, session, version, now=NOW)
            case "open":
                reviews.open_review(actor, session, self.engagement, "", now=NOW)
            case "hand in":
                deliverables.submit(actor, session, self.engagement, now=NOW)
            case "accept" | "send back":
                decision = Decision.ACCEPTED if verb == "accept" else Decision.RETURNED
                seen = self.report.version
                deliverables.decide(actor, session, self.report, decision, "x", seen_version=seen, now=NOW)
            case _ if review is None:
                raise NotVisible()
            case "pass" | "return":
                way = LevelDecision.PASSED if verb == "pass" else LevelDecision.RETURNED
                reviews.decide_level(actor, session, review, way, "x", seen_version=review.version, now=NOW)
            case "comment":
                reviews.add_comment(actor, session, review, "", "请补充", now=NOW)
            case "answer":
                said = sa.select(ReviewComment).where(ReviewComment.review_id == review.id)
                comment = session.scalars(said.order_by(ReviewComment.id.desc()).limit(1)).one_or_none()
                if comment is None:
                    raise NotVisible()
                reviews.answer_comment(actor, session, comment, "已补充", now=NOW)
            case "stop":
                seen = review.version
                reviews.withdraw_review(actor, session, review, "换稿", seen_version=seen, now=NOW)

    def check(self) -> None:
        """Every file that was handed in passed three levels, in order, by three people, with every comment answered."""
        for submission_id in {each[1] for each in self.versions().values()} - {None}:
            files = {number for number, each in self.versions().items() if each[1] == submission_id}
            passed = [
                review
                for review in self.session.scalars(
                    sa.select(InternalReview).where(
                        InternalReview.engagement_id == self.engagement.id,
                        InternalReview.state == ReviewState.PASSED,
                    )
                )
                if files_of(self.session, review) == files
            ]
            assert passed != []
            steps = self.session.scalars(
                sa.select(ReviewStep).where(ReviewStep.review_id == passed[0].id).order_by(ReviewStep.id)
            ).all()
            assert [step.level for step in steps] == [1, 2, 3]
            assert {step.decision for step in steps} == {LevelDecision.PASSED}
            assert len({step.decided_by_id for step in steps}) == 3
            still_open = sa.select(ReviewComment.id).where(
                ReviewComment.review_id == passed[0].id, ReviewComment.answered_at.is_(None)
            )
            assert self.session.scalars(still_open).all() == []


@pytest.fixture
def build(session: Session) -> Callable[[], House]:
    world = make_world(session)
    agency, rival = session.get_one(Body, world.agency.id), session.get_one(Body, world.rival.id)
    places = {
        "staff": (agency, Role.AGENCY_STAFF),
        "second": (agency, Role.AGENCY_STAFF),
        "evaluator": (agency, Role.PRINCIPAL_EVALUATOR),
        "manager": (agency, Role.AGENCY_MANAGER),
        "rival": (rival, Role.AGENCY_MANAGER),
        "officer": (world.education, Role.DEPARTMENT_OFFICER),
        "unit": (world.school, Role.DEPARTMENT_OFFICER),
        "supervisor": (world.bureau, Role.BUREAU_SUPERVISOR),
    }
    actors = {name: actor_of(session, make_member(session, *place)) for name, place in places.items()}

    def made() -> House:
        engagement = make_engagement(
            session, world.bureau, world.agency, world.school, commissioner=world.education
        )
        house = House(session, actors, engagement, make_deliverable(session, engagement))
        session.commit()
        return house

    return made


# Walks from the start alone would hardly ever meet three levels in order, so most begin on a way: the right one, one
# on which a person takes two levels, and one on which a comment is left open.
_SENT = (("upload", "staff"), ("open", "staff"), ("pass", "staff"))
BEGINNINGS = (
    (),
    (*_SENT, ("pass", "second")),
    (*_SENT, ("pass", "second"), ("pass", "manager"), ("hand in", "manager")),
    (*_SENT, ("pass", "staff"), ("pass", "manager"), ("hand in", "manager")),
    (*_SENT, ("pass", "second"), ("comment", "staff"), ("pass", "manager"), ("hand in", "evaluator")),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    st.sampled_from(BEGINNINGS),
    st.lists(st.tuples(st.sampled_from(sorted(WHO)), st.sampled_from(PEOPLE)), min_size=6, max_size=14),
)
def test_no_report_leaves_unreviewed_no_file_is_lost_and_every_step_is_logged(
    build: Callable[[], House], beginning: tuple[tuple[str, str], ...], clicks: list[tuple[str, str]]
) -> None:
    house = build()
    for verb, who in (*beginning, *clicks):
        files, events, state = house.versions(), house.events(), house.report.state
        try:
            house.act(verb, house.actors[who])
        except AgencyQAError as error:
            refused: AgencyQAError | None = error
        else:
            refused = None
        if refused is not None:
            house.session.rollback()
            # Who may not is told so; he does not learn from the state of the thing.
            if who not in WHO[verb]:
                assert isinstance(refused, Forbidden | NotVisible), (verb, who, refused)
            assert (house.versions(), house.events(), house.report.state) == (files, events, state)
            continue
        house.session.commit()
        assert who in WHO[verb], (verb, who)
        assert house.events() > events, (verb, who)
        after = house.versions()
        assert files.keys() <= after.keys()
        # What was handed in stays what it was, and a decision stands.
        for number, (sha256, submission_id, decision) in files.items():
            assert after[number][0] == sha256
            assert submission_id in {None, after[number][1]}
            assert decision in {None, after[number][2]}
        assert state is not DeliverableState.ACCEPTED or house.report.state is state
        house.check()
