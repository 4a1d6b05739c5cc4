from __future__ import annotations

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.enums import DocumentKind
from agencyqa.agencies.services import AdmissionTerms, EvaluatorTerms
from agencyqa.web.forms import AreaField, DateField, FlagField, Form, MultiChoiceField, WholeField

SOURCE = _l("规定的名称、文号或者会议纪要。")


class EvaluatorTermsForm(Form):
    valid_from = DateField(_l("施行日期"), required=True, help=_l("适用于该日起任职或者签订合同的主评人。"))
    min_work_years = WholeField(_l("工作年限不少于"), required=True, minimum=0)
    min_evaluation_years = WholeField(_l("绩效评价工作年限不少于"), required=True, minimum=0)
    needs_title_or_licence = FlagField(_l("须有职称或执业资格"))
    source = AreaField(_l("依据"), required=True, help=SOURCE)

    def data_object(self) -> EvaluatorTerms:
        return EvaluatorTerms(
            self.valid_from.data,
            self.min_work_years.data,
            self.min_evaluation_years.data,
            self.needs_title_or_licence.data,
            self.source.data,
        )


class AdmissionTermsForm(Form):
    valid_from = DateField(_l("施行日期"), required=True, help=_l("适用于该日起提交的登记申请。"))
    min_qualifications = WholeField(_l("资质不少于"), required=True, minimum=0)
    min_evaluators = WholeField(_l("主评人不少于"), required=True, minimum=0)
    clean_years = WholeField(_l("无重大违法违规记录的年限"), required=True, minimum=0)
    papers = MultiChoiceField(_l("必备材料"), DocumentKind)
    source = AreaField(_l("依据"), required=True, help=SOURCE)

    def data_object(self) -> AdmissionTerms:
        return AdmissionTerms(
            self.valid_from.data,
            self.min_qualifications.data,
            self.min_evaluators.data,
            self.clean_years.data,
            tuple(self.papers.data or ()),
            self.source.data,
        )
