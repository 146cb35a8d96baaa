"""Made-up certificates at every point of their life: fresh, with content, in another name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from peerapp.domain.certificates import current_certificate
from peerapp.domain.risk_assessments import Assessment
from peerapp.enums import NameReason, RiskDecision, RiskViewReason
from peerapp.models import Account, Certificate, Volunteer
from peerapp.services import checks, expiries, risk_assessments
from peerapp.services.schemes import get_scheme

BASE_URL = "http://127.0.0.1"
DECISION = {
    "relevance": "Nothing to do with children. The role involves neither money nor driving.",
    "age": "Many years ago, as a young adult.",
    "pattern": "It happened once. Steady work and a good reference since.",
    "rationale": "Spoke openly about it, and about what changed. No risk for families is seen.",
    "conditions": "The first three visits together with the coordinator.",
}


def show_life(
    session: Session, coaches: Sequence[Volunteer], staff: Account, lead: Account, today: date
) -> None:
    """Give some coaches certificates that just came, have content, or show another name."""
    for days, volunteer in zip((15, 6), coaches[:2], strict=False):
        held = _current(volunteer)
        held.issue_date = today - timedelta(days=days)
        held.seen_on = held.issue_date + timedelta(days=4)
    # Decided five months ago: the text goes in a month. A year ago: gone, and to be reviewed.
    for days, volunteer in zip((150, 350), coaches[2:4], strict=False):
        _decide_content(session, volunteer, lead, today - timedelta(days=days))
    for volunteer in coaches[4:5]:
        _print_other_name(session, volunteer, staff, today)
    session.flush()
    risk_assessments.purge(session, today)
    for kept in risk_assessments.list_kept(session, lead):
        reason = RiskViewReason.VOLUNTEER_ASKED
        risk_assessments.view(session, lead, kept.assessment.id, reason)


def _decide_content(session: Session, volunteer: Volunteer, lead: Account, day: date) -> None:
    held = _current(volunteer)
    held.has_content = True
    held.issue_date = min(held.issue_date, day - timedelta(days=30))
    held.seen_on = held.issue_date + timedelta(days=9)
    session.flush()
    assessment = Assessment(
        talked_on=day - timedelta(days=3),
        **DECISION,
        decision=RiskDecision.FAVOURABLE,
        review_on=day + timedelta(days=364),
    )
    risk_assessments.assess(session, lead, volunteer.id, held.id, assessment, day)


def _print_other_name(session: Session, volunteer: Volunteer, staff: Account, today: date) -> None:
    held = _current(volunteer)
    held.name_as_printed = f"{volunteer.first_name} Ashdown".upper()
    session.flush()
    seen = "Marriage certificate"
    ids = volunteer.id, held.id
    checks.match_name(session, staff, *ids, NameReason.MARRIAGE, seen, today)


def _current(volunteer: Volunteer) -> Certificate:
    held = current_certificate(volunteer)
    if held is None:
        raise LookupError("this coach of the demonstration has no certificate")
    return held


def give_warnings(session: Session, today: date) -> None:
    """Give the warnings that a site which had run all the time would have given by now."""
    after = expiries.warn(session, today, BASE_URL)
    while after is not None:
        after = expiries.warn(session, today, BASE_URL, after)
    get_scheme(session).day_swept_on = today
