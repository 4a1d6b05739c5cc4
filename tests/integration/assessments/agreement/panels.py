"""Engagements that several people scored by the same form: a panel, whatever the roles it sits in."""

from __future__ import annotations

from collections.abc import Sequence

from agencyqa.accounts.models import Membership
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import parse_points
from tests.factories.accounts import NOW
from tests.factories.assessments import JIADING_ANSWERS, program_of_sheet
from tests.integration.assessments.conftest import World

ROLES = (Purpose.EVALUATED_UNIT, Purpose.BUREAU, Purpose.COMMISSIONER)


def score(
    world: World,
    engagement: Engagement,
    figures: Sequence[tuple[Membership, str]],
    state: SheetState = SheetState.SUBMITTED,
) -> list[ScoreSheet]:
    """A sheet for each (who, points of the data criterion, 0 to 25): the other criteria get 71 points together."""
    first = world.sheets(engagement)[Purpose.EVALUATED_UNIT]
    program = program_of_sheet(world.session, first)
    made = [first]
    kept = {c.key for c in ScoreSheet.__table__.columns} - {"id", "scorer_role", "version"}
    for role in ROLES[1 : len(figures)]:
        made.append(ScoreSheet(scorer_role=role, **{name: getattr(first, name) for name in kept}))
        world.session.add(made[-1])
    for sheet, (member, points) in zip(made, figures, strict=True):
        value = parse_points(points)
        band = "good" if value >= 160_000 else "fair" if value >= 60_000 else "poor"
        answers = JIADING_ANSWERS | {"report_data": {"band": band, "value": value}}
        result = program.score(answers)
        sheet.answers, sheet.packed, sheet.total = answers, list(program.pack(answers)), result.total
        sheet.scorer_body_id, sheet.submitted_by_id = member.body_id, member.user_id
        sheet.state, sheet.submitted_at = state, NOW
    world.session.flush()
    return made
