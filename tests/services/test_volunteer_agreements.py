"""Publishing and signing the volunteer agreement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peerapp.domain.vetting import clearance_refusals, gate_statuses
from peerapp.enums import Gate, GateItem, MatchState, Role, SignatureMethod, VolunteerState
from peerapp.errors import Forbidden, NotFound, Stale
from peerapp.models import AgreementSignature, Message
from peerapp.services import volunteer_agreements as agreements
from tests.factories import NOW, TODAY, make_account, make_volunteer
from tests.support.volunteers import audited, refused

S = VolunteerState
URL = "https://scheme.example.org"
DAY = timedelta(days=1)
TEXT = "We agree to keep children safe, and to be kind to each other. " * 5


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


def publish(session, manager, body=TEXT, until=TODAY + 28 * DAY):
    return agreements.publish(session, manager, body, until, TODAY, URL)


def sign(session, volunteer, text, name=None, today=TODAY):
    typed = name or volunteer.name
    return agreements.sign(session, volunteer.account, text.id, typed, NOW, today)


def is_met(volunteer, today=TODAY):
    return {one.gate: one.is_met for one in gate_statuses(volunteer, today)}[Gate.AGREEMENT]


def codes(volunteer, today):
    return [one.code for one in clearance_refusals(volunteer, today)]


def test_signing_by_name_opens_the_gate_and_is_kept_with_version_and_day(session, here, manager):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    text = publish(session, manager)
    assert not is_met(volunteer)
    signed = sign(session, volunteer, text, f"  {volunteer.name.upper()} ")
    assert is_met(volunteer)
    assert (signed.text.number, signed.signed_on, signed.method) == (
        1,
        TODAY,
        SignatureMethod.TYPED,
    )
    assert (signed.typed_name, signed.recorded_by_id) == (
        volunteer.name.upper(),
        volunteer.account_id,
    )
    assert sign(session, volunteer, text).id == signed.id
    assert session.scalar(select(func.count(AgreementSignature.id))) == 1
    assert [row.detail for row in audited(session, "volunteer_agreement.sign")] == [
        {"method": "typed"}
    ]


def test_signing_needs_the_own_name_and_an_application(session, here, manager):
    text = publish(session, manager)
    volunteer = make_volunteer(session, here, state=S.VETTING)
    assert refused(sign, session, volunteer, text, "Somebody Else") == ["typed_name"]
    asking = make_volunteer(session, here)
    assert refused(sign, session, asking, text) == ["not_applied"]
    gone = make_volunteer(session, here, state=S.LEFT)
    assert refused(sign, session, gone, text) == ["record_closed"]


def test_version_that_was_replaced_meanwhile_cannot_be_signed(session, here, manager):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    old = publish(session, manager)
    publish(session, manager, TEXT + "More.")
    with pytest.raises(Stale):
        sign(session, volunteer, old)
    assert not is_met(volunteer)


def test_new_version_asks_again_and_the_old_signature_counts_on_its_last_day(
    session, coach, manager
):
    last = TODAY + 28 * DAY
    text = publish(session, manager)
    assert codes(coach, last) == []
    assert codes(coach, last + DAY) == ["agreement_outdated"]
    own = agreements.get_own(session, coach)
    assert (own.must_sign, own.sign_by) == (True, last)
    session.flush()
    assert session.scalars(select(Message.account_id)).all() == [coach.account_id]
    sign(session, coach, text)
    assert codes(coach, last + DAY) == []
    assert agreements.get_own(session, coach).must_sign is False


def test_second_new_version_never_lengthens_what_the_first_shortened(session, coach, manager):
    publish(session, manager, until=TODAY + 5 * DAY)
    publish(session, manager, TEXT + "More.", until=TODAY + 50 * DAY)
    assert codes(coach, TODAY + 6 * DAY) == ["agreement_outdated"]


def test_small_change_asks_nobody_again(session, coach, manager):
    sign(session, coach, publish(session, manager))
    publish(session, manager, TEXT + "More.", until=None)
    assert codes(coach, TODAY + 400 * DAY)[:1] != ["agreement_outdated"]
    assert agreements.get_own(session, coach).must_sign is False
    assert [one.number for one in agreements.list_texts(session)] == [2, 1]


def test_only_managers_publish_and_only_what_is_new_and_whole(session, staff, manager):
    with pytest.raises(Forbidden):
        publish(session, staff)
    assert refused(publish, session, manager, "Short.") == ["body"]
    assert refused(publish, session, manager, TEXT, TODAY - DAY) == ["old_counts_until"]
    publish(session, manager)
    assert refused(publish, session, manager, f" {TEXT} ") == ["body"]


def test_signature_on_paper_names_who_saw_it(session, here, staff, manager):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    text = publish(session, manager)
    record = agreements.record_paper, session, staff, volunteer.id, text.id
    for day in (TODAY - DAY, TODAY + DAY):
        assert refused(*record, day, NOW, TODAY) == ["signed_on"]
    signed = record[0](*record[1:], TODAY, NOW, TODAY)
    assert (signed.method, signed.recorded_by_id) == (SignatureMethod.PAPER, staff.id)
    assert is_met(volunteer)


def test_signature_taken_back_opens_the_gate_and_stays_on_record(
    session, coach, staff, manager, proposal
):
    text = publish(session, manager)
    sign(session, coach, text)
    proposal.state = MatchState.PROPOSED
    agreements.take_back(session, staff, coach.id, TODAY)
    assert GateItem.AGREEMENT not in {one.item for one in coach.gate_records}
    assert proposal.state == MatchState.WITHDRAWN
    (kept,) = agreements.list_signatures(session, coach)
    assert kept.taken_back_by_id == staff.id
    with pytest.raises(NotFound):
        agreements.take_back(session, staff, coach.id, TODAY)
    sign(session, coach, text)
    assert is_met(coach)
