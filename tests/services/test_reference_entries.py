"""What a referee said or wrote elsewhere is typed in by one, and verified by another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.referees import flags
from peerapp.domain.reference_entries import Entry
from peerapp.enums import GateItem, GivenHow, ReferenceState, Role, VerifiedHow, VolunteerState
from peerapp.errors import NotFound, Refused
from peerapp.models import Message
from peerapp.services import referee_links, reference_entries, reference_reminders, references
from peerapp.services.timelines import get_timeline
from tests.factories import NOW, TODAY, make_account, make_locality, make_volunteer
from tests.support.references import ANSWERS, SAM, URL, links_of, name, verify
from tests.support.volunteers import audited, refused

S = ReferenceState
DAY = timedelta(days=1)
GIVEN = {key: value for page in ANSWERS.values() for key, value in page.items()}
BY_PHONE = Entry("Rita Hollis", GivenHow.PHONE, TODAY)


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here, state=VolunteerState.VETTING)


@pytest.fixture
def colleague(session, here):
    return make_account(session, Role.COORDINATOR, (here,))


def enter(session, actor, reference, entry=BY_PHONE, **changes):
    ids, given = (reference.volunteer_id, reference.id), {**GIVEN, **changes}
    return reference_entries.enter(session, actor, *ids, entry, given, NOW, TODAY, URL)


def told(session):
    query = select(Message.account_id).where(Message.template == "notice")
    return set(session.scalars(query))


def test_entry_is_received_and_says_who_gave_it_how_and_who_typed_it_in(
    session, volunteer, staff, colleague, lead
):
    reference = enter(session, staff, name(session, volunteer))
    assert (reference.state, reference.answered_at) == (S.RECEIVED, NOW)
    assert (reference.given_by, reference.given_how) == ("Rita Hollis", GivenHow.PHONE)
    assert (reference.given_on, reference.entered_by) == (TODAY, staff)
    assert reference.answers == {key: value for key, value in GIVEN.items() if value != ""}
    last = reference.history[-1]
    assert (last.by_id, last.reason) == (staff.id, "Given by phone, typed in by staff.")
    assert [row.actor_id for row in audited(session, "reference.move")][-1] == staff.id
    assert told(session) == {colleague.id}


def test_entry_stands_marked_on_the_timeline(session, volunteer, staff):
    enter(session, staff, name(session, volunteer))
    titles = [one.title for one in get_timeline(session, staff, volunteer.id, 1).events]
    assert "Reference received, given by phone, typed in by staff: Rita Hollis" in titles


def test_entry_is_verified_by_somebody_else(session, volunteer, staff, colleague):
    reference = enter(session, staff, name(session, volunteer))
    assert refused(verify, session, staff, reference) == ["entered_by_self"]
    assert verify(session, colleague, reference).state == S.VERIFIED
    assert [one.item for one in volunteer.gate_records] == [GateItem.FIRST_REFERENCE]


def test_entry_of_a_coordinator_alone_is_verified_by_the_lead(session, volunteer, staff, lead):
    reference = enter(session, staff, name(session, volunteer))
    assert told(session) == {lead.id}
    assert verify(session, lead, reference).state == S.VERIFIED


@pytest.mark.parametrize(
    ("how", "verified_how", "codes"),
    [
        (GivenHow.PHONE, VerifiedHow.OFFICIAL_EMAIL, ["how"]),
        (GivenHow.PHONE, VerifiedHow.OFFICIAL_LETTER, ["how"]),
        (GivenHow.PAPER, VerifiedHow.OFFICIAL_EMAIL, ["how"]),
    ],
)
def test_entry_is_not_verified_by_a_way_in_which_it_did_not_come(
    session, volunteer, staff, colleague, how, verified_how, codes
):
    reference = enter(session, staff, name(session, volunteer), Entry("Rita Hollis", how, TODAY))
    assert refused(lambda: verify(session, colleague, reference, how=verified_how)) == codes


def test_letter_on_headed_paper_verifies_an_answer_on_paper(session, volunteer, staff, colleague):
    entry = Entry("Rita Hollis", GivenHow.PAPER, TODAY)
    reference = enter(session, staff, name(session, volunteer), entry)
    letter = VerifiedHow.OFFICIAL_LETTER
    assert verify(session, colleague, reference, how=letter).state == S.VERIFIED


def test_entry_ends_the_link_and_its_reminders(session, volunteer, staff):
    reference = name(session, volunteer)
    (secret,) = links_of(session, reference)
    enter(session, staff, reference)
    assert refused(referee_links.find_reference, session, secret, NOW) == ["link_used"]
    assert reference_reminders.sweep_reminders(session, NOW + 20 * DAY, URL) == 0


def test_entry_after_the_referee_has_answered_is_refused(session, volunteer, staff, colleague):
    reference = enter(session, staff, name(session, volunteer))
    assert refused(enter, session, colleague, reference) == ["not_asked"]
    assert reference.entered_by == staff


def test_entry_lacks_nothing_that_the_referee_would_be_asked(session, volunteer, staff):
    reference = name(session, volunteer)
    with pytest.raises(Refused) as caught:
        enter(session, staff, reference, reliable="", has_concern="yes")
    assert [one.code for one in caught.value.refusals] == ["reliable", "concern"]
    assert reference.state == S.ASKED


@pytest.mark.parametrize(
    ("given_by", "day", "codes"),
    [
        ("Rita Hollis", TODAY + DAY, ["given_on"]),
        ("Rita Hollis", TODAY - DAY, ["given_on"]),
        (" ", TODAY, ["given_by"]),
        ("the volunteer", TODAY, ["given_by"]),
        ("the actor", TODAY, ["given_by"]),
    ],
)
def test_entry_of_an_impossible_day_or_person_is_refused(
    session, volunteer, staff, given_by, day, codes
):
    staff.name = "Cora Dean"
    known = {"the volunteer": volunteer.name, "the actor": "cora  DEAN"}
    entry = Entry(known.get(given_by, given_by), GivenHow.PHONE, day)
    assert refused(enter, session, staff, name(session, volunteer), entry) == codes


def test_entry_from_another_person_than_was_named_is_pointed_out(session, volunteer, staff):
    entry = Entry("Olive Hollis", GivenHow.PHONE, TODAY)
    reference = enter(session, staff, name(session, volunteer), entry)
    assert [one.code for one in flags(reference)] == ["other_giver"]


def test_concern_that_was_typed_online_and_not_sent_is_not_lost(session, volunteer, staff, lead):
    reference = name(session, volunteer)
    (secret,) = links_of(session, reference)
    begun = {"has_concern": "yes", "concern": "Canary worry"}
    referee_links.save_page(session, secret, "children", begun, NOW)
    enter(session, staff, reference)
    assert reference.answers["has_concern"] == "no"
    assert "Canary worry" in next(one.message for one in flags(reference) if "unsent" in one.code)
    assert told(session) == {lead.id}
    ids = reference.volunteer_id, reference.id
    rejecting = references.reject, session, staff, *ids, "Fine.", TODAY, URL
    assert refused(*rejecting) == ["reference_concern"]


def test_what_was_begun_online_without_a_concern_is_thrown_away(session, volunteer, staff):
    reference = name(session, volunteer)
    (secret,) = links_of(session, reference)
    referee_links.save_page(session, secret, "qualities", {"strengths": "Half a"}, NOW)
    assert "unsent" not in enter(session, staff, reference).answers
    assert reference.answers["strengths"] == "Canary patience"


def test_entry_is_for_coordinators_of_the_locality(session, volunteer, staff, lead):
    reference = name(session, volunteer, SAM)
    there = make_locality(session, "Calne", ("SN11 0",))
    others = [
        make_account(session, Role.COORDINATOR, (there,)),
        make_account(session, Role.MANAGER),
        lead,
    ]
    for other in others:
        with pytest.raises(NotFound):
            enter(session, other, reference)
        with pytest.raises(NotFound):
            reference_entries.find_to_enter(session, other, volunteer.id, reference.id)
    found = reference_entries.find_to_enter(session, staff, volunteer.id, reference.id)
    assert (found, reference.state) == (reference, S.ASKED)
