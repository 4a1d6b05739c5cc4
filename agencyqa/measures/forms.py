from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.measures.enums import Purpose, SchemeState
from agencyqa.measures.reading import LARGEST_FILE
from agencyqa.web.forms import AreaField, ChoiceField, FilterForm, Form, UploadField, VersionedForm


class RawTextField(AreaField):
    """Kept as typed: spaces at the start of a line and full-width letters mean something in a scheme."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class DraftForm(Form):
    upload = UploadField(_l("方案文件（YAML）"), accept=".yaml,.yml")
    content = RawTextField(_l("方案内容"), maximum=LARGEST_FILE, rows=24)


class PublishForm(VersionedForm):
    pass


class SchemeFilter(FilterForm):
    purpose = ChoiceField(_l("评分人"), Purpose, blank=_l("全部评分人"))
    state = ChoiceField(_l("状态"), SchemeState, blank=_l("全部状态"))
