"""Saving a profile page by page: what is kept, what is looked up, what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.adapters import places
from peerapp.enums import GateItem, Gender, MatchState, Role, VolunteerState
from peerapp.models import GateRecord, Volunteer
from peerapp.services import profiles
from tests.factories import (
    NOW,
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_locality,
    make_match,
    make_volunteer,
)
from tests.support.volunteers import audited, refused

ABOUT = {
    "first_name": "Zofia",
    "last_name": "Nowak",
    "date_of_birth": date(1990, 3, 27),
    "gender": Gender.WOMAN,
    "phone": "07700 900982",
}


@pytest.fixture
def account(session):
    """An account with a blank record, as signing up leaves it."""
    account = make_account(session, Role.VOLUNTEER)
    volunteer = Volunteer(account_id=account.id, state=VolunteerState.ENQUIRY, state_since=NOW)
    session.add(volunteer)
    session.flush()
    return account


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("about", ABOUT),
        ("availability", {"slots": ("mon_morning", "sun_evening")}),
        ("experience", {"experience": ("digital",), "lived_experience": ("crime", "send")}),
        ("languages", {"languages": ("en", "pl")}),
        ("helping", {"offers_remote": True, "avoids": ("cats",), "capacity": 3}),
        ("sharing", {"shares": ("email", "scheme_phone")}),
    ],
)
def test_page_saves_its_answers_raises_the_version_and_audits_the_names(
    session, account, page, values
):
    volunteer = profiles.save_page(session, account, page, values, TODAY)
    assert {name: getattr(volunteer, name) for name in values} == values
    assert volunteer.version == 2
    rows = audited(session, "volunteer.save_profile")
    assert [(row.fields, row.detail) for row in rows] == [(tuple(sorted(values)), {"page": page})]


def test_page_saved_twice_changes_nothing_the_second_time(session, account):
    profiles.save_page(session, account, "about", ABOUT, TODAY)
    volunteer = profiles.save_page(session, account, "about", ABOUT, TODAY)
    assert volunteer.version == 2
    assert len(audited(session, "volunteer.save_profile")) == 1


def test_page_ignores_what_it_does_not_ask(session, account):
    locality = make_locality(session)
    extra = {
        "state": VolunteerState.ACTIVE,
        "locality_id": locality.id,
        "scheme_phone": "01632 960000",
        "check_level": "basic",
        "capacity": 3,
    }
    volunteer = profiles.save_page(
        session, account, "languages", {"languages": ("en",), **extra}, TODAY
    )
    assert volunteer.languages == ("en",)
    assert volunteer.state == VolunteerState.ENQUIRY
    assert (volunteer.locality_id, volunteer.capacity, volunteer.check_level) == (None, None, None)
    assert volunteer.scheme_phone == ""


def test_travel_page_locates_the_postcode_and_finds_the_locality(session, account):
    locality = make_locality(session, sectors=("SN15 1",))
    make_locality(session, "Calne", ("SN11 0",))
    values = {"postcode": "sn151aa", "miles": 5}
    volunteer = profiles.save_page(session, account, "travel", values, TODAY)
    sector = places.sectors()["SN15 1"]
    assert volunteer.postcode == "SN15 1AA"
    assert (volunteer.easting, volunteer.northing) == (sector.easting, sector.northing)
    assert volunteer.locality_id == locality.id
    assert volunteer.max_distance_m == 8045
    assert profiles.miles_of(volunteer) == 5


@pytest.mark.parametrize("miles", range(1, 61))
def test_miles_come_back_as_they_were_asked(miles):
    assert profiles.miles_of(Volunteer(max_distance_m=miles * 1609)) == miles


def test_travel_page_outside_all_localities_leaves_none(session, account):
    make_locality(session, sectors=("SN15 1",))
    for postcode in ("SN15 1AA", "BA1 1AA"):
        volunteer = profiles.save_page(
            session, account, "travel", {"postcode": postcode, "miles": 5}, TODAY
        )
    assert (volunteer.postcode, volunteer.locality_id) == ("BA1 1AA", None)


@pytest.mark.parametrize("postcode", ["SN15 8ZZ", "EH1 1YZ", "BT1 1AA", "nonsense"])
def test_travel_page_with_a_postcode_that_cannot_be_used_is_refused(session, account, postcode):
    values = {"postcode": postcode, "miles": 5}
    assert refused(profiles.save_page, session, account, "travel", values, TODAY) == ["postcode"]


@pytest.mark.parametrize(
    ("born", "is_refused"), [(date(2010, 11, 20), False), (date(2010, 11, 21), True)]
)
def test_about_page_on_and_before_the_sixteenth_birthday(session, account, born, is_refused):
    values = {**ABOUT, "date_of_birth": born}
    if is_refused:
        codes = refused(profiles.save_page, session, account, "about", values, TODAY)
        assert codes == ["date_of_birth"]
    else:
        volunteer = profiles.save_page(session, account, "about", values, TODAY)
        assert volunteer.date_of_birth == born


@pytest.mark.parametrize(
    "change",
    [{"first_name": "Other"}, {"last_name": "Other"}, {"date_of_birth": date(1991, 1, 1)}],
)
def test_about_page_refuses_another_name_once_documents_were_checked(session, account, change):
    volunteer = profiles.save_page(session, account, "about", ABOUT, TODAY)
    staff = make_account(session, Role.MANAGER)
    volunteer.gate_records.append(
        GateRecord(item=GateItem.IDENTITY, done_on=TODAY, recorded_by_id=staff.id)
    )
    values = {**ABOUT, "phone": "01632 960001"}
    profiles.save_page(session, account, "about", values, TODAY)
    assert volunteer.phone == "01632 960001"
    codes = refused(profiles.save_page, session, account, "about", {**values, **change}, TODAY)
    assert codes == ["identity_fixed"]


@pytest.mark.parametrize(
    "state", [VolunteerState.DECLINED, VolunteerState.WITHDRAWN, VolunteerState.LEFT]
)
def test_page_of_a_closed_record_is_refused(session, state):
    volunteer = make_volunteer(session, state=state)
    codes = refused(profiles.save_page, session, volunteer.account, "about", ABOUT, TODAY)
    assert codes == ["record_closed"]


def test_active_coach_changes_a_page_and_open_proposals_stay_but_are_stale(session):
    locality = make_locality(session)
    staff = make_account(session, Role.COORDINATOR, (locality,))
    coach = make_coach(session, staff, locality)
    match = make_match(session, make_family(session, staff, locality), coach)
    values = {"slots": ("sat_morning",)}
    profiles.save_page(session, coach.account, "availability", values, TODAY)
    assert match.state == MatchState.PROPOSED
    assert (match.volunteer_version, coach.version) == (1, 2)


def test_page_values_start_from_what_is_known(session):
    volunteer = make_volunteer(session)
    assert profiles.page_values(volunteer, "travel") == {"postcode": "SN15 1AA", "miles": 10}
    assert profiles.page_values(volunteer, "helping") == {
        "offers_remote": False,
        "avoids": (),
        "capacity": 2,
    }


def test_answers_are_told_in_words_and_in_order(session):
    volunteer = make_volunteer(
        session,
        slots=("sun_evening", "mon_morning"),
        languages=("pl", "en"),
        avoids=("smoking", "cats"),
        shares=("email", "scheme_phone"),
    )
    answers = profiles.in_words(volunteer)
    assert answers.times == [
        "Monday morning (9am to midday)",
        "Sunday evening (6pm to 9pm)",
    ]
    assert answers.languages == ["English", "Polish"]
    assert answers.avoids == ["Cats", "Smoking indoors"]
    assert answers.shares == ["A phone number from the scheme", "My own email address"]
    assert answers.miles == 10
