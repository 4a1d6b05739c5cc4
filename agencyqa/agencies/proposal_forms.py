"""What an agency fills in for each matter that it proposes, always with a reason and, if it has one, a proof."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.agencies.enums import Matter
from agencyqa.agencies.forms import BranchForm, DocumentForm, QualificationForm, TieForm
from agencyqa.agencies.people_forms import (
    AppointmentForm,
    CredentialForm,
    EndAppointmentForm,
    EndForm,
    PersonChangeFields,
)
from agencyqa.agencies.services import AppointmentData, DocumentData, EndData, WithdrawalData
from agencyqa.files.uploads import UploadField, UploadForm
from agencyqa.web.forms import AreaField, IdField, OnceForm


class Proposed(UploadForm, OnceForm):
    bureau_id = IdField(_l("由哪个财政局确认"), required=True, blank=_l("请选择"))
    why = AreaField(_l("变更原因"), required=True, maximum=500, rows=3)
    file = UploadField(_l("证明材料"))

    def data_object(self) -> Any:
        """What ``services.DEEDS`` says the matter takes."""
        raise NotImplementedError


class QualificationProposal(Proposed, QualificationForm):
    data_object = QualificationForm.data_object


class PersonProposal(Proposed, AppointmentForm):
    # The reason to enter somebody all the same is the bureau's to give.
    note = AreaField(_l("不符合条件的，说明情况"), maximum=500, rows=3)

    def data_object(self) -> AppointmentData:
        return AppointmentData(self.person(), self.valid_from.data, self.note.data, self.role.data)


class PersonChangeProposal(Proposed, PersonChangeFields):
    data_object = PersonChangeFields.change


class PersonEndProposal(Proposed, EndAppointmentForm):
    def data_object(self) -> EndData:
        return EndData(self.on.data, self.reason.data)


class CredentialProposal(Proposed, CredentialForm):
    data_object = CredentialForm.data_object


class TieProposal(Proposed, TieForm):
    data_object = TieForm.data_object


class EndProposal(Proposed, EndForm):
    def data_object(self) -> EndData:
        return EndData(self.on.data)


class BranchProposal(Proposed, BranchForm):
    data_object = BranchForm.data_object


class DocumentProposal(Proposed, DocumentForm):
    file = UploadField(_l("文件"), required=True)

    def data_object(self) -> DocumentData:
        return DocumentData(self.kind.data, self.valid_from.data)


class WithdrawalProposal(Proposed):
    def data_object(self) -> WithdrawalData:
        return WithdrawalData()


# The boxes of each matter in their order; whether there is a record against somebody the agency does not say.
_PERSON = ("name", "education", "title", "licence", "work_since", "evaluation_since")
FORMS: dict[Matter, tuple[type[Proposed], tuple[str, ...]]] = {
    Matter.QUALIFICATION: (QualificationProposal, ("name", "number", "issuer", "issued_on", "expires_on")),
    Matter.PERSON: (PersonProposal, (*_PERSON, "role", "valid_from", "note")),
    Matter.PERSON_CHANGE: (PersonChangeProposal, (*_PERSON, "holds_from", "is_correction")),
    Matter.PERSON_END: (PersonEndProposal, ("on", "reason")),
    Matter.CREDENTIAL: (
        CredentialProposal,
        ("kind", "name", "number", "issuer", "issued_on", "expires_on"),
    ),
    Matter.TIE: (
        TieProposal,
        ("person_id", "kind", "body_id", "other_name", "share", "valid_from", "valid_to", "note"),
    ),
    Matter.TIE_END: (EndProposal, ("on",)),
    Matter.BRANCH: (BranchProposal, ("name", "head", "address", "valid_from")),
    Matter.BRANCH_END: (EndProposal, ("on",)),
    Matter.DOCUMENT: (DocumentProposal, ("kind", "valid_from")),
    Matter.QUALIFICATION_WITHDRAWAL: (WithdrawalProposal, ()),
    Matter.CREDENTIAL_WITHDRAWAL: (WithdrawalProposal, ()),
    Matter.RECORD_WITHDRAWAL: (WithdrawalProposal, ()),
    Matter.TIE_WITHDRAWAL: (WithdrawalProposal, ()),
}
