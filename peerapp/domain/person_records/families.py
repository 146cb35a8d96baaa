"""A family: its referral, needs, agreement, safe contact and goals."""

from __future__ import annotations

from peerapp.domain.person_records.kinds import Fate, Record, words
from peerapp.domain.person_records.people import INNER, KEY

DANGER = "The safeguarding lead decides apart whether it can be given: it may protect."
REFERRER = "What somebody else wrote about the family in confidence is read by a person first."

RECORDS = (
    Record(
        "family",
        "Your record as a family",
        ("id",),
        words(
            "created_at reference state state_since first_name last_name phone email address"
            " postcode easting northing children source referred_on level priority"
            " step_down_level step_down_on section_47_open child_protection_plan waiting_since"
            " slots languages coach_gender accepts_remote min_distance_m household close_reason"
        ),
        words("lead_practitioner step_down_worker details_query"),
        withheld={"version": INNER},
        fate=Fate.BLANKED,
        blanked=words(
            "first_name last_name phone email address postcode easting northing children"
            " lead_practitioner step_down_worker slots languages coach_gender household"
            " details_query accepts_remote min_distance_m"
        ),
        why_kept="That there was a family, its level and its days: without a name or place.",
    ),
    Record("family_child", "Your children", ("family_id",), words("name born_from born_to")),
    Record("family_need", "What you need help with", ("family_id",), words("need weight")),
    Record(
        "family_topic",
        "What was talked about",
        ("family_id",),
        words("created_at heading talked_on"),
        ("words",),
    ),
    Record(
        "family_worker",
        "Your workers",
        ("family_id",),
        words("created_at from_on until_on reason"),
        ("note",),
    ),
    Record(
        "agreement",
        "What you agreed to",
        ("family_id",),
        words("created_at purpose version given_by given_on method language withdrawn_on"),
        fate=Fate.BLANKED,
        blanked=("given_by",),
        why_kept="That there was an agreement, to which words and when.",
    ),
    Record(
        "safe_contact",
        "How you may safely be reached",
        ("family_id",),
        words(
            "channels times safe_slots alias no_voicemail shared_device withheld_address"
            " answered_on"
        ),
        ("must_not_be_told",),
    ),
    Record(
        "goal",
        "Your goals",
        ("family_id",),
        words("created_at words state closed_on is_shared"),
    ),
    Record(
        "goal_score",
        "Your scores",
        ("goal_id",),
        words("created_at score scored_on occasion recorded_role"),
    ),
    Record(
        "measure_total",
        "Totals of questionnaires",
        ("family_id",),
        words("created_at total taken_on occasion"),
    ),
    Record(
        "plan_override",
        "Overrides of a child protection plan",
        ("family_id",),
        words("created_at until agreed_at ended_at"),
        words("reason agreed_note ended_why"),
        fate=Fate.KEPT,
        why_kept="Why a coach was let near a child on a plan: for an inquiry that may come.",
    ),
    Record(
        "referral",
        "Referrals",
        ("family_id",),
        words("created_at reference source state changed_at sent_at decided_on decline_reason"),
        words("answers decline_note"),
        withheld={
            "form_email": REFERRER,
            **dict.fromkeys(words("danger danger_note"), DANGER),
            **dict.fromkeys(words("danger_told_at danger_reminded_at danger_taken_at"), INNER),
        },
    ),
    Record(
        "referral_event",
        "What happened with each referral",
        ("referral_id",),
        words("created_at from_state to_state"),
        ("reason",),
    ),
    Record(
        "referral_link",
        "Links about a referral",
        ("referral_id",),
        words("created_at kind expires_at ended_at"),
        withheld={"token_hash": KEY},
    ),
    Record(
        "referral_difference",
        "Referrals that were told apart",
        ("family_id", "referral_id"),
        words("created_at"),
    ),
    Record(
        "unmatched_family",
        "Runs in which no coach was found",
        ("family_id",),
        words("reason"),
        withheld=dict.fromkeys(
            words("near_misses suggestion"), "It tells of coaches who were not chosen."
        ),
    ),
    Record(
        "access_grant",
        "Who opened your record on duty cover",
        ("family_id", "volunteer_id"),
        words("created_at expires_at ended_at reference"),
        words("reason verdict verdict_note"),
        withheld={"signed_off_at": INNER},
        fate=Fate.KEPT,
        why_kept="Who looked at a record outside their caseload, and why.",
    ),
    Record(
        "legal_hold",
        "Why your record may not be deleted",
        ("family_id", "volunteer_id"),
        words("created_at reference review_on lifted_at"),
        words("reason lifted_why"),
        fate=Fate.KEPT,
        why_kept="Why the record was kept for longer.",
    ),
)
