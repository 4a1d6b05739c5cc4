"""Two versions side by side, and what publication says it will do and then does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.measures import services
from agencyqa.measures.models import SchemeVersion
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_bureau, make_member, sign_in
from tests.factories.measures import load_measures, make_scheme, scheme_text, shipped_version


@pytest.fixture
def bureau(session: Session) -> Body:
    load_measures(session)
    return make_bureau(session)


def draft(session: Session, bureau: Body, text: str) -> SchemeVersion:
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    version = services.draft_scheme(actor, session, text, now=NOW)
    session.flush()
    return version


def test_a_new_version_is_compared_with_the_one_before_it(
    client: Client, session: Session, bureau: Body
) -> None:
    first = make_scheme(session, bureau, scheme_text(valid_from=date(2022, 1, 1)))
    second = draft(session, bureau, scheme_text(valid_from=date(2023, 1, 1), points="20"))
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    page = client.page(client.get(f"/measures/schemes/{second.id}/compare"))
    assert [form.value("other") for form in page.forms if "other" in form.names] == [str(first.id)]
    for text in ("共 5 处差异。", "施行日期", "2022-01-01", "2023-01-01", "10 分", "20 分", "全部 › 质量"):
        assert text in page.text
    itself = client.get(f"/measures/schemes/{second.id}/compare?other={second.id}")
    assert "请选择要比较的版本" in itself.text
    # The other way round, and with a scheme of another kind.
    back = client.page(client.get(f"/measures/schemes/{first.id}/compare?other={second.id}")).text
    assert back.index("2023-01-01") < back.index("2022-01-01")
    other = shipped_version(session, "report-quality-40")
    assert client.get(f"/measures/schemes/{second.id}/compare?other={other.id}").status_code == 200


def test_a_foreign_draft_is_neither_offered_nor_compared(
    client: Client, session: Session, bureau: Body
) -> None:
    own = make_scheme(session, bureau)
    foreign = draft(session, make_bureau(session, "徐汇区财政局"), scheme_text(title="别局的草稿"))
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    answer = client.get(f"/measures/schemes/{own.id}/compare?other={foreign.id}")
    assert (answer.status_code, "别局的草稿" in answer.text) == (200, False)
    assert client.get(f"/measures/schemes/{foreign.id}/compare?other={own.id}").status_code == 404


def test_effects_are_told_before_and_seen_after(
    new_client: Callable[[], Client], session: Session, bureau: Body
) -> None:
    lead = new_client()
    sign_in(lead, make_member(session, bureau, Role.BUREAU_LEAD))
    new = draft(session, bureau, scheme_text(valid_from=date(2022, 1, 1)))
    text = lead.page(lead.get(f"/measures/schemes/{new.id}")).text
    assert "自 2022-01-01 起签订的合同按本方案评分（财政局评分，各类业务）。" in text
    assert "目前适用“第三方机构质量考核参考评分表”第 1 版，发布后改用本局的方案。" in text
    assert f"发布为第 1 版，内容哈希 {new.content_hash[:12]}" in text
    assert lead.submit(lead.get(f"/measures/schemes/{new.id}"), "/publish").status_code == 302

    later = draft(session, bureau, scheme_text(title="新表", valid_from=date(2023, 1, 1)))
    shown = lead.get(f"/measures/schemes/{later.id}")
    assert "取代“本局评分表”第 1 版，该版自施行日期的前一天起终止" in lead.page(shown).text
    before = (new.content, new.content_hash, new.number, new.published_at)
    assert lead.submit(shown, "/publish").status_code == 302
    assert lead.submit(shown, "/publish").status_code == 409
    old = lead.page(lead.get(f"/measures/schemes/{new.id}"))
    assert "已被取代" in old.text
    assert "自 2023-01-01 起签订的合同适用 “新表”第 2 版" in old.text
    assert f"/measures/schemes/{later.id}" in {href for _, href in old.links}
    assert "已被取代" in lead.get("/measures/schemes/").text
    session.refresh(new)
    assert ((new.content, new.content_hash, new.number, new.published_at), new.valid_to) == (
        before,
        date(2022, 12, 31),
    )

    early = draft(session, bureau, scheme_text(key="early", valid_from=date(2022, 6, 1)))
    text = lead.page(lead.get(f"/measures/schemes/{early.id}")).text
    assert "“新表”第 2 版自 2023-01-01 起施行，与本方案的施行日期重叠" in text
    assert "确认发布这个版本？" not in text


def test_a_version_that_nothing_followed_is_not_superseded(
    client: Client, session: Session, bureau: Body
) -> None:
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    first, second = shipped_version(session, "reference-2021"), shipped_version(session, "reference-2021", 2)
    assert "已被取代" in client.get(f"/measures/schemes/{first.id}").text
    assert "已被取代" not in client.get(f"/measures/schemes/{second.id}").text
