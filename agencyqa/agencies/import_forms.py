from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from agencyqa.files.uploads import UploadField, UploadForm
from agencyqa.web.forms import Form


class ImportForm(UploadForm):
    file = UploadField(
        _l("Excel 工作簿（.xlsx）"), required=True, help=_l("按模板填写，每行一家机构，不超过 10 MB。")
    )


class ConfirmImportForm(Form):
    """``plan`` names what the preview showed, so that nothing else is carried out."""

    plan = HiddenField()
