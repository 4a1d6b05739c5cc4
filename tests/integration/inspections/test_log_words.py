"""The log says of a check what was asked and answered, in the reader's language, and not by which key it is kept."""

from __future__ import annotations

from sqlalchemy.orm import Session

from agencyqa.inspections.enums import Answer
from agencyqa.inspections.services import recording
from tests.client import Client
from tests.factories.accounts import NOW, sign_in, user_of
from tests.integration.engagements.world import statements
from tests.integration.inspections.world import declare_none, make_world, plan, recorded

CONTRACT = "开展工作前已签订书面合同，约定了内容、时限和费用"
PAPERS = "每项指标都有工作底稿，能够支持评价得分和结论"


def test_answers_are_read_in_words(client: Client, session: Session) -> None:
    world = make_world(session)
    check = plan(world)
    declare_none(world, check)
    for answers in (
        {"contract": (Answer.YES, ""), "work_papers": (Answer.NO, "缺三项")},
        {"contract": (Answer.YES, ""), "work_papers": (Answer.YES, ""), "procedure": (None, "待查")},
    ):
        recording.write_answers(
            world.actor("first"),
            session,
            check,
            answers,
            "总体规范",
            seen_version=check.version,
            now=NOW,
        )
    session.commit()
    sign_in(client, world.lead)
    text = client.page(client.get("/audit/?event=inspections.check.answered")).text
    assert f"{CONTRACT}： — → 符合" in text
    assert f"{PAPERS}： — → 不符合（缺三项）" in text
    # Of the second time only what changed is told.
    assert f"{PAPERS}： 不符合（缺三项） → 符合" in text
    assert (text.count(CONTRACT), "： — → 待查" in text) == (1, True)
    assert ("contract" in text, "work_papers" in text, "yes" in text) == (False, False, False)
    user_of(session, world.lead).locale = "en"
    session.commit()
    english = client.page(client.get("/audit/?event=inspections.check.answered")).text
    assert "Every indicator has work papers that support its score and conclusion: Not met" in english
    assert CONTRACT not in english


def test_what_was_left_open_is_read_in_words_and_many_checks_cost_one_statement(
    client: Client, session: Session
) -> None:
    world = make_world(session)
    recorded(world)
    session.commit()
    sign_in(client, world.lead)
    text = client.page(client.get("/audit/")).text
    assert "主评人符合条件，并实际主持评价工作" in text
    assert "evaluator_present" not in text
    for _ in range(3):
        recorded(world)
    session.commit()
    with statements(session) as sent:
        client.get("/audit/")
    assert sum("checklists" in statement for statement in sent) == 1
