"""Messages inside: only while contact is allowed, told neutrally, read by staff for a reason."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from peerapp.enums import (
    AgreementMethod,
    CertificateStatus,
    ConcernAbout,
    CoverState,
    FamilyState,
    MatchState,
    ReadingReason,
    Role,
    Side,
    VolunteerState,
)
from peerapp.errors import NotFound
from peerapp.models import ContactFreeze, InsideMessage, MatchCover, Message, SafeContact
from peerapp.services import concerns, contacts, conversation_lists, conversations, match_covers
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
from tests.support.volunteers import audited, refused

M = MatchState
URL = "https://scheme.example.org"


@pytest.fixture
def match(session, here, staff, coach):
    family = make_family(session, staff, here, state=FamilyState.MATCHED)
    make_family_account(session, family)
    return make_match(session, family, coach, state=M.ACTIVE)


@pytest.fixture
def family(match):
    return match.family.account


@pytest.fixture
def other(match):
    return match.volunteer.account


def send(session, actor, match, words="Shall we meet at two?", key=None):
    return conversations.send(session, actor, match, words, key or uuid.uuid4(), TODAY, URL)


def opened(session, actor, match):
    talk = conversations.open_talk(session, actor, match, TODAY)
    return None if talk is None else [(one.side, one.words) for one in talk.messages]


def new(session, actor):
    return conversation_lists.count_new(session, actor, TODAY)


def told(session):
    session.flush()
    found = session.scalars(select(Message).order_by(Message.created_at, Message.id))
    return [(one.account_id, one.subject, one.body) for one in found]


def test_both_read_what_both_wrote_and_are_told_nothing_outside(session, match, family, other):
    send(session, family, match, " Canary at two? ")
    assert (new(session, other), new(session, family)) == (1, 0)
    assert opened(session, other, match) == [(Side.FAMILY, "Canary at two?")]
    assert new(session, other) == 0
    send(session, other, match, "Yes")
    assert opened(session, family, match) == [
        (Side.FAMILY, "Canary at two?"),
        (Side.COACH, "Yes"),
    ]
    body = f"You have a message.\n\nSign in to read it:\n{URL}/sign-in\n"
    subject = "You have a message"
    assert told(session) == [(other.id, subject, body), (family.id, subject, body)]


def test_other_side_is_told_once_until_they_look(session, match, family, other):
    for _ in range(3):
        send(session, family, match)
    assert (len(told(session)), new(session, other)) == (1, 3)
    opened(session, other, match)
    send(session, family, match)
    assert len(told(session)) == 2


def test_family_without_safe_email_is_not_written_to_but_sees_the_count(
    session, match, family, other
):
    session.get_one(SafeContact, match.family.safe_contact.id).channels = ("phone",)
    send(session, other, match)
    assert (told(session), new(session, family)) == ([], 1)


def stop_by(kind, session, match, staff):
    if kind == "state":
        match.state = M.PAUSED
    elif kind == "lapse":
        match.volunteer.certificates[0].status = CertificateStatus.REVOKED
    elif kind == "block":
        match.family.section_47_open = True
    elif kind == "agreement":
        messages = [one for one in match.family.agreements if one.purpose == "messages"]
        assert len(messages) == 1
        messages[0].withdrawn_on = TODAY
        assert conversations.lacks_agreement(match, TODAY)
    else:
        subject = concerns.subject_for_family(session, match.family.account)
        about = concerns.ConcernAbout.COACH
        report = concerns.Report(uuid.uuid4(), about, False, "He shouts.", False)
        concerns.raise_concern(session, match.family.account, subject, report, NOW, URL)
        assert session.scalars(select(ContactFreeze.match_id)).all() == [match.id]
    session.flush()


@pytest.mark.parametrize("kind", ["state", "lapse", "block", "agreement", "concern"])
def test_whatever_stops_contact_stops_messages_and_their_count(
    session, staff, lead, match, family, other, kind
):
    send(session, family, match)
    assert new(session, other) == 1
    assert conversation_lists.is_open(session, other, match.id, TODAY)
    stop_by(kind, session, match, staff)
    for actor in (family, other):
        assert (opened(session, actor, match), new(session, actor)) == (None, 0)
        assert not conversation_lists.is_open(session, actor, match.id, TODAY)
        assert refused(send, session, actor, match) == ["no_contact"]


@pytest.mark.parametrize(("words", "count"), [(" \n ", 0), ("x" * 2001, 0), ("x" * 2000, 1)])
def test_message_of_no_or_too_many_words_is_refused(session, match, family, words, count):
    if count:
        send(session, family, match, words)
    else:
        assert refused(send, session, family, match, words) == ["words"]
    assert len(session.scalars(select(InsideMessage)).all()) == count


def test_message_sent_twice_by_one_form_is_one(session, match, family):
    key = uuid.uuid4()
    first = send(session, family, match, key=key)
    assert send(session, family, match, "Again", key=key) is first
    assert len(session.scalars(select(InsideMessage)).all()) == 1


def test_conversations_of_others_do_not_exist(session, here, staff, match, family):
    stranger = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        conversations.coach_match(session, stranger.account, match.id)
    lonely = make_family(session, staff, here)
    make_family_account(session, lonely)
    assert conversations.family_match(session, lonely.account) is None
    assert conversations.open_talk(session, lonely.account, None, TODAY) is None
    assert conversations.family_match(session, family) is match
    match.state = M.ENDED
    with pytest.raises(NotFound):
        conversations.coach_match(session, match.volunteer.account, match.id)


def test_staff_read_for_a_reason_and_both_see_that_they_did(session, staff, match, family, other):
    send(session, family, match, "Canary")
    found = conversations.read_for(session, staff, match.id, ReadingReason.CONCERN)
    assert [one.words for one in found] == ["Canary"]
    rows = audited(session, "conversation.read")
    assert [(row.actor_id, row.match_id, row.detail) for row in rows] == [
        (staff.id, match.id, {"reason": "concern"})
    ]
    ledger = [entry.event.action for entry in contacts.family_ledger(session, family)]
    assert ledger == ["conversation.read"]
    opened(session, other, match)
    assert [entry.event.action for entry in contacts.family_ledger(session, family)] == ledger


def test_staff_of_elsewhere_read_nothing(session, match):
    stranger = make_account(session, Role.COORDINATOR, (make_locality(session, "Calne", ()),))
    with pytest.raises(NotFound):
        conversations.read_for(session, stranger, match.id, ReadingReason.CONCERN)
    assert audited(session, "conversation.read") == []


def test_messages_go_some_months_after_the_end_unless_a_concern_is_open(
    session, staff, lead, match, family
):
    send(session, family, match)
    match.state, match.ended_on = M.ENDED, date(2026, 5, 19)

    def purge(today):
        return conversations.purge(session, today)

    assert purge(date(2026, 11, 19)) == 0
    subject = concerns.subject_for_staff(session, staff, match_id=match.id)
    report = concerns.Report(uuid.uuid4(), concerns.ConcernAbout.CHILD, False, "Hm", False)
    concern = concerns.raise_concern(session, staff, subject, report, NOW, URL)
    assert purge(TODAY) == 0
    concern.state = concerns.ConcernState.CLOSED
    session.flush()
    assert (purge(TODAY), purge(TODAY)) == (1, 0)
    assert session.scalars(select(InsideMessage)).all() == []
    assert [row.detail for row in audited(session, "conversation.purge")] == [{"messages": 1}]


def test_messages_of_a_match_that_runs_stay(session, match, family):
    send(session, family, match)
    assert conversations.purge(session, TODAY + timedelta(days=2000)) == 0


def test_list_of_a_coach_takes_a_constant_number_of_queries(session, here, staff, match, other):
    def count(number):
        session.commit()
        session.expire_all()
        assert (other.role, match.volunteer.scheme.recheck_months) == (Role.VOLUNTEER, 36)
        with counted(session.get_bind()) as sent:
            lines = conversation_lists.list_talks(session, other, TODAY)
            places = [line.match.family.locality.name for line in lines]
        assert (len(places), sum(line.new for line in lines)) == (number, 1)
        return len(sent)

    send(session, match.family.account, match)
    few = count(1)
    for _ in range(29):
        family = make_family(session, staff, here, state=FamilyState.MATCHED)
        make_match(session, family, match.volunteer, state=M.ACTIVE)
    assert count(30) == few


@pytest.fixture
def cover(session, here, staff, match):
    """A backup coach steps in today and tomorrow; the coach is away."""
    backup = make_coach(session, staff, here, first_name="Bea")
    how = {"coach_agreed_how": AgreementMethod.PHONE, "family_agreed_how": AgreementMethod.PHONE}
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=1)}
    made = MatchCover(volunteer=backup, state=CoverState.ARRANGED, arranged_by_id=staff.id, **how)
    made.starts_on, made.ends_on = days.values()
    match.covers.append(made)
    match.volunteer.state = VolunteerState.PAUSED
    session.flush()
    return made


def write(session, actor, match, cover, words="Canary at two?"):
    key = uuid.uuid4()
    return conversations.send(session, actor, match, words, key, TODAY, URL, cover=cover)


def read(session, actor, match, cover, day=TODAY):
    talk = conversations.open_talk(session, actor, match, day, cover)
    return None if talk is None else [(one.side, one.words) for one in talk.messages]


def test_family_and_backup_write_to_each_other_and_the_coach_reads_nothing_of_it(
    session, match, family, other, cover
):
    match.volunteer.state = VolunteerState.ACTIVE
    send(session, family, match, "For the coach alone")
    match.volunteer.state = VolunteerState.PAUSED
    backup = cover.volunteer.account
    write(session, family, match, cover)
    assert (new(session, backup), new(session, other), new(session, family)) == (1, 0, 0)
    assert read(session, backup, match, cover) == [(Side.FAMILY, "Canary at two?")]
    write(session, backup, match, cover, "Yes")
    assert (new(session, backup), new(session, family)) == (0, 1)
    assert read(session, family, match, cover)[-1] == (Side.COACH, "Yes")
    assert (new(session, family), opened(session, other, match)) == (0, None)
    match.volunteer.state = VolunteerState.ACTIVE
    assert opened(session, other, match) == [(Side.FAMILY, "For the coach alone")]
    assert [one for one, _, _ in told(session)] == [other.id, backup.id, family.id]


def close_by(kind, session, match, cover):
    if kind == "state":
        match.state = M.PAUSED
    elif kind == "stopped":
        cover.state = CoverState.STOPPED
    elif kind == "over":
        cover.ends_on = TODAY - timedelta(days=1)
    elif kind == "not yet":
        cover.starts_on = TODAY + timedelta(days=1)
    elif kind == "suspended":
        cover.volunteer.state = VolunteerState.SUSPENDED
    elif kind == "agreement":
        for agreement in match.family.agreements:
            if agreement.purpose == "messages":
                agreement.withdrawn_on = TODAY
    else:
        report = concerns.Report(uuid.uuid4(), ConcernAbout.CHILD, False, "A worry", True)
        subject = concerns.subject_for_family(session, match.family.account)
        concerns.raise_concern(session, match.family.account, subject, report, NOW, URL)
    session.flush()


@pytest.mark.parametrize(
    "kind", ["state", "stopped", "over", "not yet", "suspended", "agreement", "frozen"]
)
def test_whatever_ends_a_cover_ends_its_messages_the_same_second(
    session, lead, match, family, cover, kind
):
    backup = cover.volunteer.account
    write(session, family, match, cover)
    both = family, backup
    given = match.id, TODAY
    assert [conversation_lists.is_open(session, one, *given, with_backup=True) for one in both] == [
        True
    ] * 2
    close_by(kind, session, match, cover)
    assert [read(session, one, match, cover) for one in both] == [None, None]
    assert [new(session, one) for one in both] == [0, 0]
    assert [conversation_lists.is_open(session, one, *given, with_backup=True) for one in both] == [
        False
    ] * 2
    for one in both:
        assert refused(write, session, one, match, cover) == ["no_contact"]
    assert conversations.family_cover(match, TODAY) is None


def test_backup_who_steps_in_again_goes_on_with_the_same_conversation(
    session, staff, match, family, cover
):
    write(session, family, match, cover)
    backup = cover.volunteer.account
    read(session, backup, match, cover)
    given = {"starts_on": TODAY + timedelta(days=1), "ends_on": TODAY + timedelta(days=3)}
    tomorrow = given["starts_on"]
    match_covers.step_in(session, staff, match.id, **given, today=TODAY, base_url=URL)
    again = match_covers.standing_cover(match)
    assert again is not cover
    assert conversation_lists.count_new(session, backup, tomorrow) == 0
    assert len(read(session, backup, match, again, tomorrow)) == 1


def test_staff_read_both_conversations(session, staff, match, family, cover):
    write(session, family, match, cover)
    match.volunteer.state = VolunteerState.ACTIVE
    send(session, family, match, "For the coach")
    found = conversations.read_for(session, staff, match.id, ReadingReason.CONCERN)
    assert [(one.words, one.backup_id) for one in found] == [
        ("Canary at two?", cover.volunteer_id),
        ("For the coach", None),
    ]


def test_backup_of_somebody_else_finds_no_conversation(session, here, staff, match, cover):
    stranger = make_coach(session, staff, here).account
    with pytest.raises(NotFound):
        conversations.backup_cover(session, stranger, cover.id, TODAY)
    assert conversation_lists.list_talks(session, stranger, TODAY) == []


def test_backup_names_the_match_in_a_concern(session, match, cover):
    backup = cover.volunteer.account
    assert list(concerns.list_own_matches(session, backup)) == [match]
    cover.starts_on = cover.ends_on = None
    session.flush()
    assert list(concerns.list_own_matches(session, backup)) == []
