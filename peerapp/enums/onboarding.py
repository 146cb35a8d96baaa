"""The way of a volunteer from enquiry to coach, and what may interrupt it."""

from __future__ import annotations

from enum import StrEnum


class VolunteerState(StrEnum):
    """Where a volunteer stands between enquiry and coaching, and the side states."""

    ENQUIRY = "enquiry"
    APPLIED = "applied"
    SCREENING = "screening"
    INTERVIEWED = "interviewed"
    VETTING = "vetting"
    TRAINING = "training"
    PANEL = "panel"
    PROBATION = "probation"
    ACTIVE = "active"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


class Gate(StrEnum):
    """What must be in place before a volunteer goes to panel; worked on in parallel."""

    IDENTITY = "identity"
    REFERENCES = "references"
    INTERVIEW = "interview"
    DBS_LEVEL = "dbs_level"
    CERTIFICATE = "certificate"
    CORE_TRAINING = "core_training"
    AGREEMENT = "agreement"


class GateItem(StrEnum):
    """Single facts that a coordinator records towards a gate."""

    IDENTITY = "identity"
    FIRST_REFERENCE = "first_reference"
    SECOND_REFERENCE = "second_reference"
    INTERVIEW = "interview"
    AGREEMENT = "agreement"


class WaitsFor(StrEnum):
    """Who does the next thing about a certificate, a gate or a volunteer."""

    VOLUNTEER = "volunteer"
    REFEREE = "referee"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    PANEL = "panel"
    DBS = "dbs"
    SESSION = "session"
    NOBODY = "nobody"


class SharedContact(StrEnum):
    """Contact details that a coach may choose to share with a matched family."""

    SCHEME_PHONE = "scheme_phone"
    PHONE = "phone"
    EMAIL = "email"


class DropOutReason(StrEnum):
    """Why a volunteer's way ended; ``onboarding`` says which may be given where."""

    NO_TIME = "no_time"
    WORK_OR_STUDY = "work_or_study"
    HEALTH = "health"
    FAMILY_REASONS = "family_reasons"
    MOVED_AWAY = "moved_away"
    TOOK_TOO_LONG = "took_too_long"
    OTHER_ROLE = "other_role"
    NOT_AS_EXPECTED = "not_as_expected"
    CHECKS_TOO_MUCH = "checks_too_much"
    NO_REPLY = "no_reply"
    FINISHED = "finished"
    NOT_SUITABLE = "not_suitable"
    REFERENCES = "references"
    CHECK_RESULT = "check_result"
    SAFEGUARDING = "safeguarding"
    PROBATION = "probation"
    NOT_SAID = "not_said"
    OTHER = "other"


class SignatureMethod(StrEnum):
    """How a volunteer signed the volunteer agreement."""

    TYPED = "typed"
    PAPER = "paper"


class ReviewOutcome(StrEnum):
    """What a probation review decided."""

    PASSED = "passed"
    EXTENDED = "extended"
    ENDED = "ended"


class PauseReason(StrEnum):
    """Why a coach takes a break."""

    HOLIDAY = "holiday"
    ILLNESS = "illness"
    OTHER = "other"


class PauseState(StrEnum):
    """Where a break stands."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class RefereeRelation(StrEnum):
    """How a referee knows the volunteer, as the volunteer says; the last three may not be."""

    EMPLOYER = "employer"
    COLLEAGUE = "colleague"
    TEACHER = "teacher"
    VOLUNTEERING = "volunteering"
    PROFESSIONAL = "professional"
    COMMUNITY = "community"
    NEIGHBOUR = "neighbour"
    FRIEND = "friend"
    RELATIVE = "relative"
    PARTNER = "partner"
    HOUSEHOLD = "household"


class ReferenceState(StrEnum):
    """The life of a reference; only ``verified`` opens a gate."""

    ASKED = "asked"
    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class GivenHow(StrEnum):
    """How a referee gave an answer that somebody else typed in."""

    PHONE = "phone"
    PAPER = "paper"
    IN_PERSON = "in_person"


class VerifiedHow(StrEnum):
    """How a coordinator made sure that a reference comes from the referee."""

    PHONE_CALL = "phone_call"
    VIDEO_CALL = "video_call"
    MEETING = "meeting"
    OFFICIAL_EMAIL = "official_email"
    OFFICIAL_LETTER = "official_letter"


class InterviewState(StrEnum):
    """An interview's record: being written, standing, or replaced by a later version."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REPLACED = "replaced"


class Recommendation(StrEnum):
    """What the interviewers recommend to the panel."""

    RECOMMENDED = "recommended"
    WITH_CONDITIONS = "with_conditions"
    NOT_RECOMMENDED = "not_recommended"


class PanelOutcome(StrEnum):
    """What a panel decides on a volunteer."""

    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    DEFERRED = "deferred"
    DECLINED = "declined"
