"""The forms of handing in a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from agencyqa.measures.book_document import BOOK_LIMITS
from agencyqa.web.forms import Form, UploadField


class BookForm(Form):
    upload = UploadField(_l("工作簿（.xlsx）"), accept=".xlsx", required=True)

    def content(self) -> bytes:
        """One byte more than may be read, so that the reader sees what is too large."""
        held: bytes = self.upload.data.stream.read(BOOK_LIMITS.file_bytes + 1)
        return held


class ConfirmForm(Form):
    """``content`` is the scheme as its file, shown in the preview and checked again when it comes back."""

    content = HiddenField()
