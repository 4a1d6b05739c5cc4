"""Measures by date, and the shipped data loaded once."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.measures import queries, services
from agencyqa.measures.enums import Purpose
from agencyqa.measures.fault_format import shipped_faults
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.models import FaultCode, Measure, MeasureVersion, Provision, Scheme, SchemeVersion
from agencyqa.measures.shipped import shipped_versions
from tests.factories.accounts import NOW
from tests.factories.measures import load_measures, shipped_version


def counts(session: Session) -> list[int | None]:
    models = (Measure, MeasureVersion, Provision, Scheme, SchemeVersion, FaultCode, AuditEntry)
    return [session.scalar(select(func.count()).select_from(model)) for model in models]


def test_loading_twice_adds_nothing(session: Session) -> None:
    before = counts(session)
    assert before[:6] == [0, 0, 0, 0, 0, 0]
    # Nine versions of measures, five of schemes, and the fault codes.
    assert services.load_reference_data(session, NOW) == 9 + 5 + len(shipped_faults())
    session.flush()
    loaded = counts(session)
    assert loaded[3:6] == [3, 5, len(shipped_faults())]
    assert services.load_reference_data(session, NOW) == 0
    assert counts(session) == loaded


def test_what_a_bureau_completed_stays(session: Session) -> None:
    load_measures(session)
    provision = session.scalars(select(Provision).where(Provision.key == "M1/independence")).one()
    provision.article_number = "五"
    session.flush()
    services.load_reference_data(session, NOW)
    session.expire_all()
    assert session.get_one(Provision, provision.id).article_number == "五"


def test_shipped_schemes_are_published_with_their_content(session: Session) -> None:
    load_measures(session)
    for number, checked in shipped_versions():
        version = shipped_version(session, checked.file.key, number)
        session.expire(version)
        assert version.content == checked.content
        assert version.content_hash == checked.content_hash
        assert queries.file_of(version) == checked.file
        assert (version.published_at, version.published_by_id) == (NOW, None)


@pytest.mark.parametrize(
    ("key", "day", "number"),
    [
        ("M2/inspection", date(2020, 12, 31), None),
        ("M2/inspection", date(2021, 1, 1), "沪财发〔2021〕6号"),
        ("M2/inspection", date(2023, 12, 31), "沪财发〔2021〕6号"),
        ("M2/inspection", date(2024, 1, 1), "沪财发〔2023〕17号"),
        ("M1/independence", date(2021, 9, 17), None),
        ("CJ4/contract", date(2021, 7, 31), None),
        ("CJ4/contract", date(2021, 8, 1), "财监〔2021〕4号"),
        ("M3/grades", date(2021, 9, 18), "沪财绩〔2021〕24号"),
        ("M3/nothing", date(2022, 1, 1), None),
    ],
)
def test_the_provision_in_force_on_a_day(session: Session, key: str, day: date, number: str | None) -> None:
    load_measures(session)
    found = queries.provision_in_force(session, key, day)
    assert (found.measure_version.doc_number if found else None) == number


def test_a_provision_without_any_date_is_there(session: Session) -> None:
    load_measures(session)
    assert queries.provision_in_force(session, "JD2018/item_1_1", date(2017, 1, 1)) is not None
    assert queries.provision_in_force(session, "M1/independence", date(2021, 9, 18)) is not None


def test_citations_say_what_is_open(session: Session) -> None:
    load_measures(session)
    found = queries.provisions_cited(
        session, ["M2/inspection", "M1/independence", "JD2018/item_1_1", "RQF/format"], date(2022, 5, 1)
    )
    labels = {key: queries.provision_label(provision) for key, provision in found.items()}
    assert labels == {
        "M2/inspection": "《上海市第三方机构预算绩效评价业务监督管理实施细则（试行）》（沪财发〔2021〕6号）"
        "（条款号待核对）",
        "M1/independence": "《上海市委托第三方机构参与预算绩效管理工作暂行办法》（条款号待核对）",
        "JD2018/item_1_1": "嘉定区被评价单位评分表（2018年项目）第 1.1 项",
        "RQF/format": "评价报告质量扣分表",
    }
    found["M1/independence"].article_number = "五"
    assert queries.provision_label(found["M1/independence"]).endswith("暂行办法》第五条")


def test_a_citation_of_an_earlier_day_falls_back_to_the_newest_text(session: Session) -> None:
    load_measures(session)
    found = queries.provisions_cited(session, ["M2/inspection"], date(2018, 1, 1))
    assert found["M2/inspection"].measure_version.doc_number == "沪财发〔2023〕17号"


def test_the_database_knows_every_shipped_key(session: Session) -> None:
    load_measures(session)
    assert queries.citation_keys(session) == shipped_citations()


def test_the_program_of_a_version_is_compiled_once(session: Session) -> None:
    load_measures(session)
    version = shipped_version(session, "jiading-2018")
    assert version.purpose is Purpose.EVALUATED_UNIT
    program = queries.program_of(version)
    assert queries.program_of(version) is program
    answers: dict[str, dict[str, int | str | bool | None]] = {
        "team_ability": {"band": "strong", "value": 140_000},
        "team_stability": {"met": True},
        "communication": {"band": "good", "value": 190_000},
        "report_data": {"band": "good", "value": 230_000},
        "report_conclusions": {"band": "good", "value": 230_000},
    }
    result = program.score(answers)
    assert [section.total for section in result.sections] == [290_000, 190_000, 460_000]
    assert result.total == 940_000
    assert queries.texts_of(version).criterion("communication") == "2.1 沟通情况"
    assert queries.texts_of(version, "en").criterion("communication") == "2.1 Communication"


def test_the_second_versions_begin_with_2024(session: Session) -> None:
    load_measures(session)
    for key, begin in (("reference-2021", date(2021, 9, 18)), ("report-quality-40", date(2018, 1, 1))):
        first, second = shipped_version(session, key), shipped_version(session, key, 2)
        assert (first.valid_from, first.valid_to) == (begin, date(2023, 12, 31))
        assert (second.valid_from, second.valid_to) == (date(2024, 1, 1), None)
        chosen = [
            queries.scheme_in_force(session, bureau_id=0, purpose=first.purpose, work_kind=None, day=day)
            for day in (date(2023, 12, 31), date(2024, 1, 1))
        ]
        assert chosen == [first, second]
        assert queries.compiled(first).counting.faults == {}
    session.commit()
    ended = session.scalars(
        select(AuditEntry.target_id)
        .where(AuditEntry.event == "measures.scheme.ended")
        .order_by(AuditEntry.id)
    ).all()
    assert ended == [
        shipped_version(session, "reference-2021").id,
        shipped_version(session, "report-quality-40").id,
    ]


def test_a_database_from_before_gets_codes_and_second_versions(session: Session) -> None:
    load_measures(session)
    first = shipped_version(session, "reference-2021")
    before = first.content_hash
    # As it was left by a program that knew neither second versions nor the last two codes.
    late = ["weak_internal_rules", "untrained_staff"]
    session.execute(sa.delete(SchemeVersion).where(SchemeVersion.number == 2))
    session.execute(sa.update(SchemeVersion).values(valid_to=None))
    session.execute(sa.delete(FaultCode).where(FaultCode.code.in_(late)))
    session.commit()
    session.expire_all()
    assert services.load_reference_data(session, NOW) == 2 + len(late)
    session.commit()
    assert (first.valid_to, first.content_hash) == (date(2023, 12, 31), before)
    assert shipped_version(session, "reference-2021", 2).valid_from == date(2024, 1, 1)
    codes = queries.fault_codes(session)
    assert [code.code for code in codes] == [fault.code for fault in shipped_faults()]
    added = session.scalars(
        select(AuditEntry.detail)
        .where(AuditEntry.event == "measures.faults.loaded")
        .order_by(AuditEntry.sequence)
    ).all()
    assert [len(detail["codes"]) for detail in added] == [len(codes), len(late)]
    assert added[1]["codes"] == late


def test_provisions_on_many_days_are_those_in_force_on_each(session: Session) -> None:
    load_measures(session)
    days = [date(2018, 1, 1), date(2021, 1, 1), date(2021, 9, 17), date(2023, 12, 31), date(2024, 1, 1)]
    keys = ["M2/inspection", "M1/independence", "CJ4/contract", "JD2018/item_1_1", "M3/nothing"]
    wanted = {(key, day) for key in keys for day in days}
    found = queries.provisions_on(session, wanted)
    for day in days:
        cited = queries.provisions_cited(session, keys, day)
        assert {key: each.id for key, each in cited.items()} == {
            key: each.id for (key, on), each in found.items() if on == day
        }
    assert queries.provisions_on(session, set()) == {}
