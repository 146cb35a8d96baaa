"""A match that runs, with sessions, for tests of what is planned, noted and claimed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from peerapp.clock import LONDON
from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import FamilyState, MatchState
from peerapp.models import Account, CoachingSession, Message
from peerapp.services import session_plans
from tests.factories import NOW, make_family, make_family_account, make_match

URL = "https://scheme.example.org"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MONDAY = date(2026, 11, 23)
DETAILS = PlanDetails(MONDAY, time(9, 30), 120)


def at(day: date, hour: int = 9, minute: int = 30) -> datetime:
    """Return a time of day in London."""
    return datetime.combine(day, time(hour, minute), LONDON)


@pytest.fixture
def match(session, here, staff, coach):
    """A family with an account, introduced to the coach."""
    family = make_family(session, staff, here, state=FamilyState.MATCHED)
    make_family_account(session, family)
    return make_match(session, family, coach, state=MatchState.ACTIVE)


@pytest.fixture
def plan(session, staff, match):
    """A plan from the coming Monday on."""
    return session_plans.save_plan(session, staff, match.id, DETAILS, NOW, URL)


@pytest.fixture
def first(session, plan) -> CoachingSession:
    """The first session of the plan."""
    return listed(session)[0]


def listed(session) -> list[CoachingSession]:
    """Return every session there is, in order."""
    session.flush()
    query = select(CoachingSession).order_by(CoachingSession.starts_at, CoachingSession.id)
    return list(session.scalars(query))


def told(session) -> list[str]:
    """Return the roles of those to whom messages wait, and forget these messages."""
    session.flush()
    found = session.scalars(select(Message).order_by(Message.created_at, Message.id)).all()
    roles = [session.get_one(Account, one.account_id).role.value for one in found]
    bodies = {(one.subject, "sign in" in one.body.lower()) for one in found}
    assert bodies <= {("You have a message", True)}
    for one in found:
        session.delete(one)
    session.flush()
    return sorted(roles)
