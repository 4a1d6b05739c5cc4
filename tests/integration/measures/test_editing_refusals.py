"""What the editor refuses: nobody writes over anybody, and nothing hostile or too large gets in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.errors import Forbidden, Invalid, Refused, Stale, WrongState
from agencyqa.measures import services
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import SchemeVersion
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_agency_body, make_bureau, make_member, sign_in
from tests.factories.measures import make_scheme, scheme_text, shipped_version
from tests.integration.measures.drafts import bureau, officer, start

__all__ = ["bureau", "officer"]


@pytest.mark.parametrize(
    "do", ["", "x", "add", "add:", "add:9", "remove:0.9", "up:-1", "copy:0.0.0", "remove:٣", "fit:0" * 5000]
)
def test_a_button_that_is_none_changes_nothing(
    officer: Client, session: Session, bureau: Body, do: str
) -> None:
    version = start(session, bureau)
    before = version.content_hash
    answer = officer.submit(officer.get(f"/measures/schemes/{version.id}/edit"), "tree", do=do)
    assert answer.status_code in {404, 409}
    answer = officer.submit(
        officer.get(f"/measures/schemes/{version.id}/edit/criterion?at=0.0"), "part-form", do=f"remove:{do}"
    )
    assert answer.status_code in {302, 409}
    session.refresh(version)
    assert version.content_hash == before


def test_whoever_comes_too_late_keeps_what_was_typed(officer: Client, session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    address = f"/measures/schemes/{version.id}/edit/criterion?at=0.0"
    opened = officer.get(address)
    officer.submit(officer.get(address), "part-form", **{"label.zh": "别人写的", "do": "save"})
    late = officer.submit(opened, "part-form", **{"label.zh": "我写的", "rule.kind": "banded", "do": "save"})
    assert late.status_code == 409
    assert "这份草稿刚刚在别处被改动" in late.text
    form = officer.page(late).form("part-form")
    assert (form.value("label.zh"), form.value("rule.kind")) == ("我写的", "banded")
    session.refresh(version)
    assert version.content["sections"][0]["criteria"][0] == {"key": "item_1", "label": {"zh": "别人写的"}}
    # Once more is meant: then this page goes by what stands in the boxes.
    assert officer.submit(late, "part-form", do="save").status_code == 302
    session.refresh(version)
    assert version.content["sections"][0]["criteria"][0]["label"] == {"zh": "我写的"}


def test_what_is_no_longer_there_is_not_written_into_something_else(
    officer: Client, session: Session, bureau: Body
) -> None:
    version = start(session, bureau)
    tree, address = (f"/measures/schemes/{version.id}/edit{end}" for end in ("", "/criterion?at=0.0"))
    opened = officer.get(address)
    officer.submit(officer.get(tree), "tree", do="add:0")
    officer.submit(officer.get(tree), "tree", do="down:0.0")
    late = officer.submit(opened, "part-form", **{"label.zh": "我写的", "do": "save"})
    assert late.status_code == 409
    assert "我写的" in late.text
    officer.submit(officer.get(tree), "tree", do="remove:0")
    gone = officer.submit(opened, "part-form", **{"label.zh": "我写的", "do": "save"})
    assert (gone.status_code, "我写的" in gone.text) == (409, True)
    assert officer.get(address).status_code == 404
    session.refresh(version)
    assert version.content["sections"] == []


def test_a_second_click_is_refused(officer: Client, session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    shown = officer.get(f"/measures/schemes/{version.id}/edit")
    assert officer.submit(shown, "tree", do="add-section").status_code == 302
    assert officer.submit(shown, "tree", do="add-section").status_code == 409
    session.refresh(version)
    assert len(version.content["sections"]) == 2


def test_refusals_of_the_services(session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    officer = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    stranger = make_actor(session, make_bureau(session, "徐汇区财政局"), Role.BUREAU_SUPERVISOR)
    manager = make_actor(session, make_agency_body(session), Role.AGENCY_MANAGER)
    shipped = shipped_version(session, "jiading-2018")
    published = make_scheme(session, bureau, scheme_text(purpose="commissioner"))

    def save(actor: Any, target: SchemeVersion, seen: int | None = None, **more: Any) -> None:
        services.save_draft(
            actor, session, target, {**target.content, **more}, seen_version=seen or target.version, now=NOW
        )

    for actor in (stranger, manager):
        with pytest.raises(Forbidden):
            save(actor, version)
    with pytest.raises(Forbidden):
        save(officer, shipped)
    with pytest.raises(Forbidden):
        services.start_draft(manager, session, {"key": "x", "sections": []}, now=NOW)
    with pytest.raises(Forbidden):
        services.copy_draft(manager, session, shipped, now=NOW)
    with pytest.raises(WrongState, match="scheme_not_draft"):
        save(officer, published)
    with pytest.raises(Stale):
        save(officer, version, seen=version.version + 1)
    with pytest.raises(Invalid):
        save(officer, version, source={"zh": "长" * 400_000})
    with pytest.raises(Invalid):
        save(officer, version, grades=[{"key": "a"} for _ in range(16_000)])
    with pytest.raises(Refused, match="scheme_draft_exists"):
        services.copy_draft(officer, session, version, now=NOW)
    for key in ("own", "Own", "", None, "a" * 81 + "!"):
        with pytest.raises(Invalid):
            services.start_draft(officer, session, {"key": key, "sections": []}, now=NOW)
    # The key of a scheme is not changed by a draft of it.
    save(officer, version, key="another")
    assert version.content["key"] == "own"


def test_a_draft_with_errors_is_not_published(
    new_client: Callable[[], Client], session: Session, bureau: Body
) -> None:
    version = start(session, bureau)
    lead = new_client()
    sign_in(lead, make_member(session, bureau, Role.BUREAU_LEAD))
    assert lead.get(f"/measures/schemes/{version.id}").location.endswith("/edit")
    answer = lead.post(f"/measures/schemes/{version.id}/publish", data={"version": version.version})
    assert answer.status_code == 409
    assert f"方案还有 {version.error_count} 处错误，不能发布。" in answer.text
    assert f"{version.error_count} 处错误" in lead.get("/measures/schemes/").text
    for address in (f"/measures/schemes/{version.id}/scheme.xlsx", f"/simulation?scheme={version.id}"):
        answer = lead.get(address)
        assert (address, answer.status_code < 500) == (address, True)
    assert lead.get(f"/measures/schemes/{version.id}/scheme.yaml").status_code == 200
    session.refresh(version)
    assert version.state is SchemeState.DRAFT


def test_who_may_not_edit_is_refused(
    new_client: Callable[[], Client], session: Session, bureau: Body
) -> None:
    version = start(session, bureau)
    shipped = shipped_version(session, "jiading-2018")
    published = make_scheme(session, bureau, scheme_text(purpose="commissioner"))
    ends = ("edit", "edit/head", "edit/section?at=0", "edit/criterion?at=0.0")
    people = {
        make_member(session, make_agency_body(session), Role.AGENCY_MANAGER): (403, 403, 403),
        make_member(session, make_bureau(session, "徐汇区财政局"), Role.BUREAU_LEAD): (404, 403, 403),
        make_member(session, bureau, Role.BUREAU_LEAD): (200, 403, 409),
    }
    for member, expected in people.items():
        client = new_client()
        sign_in(client, member)
        for end in ends:
            found = tuple(
                client.get(f"/measures/schemes/{each.id}/{end}").status_code
                for each in (version, shipped, published)
            )
            assert found == expected, (end, member.role)
            if expected[0] != 200:
                posted = client.post(
                    f"/measures/schemes/{version.id}/{end}", data={"version": version.version, "do": "save"}
                )
                assert posted.status_code == expected[0]
    assert version.content["sections"][0]["criteria"] == [{"key": "item_1"}]


@pytest.mark.parametrize(
    "at", ["", "0", "0.0.0", "9.9", "-1.0", "0.x", "0." * 4000, "٠.٠", "1e3.0", "000.0000"]
)
def test_a_position_that_is_none_is_not_found(
    officer: Client, session: Session, bureau: Body, at: str
) -> None:
    version = start(session, bureau)
    answer = officer.get(f"/measures/schemes/{version.id}/edit/criterion", query_string={"at": at})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "\u202e%s%(x)s' OR 1=1 --",
        "９" * 3000,
        "\x01\x0b\ufffe😀",
        "\ud7ff",
    ],
)
def test_hostile_text_is_kept_as_text(officer: Client, session: Session, bureau: Body, text: str) -> None:
    """In every field at once, with every rule chosen in turn, and read again on every page."""
    version = start(session, bureau)
    for end in ("edit/head", "edit/section?at=0", "edit/criterion?at=0.0"):
        address = f"/measures/schemes/{version.id}/{end}"
        names = officer.page(officer.get(address)).form("part-form").names - {
            *("csrf_token", "version", "thing", "do"),
            *(f"rule.{name}" for name in ("kind", "shown")),
        }
        more = {"rule.kind": "banded", "rule.shown": "banded", "rule.bands.0.label.zh": text}
        answer = officer.submit(
            officer.get(address), "part-form", **dict.fromkeys(names, text), **more, do="save"
        )
        assert answer.status_code == 302
        shown = officer.get(address)
        assert (shown.status_code, "<script>alert" in shown.text) == (200, False)
    for end in (
        "edit",
        "scheme.yaml",
        "compare",
        f"compare?other={shipped_version(session, 'jiading-2018').id}",
    ):
        shown = officer.get(f"/measures/schemes/{version.id}/{end}")
        assert (shown.status_code, "<script>alert(1)" in shown.text and end != "scheme.yaml") == (200, False)


def test_too_much_is_refused_and_kept_on_the_page(officer: Client, session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    before = version.content_hash
    address = f"/measures/schemes/{version.id}/edit/criterion?at=0.0"
    answer = officer.submit(
        officer.get(address),
        "part-form",
        **{"description.zh": "长" * 350_000, "label.zh": "我写的", "do": "save"},
    )
    assert answer.status_code == 422
    assert "内容过多，没有保存" in answer.text
    assert officer.page(answer).form("part-form").value("label.zh") == "我写的"
    session.refresh(version)
    assert version.content_hash == before
