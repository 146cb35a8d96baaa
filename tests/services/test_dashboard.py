"""What waits for whom: own localities, right counts, the same number of queries for more rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from peerapp.enums import (
    CertificateStatus,
    FamilyState,
    MatchState,
    OfferAnswer,
    OfferSide,
    Role,
    VolunteerState,
)
from peerapp.models import Account, MatchOffer
from peerapp.services import dashboard
from tests.factories import (
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_locality,
    make_match,
    make_volunteer,
)
from tests.support.queries import counted


@pytest.fixture
def county(database, scheme_id):
    """Two localities with a family, a coach and an applicant each; a coordinator of the first."""
    with database.writing(scheme_id) as session:
        here, there = make_locality(session), make_locality(session, "Calne", ("SN11 0",))
        ids = {
            "here": make_account(session, Role.COORDINATOR, (here,)).id,
            "lead": make_account(session, Role.SAFEGUARDING_LEAD).id,
        }
        staff = session.get(Account, ids["here"])
        for place in (here, there):
            family = make_family(session, staff, place)
            coach = make_coach(session, staff, place)
            make_match(session, family, coach)
            make_family(session, staff, place, state=FamilyState.REFERRED)
            make_volunteer(session, place, state=VolunteerState.APPLIED)
    return ids


def waiting_for(database, scheme_id, account_id, today=TODAY):
    with database.reading(scheme_id) as session:
        return dashboard.whats_waiting(session, session.get(Account, account_id), today)


@pytest.mark.parametrize(("who", "each"), [("here", 1), ("lead", 2)])
def test_counts_are_those_of_own_localities(database, scheme_id, county, who, each):
    found = waiting_for(database, scheme_id, county[who])
    counts = (found.proposals, found.referrals, found.applications, found.families_waiting)
    assert counts == (each,) * 4
    assert (found.approved, found.corrections) == (0, 0)
    assert len(found.oldest_families) == each


@pytest.mark.parametrize(
    ("today", "days_left", "is_lapsed"),
    [
        (date(2028, 11, 30), [], None),
        (date(2028, 12, 1), [90], False),
        (date(2029, 2, 28), [1], False),
        (date(2029, 3, 1), [0], True),
    ],
)
def test_certificate_is_shown_from_90_days_before_it_ends(
    database, scheme_id, county, today, days_left, is_lapsed
):
    found = waiting_for(database, scheme_id, county["here"], today).certificates
    assert [due.days_left for due in found] == days_left
    assert all(due.is_lapsed is is_lapsed for due in found)


def test_certificate_that_does_not_count_is_shown_whatever_its_date(database, scheme_id, county):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, county["here"])
        coach = make_coach(session, staff, staff.localities[0].locality)
        coach.certificates[0].status = CertificateStatus.NEW_INFORMATION
        name = coach.name
    found = waiting_for(database, scheme_id, county["here"]).certificates
    assert [(due.volunteer.name, due.status, due.is_lapsed) for due in found] == [
        (name, CertificateStatus.NEW_INFORMATION, True)
    ]


def test_the_first_certificates_are_shown_and_all_are_counted(database, scheme_id, county):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, county["here"])
        place = staff.localities[0].locality
        session.delete(make_coach(session, staff, place).certificates[0])
        for days in range(12):
            coach = make_coach(session, staff, place)
            coach.certificates[0].issue_date = TODAY - timedelta(days=3 * 365 - 20 - days)
        make_coach(session, staff, place).certificates[0].status = CertificateStatus.NEW_INFORMATION
    found = waiting_for(database, scheme_id, county["here"])
    ended, soon = found.certificates[:2], [due.due_on for due in found.certificates[2:]]
    assert (found.certificates_due, len(soon)) == (14, 8)
    assert {due.status for due in ended} == {None, CertificateStatus.NEW_INFORMATION}
    assert soon == sorted(soon)


def test_people_with_details_to_correct_are_named_in_own_localities(database, scheme_id, county):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, county["here"])
        place, there = staff.localities[0].locality, make_locality(session, "Devizes", ("SN10 1",))
        coach = make_coach(session, staff, place, details_query="Which days?")
        family = make_family(session, staff, place, details_query="Which street?")
        make_family(session, staff, there, details_query="Which street?")
    found = waiting_for(database, scheme_id, county["here"])
    assert found.corrections == 2
    assert [one.id for one in found.families_to_correct] == [family.id]
    assert [one.id for one in found.volunteers_to_correct] == [coach.id]


def test_approved_match_waits_for_its_introduction(database, scheme_id, county):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, county["here"])
        place = staff.localities[0].locality
        family = make_family(session, staff, place, state=FamilyState.MATCHED)
        coach = make_coach(session, staff, place)
        make_match(session, family, coach, state=MatchState.APPROVED)
    assert waiting_for(database, scheme_id, county["here"]).approved == 1


@pytest.mark.parametrize(
    ("answer", "number"), [(OfferAnswer.WAITING, 0), (OfferAnswer.YES, 1), (OfferAnswer.NO, 0)]
)
def test_match_to_which_both_said_yes_waits_for_the_coordinator(
    database, scheme_id, county, answer, number
):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, county["here"])
        place = staff.localities[0].locality
        pair = make_family(session, staff, place), make_coach(session, staff, place)
        match = make_match(session, *pair, state=MatchState.OFFERED_TO_FAMILY)
        for side, said in ((OfferSide.COACH, OfferAnswer.YES), (OfferSide.FAMILY, answer)):
            match.offers.append(MatchOffer(side=side, answer=said, answer_by=TODAY))
    assert waiting_for(database, scheme_id, county["here"]).agreed == number


def test_queries_do_not_grow_with_rows(database, scheme_id, county):
    with counted(database.engine) as few:
        waiting_for(database, scheme_id, county["lead"])
    with database.writing(scheme_id) as session:
        staff = session.get(Account, county["here"])
        place = staff.localities[0].locality
        for days in range(30):
            make_family(session, staff, place, waiting_since=TODAY - timedelta(days=days))
            make_coach(session, staff, place)
    with counted(database.engine) as many:
        waiting_for(database, scheme_id, county["lead"])
    assert len(many) == len(few)
