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


class CheckQuestion(StrEnum):
    """What is asked about a role to know which DBS check the law allows for it."""

    CHILDREN = "children"
    FREQUENCY = "frequency"
    OVERNIGHT = "overnight"
    PERSONAL_CARE = "personal_care"
    PLACE = "place"
    ADULTS = "adults"


class CheckAnswer(StrEnum):
    """Answers about a role; which of them a question has is in ``CHECK_ANSWERS``."""

    PARENTS_ONLY = "parents_only"
    PRESENT = "present"
    ACTIVITY = "activity"
    NEVER = "never"
    ONCE = "once"
    SELDOM = "seldom"
    OFTEN = "often"
    NO = "no"
    YES = "yes"


_NO_OR_YES = (CheckAnswer.NO, CheckAnswer.YES)
CHECK_ANSWERS: dict[CheckQuestion, tuple[CheckAnswer, ...]] = {
    CheckQuestion.CHILDREN: (
        CheckAnswer.PARENTS_ONLY,
        CheckAnswer.PRESENT,
        CheckAnswer.ACTIVITY,
    ),
    CheckQuestion.FREQUENCY: (
        CheckAnswer.NEVER,
        CheckAnswer.ONCE,
        CheckAnswer.SELDOM,
        CheckAnswer.OFTEN,
    ),
    CheckQuestion.OVERNIGHT: _NO_OR_YES,
    CheckQuestion.PERSONAL_CARE: _NO_OR_YES,
    CheckQuestion.PLACE: _NO_OR_YES,
    CheckQuestion.ADULTS: _NO_OR_YES,
}
"""The answers that each question about a role can have, in the order of the form."""


class FeeQuestion(StrEnum):
    """What rules out that a volunteer's DBS check is free; each must be answered no."""

    PAID = "paid"
    COURSE = "course"
    TRAINEE = "trainee"
    RELATIVES = "relatives"
    FOSTERING = "fostering"


class ApplicationState(StrEnum):
    """Where an application for a DBS check stands."""

    TO_SUBMIT = "to_submit"
    SUBMITTED = "submitted"
    WITH_DBS = "with_dbs"
    ISSUED = "issued"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ApplicationReason(StrEnum):
    """Why an application for a DBS check was opened."""

    FIRST = "first"
    RECHECK = "recheck"
    NEW_INFORMATION = "new_information"
    LEVEL_CHANGED = "level_changed"
    LOST = "lost"


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


class NameReason(StrEnum):
    """Why the name on a certificate is not the one that the volunteer goes by."""

    MARRIAGE = "marriage"
    DEED_POLL = "deed_poll"
    EARLIER_NAME = "earlier_name"
    EVERYDAY_NAME = "everyday_name"
    SPELLING = "spelling"


class BoardState(StrEnum):
    """How the certificate that counts stands, on the board of all certificates."""

    STOPPED = "stopped"
    QUESTION = "question"
    LAPSED = "lapsed"
    TO_ACCEPT = "to_accept"
    NONE = "none"
    SOON = "soon"
    IN_DATE = "in_date"


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


class WarningKind(StrEnum):
    """What runs out, and is warned of beforehand."""

    CERTIFICATE = "certificate"
    TRAINING = "training"
    JOINING = "joining"
    SUBSCRIPTION = "subscription"
    RISK_REVIEW = "risk_review"


class RiskViewReason(StrEnum):
    """Why the safeguarding lead opens a restricted record again."""

    REVIEW = "review"
    CONCERN = "concern"
    VOLUNTEER_ASKED = "volunteer_asked"
    APPEAL = "appeal"
    LEGAL_DUTY = "legal_duty"


class StatusAnswer(StrEnum):
    """What DBS's Update Service says of a certificate, in its own codes."""

    BLANK_NO_NEW_INFO = "BLANK_NO_NEW_INFO"
    NON_BLANK_NO_NEW_INFO = "NON_BLANK_NO_NEW_INFO"
    NEW_INFO = "NEW_INFO"
    NO_MATCH_FOUND = "NO_MATCH_FOUND"
    UNKNOWN = "UNKNOWN"


class StatusFailure(StrEnum):
    """Why a status check told us nothing."""

    UNREACHABLE = "unreachable"
    TIME_OUT = "time_out"
    HTTP_ERROR = "http_error"
    REDIRECTED = "redirected"
    TOO_LARGE = "too_large"
    NOT_XML = "not_xml"
    NOT_A_RESULT = "not_a_result"
    NOT_SUCCESSFUL = "not_successful"
    UNKNOWN_STATUS = "unknown_status"
    SURNAME_DIFFERS = "surname_differs"
    DATE_DIFFERS = "date_differs"
    LOST = "lost"


class StatusOutcome(StrEnum):
    """What a status check meant for the certificate that we hold."""

    ASKED = "asked"
    PASSED = "passed"
    CONTENT_NOT_DECIDED = "content_not_decided"
    NEW_INFORMATION = "new_information"
    NO_MATCH = "no_match"
    UNKNOWN = "unknown"
    DISCARDED = "discarded"


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


class BookingState(StrEnum):
    """What became of a place on a training session."""

    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    MISSED = "missed"


class TrainingMethod(StrEnum):
    """How a course was done."""

    SESSION = "session"
    ONLINE = "online"
    ELSEWHERE = "elsewhere"


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


class VerifiedHow(StrEnum):
    """How a coordinator made sure that a reference comes from the referee."""

    PHONE_CALL = "phone_call"
    VIDEO_CALL = "video_call"
    MEETING = "meeting"
    OFFICIAL_EMAIL = "official_email"
    OFFICIAL_LETTER = "official_letter"


class IdentityRoute(StrEnum):
    """The three ways in which DBS lets an identity be shown, tried in this order."""

    ROUTE_1 = "route_1"
    ROUTE_2 = "route_2"
    ROUTE_3 = "route_3"


class DocumentGroup(StrEnum):
    """The groups into which DBS sorts documents."""

    GROUP_1 = "group_1"
    GROUP_2A = "group_2a"
    GROUP_2B = "group_2b"


class DocumentKind(StrEnum):
    """Kinds of documents that DBS takes; their rules stand in ``domain.identity``."""

    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    E_VISA = "e_visa"
    REGISTRATION_CARD = "registration_card"
    DRIVING_LICENCE = "driving_licence"
    BIRTH_CERTIFICATE = "birth_certificate"
    ADOPTION_CERTIFICATE = "adoption_certificate"
    FOREIGN_DRIVING_LICENCE = "foreign_driving_licence"
    PAPER_DRIVING_LICENCE = "paper_driving_licence"
    LATER_BIRTH_CERTIFICATE = "later_birth_certificate"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    FORCES_CARD = "forces_card"
    FIREARMS_LICENCE = "firearms_licence"
    MORTGAGE_STATEMENT = "mortgage_statement"
    BANK_STATEMENT = "bank_statement"
    ACCOUNT_LETTER = "account_letter"
    CARD_STATEMENT = "card_statement"
    FINANCIAL_STATEMENT = "financial_statement"
    P45_OR_P60 = "p45_or_p60"
    COUNCIL_TAX = "council_tax"
    UTILITY_BILL = "utility_bill"
    BENEFIT_STATEMENT = "benefit_statement"
    ENTITLEMENT_LETTER = "entitlement_letter"
    TAX_LETTER = "tax_letter"
    HEALTH_CARD = "health_card"
    EEA_IDENTITY_CARD = "eea_identity_card"
    IRISH_PASSPORT_CARD = "irish_passport_card"
    PASS_CARD = "pass_card"
    HEAD_TEACHER_LETTER = "head_teacher_letter"


class SeenHow(StrEnum):
    """How originals were looked at."""

    IN_PERSON = "in_person"
    VIDEO_WITH_ORIGINALS = "video_with_originals"


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


SLOT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOT_TIMES = ("morning", "afternoon", "after_school", "evening")
SLOTS = tuple(f"{day}_{time}" for day in SLOT_DAYS for time in SLOT_TIMES)
"""The 28 weekly session slots, Monday morning first."""
