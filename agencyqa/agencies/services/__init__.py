"""Writes of the register of agencies."""

from agencyqa.agencies.services.application_papers import add_paper, find_paper, remove_paper
from agencyqa.agencies.services.applications import (
    ApplicationData,
    Once,
    add_to_application,
    begin_application,
    change_application,
    gaps_of,
    invite_application,
    made_before,
    open_application,
    remove_from_application,
    submit_application,
    withdraw_application,
)
from agencyqa.agencies.services.deciding_applications import decide_application
from agencyqa.agencies.services.evaluators import (
    AppointmentData,
    PersonChange,
    PersonData,
    appoint_evaluator,
    change_person,
    end_appointment,
)
from agencyqa.agencies.services.matters import (
    DEEDS,
    DocumentData,
    EndData,
    Target,
    WithdrawalData,
    find_target,
    flat,
)
from agencyqa.agencies.services.organisation import BranchData, add_document, close_branch, open_branch
from agencyqa.agencies.services.people import (
    CredentialData,
    RecordData,
    add_credential,
    enter_record,
    withdraw_entry,
)
from agencyqa.agencies.services.person_accounts import link_account
from agencyqa.agencies.services.private import PrivateData, change_private, reseal, show_private
from agencyqa.agencies.services.profiles import ProfileData, change_profile
from agencyqa.agencies.services.proposals import decide_proposal, propose_change, withdraw_proposal
from agencyqa.agencies.services.qualifications import (
    QualificationData,
    add_qualification,
    withdraw_qualification,
)
from agencyqa.agencies.services.record_proposals import (
    decide_entry_proposal,
    propose_entry,
    withdraw_entry_proposal,
)
from agencyqa.agencies.services.reference import (
    AdmissionTerms,
    EvaluatorTerms,
    enter_admission_conditions,
    enter_evaluator_conditions,
    load_reference_data,
)
from agencyqa.agencies.services.registration import AgencyData, register_agency
from agencyqa.agencies.services.reporting import ReportData, decide_report, open_report_year, save_report
from agencyqa.agencies.services.standing import DecisionData, decide_standing
from agencyqa.agencies.services.ties import TieData, declare_tie, end_tie, withdraw_tie

# Constraint → (field, code), for forms and imports alike.
CONSTRAINTS = {
    "uq_agencies_credit_code": ("credit_code", "duplicate_credit_code"),
    "uq_registrations_agency_id_bureau_id": ("credit_code", "duplicate_credit_code"),
    "uq_appointments_open": ("name", "evaluator_practises_elsewhere"),
    "uq_persons_user_id": ("user_id", "account_of_another_person"),
    "uq_qualifications_form_token": ("form_token", "already_submitted"),
    "uq_appointments_form_token": ("form_token", "already_submitted"),
    "uq_credentials_form_token": ("form_token", "already_submitted"),
    "uq_person_records_form_token": ("form_token", "already_submitted"),
    "uq_sealed_fields_lookup": ("identity_number", "identity_taken"),
    "uq_agency_applications_form_token": ("form_token", "already_submitted"),
    "uq_record_proposals_form_token": ("form_token", "already_submitted"),
    "uq_branches_form_token": ("form_token", "already_submitted"),
    "uq_profile_proposals_open": ("reason", "proposal_under_way"),
    "uq_report_years_bureau_id_year": ("year", "report_year_open"),
    "uq_ties_form_token": ("form_token", "already_submitted"),
}

__all__ = [
    "CONSTRAINTS",
    "DEEDS",
    "AdmissionTerms",
    "AgencyData",
    "ApplicationData",
    "AppointmentData",
    "BranchData",
    "CredentialData",
    "DecisionData",
    "DocumentData",
    "EndData",
    "EvaluatorTerms",
    "Once",
    "PersonChange",
    "PersonData",
    "PrivateData",
    "ProfileData",
    "QualificationData",
    "RecordData",
    "ReportData",
    "Target",
    "TieData",
    "WithdrawalData",
    "add_credential",
    "add_document",
    "add_paper",
    "add_qualification",
    "add_to_application",
    "appoint_evaluator",
    "begin_application",
    "change_application",
    "change_person",
    "change_private",
    "change_profile",
    "close_branch",
    "decide_application",
    "decide_entry_proposal",
    "decide_proposal",
    "decide_report",
    "decide_standing",
    "declare_tie",
    "end_appointment",
    "end_tie",
    "enter_admission_conditions",
    "enter_evaluator_conditions",
    "enter_record",
    "find_paper",
    "find_target",
    "flat",
    "gaps_of",
    "invite_application",
    "link_account",
    "load_reference_data",
    "made_before",
    "open_application",
    "open_branch",
    "open_report_year",
    "propose_change",
    "propose_entry",
    "register_agency",
    "remove_from_application",
    "remove_paper",
    "reseal",
    "save_report",
    "show_private",
    "submit_application",
    "withdraw_application",
    "withdraw_entry",
    "withdraw_entry_proposal",
    "withdraw_proposal",
    "withdraw_qualification",
    "withdraw_tie",
]
