"""What kinds and states there are, in rooms by noun.

What people read for each is in `peerapp.vocabulary`.
"""

from peerapp.enums.checks import (
    CHECK_ANSWERS,
    ApplicationReason,
    ApplicationState,
    BoardState,
    CertificateStatus,
    CheckAnswer,
    CheckLevel,
    CheckQuestion,
    FeeQuestion,
    NameReason,
    RiskDecision,
    RiskViewReason,
    StatusAnswer,
    StatusFailure,
    StatusOutcome,
    WarningKind,
    Workforce,
)
from peerapp.enums.concerns import ConcernAbout, ConcernOutcome, ConcernState, ConcernStep
from peerapp.enums.conversations import ReadingReason, Side
from peerapp.enums.families import (
    NEED_HEADINGS,
    SENSITIVE_NEEDS,
    AgeBand,
    AgreementMethod,
    Channel,
    CloseReason,
    CoachGender,
    FamilyState,
    Heading,
    Household,
    Need,
    ReferralSource,
)
from peerapp.enums.goals import GoalState, Occasion
from peerapp.enums.identity import DocumentGroup, DocumentKind, IdentityRoute, SeenHow
from peerapp.enums.matches import (
    SLOT_DAYS,
    SLOT_TIMES,
    SLOTS,
    Consequence,
    CoverState,
    DeclineReason,
    EndReason,
    MatchState,
    OfferAnswer,
    OfferSide,
    RunState,
    VisitState,
)
from peerapp.enums.onboarding import (
    DropOutReason,
    Gate,
    GateItem,
    InterviewState,
    PanelOutcome,
    PauseReason,
    PauseState,
    Recommendation,
    RefereeRelation,
    ReferenceState,
    ReviewOutcome,
    SharedContact,
    SignatureMethod,
    VerifiedHow,
    VolunteerState,
    WaitsFor,
)
from peerapp.enums.people import STAFF_ROLES, Gender, Role, TokenPurpose
from peerapp.enums.records import AuditKind, MessageState
from peerapp.enums.sessions import (
    BY_THE_MILE,
    CANCELLED_BY_RULE,
    CancelReason,
    ClaimState,
    ExpenseKind,
    NotHeldReason,
    SessionMood,
    SessionState,
)
from peerapp.enums.supervision import CallMood, CallState
from peerapp.enums.training import (
    CORE_COURSES,
    SPECIALIST_COURSES,
    BookingState,
    Course,
    TrainingMethod,
)

__all__ = [
    "BY_THE_MILE", "CANCELLED_BY_RULE", "CHECK_ANSWERS", "CORE_COURSES", "NEED_HEADINGS",
    "SENSITIVE_NEEDS", "SLOTS", "SLOT_DAYS", "SLOT_TIMES", "SPECIALIST_COURSES", "STAFF_ROLES",
    "AgeBand", "AgreementMethod", "ApplicationReason", "ApplicationState", "AuditKind",
    "BoardState", "BookingState", "CallMood", "CallState", "CancelReason", "CertificateStatus",
    "Channel", "CheckAnswer", "CheckLevel", "CheckQuestion", "ClaimState", "CloseReason",
    "CoachGender", "ConcernAbout", "ConcernOutcome", "ConcernState", "ConcernStep", "Consequence",
    "Course", "CoverState", "DeclineReason", "DocumentGroup", "DocumentKind", "DropOutReason",
    "EndReason", "ExpenseKind", "FamilyState", "FeeQuestion", "Gate", "GateItem", "Gender",
    "GoalState", "Heading", "Household", "IdentityRoute", "InterviewState", "MatchState",
    "MessageState", "NameReason", "Need", "NotHeldReason", "Occasion", "OfferAnswer", "OfferSide",
    "PanelOutcome", "PauseReason", "PauseState", "ReadingReason", "Recommendation",
    "RefereeRelation", "ReferenceState", "ReferralSource", "ReviewOutcome", "RiskDecision",
    "RiskViewReason", "Role", "RunState", "SeenHow", "SessionMood", "SessionState", "SharedContact",
    "Side", "SignatureMethod", "StatusAnswer", "StatusFailure", "StatusOutcome", "TokenPurpose",
    "TrainingMethod", "VerifiedHow", "VisitState", "VolunteerState", "WaitsFor", "WarningKind",
    "Workforce",
]  # fmt: skip
