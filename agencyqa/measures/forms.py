from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from agencyqa.measures.enums import Purpose, SchemeState, WorkKind
from agencyqa.measures.reading import LARGEST_FILE
from agencyqa.measures.scheme_format.fields import LARGEST_POINTS
from agencyqa.scoring import SCALE, format_points
from agencyqa.web.forms import (
    AreaField,
    ChoiceField,
    DateField,
    FilterForm,
    Form,
    IdField,
    PointsField,
    TextField,
    UploadField,
    VersionedForm,
)


class RawTextField(AreaField):
    """Kept as typed: spaces at the start of a line and full-width letters mean something in a scheme."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class DraftForm(Form):
    upload = UploadField(_l("方案文件（YAML）"), accept=".yaml,.yml")
    content = RawTextField(_l("方案内容"), maximum=LARGEST_FILE, rows=24)


class StartForm(Form):
    """The beginning of a new scheme; everything else is written in the editor."""

    title = TextField(_l("方案名称"), required=True, maximum=200)
    title_en = TextField(_l("英文名称"), maximum=300, help=_l("英文界面显示，可以稍后补充。"))
    key = TextField(
        _l("方案标识"),
        required=True,
        maximum=80,
        help=_l("小写字母、数字和连字符，例如 quality-2024；同一评分表的各个版本沿用同一标识。"),
    )
    purpose = ChoiceField(_l("评分人"), Purpose, required=True)
    work_kind = ChoiceField(_l("适用业务"), WorkKind, blank=_l("各类业务（另有专用方案的除外）"))
    valid_from = DateField(_l("施行日期"), required=True, help=_l("自这一天起签订的合同按本方案评分。"))
    max_points = PointsField(_l("满分"), required=True, minimum=1, maximum=LARGEST_POINTS * SCALE)

    def content(self) -> dict[str, Any]:
        """The beginning of a draft. Raw values are checked with the rest of it."""
        title = {"zh": self.title.data} | ({"en": self.title_en.data} if self.title_en.data else {})
        kind = {"work_kind": self.work_kind.data.value} if self.work_kind.data else {}
        return {
            "key": self.key.data,
            "title": title,
            "purpose": self.purpose.data.value,
            **kind,
            "valid_from": self.valid_from.data.isoformat(),
            "max_points": format_points(self.max_points.data),
            "sections": [],
        }


class EditForm(VersionedForm):
    """``thing`` is the key of what the page shows, by which it is known again after somebody moved it."""

    thing = HiddenField()


class PublishForm(VersionedForm):
    pass


class CompareForm(FilterForm):
    other = IdField(_l("与哪一版比较"), required=True)


class SchemeFilter(FilterForm):
    purpose = ChoiceField(_l("评分人"), Purpose, blank=_l("全部评分人"))
    state = ChoiceField(_l("状态"), SchemeState, blank=_l("全部状态"))
