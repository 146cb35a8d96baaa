"""A referral becomes a family's record with all that was told; never two records by mistake."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from peerapp.domain.eligibility import matching_refusals
from peerapp.enums import ConsentPurpose, FamilyState, Need, ReferralSource, ReferralState
from peerapp.errors import NotFound
from peerapp.models import Family
from peerapp.services import referral_acceptance, referrals
from peerapp.services.families import Invalid
from peerapp.services.referral_acceptance import Decision
from tests.factories import NOW, TODAY, make_family
from tests.support.referral_scenes import SELF, make_staff, sent, told
from tests.support.volunteers import audited, refused

P, S = ConsentPurpose, ReferralState
LEVEL_2 = Decision(level=2)


@pytest.fixture
def staff(session):
    return make_staff(session)


def accept(session, actor, referral, decision=LEVEL_2):
    return referral_acceptance.accept(session, actor, referral.id, decision, TODAY)


def count_families(session):
    return session.scalar(select(func.count(Family.id)))


def test_accepted_family_waits_with_all_that_it_told(session, staff):
    referral = sent(session)
    family = accept(session, staff.coordinator, referral)
    assert (family.name, family.state) == ("Rosa Canaryfield", FamilyState.WAITING)
    assert (family.source, family.level, family.priority) == (ReferralSource.SELF, 2, 3)
    assert (family.referred_on, family.waiting_since) == (TODAY, TODAY)
    assert family.children == ("5_to_10", "under_5")
    children = ((one.name, one.born_from, one.born_to) for one in family.children_named)
    assert sorted(children) == [  # names are sealed: the database does not order by them
        ("Max Brown", 2025, 2027),
        ("Ola", 2019, 2020),
    ]
    assert {one.need: one.weight for one in family.needs} == {
        Need.BUDGETING: 2,
        Need.DOMESTIC_ABUSE: 2,
    }
    contact = family.safe_contact
    assert (contact.channels, contact.times, contact.alias) == (("email",), "Mornings", "Rosie")
    assert (contact.no_voicemail, contact.shared_device, contact.withheld_address) == (
        True, False, True,
    )  # fmt: skip
    assert contact.must_not_be_told == "His brother"
    given = {(one.purpose, one.given_by, one.method, one.language) for one in family.agreements}
    assert given == {
        (P.TAKE_PART, "Rosa Canaryfield", "on_site", "pl"),
        (P.SHARE_WITH_COACH, "Rosa Canaryfield", "on_site", "pl"),
    }
    assert (referral.state, referral.family, referral.decided_by_id) == (
        S.ACCEPTED, family, staff.coordinator.id,
    )  # fmt: skip
    assert [one.to_state for one in referral.history] == [S.DRAFT, S.SENT, S.ACCEPTED]
    assert matching_refusals(family, TODAY) == []


def test_professionals_word_on_agreement_is_kept_as_theirs(session, staff):
    referral, _ = told(session)
    family = accept(session, staff.coordinator, referral, Decision(level=3))
    given = {one.purpose: one for one in family.agreements}
    assert set(given) == {P.TAKE_PART, P.SHARE_WITH_COACH, P.SHARE_WITH_REFERRER}
    one = given[P.TAKE_PART]
    assert (one.method, one.given_on.isoformat(), one.language) == (
        "face_to_face", "2026-11-18", "pl",
    )  # fmt: skip
    assert family.source == ReferralSource.PROFESSIONAL


def test_step_down_keeps_level_day_and_worker(session, staff):
    step = {
        "is_step_down": "yes",
        "step_down_level": "4",
        "step_down_on": "2026-11-10",
        "step_down_worker": "Dee Worker",
    }
    family = accept(session, staff.coordinator, told(session, **step)[0])
    assert (family.source, family.step_down_level, family.step_down_worker) == (
        ReferralSource.STEP_DOWN, 4, "Dee Worker",
    )  # fmt: skip
    assert family.step_down_on.isoformat() == "2026-11-10"


@pytest.mark.parametrize("block", ["section_47_open", "child_protection_plan"])
def test_blocked_family_has_a_record_and_does_not_wait(session, staff, block):
    family = accept(session, staff.coordinator, sent(session), Decision(level=3, **{block: True}))
    assert family.state == FamilyState.REFERRED
    assert getattr(family, block) is True
    assert matching_refusals(family, TODAY) != []


def test_nothing_that_was_not_called_safe_is_safe(session, staff):
    family = accept(session, staff.coordinator, sent(session, channels=[]))
    assert family.safe_contact.channels == ()


def test_record_that_resembles_it_is_asked_about_first(session, staff):
    known = make_family(
        session, staff.coordinator, staff.here, first_name="Rosa", last_name="Canarifield"
    )
    referral = sent(session)
    before = count_families(session)
    assert refused(accept, session, staff.coordinator, referral) == ["possible_duplicate"]
    assert (referral.state, count_families(session)) == (S.SENT, before)
    referrals.call_different(session, staff.coordinator, referral.id, known.id)
    referrals.call_different(session, staff.coordinator, referral.id, known.id)
    family = accept(session, staff.coordinator, referral)
    assert family.id != known.id
    assert [(one.family_id, one.by_id) for one in referral.differences] == [
        (known.id, staff.coordinator.id)
    ]
    assert len(audited(session, "referral.call_different")) == 1


def test_same_family_gets_the_referral_and_no_change(session, staff):
    known = make_family(session, staff.coordinator, staff.here, phone="07700 900456")
    before = (
        known.version,
        known.email,
        known.phone,
        set(known.safe_contact.channels),
        known.state,
    )
    referral = sent(session, channels=["phone"])
    count = count_families(session)
    referrals.call_same(session, staff.coordinator, referral.id, known.id, TODAY)
    session.refresh(known)
    after = (known.version, known.email, known.phone, set(known.safe_contact.channels), known.state)
    assert after == before
    assert count_families(session) == count
    assert (referral.state, referral.family_id) == (S.ACCEPTED, known.id)


def test_second_referral_of_one_family_sees_the_record_of_the_first(session, staff):
    first, second = sent(session), sent(session)
    family = accept(session, staff.coordinator, first)
    assert refused(accept, session, staff.coordinator, second) == ["possible_duplicate"]
    view = referrals.read_referral(session, staff.coordinator, second.id, TODAY)
    assert [one.family.id for one in view.alike] == [family.id]


def test_record_of_another_locality_is_for_the_lead_to_look_at(session, staff):
    known = make_family(
        session, staff.neighbour, staff.there, postcode="SN11 0AA", phone="07700900456"
    )
    referral = sent(session)
    view = referrals.read_referral(session, staff.coordinator, referral.id, TODAY)
    assert [(one.family.id, one.is_open) for one in view.alike] == [(known.id, False)]
    assert refused(accept, session, staff.coordinator, referral) == ["possible_duplicate"]
    for verb in (referrals.call_different, lambda *given: referrals.call_same(*given, TODAY)):
        with pytest.raises(NotFound):
            verb(session, staff.coordinator, referral.id, known.id)
    referrals.call_different(session, staff.lead, referral.id, known.id)
    assert accept(session, staff.coordinator, referral).state == FamilyState.WAITING


def test_open_danger_comes_before_any_decision(session, staff):
    referral = sent(session, danger="yes")
    assert refused(accept, session, staff.coordinator, referral) == ["danger_open"]
    referrals.take_danger_on(session, staff.lead, referral.id, "Rang the police.", NOW)
    assert accept(session, staff.coordinator, referral).state == FamilyState.WAITING


def test_referral_in_open_danger_is_not_put_to_a_record(session, staff):
    known = make_family(session, staff.coordinator, staff.here, phone="07700 900456")
    referral = sent(session, danger="yes")
    same = staff.coordinator, referral.id, known.id, TODAY
    assert refused(referrals.call_same, session, *same) == ["danger_open"]
    assert (referral.state, referral.family_id) == (S.SENT, None)


def test_accepted_twice_is_one_family(session, staff):
    referral = sent(session)
    accept(session, staff.coordinator, referral)
    before = count_families(session)
    assert refused(accept, session, staff.coordinator, referral) == ["referral_decided"]
    assert count_families(session) == before


def test_record_that_resembles_the_corrected_postcode_is_asked_about(session, staff):
    at_home = {"last_name": SELF["last_name"], "address": SELF["address"], "postcode": "SN15 1AA"}
    at_home |= {"phone": "01632 960999"}
    known = make_family(session, staff.coordinator, staff.here, first_name="Zed", **at_home)
    referral = sent(session, postcode="LU5 4AA")
    view = referrals.read_referral(session, staff.coordinator, referral.id, TODAY)
    assert view.alike == []
    corrected = Decision(level=2, postcode="sn151aa")
    before = count_families(session)
    assert refused(accept, session, staff.coordinator, referral, corrected) == [
        "possible_duplicate"
    ]
    assert count_families(session) == before
    given = session, staff.coordinator, referral.id, TODAY, corrected.postcode
    assert [one.family.id for one in referrals.read_referral(*given).alike] == [known.id]
    referrals.call_different(session, staff.coordinator, referral.id, known.id)
    assert accept(session, staff.coordinator, referral, corrected).locality_id == staff.here.id


def test_postcode_outside_all_localities_is_corrected_or_not_taken_on(session, staff):
    referral = sent(session, postcode="LU5 4AA")
    assert referral.locality_id is None
    with pytest.raises(Invalid) as caught:
        accept(session, staff.coordinator, referral)
    assert [one.field for one in caught.value.faults] == ["postcode"]
    family = accept(session, staff.coordinator, referral, Decision(level=2, postcode="SN15 1AA"))
    assert (family.postcode, family.locality_id) == ("SN15 1AA", staff.here.id)


@pytest.mark.parametrize("who", ["neighbour", "manager"])
def test_who_may_not_see_a_referral_cannot_accept_it(session, staff, who):
    referral = sent(session)
    with pytest.raises(NotFound):
        accept(session, getattr(staff, who), referral)
