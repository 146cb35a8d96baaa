"""Consent to status checks is the volunteer's own: given by name, to a version, taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.domain.consents import FIRST_TEXT, has_consent
from peerapp.enums import Role, VolunteerState
from peerapp.errors import Forbidden
from peerapp.models import ConsentText, Message, StatusConsent
from peerapp.services import consents
from tests.factories import make_account, make_locality
from tests.support.volunteers import audited, refused

BASE = "https://coaching.example"
NEW = "We may ask DBS about your certificate, each month, until you take this back on your page."


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


def sign(session, coach, version=1, name=None):
    return consents.give(session, coach.account, version, name or coach.name)


def versions(session):
    rows = session.scalars(select(ConsentText).order_by(ConsentText.version))
    return [(row.version, row.text) for row in rows]


def test_consent_is_given_once_to_the_text_that_stood_there(session, coach):
    assert not has_consent(coach)
    given = sign(session, coach, name=f" {coach.name.upper()} ")
    assert has_consent(coach)
    assert sign(session, coach) is given
    assert (given.version, given.typed_name) == (1, coach.name.upper())
    assert versions(session) == [(1, FIRST_TEXT)]
    rows = audited(session, "status_consent.give")
    assert [(row.actor_id, row.detail) for row in rows] == [(coach.account.id, {"version": 1})]


def test_another_name_is_refused(session, coach):
    assert refused(sign, session, coach, name="Somebody Else") == ["typed_name"]
    assert not has_consent(coach)


def test_text_that_changed_meanwhile_is_read_again(session, manager, coach):
    consents.write_text(session, manager, NEW, 1, asks_again=False)
    assert refused(sign, session, coach, version=1) == ["text_changed"]
    assert sign(session, coach, version=2).version == 2
    assert versions(session) == [(1, FIRST_TEXT), (2, NEW)]


def test_consent_is_taken_back_at_once_and_coordinators_are_told(session, staff, coach):
    make_account(session, Role.COORDINATOR, (make_locality(session, "Calne", ("SN11 0",)),))
    sign(session, coach)
    consents.withdraw(session, coach.account, BASE)
    assert not has_consent(coach)
    told = session.scalars(select(Message)).all()
    assert [message.to_address for message in told] == [staff.email]
    assert coach.name not in told[0].body
    assert refused(consents.withdraw, session, coach.account, BASE) == ["no_consent"]
    sign(session, coach)
    assert has_consent(coach)
    rows = session.scalars(select(StatusConsent)).all()
    assert sorted(row.withdrawn_at is None for row in rows) == [False, True]
    assert len(audited(session, "status_consent.withdraw")) == 1


def test_closed_record_gives_no_consent(session, coach):
    coach.state = VolunteerState.LEFT
    session.flush()
    assert refused(sign, session, coach) == ["record_closed"]


@pytest.mark.parametrize(("asks_again", "expected"), [(True, False), (False, True)])
def test_new_text_asks_everybody_again_or_not(session, manager, coach, asks_again, expected):
    sign(session, coach)
    consents.write_text(session, manager, NEW, 1, asks_again=asks_again)
    assert has_consent(coach) is expected
    rows = audited(session, "consent_text.write")
    assert [row.detail for row in rows] == [{"version": 2, "asks_again": asks_again}]
    sign(session, coach, version=2)
    assert has_consent(coach)


@pytest.mark.parametrize(
    ("text", "seen", "expected"),
    [("Too short", 1, ["text"]), (FIRST_TEXT, 1, ["text"]), (NEW, 2, ["text_changed"])],
)
def test_text_that_cannot_be_is_refused(session, manager, text, seen, expected):
    verb = (consents.write_text, session, manager, text, seen)
    assert refused(*verb, asks_again=True) == expected


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.VOLUNTEER])
def test_text_is_the_managers_to_write(session, role):
    with pytest.raises(Forbidden):
        consents.write_text(session, make_account(session, role), NEW, 1, asks_again=False)
