"""All tables, so that one import makes the metadata complete."""

from peerapp.models.audit import AuditEvent
from peerapp.models.base import Base, SchemeOwned, id_source, new_id, utc_now
from peerapp.models.checks import Certificate
from peerapp.models.families import Agreement, Family, FamilyNeed, SafeContact
from peerapp.models.family_imports import FamilyImport
from peerapp.models.matches import Exclusion, Match, MatchEvent
from peerapp.models.matching_runs import MatchingRun, UnmatchedFamily
from peerapp.models.messages import Message
from peerapp.models.people import Account, LoginSession, StaffLocality, Token
from peerapp.models.schemes import Locality, LocalitySector, Scheme
from peerapp.models.volunteers import (
    GateRecord,
    TrainingRecord,
    Volunteer,
    VolunteerEvent,
)

__all__ = [
    "Account",
    "Agreement",
    "AuditEvent",
    "Base",
    "Certificate",
    "Exclusion",
    "Family",
    "FamilyImport",
    "FamilyNeed",
    "GateRecord",
    "Locality",
    "LocalitySector",
    "LoginSession",
    "Match",
    "MatchEvent",
    "MatchingRun",
    "Message",
    "SafeContact",
    "Scheme",
    "SchemeOwned",
    "StaffLocality",
    "Token",
    "TrainingRecord",
    "UnmatchedFamily",
    "Volunteer",
    "VolunteerEvent",
    "id_source",
    "new_id",
    "utc_now",
]
