"""What can be wrong with a workbook of a scheme, beside the faults of tables and of scheme files."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "book.unknown_setting": _l("方案没有“%(value)s”这一项。"),
    "book.not_offered": _l("“%(value)s”不在可选之列；可选：%(choices)s。"),
    "book.criterion_without_section": _l("考核项之前应先有一行栏目。"),
    "book.cell_not_used": _l("这一行的内容没有“%(title)s”，请清空这一格。"),
    "book.unknown_criterion": _l("“考核项”表中没有标识为“%(key)s”的考核项。"),
    "book.unknown_part": _l("前面没有标识为“%(part)s”的部分。"),
    "book.second_rule": _l("这里已经有一条规则；只有“本项不得分情形”之下可以再写一条。"),
    "book.no_rule_here": _l("一票否决没有计分规则，只能列出计入的问题。"),
    "book.item_without_rule": _l("前面没有可以列出“%(value)s”的规则。"),
}
