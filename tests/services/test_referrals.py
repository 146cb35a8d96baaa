"""Referrals around their acceptance: danger, outcome, forms for professionals, old drafts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.referrals import outcome_of
from peerapp.enums import (
    ConsentPurpose,
    FamilyState,
    MessageState,
    Outcome,
    ReferralDecline,
    ReferralLinkKind,
    ReferralState,
)
from peerapp.errors import Forbidden, NotFound
from peerapp.models import Account, AuditEvent, Message, Referral, ReferralLink
from peerapp.services import (
    agreements,
    front_door,
    legal_holds,
    referral_acceptance,
    referral_links,
    referral_sweeps,
    referrals,
)
from peerapp.services.referral_acceptance import Decision
from tests.factories import NOW, TODAY, make_family
from tests.support.referral_scenes import TOLD, URL, draft, make_staff, sent, told
from tests.support.volunteers import audited, refused

S, K = ReferralState, ReferralLinkKind
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
GONE = ["link_used"]
UNLIKE = {
    "first_name": "Zoe", "last_name": "Quill", "phone": "01632 960777", "email": "",
    "postcode": "SN11 0AA", "address": "9 Elm Row", "children": [],
}  # fmt: skip


@pytest.fixture
def staff(session):
    return make_staff(session)


def told_accounts(session, template="notice"):
    session.flush()
    query = select(Message.account_id).where(Message.template == template)
    return sorted(map(str, session.scalars(query)))


def ids(*accounts: Account):
    return sorted(str(one.id) for one in accounts)


def accept(session, actor, referral, **decision):
    decision = Decision(**{"level": 2, **decision})
    return referral_acceptance.accept(session, actor, referral.id, decision, TODAY)


def outcome(session, secret, now=NOW):
    return outcome_of(referral_links.find_outcome(session, secret, now))


def test_sent_referral_is_told_to_the_coordinators_of_the_place(session, staff):
    sent(session)
    assert told_accounts(session) == ids(staff.coordinator)


def test_referral_from_nowhere_is_told_to_every_coordinator(session, staff):
    sent(session, postcode="LU5 4AA")
    assert told_accounts(session) == ids(staff.coordinator, staff.neighbour)


def test_danger_is_told_again_until_a_lead_has_it(session, staff):
    referral, _ = draft(session, danger="unsure")
    assert told_accounts(session, "danger") == ids(staff.lead)
    assert referral_sweeps.sweep(session, NOW + 29 * MINUTE, URL) == 0
    assert referral_sweeps.sweep(session, NOW + 30 * MINUTE, URL) == 1
    assert referral_sweeps.sweep(session, NOW + 31 * MINUTE, URL) == 0
    assert told_accounts(session, "danger") == ids(staff.lead, staff.lead, staff.manager)
    referrals.take_danger_on(session, staff.lead, referral.id, "Rang the police.", NOW)
    referrals.take_danger_on(session, staff.lead, referral.id, "Second thoughts", NOW + DAY)
    assert referral_sweeps.sweep(session, NOW + 90 * MINUTE, URL) == 0
    assert (referral.danger_taken_by_id, referral.danger_note) == (
        staff.lead.id,
        "Rang the police.",
    )
    assert len(audited(session, "referral.take_danger")) == 1


def test_danger_that_gets_worse_is_nobodys_again_and_told_again(session, staff):
    referral, secret = draft(session, danger="unsure")
    referrals.take_danger_on(session, staff.lead, referral.id, "Rang them.", NOW)
    front_door.save_page(session, secret, "danger", {"danger": "unsure"}, NOW + MINUTE, URL)
    assert referral.danger_taken_by_id == staff.lead.id
    front_door.save_page(session, secret, "danger", {"danger": "yes"}, NOW + MINUTE, URL)
    assert (referral.danger_taken_at, referral.danger_taken_by_id) == (None, None)
    assert told_accounts(session, "danger") == ids(staff.lead, staff.lead)
    front_door.save_page(session, secret, "danger", {"danger": "yes"}, NOW + MINUTE, URL)
    assert told_accounts(session, "danger") == ids(staff.lead, staff.lead)


def test_danger_that_goes_to_and_fro_alarms_once_for_each_step_to_worse(session, staff):
    referral, secret = draft(session, danger="unsure")
    referrals.take_danger_on(session, staff.lead, referral.id, "Rang them.", NOW)
    counts = []
    for answer in ("yes", "unsure", "yes", "no", "yes"):
        front_door.save_page(session, secret, "danger", {"danger": answer}, NOW + MINUTE, URL)
        assert referral.answers["danger"] == answer
        counts.append((referral.danger.value, len(told_accounts(session, "danger"))))
    assert counts == [("yes", 2)] * 5
    referrals.take_danger_on(session, staff.lead, referral.id, "Rang the police.", NOW)
    for answer in ("unsure", "yes"):
        front_door.save_page(session, secret, "danger", {"danger": answer}, NOW + 2 * MINUTE, URL)
    assert (len(told_accounts(session, "danger")), referral.danger_taken_at) == (2, NOW)
    notes = [(one.by_id, one.reason) for one in referral.history if one.reason]
    assert notes == [(staff.lead.id, "Rang them."), (staff.lead.id, "Rang the police.")]


def test_lead_sees_every_referral_in_danger(session, staff):
    made = {draft(session, danger="yes")[0].id for _ in range(referrals.PAGE + 1)}
    assert {one.id for one in referrals.list_in_danger(session, staff.lead)} == made


def test_managers_are_told_of_danger_where_nobody_leads(session, staff):
    staff.lead.disabled_at = NOW
    draft(session, danger="yes")
    assert told_accounts(session, "danger") == ids(staff.manager)


@pytest.mark.parametrize("who", ["coordinator", "manager"])
def test_only_a_lead_takes_a_danger_on(session, staff, who):
    referral = sent(session, danger="yes")
    with pytest.raises(Forbidden):
        referrals.take_danger_on(session, getattr(staff, who), referral.id, "Mine", NOW)
    assert referral.danger_taken_at is None


def test_drafts_are_nobodys_to_read_but_for_danger(session, staff):
    calm, _ = draft(session)
    urgent, _ = draft(session, danger="yes")
    for who in ("coordinator", "neighbour", "lead", "manager"):
        with pytest.raises(NotFound):
            referrals.read_referral(session, getattr(staff, who), calm.id, TODAY)
    assert referrals.read_referral(session, staff.lead, urgent.id, TODAY).referral is urgent
    with pytest.raises(NotFound):
        referrals.read_referral(session, staff.coordinator, urgent.id, TODAY)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("coordinator", True), ("neighbour", False), ("lead", True), ("manager", False)],
)
def test_sent_referral_is_read_where_it_belongs(session, staff, who, sees):
    referral, actor = sent(session), getattr(staff, who)
    listed = referrals.list_referrals(session, actor, S.SENT)
    assert [one.id for one in listed.referrals] == ([referral.id] if sees else [])
    if not sees:
        with pytest.raises(NotFound):
            referrals.read_referral(session, actor, referral.id, TODAY)
        return
    referrals.read_referral(session, actor, referral.id, TODAY)
    (row,) = audited(session, "referral.read")
    assert (row.actor_id, row.subject_id) == (actor.id, referral.id)


def test_referrer_follows_one_word_from_received_to_closed(session, staff):
    referral, secret = told(session)
    words = [outcome(session, secret)]
    family = accept(session, staff.coordinator, referral, section_47_open=True)
    words.append(outcome(session, secret))
    for state in (FamilyState.WAITING, FamilyState.MATCHED, FamilyState.CLOSED):
        family.state = state
        words.append(outcome(session, secret))
    assert words == list(Outcome)


def test_referrer_learns_of_a_decline_no_more_than_closed(session, staff):
    referral, secret = told(session)
    reason = ReferralDecline.MORE_HELP_NEEDED
    referrals.decline(session, staff.coordinator, referral.id, reason, "Canary note", TODAY)
    assert outcome(session, secret) == Outcome.CLOSED


@pytest.mark.parametrize("agreed", [True, False])
def test_referrer_learns_of_a_family_that_was_known_no_more_than_of_a_decline(
    session, staff, agreed
):
    first, _ = told(session)
    known = accept(session, staff.coordinator, first)
    if not agreed:
        agreements.withdraw_agreement(
            session, staff.coordinator, known.id, TODAY, ConsentPurpose.SHARE_WITH_REFERRER
        )
    (declined, of_declined), (same, of_same) = told(session), told(session)
    given = ReferralDecline.MORE_HELP_NEEDED, "Canary note", TODAY
    referrals.decline(session, staff.coordinator, declined.id, *given)
    referrals.call_same(session, staff.coordinator, same.id, known.id, TODAY)
    assert outcome(session, of_same) == outcome(session, of_declined) == Outcome.CLOSED


def test_referrer_learns_nothing_once_the_family_takes_that_consent_back(session, staff):
    referral, secret = told(session)
    family = accept(session, staff.coordinator, referral)
    assert outcome(session, secret) == Outcome.WAITING
    agreements.withdraw_agreement(
        session, staff.coordinator, family.id, TODAY, ConsentPurpose.SHARE_WITH_REFERRER
    )
    assert refused(outcome, session, secret) == GONE


def test_referrer_gets_no_link_where_the_family_does_not_want_it(session, staff):
    referral, secret = told(session, may_tell="no")
    assert secret == ""
    assert [one.kind for one in referral.links if one.kind == K.OUTCOME] == []
    assert refused(outcome, session, "") == GONE


def test_outcome_link_runs_out(session, staff):
    _, secret = told(session)
    assert outcome(session, secret, NOW + 400 * DAY - MINUTE) == Outcome.RECEIVED
    assert refused(outcome, session, secret, NOW + 400 * DAY) == GONE


def test_links_of_one_kind_open_nothing_of_another(session, staff):
    _, browser = draft(session)
    _, secret = told(session)
    assert refused(outcome, session, browser) == GONE
    for kind in (K.BROWSER, K.FORM, K.RESUME):
        assert refused(referral_links.find_draft, session, secret, kind, NOW) == GONE
    for kind in (K.FORM, K.RESUME):
        assert refused(referral_links.find_draft, session, browser, kind, NOW) == GONE


def test_no_secret_stands_in_the_database_in_clear(session, staff):
    _, secret = told(session)
    hashes = list(session.scalars(select(ReferralLink.token_hash)))
    assert len(hashes) == 2
    assert secret not in hashes


def form_of(session, staff, now=NOW):
    return referrals.send_form(session, staff.coordinator, "head@school.example", now, URL)


def secret_of(link):
    return link.rpartition("/")[2]


def test_form_goes_to_one_professional_in_a_message_that_says_nothing(session, staff):
    referral, link = form_of(session, staff)
    (message,) = session.scalars(select(Message).where(Message.referral_id == referral.id))
    assert (message.to_address, message.subject) == ("head@school.example", "You have a message")
    assert re.sub(r"http\S+", "", message.body) == (
        "You have a message.\n\nOpen this link to read it:\n\n"
    )
    assert referral_links.find_draft(session, secret_of(link), K.FORM, NOW) is referral


def test_form_is_taken_up_as_often_as_it_needs_and_sent_once(session, staff):
    referral, link = form_of(session, staff)
    opened = [referral_links.open_draft(session, secret_of(link), K.FORM, NOW) for _ in range(2)]
    assert [front_door.find_draft(session, one, NOW) for one in opened] == [referral] * 2
    referral.answers = dict(TOLD)
    front_door.send(session, opened[0], NOW, TODAY, URL)
    assert refused(referral_links.open_draft, session, secret_of(link), K.FORM, NOW) == GONE
    assert refused(front_door.find_draft, session, opened[1], NOW) == GONE


def test_new_form_link_ends_the_old_one_and_keeps_what_was_typed(session, staff):
    referral, first = form_of(session, staff)
    referral.answers = {"first_name": "Rosa"}
    second = referrals.resend_form(session, staff.coordinator, referral.id, NOW + DAY, URL)
    assert refused(referral_links.open_draft, session, secret_of(first), K.FORM, NOW + DAY) == GONE
    found = referral_links.find_draft(session, secret_of(second), K.FORM, NOW + DAY)
    assert found.answers == {"first_name": "Rosa"}
    states = session.scalars(select(Message.state).order_by(Message.created_at, Message.id)).all()
    assert sorted(states) == [MessageState.CANCELLED, MessageState.QUEUED]


def test_new_form_link_puts_out_who_opened_the_old_one(session, staff):
    referral, link = form_of(session, staff)
    browser = referral_links.open_draft(session, secret_of(link), K.FORM, NOW)
    referrals.resend_form(session, staff.coordinator, referral.id, NOW + MINUTE, URL)
    assert refused(front_door.find_draft, session, browser, NOW + MINUTE) == GONE


def test_form_taken_back_opens_nothing_and_holds_nothing(session, staff):
    referral, link = form_of(session, staff)
    referral.answers = {"first_name": "Rosa"}
    with pytest.raises(NotFound):
        referrals.revoke_form(session, staff.neighbour, referral.id, NOW)
    referrals.revoke_form(session, staff.coordinator, referral.id, NOW)
    assert (referral.state, referral.answers, referral.form_email) == (S.DELETED, {}, "")
    assert refused(referral_links.open_draft, session, secret_of(link), K.FORM, NOW) == GONE


def test_coordinators_see_their_own_forms_that_are_out(session, staff):
    referral, _ = form_of(session, staff)
    assert list(referrals.list_forms(session, staff.coordinator)) == [referral]
    assert list(referrals.list_forms(session, staff.neighbour)) == []


@pytest.mark.parametrize(("days", "kept"), [(7 * DAY - MINUTE, True), (7 * DAY, False)])
def test_old_draft_is_thrown_away(session, staff, days, kept):
    referral, _secret = draft(session)
    done = referral_sweeps.sweep(session, NOW + days, URL)
    assert (done, bool(referral.answers), referral.state) == (
        (0, True, S.DRAFT) if kept else (1, False, S.DELETED)
    )
    assert referral_sweeps.sweep(session, NOW + days, URL) == 0


def test_professionals_draft_is_kept_while_its_link_works(session, staff):
    referral, _ = form_of(session, staff)
    referral.answers = {"first_name": "Rosa"}
    assert referral_sweeps.forget_drafts(session, NOW + 20 * DAY) == 0
    assert referral_sweeps.forget_drafts(session, NOW + 21 * DAY) == 1


def test_draft_that_may_be_of_a_family_on_hold_stays_until_that_is_lifted(session, staff):
    """A draft does not say whose it is: what is typed is compared, and others go meanwhile."""
    like, other = draft(session)[0], draft(session, **UNLIKE)[0]
    family = make_family(session, staff.coordinator, staff.here, phone=like.answers["phone"])
    hold = legal_holds.set_hold(
        session, staff.lead, family.reference, "An inquiry.", TODAY + 90 * DAY, TODAY
    )
    assert referral_sweeps.forget_drafts(session, NOW + 30 * DAY) == 1
    assert (like.state, other.state) == (S.DRAFT, S.DELETED)
    legal_holds.lift(session, staff.lead, hold.id, "It is closed.", NOW)
    assert referral_sweeps.forget_drafts(session, NOW + 30 * DAY) == 1
    assert like.state == S.DELETED


def test_draft_in_danger_stays_until_a_lead_has_seen_it(session, staff):
    referral, _ = draft(session, danger="yes")
    assert referral_sweeps.forget_drafts(session, NOW + 30 * DAY) == 0
    referrals.take_danger_on(session, staff.lead, referral.id, "Done", NOW)
    assert referral_sweeps.forget_drafts(session, NOW + 30 * DAY) == 1


def test_decided_referral_is_not_decided_again(session, staff):
    referral = sent(session)
    given = ReferralDecline.FAMILY_CHOICE, "", TODAY
    referrals.decline(session, staff.coordinator, referral.id, *given)
    assert refused(referrals.decline, session, staff.coordinator, referral.id, *given) == [
        "referral_decided"
    ]


def test_referral_over_an_open_danger_is_not_closed(session, staff):
    referral = sent(session, danger="yes")
    given = ReferralDecline.NO_REPLY, "", TODAY
    codes = refused(referrals.decline, session, staff.coordinator, referral.id, *given)
    assert codes == ["danger_open"]
    assert session.get(Referral, referral.id).state == S.SENT


def test_other_referrals_that_wait_are_shown_where_they_may_be_seen(session, staff):
    one, other = sent(session), sent(session)
    far = sent(session, postcode="SN11 0AA")
    view = referrals.read_referral(session, staff.coordinator, one.id, TODAY)
    assert [found.id for found in view.others_waiting] == [other.id]
    view = referrals.read_referral(session, staff.lead, one.id, TODAY)
    assert {found.id for found in view.others_waiting} == {other.id, far.id}


def test_audit_of_a_referral_holds_no_word_of_it(session, staff):
    referral, _ = told(session)
    accept(session, staff.coordinator, referral)
    rows = session.scalars(select(AuditEvent)).all()
    words = ["Canary", "Rosa", "SN15", "07700", "brother", "head@school"]
    assert len(rows) > 5
    assert [w for row in rows for w in words if w in f"{row.action}{row.fields}{row.detail}"] == []
