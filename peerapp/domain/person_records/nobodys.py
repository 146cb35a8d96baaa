"""Tables that say nothing about a volunteer or a family, each with why."""

from __future__ import annotations

SCHEME = "The scheme itself: its words, figures and places."
STAFF = "What a member of staff did in their office; they see their own on their pages."
AUDIT = "Ids and codes only; who looked at a record is shown to its person on a page of its own."

NOBODYS: dict[str, str] = {
    "scheme": SCHEME,
    "scheme_figure_change": SCHEME,
    "locality": SCHEME,
    "locality_sector": SCHEME,
    "staff_locality": STAFF,
    "school_holiday": SCHEME,
    "training_course": SCHEME,
    "course_session": SCHEME,
    "volunteer_role": SCHEME,
    "check_rule_table": SCHEME,
    "consent_text": SCHEME,
    "family_consent_text": SCHEME,
    "agreement_text": SCHEME,
    "interview_template": SCHEME,
    "measure": SCHEME,
    "interviewer": STAFF,
    "panel_member": STAFF,
    "expense_export": STAFF,
    "two_person_request": STAFF,
    "matching_run": "Totals of a run; what it found for one person is in their matches.",
    "family_import": "A file on its way in; it is deleted once it was imported, or after hours.",
    "audit_event": AUDIT,
    "audit_head": AUDIT,
    "scheme_key": SCHEME,
    "person_key": "A key that opens what is sealed; it says nothing itself.",
    "sent_form": "Where a form led its sender, under a hash that cannot be led back to a person.",
    "throttle": "Counts under a hash that cannot be led back to a person.",
    "asked_link": "Who asked for a link, for the seconds until a job has answered; then deleted.",
    "retention_run": "Counts by class.",
    "erasure": "That somebody was erased, by number; it has to outlast them.",
}
