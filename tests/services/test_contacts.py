from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from peerapp.db import ReadOnly
from peerapp.enums import (
    CertificateStatus,
    Channel,
    EndReason,
    FamilyState,
    MatchState,
    Need,
    Role,
    SharedContact,
    VolunteerState,
)
from peerapp.errors import NotFound
from peerapp.models import Account, AuditEvent, Family, Match, Volunteer
from peerapp.services import contacts, match_life, matches
from tests import factories
from tests.factories import TODAY
from tests.scenes import Scene, make_scene

M = MatchState


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(factories.NOW):
        yield


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def matched(scene: Scene, state: MatchState = M.ACTIVE, **values: Any) -> uuid.UUID:
    family_id = scene.add_family(account=True, **values.pop("family", {}))
    return scene.add_match(family_id, scene.add_coach(**values), state=state)


def family_sees(scene: Scene, today: Any = TODAY) -> contacts.CoachContact | None:
    with scene.database.session(scene.scheme_id, "audit") as session, session.begin():
        account = session.scalars(select(Account).where(Account.role == Role.FAMILY)).one()
        return contacts.coach_contact_for_family(session, account, today)


def coach_sees(
    scene: Scene, match_id: uuid.UUID, today: Any = TODAY
) -> contacts.FamilyContact | None:
    with scene.database.session(scene.scheme_id, "audit") as session, session.begin():
        account = session.get_one(Match, match_id).volunteer.account
        return contacts.family_contact_for_coach(session, account, match_id, today)


@pytest.mark.parametrize("state", [M.APPROVED, M.INTRODUCED, M.ACTIVE, M.PAUSED])
@pytest.mark.parametrize("cleared", [True, False])
@pytest.mark.parametrize("supported", [True, False])
@pytest.mark.scorecard("2.3.1")
def test_contact_is_visible_only_when_introduced_cleared_and_supported(
    scene, state, cleared, supported
):
    match_id = matched(scene, state)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        if not cleared:
            match.volunteer.certificates[0].status = CertificateStatus.REVOKED
        match.family.section_47_open = not supported
    visible = state in {M.INTRODUCED, M.ACTIVE} and cleared and supported
    assert (family_sees(scene) is not None) == visible
    assert (coach_sees(scene, match_id) is not None) == visible


@pytest.mark.parametrize(
    "state",
    [
        M.PROPOSED,
        M.OFFERED_TO_COACH,
        M.OFFERED_TO_FAMILY,
        M.ENDED,
        M.DECLINED,
        M.WITHDRAWN,
    ],
)
def test_a_match_that_does_not_stand_is_as_none_at_all(scene, state):
    match_id = matched(scene, state)
    assert family_sees(scene) is None
    with pytest.raises(NotFound):
        coach_sees(scene, match_id)


@pytest.mark.parametrize("state", sorted(set(VolunteerState)))
@pytest.mark.scorecard("8.3.2")
def test_contact_follows_the_state_of_the_coach_the_same_second(scene, state):
    match_id = matched(scene)
    assert family_sees(scene) is not None
    with scene.writing() as session:
        session.get_one(Match, match_id).volunteer.state = state
    coaching = {VolunteerState.PROBATION, VolunteerState.ACTIVE}
    assert (family_sees(scene) is not None) == (state in coaching)


def test_contact_ends_on_the_day_the_certificate_is_due(scene):
    match_id = matched(scene)
    last = factories.date(2029, 2, 28)  # issued on 1 March 2026, due after 36 months
    assert family_sees(scene, last) is not None
    assert family_sees(scene, last + timedelta(days=1)) is None
    assert coach_sees(scene, match_id, last + timedelta(days=1)) is None


def test_contact_is_gone_once_the_match_ends_or_pauses(scene):
    match_id = matched(scene)
    assert family_sees(scene) is not None
    with scene.writing() as session:
        match_life.pause(session, scene.coordinator(session), match_id)
    assert (family_sees(scene), coach_sees(scene, match_id)) == (None, None)
    with scene.writing() as session:
        match_life.resume(session, scene.coordinator(session), match_id, today=TODAY)
    assert family_sees(scene) is not None
    with scene.writing() as session:
        match_life.end(
            session,
            scene.coordinator(session),
            match_id,
            reason=EndReason.PLANNED_END,
            family_next=FamilyState.WAITING,
            today=TODAY,
        )
    assert family_sees(scene) is None


def test_contact_is_gone_when_the_coachs_account_is_closed(scene):
    match_id = matched(scene)
    with scene.writing() as session:
        session.get_one(Match, match_id).volunteer.account.disabled_at = factories.NOW
    assert family_sees(scene) is None


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((), ()),
        (("scheme_phone",), ((SharedContact.SCHEME_PHONE, "01632 960101"),)),
        (("phone",), ((SharedContact.PHONE, "07700 900777"),)),
        (
            ("email", "phone", "scheme_phone"),
            (
                (SharedContact.SCHEME_PHONE, "01632 960101"),
                (SharedContact.PHONE, "07700 900777"),
                (SharedContact.EMAIL, "ama@example.org"),
            ),
        ),
    ],
)
def test_a_family_sees_the_first_name_and_what_the_coach_shares(scene, shares, expected):
    match_id = matched(scene, shares=shares, phone="07700 900777")
    with scene.writing() as session:
        session.get_one(Match, match_id).volunteer.account.email = "ama@example.org"
    contact = family_sees(scene)
    assert contact == contacts.CoachContact(match_id, "Ama", "mon_morning", "in_person", expected)


def test_a_shared_detail_that_is_blank_is_left_out(scene):
    matched(scene, shares=("scheme_phone", "phone"), scheme_phone="", phone="07700 900777")
    contact = family_sees(scene)
    assert contact is not None
    assert contact.details == ((SharedContact.PHONE, "07700 900777"),)


@pytest.mark.scorecard("DA-4")
def test_a_coach_sees_the_alias_and_safe_channels_only(scene):
    match_id = matched(
        scene,
        family={
            "channels": ("sms", "letter"),
            "address": "1 Secret Street",
            "phone": "07700 900888",
        },
    )
    with scene.writing() as session:
        safe = session.get_one(Match, match_id).family.safe_contact
        safe.alias, safe.times = "Rosie from the choir", "Weekdays before 2pm"
        safe.shared_device = True
    assert coach_sees(scene, match_id) == contacts.FamilyContact(
        match_id=match_id,
        name="Rosie from the choir",
        channels=((Channel.SMS, "07700 900888"),),
        times="Weekdays before 2pm",
        no_voicemail=True,
        shared_device=True,
    )


def test_a_family_that_has_not_said_how_is_not_shown_to_its_coach(scene):
    match_id = matched(scene, family={"channels": ()})
    assert coach_sees(scene, match_id) is None


def test_a_family_that_takes_every_channel_back_is_not_shown_to_its_coach(scene):
    match_id = matched(scene)
    assert coach_sees(scene, match_id) is not None
    with scene.writing() as session:
        session.get_one(Match, match_id).family.safe_contact.channels = ()
    assert coach_sees(scene, match_id) is None


def test_each_view_is_in_the_ledger_and_a_refused_one_is_not(scene):
    match_id = matched(scene, M.APPROVED, shares=("scheme_phone", "email"))
    assert (family_sees(scene), coach_sees(scene, match_id)) == (None, None)
    scene.introduce(match_id)
    assert family_sees(scene) is not None
    assert coach_sees(scene, match_id) is not None
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        ledger = contacts.staff_ledger(session, match)
        assert [(one.actor_role, one.fields, one.subject_id) for one in ledger] == [
            (Role.VOLUNTEER, ("email", "first_name", "phone"), match.family_id),
            (Role.FAMILY, ("email", "first_name", "scheme_phone"), match.volunteer_id),
        ]
        family_account, coach_account = match.family.account, match.volunteer.account
        seen = contacts.family_ledger(session, family_account)
        assert [entry.who for entry in seen] == ["The coach", "You"]
        seen = contacts.coach_ledger(session, coach_account, match_id)
        assert [entry.who for entry in seen] == ["You", "The family"]


def test_a_view_that_cannot_be_audited_shows_nothing(scene):
    matched(scene)
    with scene.reading() as session:
        account = session.scalars(select(Account).where(Account.role == Role.FAMILY)).one()
        with pytest.raises(ReadOnly):
            contacts.coach_contact_for_family(session, account, TODAY)


@pytest.mark.parametrize("role", sorted(set(Role)))
def test_nobody_else_asks_for_contact_details(scene, role):
    match_id = matched(scene)
    with scene.writing() as session:
        stranger = factories.make_account(session, role)
        if role == Role.VOLUNTEER:
            factories.make_volunteer(session, account=stranger)
        with pytest.raises(NotFound):
            contacts.coach_contact_for_family(session, stranger, TODAY)
        with pytest.raises(NotFound):
            contacts.family_contact_for_coach(session, stranger, match_id, TODAY)
        assert session.scalars(select(AuditEvent)).all() == []


def test_another_family_sees_its_own_coach_only(scene):
    matched(scene)
    other = scene.add_family()
    with scene.writing() as session:
        family = session.get_one(Family, other)
        account = factories.make_family_account(session, family)
        assert contacts.coach_contact_for_family(session, account, TODAY) is None
        assert contacts.family_ledger(session, account) == []


@pytest.mark.scorecard("8.2.3")
def test_a_coach_knows_a_family_by_area_needs_and_time_without_sensitive_needs(scene):
    match_id = matched(
        scene, M.APPROVED, family={"needs": {Need.BUDGETING: 1, Need.DOMESTIC_ABUSE: 3}}
    )
    profile = contacts.AnonymousProfile(
        match_id, "Chippenham", (Need.BUDGETING,), "mon_morning", "in_person"
    )
    with scene.writing() as session:
        account = session.get_one(Match, match_id).volunteer.account
        assert contacts.list_for_coach(session, account, TODAY) == [profile]
        view = contacts.get_coach_view(session, account, match_id, TODAY)
        assert view == contacts.CoachView(profile, None)


@pytest.mark.parametrize("why", ["paused", "uncleared", "blocked"])
def test_a_coach_reads_no_area_and_no_needs_while_something_else_is_wrong(scene, why):
    match_id = matched(scene, M.PAUSED if why == "paused" else M.ACTIVE)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        match.family.section_47_open = why == "blocked"
        if why == "uncleared":
            match.volunteer.certificates[0].status = CertificateStatus.REVOKED
    profile = contacts.AnonymousProfile(match_id, "", (), "mon_morning", "in_person")
    with scene.writing() as session:
        account = session.get_one(Match, match_id).volunteer.account
        assert contacts.list_for_coach(session, account, TODAY) == [profile]
        view = contacts.get_coach_view(session, account, match_id, TODAY)
        assert view == contacts.CoachView(profile, None)


def test_suspension_withdraws_and_hides(scene):
    match_id = matched(scene, M.APPROVED)
    with scene.writing() as session:
        volunteer = session.get_one(Match, match_id).volunteer
        volunteer.state = VolunteerState.SUSPENDED
        matches.withdraw_open_for_volunteer(session, None, volunteer, "suspended")
    assert family_sees(scene) is None
    with scene.reading() as session:
        account = session.scalars(select(Volunteer)).one().account
        assert contacts.list_for_coach(session, account, TODAY) == []
