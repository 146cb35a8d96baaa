"""A concern goes to the lead, stops contact, is read in time or escalated, and told back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.match_states import contact_refusals, is_frozen
from peerapp.enums import (
    AgreementMethod,
    ConcernAbout,
    ConcernOutcome,
    ConcernState,
    ConcernStep,
    CoverState,
    FamilyState,
    MatchState,
    MessageState,
    Role,
)
from peerapp.errors import Forbidden, NotFound
from peerapp.models import Concern, MatchCover, Message
from peerapp.services import concern_cases, concern_watch, concerns, contacts, messages
from peerapp.services.concerns import Report, Subject
from tests.factories import (
    NOW,
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
    make_match,
)
from tests.support.queries import counted
from tests.support.sealed import values
from tests.support.volunteers import audited, refused

URL = "https://scheme.example.org"
HOUR = timedelta(hours=1)
A, M = ConcernAbout, MatchState


@pytest.fixture
def match(session, here, staff, coach):
    family = make_family(session, staff, here, state=FamilyState.MATCHED)
    make_family_account(session, family)
    return make_match(session, family, coach, state=M.ACTIVE)


def report(about=A.CHILD, *, danger=False, words="He had bruises.", stop=False, key=None):
    return Report(key or uuid.uuid4(), about, danger, words, stop)


def send(session, actor, subject=None, now=NOW, **values):
    given = subject or Subject(), report(**values)
    return concerns.raise_concern(session, actor, *given, now, URL)


def by_family(session, match, **values):
    actor = match.family.account
    return send(session, actor, concerns.subject_for_family(session, actor), **values)


def told(session):
    """Return who was written to, and where the link leads."""
    session.flush()
    found = session.scalars(select(Message).order_by(Message.created_at, Message.id))
    return sorted((one.account_id, one.body.rsplit("\n", 2)[1]) for one in found)


def codes(match):
    return [refusal.code for refusal in contact_refusals(match, TODAY)]


def steps(concern):
    return [(event.step, event.by_id) for event in concern.events]


def test_concern_goes_to_every_lead_and_to_nobody_else(session, staff, lead, match):
    other = make_account(session, Role.SAFEGUARDING_LEAD)
    make_account(session, Role.MANAGER)
    concern = by_family(session, match)
    link = f"{URL}/staff/concerns/{concern.id}"
    assert told(session) == sorted([(lead.id, link), (other.id, link)])
    assert {one.body.split("\n")[0] for one in session.scalars(select(Message))} == {
        "You have a message."
    }
    pair = match.id, match.family_id, match.volunteer_id
    assert (concern.match_id, concern.family_id, concern.volunteer_id) == pair
    assert (concern.state, concern.answer_by) == (ConcernState.NEW, NOW + 24 * HOUR)
    assert steps(concern) == [(ConcernStep.RAISED, match.family.account_id)]
    assert [row.detail for row in audited(session, "concern.raise")] == [
        {"about": "child", "danger_now": False}
    ]


def test_managers_are_told_where_there_is_no_other_lead(session, lead):
    manager = make_account(session, Role.MANAGER)
    send(session, lead)
    assert told(session) == [(manager.id, f"{URL}/staff/concerns/")]


def test_danger_shortens_the_time_in_which_it_must_be_read(session, staff, lead):
    assert send(session, staff, danger=True).answer_by == NOW + HOUR


def test_concern_sent_twice_by_one_form_is_one(session, staff, lead):
    key = uuid.uuid4()
    first = send(session, staff, key=key)
    assert send(session, staff, key=key, words="Again") is first
    assert values(session, Concern, "words") == ["He had bruises."]


@pytest.mark.parametrize(("words", "faults"), [(" \n", ["words"]), ("x" * 4001, ["words"])])
def test_concern_of_no_or_too_many_words_is_refused(session, staff, words, faults):
    assert refused(send, session, staff, words=words) == faults


@pytest.mark.parametrize(
    ("about", "stop", "is_stopped"),
    [(A.CHILD, False, False), (A.CHILD, True, True), (A.COACH, False, True)],
)
def test_contact_stops_at_once_when_asked_and_always_about_a_coach(
    session, staff, lead, match, about, stop, is_stopped
):
    assert contacts.has_coach_contact(session, match.family.account, TODAY)
    concern = by_family(session, match, about=about, stop=stop)
    assert codes(match) == (["contact_stopped"] if is_stopped else [])
    assert contacts.has_coach_contact(session, match.family.account, TODAY) != is_stopped
    of_coach = contacts.family_contact_for_coach(session, match.volunteer.account, match.id, TODAY)
    assert (of_coach is None) == is_stopped
    assert concerns.is_contact_stopped(concern) == is_stopped
    expected = [f"{URL}/staff/concerns/{concern.id}"]
    if is_stopped:
        expected.append(f"{URL}/staff/matches/{match.id}")
    assert sorted(link for _, link in told(session)) == expected


def test_message_about_a_match_does_not_leave_once_contact_is_stopped(session, lead, match):
    account = match.volunteer.account
    waiting = messages.queue_notice(session, account, URL, match_id=match.id)
    by_family(session, match, stop=True)
    assert (waiting.state, waiting.body) == (MessageState.CANCELLED, "")


def test_match_that_is_over_has_no_contact_to_stop(session, lead, match):
    match.state = M.ENDED
    concern = by_family(session, match, about=A.COACH)
    assert (concern.match_id, concern.freezes) == (match.id, [])


def test_coach_may_only_name_their_own_match(session, here, staff, match):
    mine = concerns.subject_for_coach(session, match.volunteer.account, match.id)
    assert (mine.match, mine.can_stop) == (match, True)
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        concerns.subject_for_coach(session, other.account, match.id)
    assert concerns.subject_for_coach(session, other.account, None).volunteer is other


def test_coach_is_asked_about_matches_whose_family_they_know(session, here, staff, match):
    proposed = make_match(session, make_family(session, staff, here), match.volunteer)
    found = concerns.list_own_matches(session, match.volunteer.account)
    assert (list(found), proposed.state) == ([match], M.PROPOSED)


def test_staff_of_elsewhere_may_not_name_a_record_they_may_not_see(session, match):
    stranger = make_account(session, Role.COORDINATOR, (make_locality(session, "Calne", ()),))
    for given in (
        {"match_id": match.id},
        {"family_id": match.family_id},
        {"volunteer_id": match.volunteer_id},
    ):
        with pytest.raises(NotFound):
            concerns.subject_for_staff(session, stranger, **given)


@pytest.mark.parametrize("kind", ["match", "family"])
def test_staff_name_the_match_that_the_page_was_about(session, staff, match, kind):
    row_id = match.id if kind == "match" else match.family_id
    subject = concerns.subject_for_staff(session, staff, **{f"{kind}_id": row_id})
    assert (subject.match, subject.family) == (match, match.family)


def test_reporter_finds_their_own_concerns_and_no_others(session, staff, lead, match):
    mine = by_family(session, match)
    assert concerns.list_own(session, match.family.account) == [mine]
    assert concerns.get_own(session, match.family.account, mine.id) is mine
    assert concerns.list_own(session, staff) == []
    with pytest.raises(NotFound):
        concerns.get_own(session, staff, mine.id)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SAFEGUARDING_LEAD}))
def test_concern_is_read_by_leads_only(session, staff, role):
    concern = send(session, staff)
    actor = make_account(session, role)
    for verb in (
        lambda: concern_cases.get_case(session, actor, concern.id, NOW),
        lambda: concern_cases.find_case(session, actor, concern.id),
        lambda: concern_cases.list_cases(session, actor, NOW),
        lambda: concern_cases.acknowledge(session, actor, concern.id, "x", NOW, URL),
        lambda: concern_cases.note(session, actor, concern.id, "x"),
    ):
        with pytest.raises(Forbidden):
            verb()


def test_reading_a_concern_is_audited(session, staff, lead):
    concern = send(session, staff)
    assert concern_cases.get_case(session, lead, concern.id, NOW).concern is concern
    rows = audited(session, "concern.read")
    assert [(row.actor_id, row.subject_id) for row in rows] == [(lead.id, concern.id)]


def test_lead_answers_notes_and_closes_and_the_reporter_is_told(session, staff, lead, match):
    concern = by_family(session, match)
    given = session, lead, concern.id
    assert refused(concern_cases.note, *given, "Called.") == ["not_acknowledged"]
    assert refused(concern_cases.acknowledge, *given, " ", NOW, URL) == ["words_back"]
    concern_cases.acknowledge(*given, "I call you today.", NOW, URL)
    assert (concern.state, concern.words_back) == (ConcernState.ACKNOWLEDGED, "I call you today.")
    assert (match.family.account_id, f"{URL}/sign-in") in told(session)
    assert refused(concern_cases.acknowledge, *given, "Again", NOW, URL) == ["is_acknowledged"]
    concern_cases.note(*given, "Called the school.")
    outcome = ConcernOutcome.SOCIAL_CARE
    concern_cases.close(*given, outcome, "Bruises seen.", "Others help you now.", NOW, URL)
    assert (concern.state, concern.outcome) == (ConcernState.CLOSED, outcome)
    assert concern.words_back == "Others help you now."
    assert [step for step, _ in steps(concern)] == [
        ConcernStep.RAISED,
        ConcernStep.ACKNOWLEDGED,
        ConcernStep.NOTED,
        ConcernStep.CLOSED,
    ]
    assert refused(concern_cases.note, *given, "More") == ["is_closed"]


def test_stopped_contact_is_allowed_by_a_lead_who_has_read_and_says_why(session, lead, match):
    concern = by_family(session, match, about=A.COACH)
    given = session, lead, concern.id
    allow = concern_cases.resume_contact, *given, match.id
    assert refused(*allow, "Fine", NOW) == ["not_acknowledged"]
    concern_cases.acknowledge(*given, "I call you.", NOW, URL)
    assert refused(*allow, " ", NOW) == ["reason"]
    close = concern_cases.close, *given, ConcernOutcome.SUPPORT, "Talked.", "Done.", NOW, URL
    assert refused(*close) == ["contact_stopped"]
    assert codes(match) == ["contact_stopped"]
    allow[0](*allow[1:], "A mistake.", NOW)
    assert codes(match) == []
    assert [row.subject_id for row in audited(session, "contact.resume")] == [match.id]
    with pytest.raises(NotFound):
        allow[0](*allow[1:], "Again.", NOW)
    assert close[0](*close[1:]).state == ConcernState.CLOSED


def test_ending_the_match_makes_way_for_closing(session, lead, match):
    concern = by_family(session, match, about=A.COACH)
    concern_cases.acknowledge(session, lead, concern.id, "I call you.", NOW, URL)
    match.state = M.ENDED
    given = ConcernOutcome.LADO, "Ended.", "Your match has ended.", NOW, URL
    assert concern_cases.close(session, lead, concern.id, *given).state == ConcernState.CLOSED


def test_two_concerns_about_one_match_are_settled_one_by_one(session, lead, staff, match):
    first = by_family(session, match, stop=True)
    subject = concerns.subject_for_staff(session, staff, match_id=match.id)
    second = send(session, staff, subject, stop=True)
    for concern in (first, second):
        assert codes(match) == ["contact_stopped"]
        concern_cases.acknowledge(session, lead, concern.id, "We look.", NOW, URL)
        concern_cases.resume_contact(session, lead, concern.id, match.id, "Fine.", NOW)
    assert codes(match) == []


def test_lead_stops_contact_in_any_match_of_the_coach(session, here, staff, lead, match):
    subject = concerns.subject_for_staff(session, staff, volunteer_id=match.volunteer_id)
    concern = send(session, staff, subject, about=A.CHILD)
    other = make_match(
        session, make_family(session, staff, here), match.volunteer, state=M.INTRODUCED
    )
    elsewhere = make_match(
        session, make_family(session, staff, here), make_coach(session, staff, here), state=M.ACTIVE
    )
    concern_cases.stop_contact(session, lead, concern.id, other.id, URL)
    concern_cases.stop_contact(session, lead, concern.id, other.id, URL)
    assert [codes(one) for one in (match, other, elsewhere)] == [[], ["contact_stopped"], []]
    assert [step for step, _ in steps(concern)].count(ConcernStep.CONTACT_STOPPED) == 1
    with pytest.raises(NotFound):
        concern_cases.stop_contact(session, lead, concern.id, elsewhere.id, URL)


@pytest.fixture
def pairs(session, here, staff, match):
    """Return a coach's matches: two that run, one in which they are backup, one that is over."""
    coach, other = match.volunteer, make_coach(session, staff, here)
    second = make_match(session, make_family(session, staff, here), coach, state=M.APPROVED)
    covered = make_match(session, make_family(session, staff, here), other, state=M.ACTIVE)
    arranged = CoverState.ARRANGED, AgreementMethod.PHONE
    add_cover(session, covered, coach, staff, arranged)
    over = make_match(session, make_family(session, staff, here), coach, state=M.ENDED)
    return [match, second, covered, over]


def add_cover(session, match, coach, staff, given):
    state, how = given
    agreed = {"coach_agreed_how": how, "family_agreed_how": how}
    match.covers.append(
        MatchCover(volunteer_id=coach.id, state=state, arranged_by_id=staff.id, **agreed)
    )
    session.flush()


def frozen(pairs):
    return [is_frozen(one) for one in pairs]


@pytest.mark.parametrize(
    ("about", "stop", "is_stopped"),
    [(A.CHILD, True, True), (A.COACH, False, True), (A.CHILD, False, False)],
)
def test_concern_from_a_volunteers_page_stops_contact_with_every_family(
    session, staff, lead, pairs, about, stop, is_stopped
):
    subject = concerns.subject_for_staff(session, staff, volunteer_id=pairs[0].volunteer_id)
    assert (subject.can_stop, frozen(pairs)) == (True, [False] * 4)
    concern = send(session, staff, subject, about=about, stop=stop)
    assert frozen(pairs) == [is_stopped, is_stopped, is_stopped, False]
    assert concerns.is_contact_stopped(concern) == is_stopped
    counted_steps = [step for step, _ in steps(concern)].count(ConcernStep.CONTACT_STOPPED)
    assert counted_steps == is_stopped


@pytest.mark.parametrize(
    ("about", "stop", "is_stopped"),
    [(A.SOMEBODY_ELSE, True, True), (A.COACH, True, True), (A.COACH, False, False)],
)
def test_coach_who_names_no_family_stops_all_only_by_asking(
    session, lead, pairs, about, stop, is_stopped
):
    actor = pairs[0].volunteer.account
    subject = concerns.subject_for_coach(session, actor, None)
    assert subject.can_stop
    send(session, actor, subject, about=about, stop=stop)
    assert frozen(pairs) == [is_stopped, is_stopped, is_stopped, False]


def test_volunteer_without_families_has_no_contact_to_stop(session, here, staff, lead):
    coach = make_coach(session, staff, here)
    subject = concerns.subject_for_staff(session, staff, volunteer_id=coach.id)
    assert not subject.can_stop
    assert send(session, staff, subject, about=A.COACH).freezes == []


def test_concern_that_nobody_reads_is_escalated_again_and_again(session, staff, lead):
    manager = make_account(session, Role.MANAGER)
    concern = send(session, staff, danger=True)
    due = NOW + HOUR

    def sweep(now):
        return concern_watch.escalate_late(session, now, URL)

    assert (sweep(due - timedelta(seconds=1)), sweep(due), sweep(due)) == (0, 1, 0)
    assert told(session) == sorted(
        [(lead.id, f"{URL}/staff/concerns/{concern.id}")] * 2
        + [(manager.id, f"{URL}/staff/concerns/")]
    )
    assert concern_cases.list_late(session, due) == [concern]
    assert (sweep(due + HOUR), concern_cases.list_late(session, due - HOUR)) == (1, [])
    concern_cases.acknowledge(session, lead, concern.id, "On it.", due, URL)
    assert (sweep(due + 9 * HOUR), concern_cases.list_late(session, due)) == (0, [])
    assert [step for step, _ in steps(concern)].count(ConcernStep.ESCALATED) == 2


def test_concerns_are_listed_by_what_waits_and_with_a_constant_number_of_queries(
    session, staff, lead, match
):
    closed = send(session, staff)
    concern_cases.acknowledge(session, lead, closed.id, "x", NOW, URL)
    concern_cases.close(session, lead, closed.id, ConcernOutcome.SUPPORT, "x", "x", NOW, URL)
    late = by_family(session, match, stop=True, now=NOW - 48 * HOUR)
    session.commit()
    engine = session.get_bind()
    with counted(engine) as few:
        lines, more = concern_cases.list_cases(session, lead, NOW)
    listed = [(line.concern, line.is_late, line.is_stopped) for line in lines]
    assert (listed, more) == ([(late, True, True), (closed, False, False)], False)
    for _ in range(30):
        by_family(session, match, stop=True)
    session.commit()
    session.expunge_all()
    with counted(engine) as many:
        lines, more = concern_cases.list_cases(session, lead, NOW)
        assert [line.is_stopped for line in lines] == [True] * 30
    assert (len(many), more) == (len(few), True)
