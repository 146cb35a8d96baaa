"""Matching runs, matches, and when the two can meet: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import matches as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.MatchState: {
        "proposed": "Proposed",
        "offered_to_coach": "Offered to the coach",
        "offered_to_family": "Offered to the family",
        "approved": "Approved",
        "introduced": "Introduced",
        "active": "Active",
        "paused": "Paused",
        "ended": "Ended",
        "declined": "Declined",
        "withdrawn": "Withdrawn",
    },
    e.DeclineReason: {
        "known_to_each_other": "They know each other",
        "safety_concern": "A concern about safety",
        "family_said_no": "The family said no",
        "coach_said_no": "The coach said no",
        "not_now": "Not now",
        "no_answer": "No answer in time",
        "family_details_wrong": "The family’s details are wrong",
        "coach_details_wrong": "The coach’s details are wrong",
        "better_elsewhere": "Another coach or family suits better",
    },
    e.Consequence: {
        "excluded_for_good": "Never proposed again",
        "cool_off": "Not proposed again for some time",
        "correct_family": "The family is left out until its details are corrected",
        "correct_coach": "The coach is left out until their details are corrected",
        "none": "May be proposed again",
    },
    e.OfferSide: {"coach": "Coach", "family": "Family"},
    e.OfferAnswer: {
        "waiting": "Asked, no answer yet",
        "yes": "Said yes",
        "no": "Said no",
        "lapsed": "Did not answer in time",
        "taken_back": "Taken back",
    },
    e.VisitState: {
        "planned": "Planned",
        "held": "Held",
        "moved": "Moved",
        "cancelled": "Called off",
    },
    e.CoverState: {"arranged": "Arranged", "stopped": "Stopped"},
    e.EndReason: {
        "goals_reached": "Goals reached",
        "planned_end": "Planned end",
        "family_choice": "The family’s choice",
        "coach_choice": "The coach’s choice",
        "moved_away": "Moved away",
        "stepped_up": "Stepped up to other help",
        "safeguarding": "Safeguarding",
    },
    e.ApartReason: {
        "kin": "They are related",
        "ex_partner": "A former partner, or close to one",
        "same_street": "They live in the same street",
        "same_school": "The same school",
        "same_employer": "The same employer",
        "other_conflict": "Something else",
    },
    e.RunState: {
        "queued": "Waiting to start",
        "running": "Running",
        "finished": "Finished",
        "failed": "Failed",
    },
}
