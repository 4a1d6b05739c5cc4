"""The sentences of this area's errors."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "file_kinds_taken": _l(
        "可上传 PDF、OFD、Word、Excel、PowerPoint、WPS 文档，PNG、JPEG 图片和 ZIP 压缩包，不超过 %(limit)s MB。"
    ),
    "file_empty": _l("文件是空的（0 字节）。请检查原文件后重新选择。"),
    "file_too_large": _l("文件超过 %(limit)s MB 的上限。请压缩或拆分后再上传。"),
    "file_kind_unknown": _l(
        "不能识别的文件类型。请上传 PDF、OFD、Word、Excel、PowerPoint、WPS 文档、PNG 或 JPEG 图片，或 ZIP 压缩包。"
    ),
    "file_mislabelled": _l(
        "文件名以“.%(ending)s”结尾，内容却是%(kind)s。请确认选对了文件；若没有选错，把结尾改为“.%(right)s”后再上传。"
    ),
    "file_two_kinds": _l("文件看起来是%(kind)s，末尾却附有另一个压缩包。请用原程序重新导出后再上传。"),
    "file_macros": _l("文件含有宏。请另存为不含宏的格式（如 .docx、.xlsx、.pptx）或导出为 PDF 后再上传。"),
    "file_encrypted": _l("文件已加密或设有打开密码。请取消密码后再上传。"),
    "file_damaged": _l("文件已损坏或不完整，无法打开。请检查原文件后重新上传。"),
    "file_infected_known": _l("病毒扫描已发现该文件含有病毒，不能上传。请清除病毒后重新生成文件。"),
    "archive_too_many": _l("压缩包内的文件过多（上限 %(maximum)s 个）。请拆分后再上传。"),
    "archive_bomb": _l("压缩包解压后过大，或声明的大小与实际不符。请用常用压缩软件重新打包后再上传。"),
    "archive_path": _l("压缩包内有指向包外的路径或链接。请用常用压缩软件重新打包后再上传。"),
    "archive_method": _l("压缩包使用了不支持的压缩方式。请用常用的 ZIP 方式重新打包后再上传。"),
    "upload_gone": _l(
        "这次上传已过期、已取消或已被系统管理员清除，服务器上没有保留内容。请重新选择文件上传。"
    ),
    "upload_has_ended": _l("这次上传已经结束，无需清除。"),
    "upload_incomplete": _l("文件还没有传完，没有保存。请选择同一文件继续上传。"),
    "upload_differs": _l(
        "收到的内容与您选择的文件不一致（可能在上传期间被修改过），没有保存。请重新选择文件上传。"
    ),
    "upload_too_many": _l("您有 %(maximum)s 个文件正在上传，请等其中一个传完或取消后再上传。"),
    "upload_wrong_offset": _l("这一段的起点与服务器已收到的位置不符，请从服务器告知的位置继续。"),
    "upload_no_room": _l(
        "服务器存储空间已满，已传的部分仍保留。请联系系统管理员，腾出空间后选择同一文件从中断处继续上传。"
    ),
    "store_unavailable": _l("文件存储暂时无法访问，本次操作没有完成。请稍后重试，或联系系统管理员。"),
    "store_full": _l("文件存储空间已满，文件没有保存。请联系系统管理员。"),
    "content_missing": _l("存储中没有找到这个文件的完整内容。请联系系统管理员。"),
    "file_infected": _l("病毒扫描在这个文件中发现病毒，已停止下载。请联系系统管理员。"),
    "file_not_scanned": _l("这个文件还没有通过病毒扫描，暂时不能下载。请稍后再试。"),
}
