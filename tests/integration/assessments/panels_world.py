"""A year in which three experts score beside the bureau."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from agencyqa.accounts.models import Membership
from agencyqa.assessments.enums import RoleMissing
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.inviting import invite_experts
from agencyqa.assessments.services.review import finalise_sheet
from agencyqa.assessments.services.tables import add_share_table
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import Panel
from tests.factories.accounts import NOW, make_member, make_observer, make_user
from tests.factories.assessments import make_grade_table, make_sheets, submit
from tests.factories.measures import make_scheme, scheme_text
from tests.integration.assessments.conftest import World

SIGNED = date(2022, 3, 1)
HALVES = [(Purpose.BUREAU, Fraction(1, 2)), (Purpose.EXPERT, Fraction(1, 2))]
MEAN = Panel("mean", 1, 2, "wait")


@dataclass
class Panelled:
    """The sheets have one free value of 100 points."""

    world: World
    experts: list[Membership]
    engagement: Engagement

    def actor(self, number: int) -> Actor:
        return self.world.actor(self.experts[number])

    @property
    def supervisor(self) -> Actor:
        return self.world.actor(self.world.supervisor)

    def invite(self, *numbers: int) -> list[ScoreSheet]:
        users = [self.experts[number].user_id for number in numbers]
        return invite_experts(self.supervisor, self.world.session, self.engagement, users, now=NOW)

    def give(self, sheet: ScoreSheet, number: int, points: int) -> None:
        answers: dict[str, Any] = {"quality": {"value": points * 10_000}}
        submit(self.world.session, self.actor(number), sheet, answers)
        self.finalise(sheet)

    def finalise(self, sheet: ScoreSheet) -> None:
        finalise_sheet(
            self.world.actor(self.world.second_supervisor),
            self.world.session,
            sheet,
            seen_version=sheet.version,
            now=NOW,
        )

    def score_bureau(self, points: int) -> None:
        sheet = make_sheets(self.world.session, self.supervisor, self.engagement)[Purpose.BUREAU]
        submit(self.world.session, self.supervisor, sheet, {"quality": {"value": points * 10_000}})
        self.finalise(sheet)


def build_panelled(
    world: World, panel: Panel = MEAN, role_missing: RoleMissing = RoleMissing.WAIT
) -> Panelled:
    session = world.session
    make_grade_table(session, world.bureau)
    for purpose in ("bureau", "expert"):
        make_scheme(session, world.bureau, scheme_text(key=f"own-{purpose}", purpose=purpose, points="100"))
    add_share_table(
        world.actor(world.lead), session, valid_from=date(2022, 1, 1), source="办法", shares=HALVES,
        panel=panel, role_missing=role_missing, now=NOW,
    )  # fmt: skip
    pool = make_observer(session, world.bureau, "专家库")
    experts = [
        make_member(session, pool, Role.EXPERT, make_user(session, display_name=f"专家{name}"))
        for name in "甲乙丙"
    ]
    engagement = world.engage(SIGNED)
    session.commit()
    return Panelled(world, experts, engagement)
