"""What stands in the addresses of routes beside their records: screens, words, fields."""

from __future__ import annotations

SCREENS_WITH_VIEWS = (
    "complaints", "investigations", "measures", "accidents", "archive", "archive_loans", "destructions",
    "audit", "documents", "data_requests",
    "departments", "users", "grants", "covers", "exemptions", "calendar", "procedures",
    "holds", "reports", "signals", "inspections", "groups", "solutions", "appraisals",
    "penalty_referrals", "liabilities", "posts", "duty", "enquiries", "reception_sessions", "trainings",
)  # fmt: skip

FILLERS: dict[str, str] = {
    "screen": "complaints",
    "section": "intake",
    "case": "whole",
    "form_code": "transfer_slip",
    "accident_form": "accident_report",
}
"""Parts of an address that name no record."""
RELATIONS = {
    "accidents": "department_id",
    "archive": "complaint_id",
    "archive_loans": "reader_id",
    "destructions": "proposed_by_id",
    "audit": "",
    "calendar": "",
    "complaints": "department_id",
    "covers": "deputy_id",
    "data_requests": "recorded_by_id",
    "departments": "parent_id",
    "document_forms": "department_id",
    "documents": "issued_by_id",
    "duty": "user_id",
    "enquiries": "department_id",
    "exemptions": "granted_by_id",
    "grants": "department_id",
    "holds": "complaint_id",
    "inspections": "led_by_id",
    "groups": "leader_id",
    "investigations": "leader_id",
    "measures": "owner_id",
    "procedure_adoptions": "proposed_by_id",
    "procedure_drafts": "author_id",
    "solutions": "complaint_id",
    "appraisals": "complaint_id",
    "penalty_referrals": "complaint_id",
    "liabilities": "person_id",
    "posts": "department_id",
    "procedures": "",
    "reception_sessions": "host_id",
    "trainings": "user_id",
    "reports": "owner_id",
    "signals": "decided_by_id",
    "users": "department_id",
}
"""A field of each screen that points at another record; empty where none does."""
