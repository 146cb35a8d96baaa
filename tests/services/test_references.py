"""Naming referees, and whether what they wrote counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from peerapp.enums import (
    GateItem,
    MatchState,
    MessageState,
    ReferenceState,
    Role,
    VerifiedHow,
    VolunteerState,
)
from peerapp.errors import NotFound
from peerapp.models import AuditEvent, Message
from peerapp.services import messages, references
from tests.factories import NOW, TODAY, make_account, make_locality, make_volunteer
from tests.support.references import (
    RITA,
    SAM,
    URL,
    answer,
    links_of,
    name,
    received,
    verify,
)
from tests.support.volunteers import audited, refused

S = ReferenceState
REFERENCES = {GateItem.FIRST_REFERENCE, GateItem.SECOND_REFERENCE}


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here, state=VolunteerState.VETTING, phone="07700 900999")


def facts(volunteer):
    return {record.item for record in volunteer.gate_records} & REFERENCES


def reject(session, actor, reference, reason="Written by a friend."):
    ids = reference.volunteer_id, reference.id
    return references.reject(session, actor, *ids, reason, TODAY, URL)


def test_naming_queues_one_mail_with_the_name_the_scheme_and_a_link(session, volunteer):
    reference = name(session, volunteer)
    assert (reference.state, reference.asked_at) == (S.ASKED, NOW)
    (mail,) = session.scalars(select(Message).where(Message.reference_id == reference.id))
    assert (mail.to_address, mail.account_id) == ("rita.hollis@library.example", None)
    assert mail.subject == "You have been named as a referee"
    (secret,) = links_of(session, reference)
    assert len(secret) >= 40
    assert volunteer.name in mail.body
    assert "Wiltshire Family Coaching" in mail.body
    told = [volunteer.phone, volunteer.account.email, volunteer.postcode, "1985", RITA.known_how]
    assert [one for one in told if one in mail.body + mail.subject] == []


def test_only_a_hash_of_the_link_is_kept(session, volunteer):
    reference = name(session, volunteer)
    (secret,) = links_of(session, reference)
    (link,) = reference.links
    assert secret not in link.token_hash
    assert len(link.token_hash) == 64
    assert link.expires_at == NOW + timedelta(days=30)


def test_naming_is_audited_without_a_word_about_the_referee(session, volunteer):
    name(session, volunteer)
    (row,) = audited(session, "reference.move")
    assert row.actor_id == volunteer.account_id
    assert row.detail == {"before": "asked", "after": "asked"}


@pytest.mark.parametrize("state", [VolunteerState.ENQUIRY, VolunteerState.SUSPENDED])
def test_naming_before_the_application_is_refused(session, volunteer, state):
    volunteer.state = state
    assert refused(name, session, volunteer) == ["too_early"]


def test_naming_after_the_record_is_closed_is_refused(session, volunteer):
    volunteer.state = VolunteerState.WITHDRAWN
    assert refused(name, session, volunteer) == ["record_closed"]


def test_staff_and_own_details_are_caught_when_naming(session, volunteer, staff):
    bad = replace(RITA, email=staff.email, phone="+44 7700 900999", postcode="SN15 1AA")
    assert refused(name, session, volunteer, bad) == [
        "referee_own_phone",
        "referee_shared_address",
        "referee_staff",
    ]
    assert volunteer.references == []


def test_one_person_is_not_named_twice_but_may_be_after_being_taken_back(session, volunteer):
    reference = name(session, volunteer)
    again = replace(RITA, name="R. H.", phone="01632 960999", email="RitaHollis@library.example")
    assert refused(name, session, volunteer, again) == ["referee_same_email"]
    references.take_back(session, volunteer.account, reference.id, NOW)
    assert reference.state == S.CANCELLED
    assert name(session, volunteer, again).state == S.ASKED


def test_rejected_referee_cannot_be_named_again(session, volunteer, staff):
    reject(session, staff, received(session, volunteer))
    assert refused(name, session, volunteer) == [
        "referee_same_email",
        "referee_same_phone",
        "referee_same_name",
    ]


def numbered(number):
    return replace(RITA, name=f"Ref {'abcdefgh'[number]}", email=f"r{number}@x.example",
                   phone=f"01632 9605{number:02}")  # fmt: skip


def test_mail_to_strangers_is_bounded(session, volunteer):
    for number in range(4):
        name(session, volunteer, numbered(number))
    assert refused(name, session, volunteer, numbered(4)) == ["too_many"]
    for reference in list(volunteer.references):
        references.take_back(session, volunteer.account, reference.id, NOW)
    name(session, volunteer, numbered(4))
    name(session, volunteer, numbered(5))
    assert refused(name, session, volunteer, numbered(6)) == ["too_many"]
    assert name(session, volunteer, numbered(6), NOW + timedelta(days=31)).state == S.ASKED


def test_two_verified_references_open_the_gate(session, volunteer, staff):
    first, second = received(session, volunteer), received(session, volunteer, SAM)
    assert facts(volunteer) == set()
    verify(session, staff, second)
    assert facts(volunteer) == {GateItem.FIRST_REFERENCE}
    verify(session, staff, first)
    assert facts(volunteer) == REFERENCES
    assert (first.item, second.item) == (GateItem.SECOND_REFERENCE, GateItem.FIRST_REFERENCE)
    assert (first.verified_how, first.decided_by_id) == (VerifiedHow.PHONE_CALL, staff.id)
    assert [one.to_state for one in first.history] == [S.ASKED, S.RECEIVED, S.VERIFIED]


def test_verifying_twice_changes_nothing(session, volunteer, staff):
    reference = verify(session, staff, received(session, volunteer))
    assert refused(verify, session, staff, reference) == ["reference_not_received"]
    assert facts(volunteer) == {GateItem.FIRST_REFERENCE}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 11, 21), ["verified_on"]), (date(2026, 11, 19), ["verified_on"]), (TODAY, None)],
)
def test_check_is_not_of_tomorrow_and_not_older_than_the_answer(
    session, volunteer, staff, day, expected
):
    reference = received(session, volunteer)
    if expected is None:
        assert verify(session, staff, reference, verified_on=day).decided_on == day
    else:
        assert refused(verify, session, staff, reference, verified_on=day) == expected


def test_rejecting_later_opens_the_gate_and_withdraws_proposals(session, coach, proposal, staff):
    coach.gate_records = [one for one in coach.gate_records if one.item not in REFERENCES]
    for referee in (RITA, SAM):
        verify(session, staff, received(session, coach, referee))
    proposal.volunteer_version = coach.version
    first, second = coach.references
    assert proposal.state == MatchState.WITHDRAWN  # while a reference was missing
    reject(session, staff, second)
    assert facts(coach) == {GateItem.FIRST_REFERENCE}
    assert (second.state, second.item, second.verified_how) == (S.REJECTED, None, None)
    assert first.item == GateItem.FIRST_REFERENCE
    assert second.history[-1].reason == "Written by a friend."


def test_rejecting_withdraws_a_proposal_at_once(session, coach, proposal, staff):
    reference = received(session, coach)
    reference.state, reference.item = S.VERIFIED, GateItem.FIRST_REFERENCE
    assert proposal.state == MatchState.PROPOSED
    reject(session, staff, reference)
    assert proposal.state == MatchState.WITHDRAWN


def test_spare_reference_takes_the_place_of_a_rejected_one(session, volunteer, staff):
    third = replace(SAM, name="Tess Lund", email="tess@x.example", phone="01632 960888")
    found = [
        verify(session, staff, received(session, volunteer, one)) for one in (RITA, SAM, third)
    ]
    assert found[2].item is None
    reject(session, staff, found[0])
    assert facts(volunteer) == REFERENCES
    assert found[2].item == GateItem.FIRST_REFERENCE
    reject(session, staff, found[2])
    assert facts(volunteer) == {GateItem.SECOND_REFERENCE}


def test_fact_recorded_by_hand_keeps_its_place(session, coach, staff):
    reference = verify(session, staff, received(session, coach))
    assert reference.item is None
    reject(session, staff, reference)
    assert facts(coach) == REFERENCES


def test_fact_recorded_by_hand_is_taken_back_but_one_with_a_reference_is_not(session, coach, staff):
    drop = (references.remove_unbacked, session, staff, coach.id)
    references.remove_unbacked(*drop[1:], GateItem.SECOND_REFERENCE, TODAY)
    assert facts(coach) == {GateItem.FIRST_REFERENCE}
    reference = verify(session, staff, received(session, coach))
    assert reference.item == GateItem.SECOND_REFERENCE
    assert refused(*drop, GateItem.SECOND_REFERENCE, TODAY) == ["item_backed"]


def test_rejecting_tells_the_volunteer_nothing_but_that_there_is_a_message(
    session, volunteer, staff
):
    reject(session, staff, received(session, volunteer))
    query = select(Message).where(Message.account_id == volunteer.account_id)
    (mail,) = session.scalars(query)
    assert mail.subject == "You have a message"
    assert [word for word in ("Rita", "friend", "reject") if word in mail.body] == []


def test_rejecting_needs_a_reason_and_an_answer(session, volunteer, staff):
    reference = received(session, volunteer)
    assert refused(reject, session, staff, reference, " ") == ["reason"]
    asked = name(session, volunteer, SAM)
    assert refused(reject, session, staff, asked) == ["not_decidable"]


def test_coordinator_is_told_that_a_reference_came(session, volunteer, staff, lead):
    received(session, volunteer)
    told = session.scalars(select(Message.account_id).where(Message.template == "notice")).all()
    assert told == [staff.id]


def test_concern_goes_to_the_lead_who_alone_decides_on_it(session, volunteer, staff, lead):
    reference = received(session, volunteer, has_concern="yes", concern="Canary worry")
    told = session.scalars(select(Message.account_id).where(Message.template == "notice")).all()
    assert set(told) == {staff.id, lead.id}
    assert refused(verify, session, staff, reference) == ["reference_concern"]
    assert refused(reject, session, staff, reference) == ["reference_concern"]
    assert reference.state == S.RECEIVED
    verify(session, lead, reference)
    assert facts(volunteer) == {GateItem.FIRST_REFERENCE}
    assert refused(reject, session, staff, reference) == ["reference_concern"]
    assert reject(session, lead, reference).state == S.REJECTED
    assert facts(volunteer) == set()


def hand_over(session, actor, reference, reason="It sounds serious."):
    ids = reference.volunteer_id, reference.id
    return references.hand_to_lead(session, actor, *ids, reason, URL)


def test_coordinator_hands_a_concern_to_the_leads_who_are_told(session, volunteer, staff, lead):
    reference = received(session, volunteer, recommends="no", view_reason="Canary doubt")
    query = select(Message).where(Message.account_id == lead.id)
    before = len(session.scalars(query).all())
    hand_over(session, staff, reference)
    told = session.scalars(query.order_by(Message.created_at)).all()
    assert len(told) == before + 1
    assert f"/references/{reference.id}" in told[-1].body
    assert reference.state == S.RECEIVED
    last = reference.history[-1]
    assert (last.from_state, last.to_state, last.by_id) == (S.RECEIVED, S.RECEIVED, staff.id)
    assert last.reason == "The safeguarding lead is asked to decide. It sounds serious."


def test_handing_over_needs_a_concern_and_a_reason(session, volunteer, staff):
    assert refused(hand_over, session, staff, received(session, volunteer)) == ["no_concern"]
    worry = received(session, volunteer, SAM, has_concern="yes", concern="Canary worry")
    assert refused(hand_over, session, staff, worry, " ") == ["reason"]


def test_reading_is_for_coordinators_of_the_locality_and_audited(session, volunteer, staff, lead):
    reference = received(session, volunteer)
    ids = volunteer.id, reference.id
    assert references.read_reference(session, staff, *ids).answers["strengths"] == "Canary patience"
    (view,) = audited(session, "reference.view")
    assert (view.actor_id, view.subject_id, view.fields) == (staff.id, reference.id, ("answers",))
    there = make_locality(session, "Calne", ("SN11 0",))
    others = [
        make_account(session, Role.COORDINATOR, (there,)),
        make_account(session, Role.MANAGER),
        lead,
    ]
    for other in others:
        for verb in (references.read_reference, lambda s, a, *i: verify(s, a, reference)):
            with pytest.raises(NotFound):
                verb(session, other, *ids)


def test_lead_reads_a_reference_with_a_concern_once_it_is_sent(session, volunteer, lead):
    reference = name(session, volunteer)
    reference.answers = {"has_concern": "yes"}
    with pytest.raises(NotFound):
        references.read_reference(session, lead, volunteer.id, reference.id)
    answer(session, links_of(session, reference)[0], has_concern="yes", concern="x")
    found = references.read_reference(session, lead, volunteer.id, reference.id)
    assert found.answers["concern"] == "x"


def test_reference_of_another_volunteer_is_not_found_under_this_one(
    session, here, volunteer, staff
):
    other = make_volunteer(session, here, state=VolunteerState.VETTING)
    reference = received(session, volunteer)
    for verb in (references.find_reference, references.read_reference):
        with pytest.raises(NotFound):
            verb(session, staff, other.id, reference.id)
    with pytest.raises(NotFound):
        references.take_back(session, other.account, reference.id, NOW)
    with pytest.raises(NotFound):
        references.revoke(session, staff, other.id, reference.id, "x", NOW)


def test_new_link_ends_the_earlier_one_and_its_waiting_mail(session, volunteer, staff):
    reference = name(session, volunteer)
    references.resend(session, staff, volunteer.id, reference.id, NOW, URL)
    states = session.scalars(
        select(Message.state).where(Message.reference_id == reference.id).order_by(Message.state)
    ).all()
    assert states == [MessageState.CANCELLED, MessageState.QUEUED]
    assert [link.ended_at for link in reference.links].count(None) == 1


@pytest.mark.parametrize(
    ("state", "leaves"), [(S.ASKED, True), (S.CANCELLED, False), (S.RECEIVED, False)]
)
def test_mail_leaves_only_while_the_referee_is_asked(session, volunteer, state, leaves):
    reference = name(session, volunteer)
    (mail,) = session.scalars(select(Message).where(Message.reference_id == reference.id))
    mail.next_attempt_at = NOW
    reference.state = state
    session.flush()
    claimed = messages.claim(session, mail.id, NOW)
    assert (claimed is not None) == leaves
    assert (mail.state, bool(mail.body)) == (
        (MessageState.QUEUED, True) if leaves else (MessageState.CANCELLED, False)
    )


def test_mail_does_not_leave_once_the_volunteer_has_withdrawn(session, volunteer):
    reference = name(session, volunteer)
    (mail,) = session.scalars(select(Message).where(Message.reference_id == reference.id))
    mail.next_attempt_at = NOW
    volunteer.state = VolunteerState.WITHDRAWN
    session.flush()
    assert messages.claim(session, mail.id, NOW) is None
    assert mail.state == MessageState.CANCELLED


def test_nothing_that_people_wrote_stands_in_the_audit_trail(session, volunteer, staff):
    reference = received(session, volunteer)
    verify(session, staff, reference, note="Canary note")
    reject(session, staff, reference, "Canary reason")
    session.flush()
    rows = session.scalars(select(AuditEvent)).all()
    text = " ".join(f"{row.action} {row.detail} {row.fields}" for row in rows)
    canaries = ["Canary", "Rita", "Hollis", "library", "960555"]
    assert [word for word in canaries if word in text] == []
    assert "reference.move" in text
