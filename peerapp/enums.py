"""The closed vocabularies of the domain. Labels for people are in ``vocabulary``."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account is for; one account has one role."""

    VOLUNTEER = "volunteer"
    FAMILY = "family"
    COORDINATOR = "coordinator"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    MANAGER = "manager"
    AUDITOR = "auditor"


STAFF_ROLES = frozenset({Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR})
"""Roles that see more than their own record."""


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


class Course(StrEnum):
    """Training courses: the core that every coach needs, and those for particular needs."""

    SAFEGUARDING = "safeguarding"
    BOUNDARIES = "boundaries"
    LONE_WORKING = "lone_working"
    DOMESTIC_ABUSE_AWARENESS = "domestic_abuse_awareness"
    DATA_PROTECTION = "data_protection"
    DOMESTIC_ABUSE = "domestic_abuse"
    SUBSTANCE_USE = "substance_use"
    EXPLOITATION = "exploitation"
    CRIME = "crime"
    SEND = "send"


CORE_COURSES = (
    Course.SAFEGUARDING,
    Course.BOUNDARIES,
    Course.LONE_WORKING,
    Course.DOMESTIC_ABUSE_AWARENESS,
    Course.DATA_PROTECTION,
)
SPECIALIST_COURSES = tuple(course for course in Course if course not in CORE_COURSES)


class CheckLevel(StrEnum):
    """Level of a DBS check, with the barred lists that it includes."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    ENHANCED_CHILDREN = "enhanced_children"
    ENHANCED_ADULTS = "enhanced_adults"
    ENHANCED_BOTH = "enhanced_both"


class Workforce(StrEnum):
    """Workforce that a DBS check was made for."""

    CHILD = "child"
    ADULT = "adult"
    CHILD_AND_ADULT = "child_and_adult"
    OTHER = "other"


class CertificateStatus(StrEnum):
    """What is known of a certificate; only ``accepted`` can clear anyone."""

    RECORDED = "recorded"
    ACCEPTED = "accepted"
    NEW_INFORMATION = "new_information"
    UNVERIFIED = "unverified"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class RiskDecision(StrEnum):
    """Safeguarding lead's decision on a certificate with content."""

    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"


class Gender(StrEnum):
    """Gender as the volunteer says it, used only where a family asked for it."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class CoachGender(StrEnum):
    """What a family asked for."""

    ANY = "any"
    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class FamilyState(StrEnum):
    """Where a family stands."""

    REFERRED = "referred"
    WAITING = "waiting"
    MATCHED = "matched"
    CLOSED = "closed"


class ReferralSource(StrEnum):
    """Who brought the family to the scheme."""

    SELF = "self"
    PROFESSIONAL = "professional"
    STEP_DOWN = "step_down"
    INTERNAL = "internal"


class Heading(StrEnum):
    """The ten outcome headings under which needs stand."""

    EDUCATION = "education"
    EARLY_YEARS = "early_years"
    HEALTH = "health"
    SUBSTANCE_USE = "substance_use"
    FAMILY_RELATIONSHIPS = "family_relationships"
    ABUSE_AND_EXPLOITATION = "abuse_and_exploitation"
    CRIME = "crime"
    DOMESTIC_ABUSE = "domestic_abuse"
    HOUSING = "housing"
    MONEY = "money"


class Need(StrEnum):
    """Needs a coach can help with, and those that need a trained coach."""

    ATTENDANCE = "attendance"
    SEND = "send"
    ROUTINES = "routines"
    NEW_BABY = "new_baby"
    ISOLATION = "isolation"
    CONFIDENCE = "confidence"
    MENTAL_HEALTH = "mental_health"
    CO_PARENTING = "co_parenting"
    BUDGETING = "budgeting"
    TENANCY = "tenancy"
    BEREAVEMENT = "bereavement"
    YOUNG_CARER = "young_carer"
    DIGITAL = "digital"
    SUBSTANCE_USE = "substance_use"
    EXPLOITATION = "exploitation"
    CRIME = "crime"
    DOMESTIC_ABUSE = "domestic_abuse"


SENSITIVE_NEEDS = {
    Need.SUBSTANCE_USE: Course.SUBSTANCE_USE,
    Need.EXPLOITATION: Course.EXPLOITATION,
    Need.CRIME: Course.CRIME,
    Need.DOMESTIC_ABUSE: Course.DOMESTIC_ABUSE,
}
"""Needs seen by staff only, each with the course that a coach must have for it."""

NEED_HEADINGS = {
    Need.ATTENDANCE: Heading.EDUCATION,
    Need.SEND: Heading.EDUCATION,
    Need.ROUTINES: Heading.EARLY_YEARS,
    Need.NEW_BABY: Heading.EARLY_YEARS,
    Need.ISOLATION: Heading.HEALTH,
    Need.CONFIDENCE: Heading.HEALTH,
    Need.MENTAL_HEALTH: Heading.HEALTH,
    Need.BEREAVEMENT: Heading.HEALTH,
    Need.CO_PARENTING: Heading.FAMILY_RELATIONSHIPS,
    Need.YOUNG_CARER: Heading.FAMILY_RELATIONSHIPS,
    Need.TENANCY: Heading.HOUSING,
    Need.BUDGETING: Heading.MONEY,
    Need.DIGITAL: Heading.MONEY,
    Need.SUBSTANCE_USE: Heading.SUBSTANCE_USE,
    Need.EXPLOITATION: Heading.ABUSE_AND_EXPLOITATION,
    Need.CRIME: Heading.CRIME,
    Need.DOMESTIC_ABUSE: Heading.DOMESTIC_ABUSE,
}
"""The heading under which each need stands."""


class Household(StrEnum):
    """Things in a home that a coach may have to avoid."""

    CATS = "cats"
    DOGS = "dogs"
    PETS = "pets"
    SMOKING = "smoking"
    STAIRS = "stairs"


class AgeBand(StrEnum):
    """Age bands of children; dates of birth are not needed to match."""

    UNDER_5 = "under_5"
    FROM_5_TO_10 = "5_to_10"
    FROM_11_TO_15 = "11_to_15"
    FROM_16_TO_18 = "16_to_18"


class Channel(StrEnum):
    """Ways to reach a family outside the site; unsafe until the family has said otherwise."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class SharedContact(StrEnum):
    """Contact details that a coach may choose to share with a matched family."""

    SCHEME_PHONE = "scheme_phone"
    PHONE = "phone"
    EMAIL = "email"


class AgreementMethod(StrEnum):
    """How somebody gave their agreement."""

    FACE_TO_FACE = "face_to_face"
    PHONE = "phone"
    VIDEO = "video"
    IN_WRITING = "in_writing"
    ON_SITE = "on_site"


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


class EndReason(StrEnum):
    """Why a match ended."""

    GOALS_REACHED = "goals_reached"
    PLANNED_END = "planned_end"
    FAMILY_CHOICE = "family_choice"
    COACH_CHOICE = "coach_choice"
    MOVED_AWAY = "moved_away"
    STEPPED_UP = "stepped_up"
    SAFEGUARDING = "safeguarding"


class CloseReason(StrEnum):
    """Why a family's record was closed."""

    SUPPORT_FINISHED = "support_finished"
    FAMILY_CHOICE = "family_choice"
    MOVED_AWAY = "moved_away"
    OTHER_SUPPORT = "other_support"
    NO_REPLY = "no_reply"
    NOT_SUITABLE = "not_suitable"
    RECORDED_TWICE = "recorded_twice"


class RunState(StrEnum):
    """State of a matching run's background job."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class TokenPurpose(StrEnum):
    """What a single-use link is good for."""

    CONFIRM_EMAIL = "confirm_email"
    INVITATION = "invitation"
    RESET_PASSWORD = "reset_password"


class MessageState(StrEnum):
    """State of a message on its way out."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AuditKind(StrEnum):
    """Whether an audited event read personal data or changed something."""

    READ = "read"
    CHANGE = "change"
    SECURITY = "security"


SLOT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOT_TIMES = ("morning", "afternoon", "after_school", "evening")
SLOTS = tuple(f"{day}_{time}" for day in SLOT_DAYS for time in SLOT_TIMES)
"""The 28 weekly session slots, Monday morning first."""
