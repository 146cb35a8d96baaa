"""Identity, references and DBS."""

from __future__ import annotations

from peerapp.domain.person_records.kinds import Fate, Record, words
from peerapp.domain.person_records.people import INNER, KEY

REFEREE = "It is about the referee, or given by them in confidence (Schedule 2, paragraph 24)."
RISK = "A restricted record of the safeguarding lead, who decides apart whether it can be given."

RECORDS = (
    Record(
        "gate_record",
        "Facts towards your clearance",
        ("volunteer_id",),
        words("created_at item done_on valid_until"),
        ("note",),
    ),
    Record(
        "identity_check",
        "How your identity was checked",
        ("volunteer_id",),
        words("created_at route seen_how external_check checked_on withdrawn_at"),
        words("route_reason withdrawn_reason"),
    ),
    Record(
        "identity_document",
        "Documents that were seen",
        ("check_id",),
        words("kind seen_on"),
    ),
    Record(
        "reference",
        "Your referees",
        ("volunteer_id",),
        words("created_at state asked_at relation known_how known_years decided_on item"),
        withheld={
            **dict.fromkeys(
                words(
                    "name email phone postcode answers given_by given_how given_on verified_how"
                    " answered_at"
                ),
                REFEREE,
            ),
            **dict.fromkeys(words("reminded_at reminded_again_at flagged_at"), INNER),
        },
    ),
    Record(
        "reference_event",
        "What happened with each referee",
        ("reference_id",),
        words("created_at from_state to_state"),
        ("reason",),
    ),
    Record(
        "reference_link",
        "Links sent to referees",
        ("reference_id",),
        words("created_at expires_at ended_at"),
        withheld={"token_hash": KEY},
    ),
    Record(
        "check_decision",
        "Which DBS check you need",
        ("volunteer_id",),
        words("created_at answers level workforce reason decided_on"),
    ),
    Record(
        "fee_decision",
        "Whether your check is free",
        ("volunteer_id",),
        words("created_at answers is_free decided_on"),
    ),
    Record(
        "check_application",
        "Your DBS applications",
        ("volunteer_id",),
        words(
            "created_at state reason reference level workforce is_free opened_on submitted_on"
            " with_dbs_on issued_on ended_on"
        ),
        ("ended_note",),
    ),
    Record(
        "certificate",
        "Your DBS certificates",
        ("volunteer_id",),
        words(
            "created_at number issue_date level workforce name_as_printed name_matches name_reason"
            " name_evidence has_content seen_on status risk_decision risk_decided_on"
            " risk_review_on"
        ),
        ("status_note",),
        withheld={"number_index": "A mark of ours by which the number is found again."},
        fate=Fate.BLANKED,
        blanked=words("number name_as_printed name_evidence status_note"),
        why_kept="Level, day of issue and decision: who was cleared, and on what ground.",
    ),
    Record(
        "risk_assessment",
        "Assessment of a certificate with content",
        ("certificate_id",),
        words("created_at decision decided_on talked_on"),
        withheld=dict.fromkeys(words("relevance age pattern rationale conditions"), RISK),
    ),
    Record(
        "subscription",
        "The Update Service",
        ("certificate_id",),
        words("created_at joined_on renew_by ended_on"),
    ),
    Record(
        "status_consent",
        "Your consent to status checks",
        ("volunteer_id",),
        words("version typed_name given_at withdrawn_at"),
    ),
    Record(
        "status_check",
        "Status checks",
        ("volunteer_id",),
        words("created_at outcome failure started_at answered_at"),
        withheld=dict.fromkeys(words("attempt next_at is_flagged"), INNER),
    ),
)
