"""The sentences of what can be wrong with a table; the place stands before them."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "table.not_a_workbook": _l("这不是可以读取的 Excel 工作簿（.xlsx）。"),
    "table.password": _l("工作簿设有密码，请去掉密码后再导入。"),
    "table.file_too_large": _l("文件过大，最多 %(megabytes)s MB。"),
    "table.unpacks_too_large": _l("工作簿展开后过大，最多 %(megabytes)s MB。"),
    "table.too_many_cells": _l("工作表的使用区域过大，最多 %(cells)s 个单元格。请删除表格以外的内容。"),
    "table.no_sheet": _l("没有找到这个工作表。现有工作表：%(names)s。"),
    "table.no_header": _l("没有找到表头。需要的列：%(titles)s。"),
    "table.no_rows": _l("表头以下没有数据。"),
    "table.missing_column": _l("第 %(row)s 行表头缺少“%(title)s”列。"),
    "table.duplicate_column": _l("“%(title)s”列重复，第一次出现在 %(first)s。"),
    "table.merged": _l("%(area)s 是合并单元格，请取消合并并逐格填写。"),
    "table.empty_cell": _l("“%(title)s”不能为空。"),
    "table.not_a_number": _l("“%(value)s”不是数字。"),
    "table.not_a_whole_number": _l("“%(value)s”不是整数。"),
    "table.not_a_date": _l("“%(value)s”不是日期，请写成 2024-03-31。"),
    "table.formula_error": _l("“%(title)s”的公式结果是错误值，请更正公式。"),
    "table.merged_first": _l("%(area)s 是合并单元格，只取左上角 %(cell)s 的内容，其余各格按空白处理。"),
    "table.hidden_rows": _l(
        "第 %(rows)s 行（共 %(number)s 行）是隐藏行，同样读取；不应读取的，请删去后重新上传。"
    ),
    "table.hidden_column": _l("“%(title)s”是隐藏列，同样读取；不应读取的，请删去后重新上传。"),
    "table.unknown_column": _l("不认识“%(title)s”这一列，没有读取；如果写错了列名，请改正。"),
    "table.formula_taken": _l("%(cells)s 是公式（共 %(number)s 格），取工作簿中保存的计算结果。"),
    "table.formula_empty": _l(
        "%(cells)s 是公式（共 %(number)s 格），工作簿中没有保存计算结果，按空白处理。"
        "请在 Excel 中打开、保存后重新上传。"
    ),
    "table.more_problems": _l("问题超过 %(number)s 处，后面的行没有检查。"),
}
