"""All tables, so that one import makes the metadata complete."""

from peerapp.models.access_grants import AccessGrant
from peerapp.models.audit import AuditEvent, AuditHead
from peerapp.models.base import Base, SchemeOwned, id_source, new_id, utc_now
from peerapp.models.check_applications import CheckApplication, FeeDecision
from peerapp.models.check_rules import CheckDecision, CheckRuleTable, VolunteerRole
from peerapp.models.checks import Certificate
from peerapp.models.coaching_life import ProbationReview, VolunteerPause
from peerapp.models.concerns import Concern, ConcernEvent, ContactFreeze
from peerapp.models.conversations import InsideMessage
from peerapp.models.courses import CourseBooking, CourseSession, TrainingCourse
from peerapp.models.expenses import ExpenseClaim, ExpenseExport
from peerapp.models.expiry_warnings import ExpiryWarning
from peerapp.models.families import Agreement, Family, FamilyNeed, SafeContact
from peerapp.models.family_children import FamilyChild
from peerapp.models.family_consents import FamilyConsentText
from peerapp.models.family_imports import FamilyImport
from peerapp.models.family_workers import FamilyTopic, FamilyWorker
from peerapp.models.goals import Goal, GoalScore, Measure, MeasureTotal
from peerapp.models.identity_checks import IdentityCheck, IdentityDocument
from peerapp.models.interviews import Interview, Interviewer, InterviewTemplate
from peerapp.models.match_endings import EndSurvey, MatchCover, MatchEnding
from peerapp.models.match_offers import FirstVisit, MatchOffer
from peerapp.models.matches import Exclusion, Match, MatchEvent
from peerapp.models.matching_runs import MatchingRun, UnmatchedFamily
from peerapp.models.messages import Message
from peerapp.models.other_names import OtherName
from peerapp.models.panels import PanelDecision, PanelMember
from peerapp.models.people import Account, LoginSession, StaffLocality, Token
from peerapp.models.person_keys import PersonKey, SchemeKey
from peerapp.models.plan_overrides import PlanOverride
from peerapp.models.references import Reference, ReferenceEvent, ReferenceLink
from peerapp.models.referrals import (
    Referral,
    ReferralDifference,
    ReferralEvent,
    ReferralLink,
)
from peerapp.models.rights import Erasure, LegalHold, RetentionRun, RightsEvent, RightsRequest
from peerapp.models.risk_assessments import RiskAssessment
from peerapp.models.scheme_figures import SchemeFigureChange
from peerapp.models.schemes import Locality, LocalitySector, Scheme
from peerapp.models.second_factors import (
    AuthenticatorApp,
    FactorFailure,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
)
from peerapp.models.sent_forms import SentForm
from peerapp.models.sessions import (
    CalendarFeed,
    CoachingSession,
    SchoolHoliday,
    SessionNote,
    SessionPlan,
)
from peerapp.models.sign_in_safety import AskedLink, KnownBrowser, Throttle
from peerapp.models.status_checks import StatusCheck
from peerapp.models.status_consents import ConsentText, StatusConsent
from peerapp.models.subscriptions import Subscription
from peerapp.models.supervision import SupervisionCall
from peerapp.models.two_person_requests import TwoPersonRequest
from peerapp.models.volunteer_agreements import AgreementSignature, AgreementText
from peerapp.models.volunteers import (
    GateRecord,
    TrainingRecord,
    Volunteer,
    VolunteerEvent,
)

__all__ = [
    "AccessGrant",
    "Account",
    "Agreement",
    "AgreementSignature",
    "AgreementText",
    "AskedLink",
    "AuditEvent",
    "AuditHead",
    "AuthenticatorApp",
    "Base",
    "CalendarFeed",
    "Certificate",
    "CheckApplication",
    "CheckDecision",
    "CheckRuleTable",
    "CoachingSession",
    "Concern",
    "ConcernEvent",
    "ConsentText",
    "ContactFreeze",
    "CourseBooking",
    "CourseSession",
    "EndSurvey",
    "Erasure",
    "Exclusion",
    "ExpenseClaim",
    "ExpenseExport",
    "ExpiryWarning",
    "FactorFailure",
    "Family",
    "FamilyChild",
    "FamilyConsentText",
    "FamilyImport",
    "FamilyNeed",
    "FamilyTopic",
    "FamilyWorker",
    "FeeDecision",
    "FirstVisit",
    "GateRecord",
    "Goal",
    "GoalScore",
    "IdentityCheck",
    "IdentityDocument",
    "InsideMessage",
    "Interview",
    "InterviewTemplate",
    "Interviewer",
    "KnownBrowser",
    "LegalHold",
    "Locality",
    "LocalitySector",
    "LoginSession",
    "Match",
    "MatchCover",
    "MatchEnding",
    "MatchEvent",
    "MatchOffer",
    "MatchingRun",
    "Measure",
    "MeasureTotal",
    "Message",
    "OtherName",
    "PanelDecision",
    "PanelMember",
    "Passkey",
    "PasskeyChallenge",
    "PersonKey",
    "PlanOverride",
    "ProbationReview",
    "RecoveryCode",
    "Reference",
    "ReferenceEvent",
    "ReferenceLink",
    "Referral",
    "ReferralDifference",
    "ReferralEvent",
    "ReferralLink",
    "RetentionRun",
    "RightsEvent",
    "RightsRequest",
    "RiskAssessment",
    "SafeContact",
    "Scheme",
    "SchemeFigureChange",
    "SchemeKey",
    "SchemeOwned",
    "SchoolHoliday",
    "SentForm",
    "SessionNote",
    "SessionPlan",
    "StaffLocality",
    "StatusCheck",
    "StatusConsent",
    "Subscription",
    "SupervisionCall",
    "Throttle",
    "Token",
    "TrainingCourse",
    "TrainingRecord",
    "TwoPersonRequest",
    "UnmatchedFamily",
    "Volunteer",
    "VolunteerEvent",
    "VolunteerPause",
    "VolunteerRole",
    "id_source",
    "new_id",
    "utc_now",
]
