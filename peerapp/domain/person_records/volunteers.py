"""A volunteer: who they are, how they came, what they trained and claimed."""

from __future__ import annotations

from peerapp.domain.person_records.kinds import Fate, Record, words
from peerapp.domain.person_records.people import INNER

RECORDS = (
    Record(
        "volunteer",
        "Your record as a volunteer",
        ("id",),
        words(
            "created_at state state_since state_before first_name last_name date_of_birth phone"
            " gender postcode easting northing max_distance_m slots experience lived_experience"
            " languages offers_remote avoids capacity shares scheme_phone check_level"
            " check_workforce check_decided_on coaches_families probation_review_due"
        ),
        ("details_query",),
        withheld={"version": INNER},
        fate=Fate.BLANKED,
        blanked=words(
            "first_name last_name date_of_birth phone gender postcode easting northing"
            " max_distance_m slots experience lived_experience languages offers_remote avoids"
            " capacity shares scheme_phone details_query"
        ),
        why_kept="That there was a volunteer, in which state and when: without a name.",
    ),
    Record(
        "volunteer_event",
        "How your application went",
        ("volunteer_id",),
        words("created_at from_state to_state drop_out"),
        ("reason",),
        fate=Fate.BLANKED,
        blanked=("reason",),
        why_kept="The steps and their days are counted in the scheme’s totals.",
    ),
    Record(
        "volunteer_pause",
        "Your breaks",
        ("volunteer_id",),
        words("created_at reason note starts_on ends_on state held_back_on"),
    ),
    Record(
        "other_name",
        "Other names",
        ("volunteer_id",),
        words("created_at name reason evidence"),
    ),
    Record(
        "interview",
        "Your interviews",
        ("volunteer_id",),
        words("created_at version revision state held_on answers recommendation submitted_at"),
        words("summary has_conflict conflict_note"),
    ),
    Record(
        "panel_decision",
        "Decisions of the panel",
        ("volunteer_id",),
        words("created_at panel_since outcome held_on conditions again_on"),
        words("reasons other_members"),
    ),
    Record(
        "probation_review",
        "Reviews of your probation",
        ("volunteer_id",),
        words("created_at due_on held_on outcome extended_to"),
        ("reason",),
    ),
    Record(
        "training_record",
        "Training",
        ("volunteer_id",),
        words("created_at course completed_on valid_until method evidence"),
    ),
    Record(
        "course_booking",
        "Training that you booked",
        ("volunteer_id",),
        words("created_at state asked_at"),
    ),
    Record(
        "agreement_signature",
        "Agreements that you signed",
        ("volunteer_id",),
        words("typed_name method signed_on recorded_at taken_back_at"),
    ),
    Record(
        "expense_claim",
        "Expenses",
        ("volunteer_id",),
        words(
            "created_at kind spent_on tenths rate_pence amount_pence purpose state receipt_seen"
            " decided_at return_reason"
        ),
        fate=Fate.BLANKED,
        blanked=words("purpose return_reason"),
        why_kept="What was paid is kept for the accounts for six years after the tax year.",
    ),
    Record(
        "expiry_warning",
        "Reminders of what runs out",
        ("volunteer_id",),
        words("created_at kind due_on days"),
        withheld={"subject_id": INNER},
    ),
)
