from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from agencyqa.audit import queries
from agencyqa.audit.events import event_label, known_events, known_targets, target_label
from agencyqa.audit.models import ADMINISTRATOR_AREAS
from agencyqa.audit.queries import EntryFilter
from agencyqa.audit.reading import entry_lines
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.db import kept
from agencyqa.extensions import db
from agencyqa.web.forms import DateField, FilterForm, FlagField, TextChoiceField, TextField, WholeField
from agencyqa.web.tables import paginate

bp = Blueprint("audit", __name__, url_prefix="/audit")


class EntryFilterForm(FilterForm):
    event = TextChoiceField(_l("事项"), blank=_l("全部事项"))
    actor_name = TextField(_l("操作人"), maximum=80)
    target_type = TextChoiceField(_l("对象类型"), blank=_l("全部对象"))
    target_id = WholeField(_l("对象编号"), minimum=1, maximum=2**62)
    first_day = DateField(_l("开始日期"))
    last_day = DateField(_l("结束日期"))
    refused_only = FlagField(_l("只看被拒绝的操作"))

    def wanted(self) -> EntryFilter:
        return EntryFilter(
            event=self.event.data or None,
            actor_name=self.actor_name.data or None,
            target_type=self.target_type.data or None,
            target_id=self.target_id.data,
            refused_only=bool(self.refused_only.data),
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )


@bp.get("/")
@requires(Permission.AUDIT_READ)
def entries() -> ResponseReturnValue:
    actor = current_actor()
    filters = EntryFilterForm.read(choices=_choices(is_bureau=actor.is_bureau))
    page = paginate(db.session(), queries.entry_rows(actor, filters.wanted()), queries.ORDER, request.args)
    lines = entry_lines(db.session(), page.rows, actor)
    return render_template("audit/entries.html", lines=lines, page=page, filters=filters)


@kept
def _choices(*, is_bureau: bool) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Some two hundred words that change with the reader's language alone."""
    codes = (code for code in known_events() if is_bureau or code.partition(".")[0] in ADMINISTRATOR_AREAS)
    return {
        "event": tuple((code, event_label(code)) for code in codes),
        "target_type": tuple((name, target_label(name)) for name in known_targets()),
    }
