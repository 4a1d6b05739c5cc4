from agencyqa.engagements.recusal.services.cases import (
    CaseDecision,
    close_cases,
    decide_case,
    lift_for_tie,
    reopen_for_tie,
    settle_cases,
)
from agencyqa.engagements.recusal.services.declaring import (
    CONSTRAINTS,
    DeclarationData,
    sign_declaration,
)
from agencyqa.engagements.recusal.services.exempting import (
    EXEMPTION_CONSTRAINTS,
    ExemptionData,
    grant_exemption,
    who_cannot_sign,
    withdraw_exemption,
)
from agencyqa.engagements.recusal.services.terms import TermsData, enter_terms, load_terms

__all__ = [
    "CONSTRAINTS",
    "EXEMPTION_CONSTRAINTS",
    "CaseDecision",
    "DeclarationData",
    "ExemptionData",
    "TermsData",
    "close_cases",
    "decide_case",
    "enter_terms",
    "grant_exemption",
    "lift_for_tie",
    "load_terms",
    "reopen_for_tie",
    "settle_cases",
    "sign_declaration",
    "who_cannot_sign",
    "withdraw_exemption",
]
