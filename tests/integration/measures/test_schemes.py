"""Which scheme is in force, how one is published, and that it never changes afterwards."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.errors import Forbidden, Refused, Stale, WrongState
from agencyqa.measures import compiled, queries, services
from agencyqa.measures.enums import Purpose, SchemeState, WorkKind
from agencyqa.measures.models import PublishedSchemeChanged, Scheme, SchemeVersion
from agencyqa.measures.reading import FileError
from tests.factories.accounts import NOW, make_actor, make_agency_body, make_bureau
from tests.factories.measures import load_measures, make_scheme, scheme_text, shipped_version


@pytest.fixture
def city(session: Session) -> Body:
    load_measures(session)
    return make_bureau(session, "上海市财政局")


@pytest.fixture
def district(session: Session, city: Body) -> Body:
    return make_bureau(session, "长宁区财政局", city)


def in_force(
    session: Session,
    bureau: Body,
    day: date,
    *,
    purpose: Purpose = Purpose.BUREAU,
    kind: WorkKind | None = None,
) -> str | None:
    found = queries.scheme_in_force(session, bureau_id=bureau.id, purpose=purpose, work_kind=kind, day=day)
    return None if found is None else found.scheme.title


def test_the_bureau_goes_before_its_parent_and_that_before_the_shipped(
    session: Session, city: Body, district: Body
) -> None:
    other = make_bureau(session, "徐汇区财政局", city)
    shipped = "第三方机构质量考核参考评分表"
    make_scheme(session, city, scheme_text(key="city", title="市表", valid_from=date(2022, 1, 1)))
    make_scheme(session, district, scheme_text(key="own", title="区表", valid_from=date(2022, 7, 1)))
    assert in_force(session, district, date(2021, 9, 17)) is None
    assert in_force(session, district, date(2021, 9, 18)) == shipped
    assert in_force(session, district, date(2021, 12, 31)) == shipped
    assert in_force(session, district, date(2022, 1, 1)) == "市表"
    assert in_force(session, district, date(2022, 6, 30)) == "市表"
    assert in_force(session, district, date(2022, 7, 1)) == "区表"
    assert in_force(session, other, date(2022, 7, 1)) == "市表"
    assert in_force(session, city, date(2022, 7, 1)) == "市表"


def test_each_scorer_has_a_scheme_of_its_own(session: Session, city: Body) -> None:
    day = date(2018, 1, 1)
    unit, commissioner = Purpose.EVALUATED_UNIT, Purpose.COMMISSIONER
    assert in_force(session, city, day, purpose=unit) == "嘉定区被评价单位评分表（2018年）"
    assert in_force(session, city, day, purpose=commissioner) == "评价报告质量扣分表（可见的40分）"
    assert in_force(session, city, day) is None
    assert in_force(session, city, date(2017, 12, 31), purpose=unit) is None


def test_the_kind_of_work_goes_before_the_general_scheme(
    session: Session, city: Body, district: Body
) -> None:
    make_scheme(session, city, scheme_text(key="general", title="通用表"))
    make_scheme(session, city, scheme_text(key="special", title="课题表", work_kind="research"))
    day = date(2022, 3, 1)
    assert in_force(session, city, day, kind=WorkKind.RESEARCH) == "课题表"
    assert in_force(session, city, day, kind=WorkKind.EVALUATION) == "通用表"
    assert in_force(session, city, day) == "通用表"
    # A district's general scheme is nearer than the city's special one.
    make_scheme(session, district, scheme_text(key="own", title="区表"))
    assert in_force(session, district, day, kind=WorkKind.RESEARCH) == "区表"


def test_publishing_ends_the_version_before_it(session: Session, city: Body) -> None:
    first = make_scheme(session, city, scheme_text(valid_from=date(2022, 1, 1)))
    second = make_scheme(session, city, scheme_text(title="新表", valid_from=date(2023, 1, 1), points="20"))
    third = make_scheme(
        session, city, scheme_text(key="another", title="第三表", valid_from=date(2023, 7, 1))
    )
    periods = [(v.number, v.valid_from, v.valid_to) for v in (first, second, third)]
    assert periods == [
        (1, date(2022, 1, 1), date(2022, 12, 31)),
        (2, date(2023, 1, 1), date(2023, 6, 30)),
        (1, date(2023, 7, 1), None),
    ]
    assert in_force(session, city, date(2022, 12, 31)) == "新表"
    found = queries.scheme_in_force(
        session, bureau_id=city.id, purpose=Purpose.BUREAU, work_kind=None, day=date(2022, 12, 31)
    )
    assert found is not None
    assert found.id == first.id
    # The log is written with the commit.
    session.commit()
    events = list(
        session.scalars(
            select(AuditEntry.event).where(AuditEntry.bureau_id == city.id).order_by(AuditEntry.sequence)
        )
    )
    assert events == [
        "measures.scheme.drafted",
        "measures.scheme.published",
        "measures.scheme.drafted",
        "measures.scheme.ended",
        "measures.scheme.published",
        "measures.scheme.drafted",
        "measures.scheme.ended",
        "measures.scheme.published",
    ]


@pytest.mark.parametrize("day", [date(2022, 1, 1), date(2021, 12, 31), date(2021, 1, 1)])
def test_periods_of_one_line_never_overlap(session: Session, city: Body, day: date) -> None:
    held = make_scheme(session, city, scheme_text(valid_from=date(2022, 1, 1)))
    with pytest.raises(Refused, match="scheme_validity_overlaps"):
        make_scheme(session, city, scheme_text(key="second", valid_from=day))
    assert (held.valid_to, in_force(session, city, date(2022, 1, 1))) == (None, "本局评分表")


def test_other_lines_are_not_touched(session: Session, city: Body, district: Body) -> None:
    held = make_scheme(session, city, scheme_text(valid_from=date(2022, 1, 1)))
    make_scheme(session, city, scheme_text(key="unit", purpose="evaluated_unit", valid_from=date(2022, 6, 1)))
    make_scheme(session, city, scheme_text(key="research", work_kind="research", valid_from=date(2022, 6, 1)))
    make_scheme(session, district, scheme_text(valid_from=date(2021, 6, 1)))
    assert held.valid_to is None
    assert shipped_version(session, "reference-2021", 2).valid_to is None


def test_only_the_lead_of_the_same_bureau_publishes(session: Session, city: Body, district: Body) -> None:
    supervisor = make_actor(session, district, Role.BUREAU_SUPERVISOR)
    draft = services.draft_scheme(supervisor, session, scheme_text(), now=NOW)
    session.flush()
    strangers = [
        supervisor,
        make_actor(session, city, Role.BUREAU_LEAD),
        make_actor(session, make_agency_body(session), Role.AGENCY_MANAGER),
    ]
    for actor in strangers:
        with pytest.raises(Forbidden):
            services.publish_scheme(actor, session, draft, seen_version=draft.version, now=NOW)
    shipped = shipped_version(session, "jiading-2018")
    lead = make_actor(session, district, Role.BUREAU_LEAD)
    with pytest.raises(Forbidden):
        services.publish_scheme(lead, session, shipped, seen_version=shipped.version, now=NOW)
    assert draft.state is SchemeState.DRAFT
    with pytest.raises(Stale):
        services.publish_scheme(lead, session, draft, seen_version=draft.version + 1, now=NOW)
    services.publish_scheme(lead, session, draft, seen_version=draft.version, now=NOW)
    session.flush()
    with pytest.raises(WrongState, match="scheme_not_draft"):
        services.publish_scheme(lead, session, draft, seen_version=draft.version, now=NOW)
    assert (draft.state, draft.published_at, draft.published_by_id) == (
        SchemeState.PUBLISHED,
        NOW,
        lead.user_id,
    )


def test_a_draft_is_overwritten_and_a_published_version_followed(session: Session, city: Body) -> None:
    actor = make_actor(session, city, Role.BUREAU_SUPERVISOR)
    first = services.draft_scheme(actor, session, scheme_text(), now=NOW)
    session.flush()
    again = services.draft_scheme(actor, session, scheme_text(points="20"), now=NOW)
    session.flush()
    assert (again.id, again.number, again.max_points) == (first.id, 1, 200_000)
    services.publish_scheme(
        make_actor(session, city, Role.BUREAU_LEAD), session, again, seen_version=again.version, now=NOW
    )
    session.flush()
    later = services.draft_scheme(actor, session, scheme_text(valid_from=date(2023, 1, 1)), now=NOW)
    session.flush()
    assert (later.number, later.state, later.scheme_id) == (2, SchemeState.DRAFT, first.scheme_id)


def test_a_draft_is_never_in_force(session: Session, city: Body) -> None:
    actor = make_actor(session, city, Role.BUREAU_SUPERVISOR)
    services.draft_scheme(actor, session, scheme_text(title="草稿表"), now=NOW)
    session.flush()
    assert in_force(session, city, date(2022, 6, 1)) == "第三方机构质量考核参考评分表"


def test_a_file_with_faults_stores_nothing(session: Session, city: Body) -> None:
    actor = make_actor(session, city, Role.BUREAU_SUPERVISOR)
    with pytest.raises(FileError) as caught:
        services.draft_scheme(
            actor, session, scheme_text().replace("M3/quality_assessment", "M3/invented") + "x: 1\n", now=NOW
        )
    assert [p.problem.code for p in caught.value.problems] == ["unknown_provision", "unknown_field"]
    assert session.scalars(select(Scheme).where(Scheme.bureau_id == city.id)).all() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content", {"key": "other"}),
        ("content_hash", "0" * 64),
        ("number", 9),
        ("valid_from", date(2020, 1, 1)),
        ("state", SchemeState.DRAFT),
        ("purpose", Purpose.COMMISSIONER),
        ("max_points", 1),
        ("is_reference", True),
        ("published_at", None),
    ],
)
@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_published_version_never_changes(
    session: Session, city: Body, name: str, value: object, is_fresh: bool
) -> None:
    version = make_scheme(session, city)
    before = (version.content, version.content_hash, version.number, version.valid_from)
    if is_fresh:
        # Nothing is loaded any more, so the gate has to look at the stored state itself.
        session.expire(version)
    with session.begin_nested() as savepoint:
        setattr(version, name, value)
        with pytest.raises(PublishedSchemeChanged, match=name):
            session.flush()
        savepoint.rollback()
    session.expire(version)
    assert (version.content, version.content_hash, version.number, version.valid_from) == before


def test_the_end_of_a_published_version_is_set_once_and_it_is_never_deleted(
    session: Session, city: Body
) -> None:
    version = make_scheme(session, city)
    session.expire(version)
    version.valid_to = date(2025, 12, 31)
    session.flush()
    for change in (date(2026, 12, 31), None):
        session.expire(version)
        with session.begin_nested() as savepoint:
            version.valid_to = change
            with pytest.raises(PublishedSchemeChanged, match="valid_to"):
                session.flush()
            savepoint.rollback()
    with session.begin_nested() as savepoint:
        session.delete(session.get_one(SchemeVersion, version.id))
        with pytest.raises(PublishedSchemeChanged, match="deleted"):
            session.flush()
        savepoint.rollback()


def test_the_cache_of_programs_is_bounded(
    session: Session, city: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "MOST_KEPT", 2)
    monkeypatch.setattr(compiled, "_kept", OrderedDict())
    versions = [
        shipped_version(session, key) for key in ("jiading-2018", "reference-2021", "report-quality-40")
    ]
    programs = [queries.program_of(version) for version in versions]
    assert len(compiled._kept) == 2
    assert queries.program_of(versions[2]) is programs[2]
    assert queries.program_of(versions[0]).digest == programs[0].digest
