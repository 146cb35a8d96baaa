"""A coach who is cleared on TODAY, as plain objects without a database."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from peerapp.enums import (
    CORE_COURSES,
    CertificateStatus,
    CheckLevel,
    GateItem,
    Gender,
    PanelOutcome,
    Role,
    VolunteerState,
    Workforce,
)
from peerapp.models import (
    Account,
    Certificate,
    GateRecord,
    PanelDecision,
    Scheme,
    TrainingRecord,
    Volunteer,
)

TODAY = date(2026, 11, 20)
PANEL_SINCE = datetime(2026, 4, 1, 9, tzinfo=UTC)


def certificate(**values: Any) -> Certificate:
    given: dict[str, Any] = {
        "number": "001234567890",
        "issue_date": date(2026, 3, 1),
        "created_at": datetime(2026, 3, 20, 9, tzinfo=UTC),
        "level": CheckLevel.ENHANCED_CHILDREN,
        "workforce": Workforce.CHILD,
        "name_as_printed": "AMA MENSAH",
        "name_matches": True,
        "has_content": False,
        "seen_on": date(2026, 3, 20),
        "status": CertificateStatus.ACCEPTED,
    }
    return Certificate(**{**given, **values})


def cleared_coach(**values: Any) -> Volunteer:
    """Return a coach whom no gate keeps back; ``certificates`` replaces the one they hold."""
    given: dict[str, Any] = {
        "id": uuid.UUID(int=7),
        "state": VolunteerState.ACTIVE,
        "first_name": "Ama",
        "last_name": "Mensah",
        "date_of_birth": date(1985, 4, 2),
        "phone": "07700 900123",
        "gender": Gender.WOMAN,
        "easting": 392000,
        "northing": 173500,
        "max_distance_m": 8045,
        "slots": ("mon_morning",),
        "languages": ("en",),
        "offers_remote": False,
        "capacity": 2,
        "shares": ("scheme_phone",),
        "check_level": CheckLevel.ENHANCED_CHILDREN,
        "check_workforce": Workforce.CHILD,
        "coaches_families": True,
        "account": Account(role=Role.VOLUNTEER, disabled_at=None),
        "scheme": Scheme(recheck_months=36, core_courses=CORE_COURSES, minimum_age=16),
        "gate_records": [GateRecord(item=item, done_on=date(2026, 3, 1)) for item in GateItem],
        "training": [
            TrainingRecord(
                course=course, completed_on=date(2026, 3, 10), valid_until=date(2029, 3, 10)
            )
            for course in CORE_COURSES
        ],
        "certificates": [certificate()],
        "state_since": PANEL_SINCE,
        "panel_decisions": [PanelDecision(outcome=PanelOutcome.APPROVED, panel_since=PANEL_SINCE)],
    }
    return Volunteer(**{**given, **values})


def codes(refusals: Any) -> list[str]:
    return [refusal.code for refusal in refusals]
