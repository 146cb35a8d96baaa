"""Matching runs, matches, and when the two can meet."""

from __future__ import annotations

from enum import StrEnum


class MatchState(StrEnum):
    """The life of a match."""

    PROPOSED = "proposed"
    OFFERED_TO_COACH = "offered_to_coach"
    OFFERED_TO_FAMILY = "offered_to_family"
    APPROVED = "approved"
    INTRODUCED = "introduced"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class DeclineReason(StrEnum):
    """Structured reasons to refuse a proposal; each has one consequence."""

    KNOWN_TO_EACH_OTHER = "known_to_each_other"
    SAFETY_CONCERN = "safety_concern"
    FAMILY_SAID_NO = "family_said_no"
    COACH_SAID_NO = "coach_said_no"
    NOT_NOW = "not_now"
    NO_ANSWER = "no_answer"
    FAMILY_DETAILS_WRONG = "family_details_wrong"
    COACH_DETAILS_WRONG = "coach_details_wrong"
    BETTER_ELSEWHERE = "better_elsewhere"


class Consequence(StrEnum):
    """What a refusal means for the next matching run."""

    EXCLUDED_FOR_GOOD = "excluded_for_good"
    COOL_OFF = "cool_off"
    CORRECT_FAMILY = "correct_family"
    CORRECT_COACH = "correct_coach"
    NONE = "none"


class OfferSide(StrEnum):
    """To whom a proposal is offered."""

    COACH = "coach"
    FAMILY = "family"


class OfferAnswer(StrEnum):
    """What came back of an offer."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"


class VisitState(StrEnum):
    """What became of a first visit that was planned."""

    PLANNED = "planned"
    HELD = "held"
    MOVED = "moved"
    CANCELLED = "cancelled"


class CoverState(StrEnum):
    """How a backup coach stands to a match."""

    ARRANGED = "arranged"
    STOPPED = "stopped"


class EndReason(StrEnum):
    """Why a match ended."""

    GOALS_REACHED = "goals_reached"
    PLANNED_END = "planned_end"
    FAMILY_CHOICE = "family_choice"
    COACH_CHOICE = "coach_choice"
    MOVED_AWAY = "moved_away"
    STEPPED_UP = "stepped_up"
    SAFEGUARDING = "safeguarding"


class ApartReason(StrEnum):
    """Why a family and a coach must never meet; only staff of the family read it."""

    KIN = "kin"
    EX_PARTNER = "ex_partner"
    SAME_STREET = "same_street"
    SAME_SCHOOL = "same_school"
    SAME_EMPLOYER = "same_employer"
    OTHER = "other_conflict"


class RunState(StrEnum):
    """State of a matching run's background job."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


SLOT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


SLOT_TIMES = ("morning", "afternoon", "after_school", "evening")


SLOTS = tuple(f"{day}_{time}" for day in SLOT_DAYS for time in SLOT_TIMES)
"""The 28 weekly session slots, Monday morning first."""
