"""A locality with its staff and a cleared coach, and browsers in which staff are signed in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import AuditEvent, Volunteer
from tests.factories import make_account, make_coach, make_locality, make_volunteer


@pytest.fixture
def place(database, scheme_id):
    """A locality with its coordinator, a lead, a stranger from elsewhere, a cleared coach."""
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        there = make_locality(session, "Calne", ("SN11 0",))
        people = {
            "coordinator": make_account(session, Role.COORDINATOR, (here,)),
            "lead": make_account(session, Role.SAFEGUARDING_LEAD),
            "stranger": make_account(session, Role.COORDINATOR, (there,)),
        }
        coach = make_coach(session, people["coordinator"], here, last_name="Canary")
        return {**people, "here": here, "coach": coach}


@pytest.fixture
def add(database, scheme_id, place):
    """Return a function that adds a volunteer of the coordinator's locality."""

    def adding(**values):
        with database.writing(scheme_id) as session:
            return make_volunteer(session, place["here"], **values)

    return adding


@pytest.fixture
def staff(sign_in, place):
    return sign_in(place["coordinator"])


@pytest.fixture
def lead(sign_in, place):
    return sign_in(place["lead"])


@pytest.fixture
def saved(database, scheme_id):
    """Return a function that asks the database about a volunteer."""

    def asking(volunteer, question):
        with database.reading(scheme_id) as session:
            return question(session.get_one(Volunteer, volunteer.id))

    return asking


@pytest.fixture
def audited(database, scheme_id):
    """Return a function that gives the audited actions about a row, in order."""

    def actions(row_id):
        with database.reading(scheme_id) as session:
            query = select(AuditEvent.action).where(AuditEvent.subject_id == row_id)
            return list(session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))

    return actions
