"""One asks, another decides; what follows happens once, in time, and inside the scheme."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.scheme_figures import edition_of, figures_of, values_of
from peerapp.enums import Role
from peerapp.errors import NotFound
from peerapp.models import Message, SchemeFigureChange, TwoPersonRequest
from peerapp.services import (
    bulk_exports,
    onboarding,
    scheme_figures,
    second_decisions,
    suspension_lifts,
    two_person_requests,
)
from peerapp.services.certificate_board import Filters
from peerapp.services.schemes import get_scheme
from tests.factories import NOW, TODAY, make_account, make_family, make_locality, make_scheme
from tests.support.sealed import values
from tests.support.volunteers import URL, audited, refused

WHY = "For the yearly report."
SECOND = timedelta(seconds=1)


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


def ask(session, actor, now=NOW):
    return bulk_exports.ask_for_families(session, actor, WHY, now, URL)


def decide(session, actor, request, now=NOW, *, agreed=True, note=""):
    return second_decisions.decide(
        session, actor, request.id, now, TODAY, URL, agreed=agreed, note=note
    )


def fetch(session, actor, request, now=NOW):
    return bulk_exports.fetch(session, actor, request.id, now, TODAY)


def told(session):
    return values(session, Message, "to_address")


@pytest.mark.scorecard("2.3.5")
def test_families_leave_only_after_another_has_agreed_and_once(session, staff, here, lead):
    make_family(session, staff, here, reference="A-1")
    request = ask(session, staff)
    assert told(session) == [lead.email]
    assert refused(fetch, session, staff, request) == ["not_to_fetch"]
    decide(session, lead, request)
    assert "A-1" in fetch(session, staff, request).text
    assert refused(fetch, session, staff, request) == ["not_to_fetch"]
    verbs = [len(audited(session, f"two_person.{one}")) for one in ("ask", "agree", "use")]
    assert verbs == [1, 1, 1]


@pytest.mark.scorecard("2.3.5", control=True)
def test_a_lead_agrees_to_anothers_request_but_not_to_their_own(session, lead, manager):
    own = ask(session, lead)
    assert refused(decide, session, lead, own) == ["same_person"]
    assert refused(fetch, session, lead, own) == ["not_to_fetch"]
    decide(session, manager, own)
    assert fetch(session, lead, own).name == f"families-{TODAY.isoformat()}.csv"


def test_the_file_goes_to_nobody_but_whoever_asked(session, staff, lead):
    request = ask(session, staff)
    decide(session, lead, request)
    with pytest.raises(NotFound):
        fetch(session, lead, request)


def test_times_hold_to_the_second(session, staff, lead):
    scheme = get_scheme(session)
    last = NOW + timedelta(days=scheme.second_person_days)
    request = ask(session, staff)
    assert refused(decide, session, lead, request, last) == ["over"]
    decide(session, lead, request, last - SECOND)
    end = last - SECOND + timedelta(hours=scheme.export_hours)
    assert request.expires_at == end
    assert refused(fetch, session, staff, request, end) == ["not_to_fetch"]
    assert fetch(session, staff, request, end - SECOND).text


def test_a_no_needs_a_reason_and_gives_no_file(session, staff, lead):
    request = ask(session, staff)
    assert refused(decide, session, lead, request, agreed=False) == ["note"]
    decide(session, lead, request, agreed=False, note="Ask for counts instead.")
    assert refused(fetch, session, staff, request) == ["not_to_fetch"]
    assert refused(decide, session, lead, request) == ["decided"]
    assert told(session) == sorted([lead.email, staff.email])


def test_taken_back_by_its_owner_only(session, staff, lead):
    request = ask(session, staff)
    with pytest.raises(NotFound):
        two_person_requests.take_back(session, lead, request.id, NOW)
    two_person_requests.take_back(session, staff, request.id, NOW)
    assert refused(decide, session, lead, request) == ["over"]


def test_certificates_keep_the_filters_that_were_agreed(session, staff, lead, coach, here):
    there = make_locality(session, "Calne", ("SN11 0",))
    everything, elsewhere = Filters(), Filters(locality_id=there.id)
    texts = []
    for filters in (everything, elsewhere):
        request = bulk_exports.ask_for_certificates(session, staff, filters, WHY, NOW, URL)
        decide(session, lead, request)
        texts.append(fetch(session, staff, request).text)
    assert [coach.last_name in text for text in texts] == [True, False]


def test_the_same_is_not_asked_twice_while_it_waits(session, staff, lead):
    ask(session, staff)
    assert refused(ask, session, staff) == ["asked"]
    later = NOW + timedelta(days=get_scheme(session).second_person_days)
    ask(session, staff, later)


def test_a_scheme_with_one_lead_names_who_else_may_be(session, staff, lead):
    scheme = get_scheme(session)
    scheme.second_person_manager = False
    assert refused(ask, session, lead) == ["nobody"]
    scheme.second_person_coordinator = True
    request = ask(session, lead)
    decide(session, staff, request)
    assert request.agreed is True


def set_access(session, actor, **changed):
    group = "access"
    scheme = get_scheme(session)
    values = values_of(scheme, figures_of(group)) | changed
    edition = edition_of(scheme, group)
    return scheme_figures.set_figures(session, actor, group, values, edition, WHY, TODAY)


def test_nobody_can_set_that_nobody_is_the_second_person(session, lead, manager):
    given = (set_access, session, manager)
    assert refused(*given, second_person_manager=0) == ["second_person_manager"]
    session.rollback()


def test_figures_of_second_people_may_change_while_two_are_left(session, lead, manager):
    make_account(session, Role.SAFEGUARDING_LEAD)
    set_access(session, manager, second_person_manager=0)
    assert get_scheme(session).second_person_manager is False
    assert len(session.scalars(select(SchemeFigureChange)).all()) == 1


def test_lifting_is_proposed_by_a_lead_and_seen_by_the_second_person(
    session, staff, coach, lead, manager
):
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    given = coach.id, "All clear.", NOW, URL
    assert refused(suspension_lifts.propose, session, staff, *given) == ["role"]
    assert refused(suspension_lifts.propose, session, manager, *given) == ["role"]
    request = suspension_lifts.propose(session, lead, *given)
    assert refused(suspension_lifts.propose, session, lead, *given) == ["asked"]
    assert two_person_requests.count_waiting(session, manager, NOW) == 1
    assert two_person_requests.count_waiting(session, lead, NOW) == 0
    decide(session, manager, request)
    assert coach.state.value == "active"
    assert refused(suspension_lifts.propose, session, lead, *given) == ["not_suspended"]


def test_a_proposal_does_not_lift_a_later_suspension(session, staff, coach, lead, manager):
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    given = coach.id, "All clear.", NOW, URL
    request = suspension_lifts.propose(session, lead, *given)
    coach.state_since = coach.state_since + SECOND
    assert refused(decide, session, manager, request) == ["suspended_again"]


def test_a_coordinator_elsewhere_is_no_second_person_for_a_volunteer(session, staff, coach, lead):
    get_scheme(session).second_person_coordinator = True
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    stranger = make_account(session, Role.COORDINATOR)
    request = suspension_lifts.propose(session, lead, coach.id, "All clear.", NOW, URL)
    with pytest.raises(NotFound):
        decide(session, stranger, request)
    assert coach.state.value == "suspended"


def test_whoever_lost_their_role_gets_no_file(session, staff, lead, manager):
    request = ask(session, staff)
    decide(session, lead, request)
    staff.role = Role.AUDITOR
    assert refused(fetch, session, staff, request) == ["not_to_fetch"]


def test_a_closed_account_is_no_second_person(session, staff, lead, manager):
    lead.disabled_at = NOW
    request = ask(session, staff)
    assert told(session) == [manager.email]
    assert refused(decide, session, lead, request) == ["role"]


def test_another_scheme_knows_nothing_of_a_request(database, scheme_id, session, staff, lead):
    request = ask(session, staff)
    session.commit()
    with database.session(None, "all") as other:
        theirs = make_scheme("other")
        other.add(theirs)
        other.commit()
    with database.session(theirs.id, "all") as other:
        stranger = make_account(other, Role.SAFEGUARDING_LEAD)
        with pytest.raises(NotFound):
            second_decisions.decide(other, stranger, request.id, NOW, TODAY, URL, agreed=True)
        assert other.scalars(select(TwoPersonRequest)).all() == []
