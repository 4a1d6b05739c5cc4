"""Who gets the workbook, how it is handed over, and that nobody else's year is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from agencyqa.accounts.models import Body
from agencyqa.assessments.models import AssessmentRound
from agencyqa.assessments.services.rounds import compute_round
from agencyqa.auth.roles import Role
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from tests.client import Client
from tests.factories.accounts import NOW, make_bureau, make_member, sign_in
from tests.factories.assessments import load_schemes
from tests.integration.reports.book import SHEETS, Book, written
from tests.integration.reports.world import World, make_district, statements, world

__all__ = ["world"]


def test_only_a_bureau_gets_it(world: World, client: Client) -> None:
    own, other = world.own, world.other
    own.score(own.engage("学前教育补助项目"))
    found = own.publish(own.round())
    path = f"/reports/workbook/{found.id}"
    session = own.session
    city = make_member(session, session.get_one(Body, world.city.id), Role.BUREAU_SUPERVISOR)
    answers = {}
    for name, member in {
        "lead": own.lead,
        "supervisor": own.supervisor,
        "city": city,
        "neighbour": other.lead,
        "officer": own.officer,
        "manager": own.manager,
        "observer": world.observer,
        "administrator": world.administrator,
    }.items():
        client.delete_cookie("agencyqa")
        sign_in(client, member)
        answers[name] = client.get(path).status_code
    assert answers == {
        "lead": 200,
        "supervisor": 200,
        "city": 200,
        "neighbour": 404,
        "officer": 403,
        "manager": 403,
        "observer": 403,
        "administrator": 403,
    }
    with pytest.raises(NotVisible):
        written(session, other.actor(other.lead), found)
    with pytest.raises(Forbidden):
        written(session, own.actor(own.manager), found)


def test_download(world: World, client: Client) -> None:
    own = world.own
    own.score(own.engage("学前教育补助项目"))
    found = own.publish(own.round())
    sign_in(client, own.lead)
    answer = client.get(f"/reports/workbook/{found.id}")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "2022-1.xlsx" in answer.headers["Content-Disposition"]
    assert Book(answer.data).names == SHEETS


def test_another_districts_year_is_not_in_it(world: World) -> None:
    own, other = world.own, world.other
    own.score(own.engage("学前教育补助项目"))
    other.score(other.engage("社区食堂项目"))
    other.round()
    book = written(own.session, own.actor(own.supervisor), own.round())
    texts = {
        str(cell.value)
        for name in SHEETS
        for row in book.sheet(name).iter_rows()
        for cell in row
        if cell.value is not None
    }
    for secret in ("静安区财政局", "静远会计师事务所", "社区食堂项目", "区民政局"):
        assert not any(secret in text for text in texts)


def test_a_year_without_results(world: World) -> None:
    """Opened and not computed: empty tables, and no division by nothing."""
    own = world.own
    own.engage("学前教育补助项目")
    found = own.round()
    own.session.execute(sa.text("DELETE FROM annual_results"))
    book = written(own.session, own.actor(own.supervisor), found)
    assert book.names == SHEETS
    assert book.rows("排名") == []
    assert book.about()["机构、业务、评分表"] == "0 家、0 项、0 份"


def test_equal_statements_whatever_the_number(world: World, connection: sa.Connection) -> None:
    own = world.own
    own.score(own.engage("学前教育补助项目"))
    found = own.round()
    actor = own.actor(own.supervisor)

    def count(of: AssessmentRound) -> int:
        own.session.expire_all()
        with statements(connection) as sent:
            written(own.session, actor, of)
        return len(sent)

    first = count(found)
    for number in range(9):
        own.score(own.engage(f"项目 {number}"))

    compute_round(actor, own.session, found, now=NOW)
    assert count(found) == first


def test_the_command_line_writes_the_file(real_app: Flask, tmp_path: Path) -> None:

    with real_app.app_context():
        session = db.session()
        load_schemes(session)
        own = make_district(
            session, make_bureau(session, "上海市财政局"), "长宁区财政局", "区教育局", "申评咨询有限公司"
        )
        own.score(own.engage("学前教育补助项目"))
        own.publish(own.round())
        session.commit()
    runner = real_app.test_cli_runner()
    file = tmp_path / "year.xlsx"
    arguments = ["reports", "workbook", "--year", "2022", "--bureau", "长宁区财政局", "--out", str(file)]
    answer = runner.invoke(args=arguments)
    assert (answer.exit_code, answer.output) == (0, f"{file}: 长宁区财政局 2022, revision 1, published\n")
    rows = Book(file.read_bytes()).rows("排名")
    assert [(row["名次"], row["第三方机构"], row["得分"]) for row in rows] == [(1, "申评咨询有限公司", 100)]
    for wrong, message in (
        (["--year", "2021"], "长宁区财政局 has no assessment of 2021."),
        (["--bureau", "静安区财政局"], "There is no bureau 静安区财政局."),
        (["--out", str(tmp_path / "nowhere" / "year.xlsx")], f"There is no folder {tmp_path / 'nowhere'}."),
    ):
        answer = runner.invoke(args=[*arguments, *wrong])
        assert (answer.exit_code, answer.output) == (1, f"Error: {message}\n")
