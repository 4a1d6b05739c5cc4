from agencyqa.engagements.contracts.services.fee_tables import FeeTableData, enter_fee_table
from agencyqa.engagements.contracts.services.subcontracts import (
    CONSTRAINTS,
    SubcontractData,
    decide_subcontract,
    request_subcontract,
    withdraw_subcontract,
)
from agencyqa.engagements.contracts.services.terms import TermsData, enter_terms

__all__ = [
    "CONSTRAINTS",
    "FeeTableData",
    "SubcontractData",
    "TermsData",
    "decide_subcontract",
    "enter_fee_table",
    "enter_terms",
    "request_subcontract",
    "withdraw_subcontract",
]
