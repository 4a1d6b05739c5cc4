from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.engagements.review.enums import LevelDecision, MarkKind
from agencyqa.web.forms import AreaField, DateField, Form, RadioChoiceField, TextField, VersionedForm


class OpenForm(Form):
    note = AreaField(_l("说明"), rows=3, help=_l("如请复核人员着重查看的部分。"))


class LevelForm(VersionedForm):
    decision = RadioChoiceField(_l("复核结论"), LevelDecision, required=True)
    note = AreaField(_l("复核意见"), help=_l("退回时必须填写，项目组据此修改。"))


class WithdrawForm(VersionedForm):
    reason = AreaField(_l("理由"), required=True)


class CommentForm(Form):
    place = TextField(_l("位置"), maximum=200, help=_l("如“第三部分第 2 段”“附表 1”。"))
    text = AreaField(_l("意见"), required=True)


class AnswerForm(Form):
    text = AreaField(_l("答复"), required=True, help=_l("写明怎样修改，或者不修改的理由；答复后不能更改。"))


class MarkForm(Form):
    kind = RadioChoiceField(_l("种类"), MarkKind, required=True)
    name = TextField(_l("签字人或者印章名称"), required=True, maximum=120)
    set_on = DateField(_l("签字盖章日期"), required=True)
    note = AreaField(_l("说明"), rows=2)
