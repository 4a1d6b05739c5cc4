from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.files.uploads import UploadForm
from agencyqa.web.forms import AreaField


class VersionForm(UploadForm):
    note = AreaField(_l("说明"), rows=2, help=_l("如修改了哪些内容。提交后委托方和财政局可见。"))
