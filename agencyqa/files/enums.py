from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from agencyqa.web.labels import describe


class FileKind(StrEnum):
    """What a file is by its content, never by its name."""

    PDF = "pdf"
    OFD = "ofd"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    # Word, Excel and PowerPoint of before 2007; WPS writes the same container under its own endings.
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    PNG = "png"
    JPEG = "jpeg"
    ZIP = "zip"


class ScanState(StrEnum):
    """What an antivirus scanner said; a check of the structure is never called a scan."""

    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    INFECTED = "infected"
    SCANNER_DOWN = "scanner_down"


class UploadState(StrEnum):
    """What became of a file that came in parts. It leaves OPEN once, by one statement, and never comes back.

    Its sender gives it up; an administrator discards it.
    """

    OPEN = "open"
    TAKEN = "taken"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    DISCARDED = "discarded"
    EXPIRED = "expired"


class UploadAction(StrEnum):
    OPEN = "open"
    TAKE = "take"
    REFUSE = "refuse"
    GIVE_UP = "give_up"
    DISCARD = "discard"
    EXPIRE = "expire"


class FaultKind(StrEnum):
    """What the nightly comparison of rows and store found."""

    MISSING = "missing"
    DAMAGED = "damaged"
    ORPHAN = "orphan"
    UNREADABLE = "unreadable"


describe(
    FileKind,
    {
        FileKind.PDF: _l("PDF 文件"),
        FileKind.OFD: _l("OFD 版式文件"),
        FileKind.DOCX: _l("Word 文档"),
        FileKind.XLSX: _l("Excel 工作簿"),
        FileKind.PPTX: _l("PowerPoint 演示文稿"),
        FileKind.DOC: _l("Word 97—2003 / WPS 文字"),
        FileKind.XLS: _l("Excel 97—2003 / WPS 表格"),
        FileKind.PPT: _l("PowerPoint 97—2003 / WPS 演示"),
        FileKind.PNG: _l("PNG 图片"),
        FileKind.JPEG: _l("JPEG 图片"),
        FileKind.ZIP: _l("ZIP 压缩包"),
    },
)
describe(
    ScanState,
    {
        ScanState.NOT_SCANNED: (_l("未经病毒扫描"), "neutral"),
        ScanState.CLEAN: (_l("扫描未发现病毒"), "success"),
        ScanState.INFECTED: (_l("扫描发现病毒"), "danger"),
        ScanState.SCANNER_DOWN: (_l("扫描服务不可用"), "warning"),
    },
)
describe(
    UploadState,
    {
        UploadState.OPEN: (_l("上传中"), "progress"),
        UploadState.TAKEN: (_l("已接收"), "success"),
        UploadState.REFUSED: (_l("未通过检查"), "danger"),
        UploadState.GIVEN_UP: (_l("已取消"), "neutral"),
        UploadState.DISCARDED: (_l("已被清除"), "warning"),
        UploadState.EXPIRED: (_l("过期未传完"), "neutral"),
    },
)
describe(
    UploadAction,
    {
        UploadAction.OPEN: _l("开始上传"),
        UploadAction.TAKE: _l("接收"),
        UploadAction.REFUSE: _l("未通过检查"),
        UploadAction.GIVE_UP: _l("取消"),
        UploadAction.DISCARD: _l("清除"),
        UploadAction.EXPIRE: _l("过期清除"),
    },
)
describe(
    FaultKind,
    {
        FaultKind.MISSING: (_l("文件缺失"), "danger"),
        FaultKind.DAMAGED: (_l("内容与登记的摘要不符"), "danger"),
        FaultKind.ORPHAN: (_l("没有登记的文件"), "warning"),
        FaultKind.UNREADABLE: (_l("无法读取"), "warning"),
    },
)
