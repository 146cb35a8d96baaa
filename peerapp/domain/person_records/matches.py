"""What a family and a coach have together: it is about both, so the words of one are read first."""

from __future__ import annotations

from peerapp.domain.person_records.kinds import Fate, Record, words
from peerapp.domain.person_records.people import INNER

PAIR = ("family_id", "volunteer_id")
COUNTED = "Days and steps of a match are counted in the scheme’s totals: without names."
SAFEGUARDING = "The safeguarding lead decides apart whether it can be given: it may protect."

RECORDS = (
    Record(
        "match",
        "Your matches",
        PAIR,
        words(
            "created_at state state_since slot mode approved_at first_visit_on ended_on"
            " decline_reason end_reason"
        ),
        withheld={
            **dict.fromkeys(words("explanation snapshot cost distance_m"),
                            "It tells of the other side, or of coaches who were not chosen."),
            **dict.fromkeys(words("family_version volunteer_version"), INNER),
        },
        fate=Fate.BLANKED,
        blanked=words("explanation snapshot distance_m"),
        why_kept=COUNTED,
    ),
    Record(
        "match_event",
        "What happened in a match",
        ("match_id",),
        words("created_at from_state to_state"),
        words("reason note"),
        withheld={"position": INNER},
        fate=Fate.BLANKED,
        blanked=("note",),
        why_kept=COUNTED,
    ),
    Record(
        "match_offer",
        "Offers and answers",
        ("match_id",),
        words("created_at side answer answer_by answered_at answered_how"),
        ("reason",),
        withheld={"reminded_on": INNER},
        fate=Fate.KEPT,
        why_kept=COUNTED,
    ),
    Record(
        "match_cover",
        "Cover by another coach",
        ("match_id", "volunteer_id"),
        words("created_at state starts_on ends_on stopped_at"),
        words("coach_agreed_how family_agreed_how"),
        fate=Fate.KEPT,
        why_kept=COUNTED,
    ),
    Record(
        "match_ending",
        "How a match ended",
        ("match_id",),
        words("created_at last_session_on reason family_next closed_on"),
        words("note short_notice"),
        withheld={"reminded_on": INNER},
        fate=Fate.BLANKED,
        blanked=words("note short_notice"),
        why_kept=COUNTED,
    ),
    Record(
        "end_survey",
        "What was said at the end",
        ("match_id",),
        words("created_at side"),
        words("helped ended_well would_again words"),
    ),
    Record(
        "first_visit",
        "First visits",
        ("match_id",),
        words("created_at starts_at state"),
        ("note",),
        withheld={"reminded_on": INNER},
        fate=Fate.BLANKED,
        blanked=("note",),
        why_kept=COUNTED,
    ),
    Record(
        "session_plan",
        "When you meet",
        ("match_id",),
        words("created_at first_on at minutes every_weeks skips_holidays video_link"),
        withheld={"swept_at": INNER},
    ),
    Record(
        "coaching_session",
        "Sessions",
        ("match_id",),
        words("created_at slot_on starts_at minutes state cancel_reason is_moved changed_at"),
        withheld=dict.fromkeys(words("sequence reminded_at"), INNER),
        fate=Fate.KEPT,
        why_kept=COUNTED,
    ),
    Record(
        "session_note",
        "Notes of sessions",
        ("session_id",),
        words("created_at happened reason minutes"),
        words("mood text"),
        withheld={"position": INNER},
    ),
    Record(
        "supervision_call",
        "Supervision calls",
        ("match_id",),
        words("created_at number due_on state held_on spoke_to_coach spoke_to_family"),
        words("mood note"),
        withheld={"told_on": INNER},
        fate=Fate.BLANKED,
        blanked=("note",),
        why_kept=COUNTED,
    ),
    Record(
        "inside_message",
        "Messages inside the site",
        ("match_id",),
        words("created_at side"),
        ("words",),
        withheld={"form_key": INNER},
    ),
    Record(
        "exclusion",
        "Who is not matched with whom",
        PAIR,
        withheld=dict.fromkeys(
            words("created_at consequence until reason"),
            "Conflicts are declared in confidence; it may tell one where the other lives.",
        ),
    ),
    Record(
        "concern",
        "Safeguarding concerns",
        ("family_id", "volunteer_id", "match_id"),
        withheld={
            **dict.fromkeys(
                words(
                    "words words_back outcome danger_now created_at reference about state closed_at"
                ),
                SAFEGUARDING,
            ),
            **dict.fromkeys(words("form_key answer_by escalated_at acknowledged_at"), INNER),
        },
        fate=Fate.KEPT,
        why_kept="Concerns about a child’s or an adult’s safety are kept for inquiries.",
    ),
    Record(
        "concern_event",
        "What was done about a concern",
        ("concern_id",),
        withheld={
            **dict.fromkeys(words("note created_at step"), SAFEGUARDING),
            "position": INNER,
        },
        fate=Fate.KEPT,
        why_kept="Concerns about a child’s or an adult’s safety are kept for inquiries.",
    ),
    Record(
        "contact_freeze",
        "Contact that was stopped",
        ("match_id",),
        withheld=dict.fromkeys(words("created_at lifted_at"), SAFEGUARDING),
        fate=Fate.KEPT,
        why_kept="Concerns about a child’s or an adult’s safety are kept for inquiries.",
    ),
)  # fmt: skip
