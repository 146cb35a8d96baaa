"""Finding and listing volunteers by access; what staff set on the record itself."""

from __future__ import annotations

import uuid

import pytest

from peerapp.domain.access import may_see_volunteer
from peerapp.enums import MatchState, Role, VolunteerState
from peerapp.errors import NotFound
from peerapp.models import Volunteer
from peerapp.services import volunteers
from peerapp.services.volunteers import Filters
from tests.factories import (
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_locality,
    make_match,
    make_volunteer,
)
from tests.support.volunteers import audited, refused

FINAL = [VolunteerState.DECLINED, VolunteerState.WITHDRAWN, VolunteerState.LEFT]


@pytest.fixture
def there(session):
    return make_locality(session, "Calne", ("SN11 0",))


@pytest.fixture
def coordinator(session, here):
    return make_account(session, Role.COORDINATOR, (here,))


def names(found):
    return [volunteer.first_name for volunteer in found[0]]


def test_get_volunteer_of_the_coordinators_locality_is_audited_as_a_read(
    session, here, coordinator
):
    volunteer = make_volunteer(session, here)
    assert volunteers.get_volunteer(session, coordinator, volunteer.id) is volunteer
    rows = audited(session, "volunteer.view")
    assert [(row.kind, row.actor_id, row.subject_id) for row in rows] == [
        ("read", coordinator.id, volunteer.id)
    ]
    assert rows[0].fields == (
        "certificates",
        "contact",
        "gates",
        "history",
        "profile",
        "training",
    )


@pytest.mark.parametrize(
    "verb", [volunteers.find_volunteer, volunteers.get_volunteer, volunteers.lock_volunteer]
)
def test_volunteer_of_another_locality_does_not_exist_for_a_coordinator(
    session, there, coordinator, verb
):
    volunteer = make_volunteer(session, there)
    with pytest.raises(NotFound):
        verb(session, coordinator, volunteer.id)
    assert audited(session, "volunteer.view") == []


@pytest.mark.parametrize(
    "verb", [volunteers.find_volunteer, volunteers.get_volunteer, volunteers.lock_volunteer]
)
def test_unknown_volunteer_is_not_found(session, coordinator, verb):
    with pytest.raises(NotFound):
        verb(session, coordinator, uuid.uuid4())


def test_list_shows_exactly_whom_the_access_rule_allows(session, here, there):
    everybody = [make_volunteer(session, place) for place in (here, there, None)]
    for role in Role:
        localities = (here,) if role == Role.COORDINATOR else ()
        actor = make_account(session, role, localities)
        found, pages = volunteers.list_volunteers(session, actor, Filters())
        allowed = [one for one in everybody if may_see_volunteer(actor, one)]
        assert (sorted(one.id for one in found), pages) == (
            sorted(one.id for one in allowed),
            1 if allowed else 0,
        )


def test_list_leaves_closed_records_out_unless_asked_for(session, here, coordinator):
    for state in VolunteerState:
        make_volunteer(session, here, state=state, first_name=state.value)
    shown = names(volunteers.list_volunteers(session, coordinator, Filters()))
    assert sorted(shown) == sorted(set(VolunteerState) - set(FINAL))
    for state in VolunteerState:
        found = volunteers.list_volunteers(session, coordinator, Filters(state=state))
        assert names(found) == [state.value]


def test_list_by_locality_shows_that_locality_alone(session, here, there):
    manager = make_account(session, Role.MANAGER)
    make_volunteer(session, here, first_name="Here")
    make_volunteer(session, there, first_name="There")
    found = volunteers.list_volunteers(session, manager, Filters(locality_id=there.id))
    assert names(found) == ["There"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("zofia", ["Zofia"]),
        ("NOWAK", ["Zofia"]),
        ("nowak zof", ["Zofia"]),
        ("Élodie", ["Élodie"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("a", ["Zofia"]),
    ],
)
def test_list_by_search_finds_words_of_the_name(session, here, coordinator, search, expected):
    make_volunteer(session, here, first_name="Zofia", last_name="Nowak")
    make_volunteer(session, here, first_name="Élodie", last_name="Petit")
    found = volunteers.list_volunteers(session, coordinator, Filters(search=search))
    assert names(found) == expected


def test_list_by_search_finds_the_reference_in_any_case(session, here, coordinator):
    volunteer = make_volunteer(session, here)
    make_volunteer(session, here)
    for search in (volunteers.reference(volunteer), f" {volunteers.reference(volunteer).lower()}"):
        found = volunteers.list_volunteers(session, coordinator, Filters(search=search))
        assert list(found[0]) == [volunteer]


def test_list_goes_by_name_and_in_pages(session, here, coordinator):
    for number in range(volunteers.PAGE + 1, 0, -1):
        make_volunteer(session, here, first_name=f"{number:02}", last_name="Same")
    first, pages = volunteers.list_volunteers(session, coordinator, Filters())
    second, _ = volunteers.list_volunteers(session, coordinator, Filters(), page=2)
    shown = [volunteer.first_name for volunteer in [*first, *second]]
    assert shown == [f"{number:02}" for number in range(1, volunteers.PAGE + 2)]
    assert (len(first), len(second), pages) == (volunteers.PAGE, 1, 2)


def test_localities_to_filter_by_are_the_actors(session, here, there, coordinator):
    lead = make_account(session, Role.SAFEGUARDING_LEAD)
    assert list(volunteers.list_localities(session, coordinator)) == [here]
    assert list(volunteers.list_localities(session, lead)) == [there, here]


@pytest.mark.parametrize("state", FINAL)
def test_lock_of_a_closed_record_is_refused(session, here, coordinator, state):
    volunteer = make_volunteer(session, here, state=state)
    assert refused(volunteers.lock_volunteer, session, coordinator, volunteer.id) == [
        "record_closed"
    ]
    assert refused(volunteers.lock_own, session, volunteer.account) == ["record_closed"]


def test_own_record_of_an_account_without_one_is_not_found(session, coordinator):
    with pytest.raises(NotFound):
        volunteers.get_own(session, coordinator)


def test_settle_raises_the_version_and_leaves_a_cleared_coachs_proposals(
    session, here, coordinator
):
    coach = make_coach(session, coordinator, here)
    match = make_match(session, make_family(session, coordinator, here), coach)
    volunteers.settle(session, coordinator, coach, TODAY, "details_changed")
    assert (coach.version, match.state) == (2, MatchState.PROPOSED)


def test_settle_withdraws_the_proposals_of_a_coach_who_is_not_cleared(session, here, coordinator):
    coach = make_coach(session, coordinator, here, state=VolunteerState.PAUSED)
    match = make_match(session, make_family(session, coordinator, here), coach)
    volunteers.settle(session, coordinator, coach, TODAY, "coach_paused")
    assert (coach.version, match.state) == (2, MatchState.WITHDRAWN)


def test_scheme_phone_is_saved_and_audited_without_the_number(session, here, coordinator):
    volunteer = make_volunteer(session, here)
    volunteers.set_scheme_phone(session, coordinator, volunteer.id, "01632 960999")
    assert volunteer.scheme_phone == "01632 960999"
    rows = audited(session, "volunteer.set_scheme_phone")
    assert [(row.fields, row.detail) for row in rows] == [(("scheme_phone",), {})]


def test_resolved_query_lets_the_coach_be_matched_again(session, here, coordinator):
    coach = make_coach(session, coordinator, here, details_query="Old postcode?")
    volunteers.resolve_query(session, coordinator, coach.id, TODAY)
    assert (coach.details_query, coach.version) == ("", 2)
    volunteers.resolve_query(session, coordinator, coach.id, TODAY)
    assert coach.version == 2


def test_reference_is_told_by_eight_digits_of_the_id():
    volunteer = Volunteer(id=uuid.UUID("0a1b2c3d-0000-4000-8000-000000000000"))
    assert volunteers.reference(volunteer) == "V0A1B2C3D"
