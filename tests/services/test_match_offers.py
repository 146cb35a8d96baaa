from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from peerapp.domain.match_offers import REASONS
from peerapp.enums import (
    AgreementMethod,
    CertificateStatus,
    Consequence,
    DeclineReason,
    Need,
    OfferAnswer,
    OfferSide,
    Role,
    VolunteerState,
)
from peerapp.errors import NotFound, Refused, Stale
from peerapp.forms.match_offers import NO_CHOICES
from peerapp.models import (
    Exclusion,
    Family,
    Match,
    Message,
    Volunteer,
)
from peerapp.services import match_offers, matches, matching_problem
from peerapp.wording import day_of
from tests import factories
from tests.factories import NOW, TODAY
from tests.scenes import BASE_URL
from tests.services.match_scenes import M, change, on_the_day, propose, scene
from tests.services.offer_scenes import answers, ask, codes, mail, no, side_of, sweep, yes
from tests.support.sealed import values

__all__ = ["on_the_day", "scene"]  # fixtures

A, S = OfferAnswer, OfferSide


def test_offers_go_to_the_coach_then_to_the_family_then_to_the_coordinator(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    assert (answers(scene, match_id), mail(scene)) == ({S.COACH: A.WAITING}, ["volunteer"])
    yes(scene, match_id, S.COACH)
    assert answers(scene, match_id) == {S.COACH: A.YES, S.FAMILY: A.WAITING}
    assert mail(scene) == ["coordinator", "family"]
    yes(scene, match_id, S.FAMILY)
    assert answers(scene, match_id) == {S.COACH: A.YES, S.FAMILY: A.YES}
    assert mail(scene) == ["coordinator"]
    scene.approve(match_id, coach_agreed_how=None, family_agreed_how=None)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert [(one.to_state, one.reason) for one in match.events] == [
            (M.OFFERED_TO_COACH, "asked"),
            (M.OFFERED_TO_FAMILY, "coach_said_yes"),
            (M.APPROVED, ""),
        ]
        on_site = AgreementMethod.ON_SITE
        kept = [
            (one.answered_how, one.answered_by_id, day_of(one.answered_at)) for one in match.offers
        ]
        people = (match.volunteer.account_id, match.family.account_id)
        assert kept == [(on_site, person, TODAY) for person in people]


def test_offer_to_a_family_that_cannot_be_written_to_is_told_to_the_coordinator_only(scene):
    family_id = scene.add_family(account=True, channels=("phone",))
    match_id = scene.add_match(family_id, scene.add_coach())
    ask(scene, match_id)
    yes(scene, match_id, S.COACH)
    assert mail(scene) == ["coordinator"]
    sweep(scene, 3)
    assert mail(scene) == ["coordinator", "coordinator"]


def test_offer_twice_by_the_same_form_is_one_offer(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    ask(scene, match_id)
    assert (answers(scene, match_id), mail(scene)) == ({S.COACH: A.WAITING}, ["volunteer"])


def test_offer_asks_every_rule_and_every_version(scene):
    match_id = propose(scene)
    with pytest.raises(Stale, match="since you opened this page"):
        ask(scene, match_id, seen_family_version=9)
    change(scene, Volunteer, version=2)
    with pytest.raises(Stale, match="Look at what changed"):
        ask(scene, match_id)
    change(scene, Family, section_47_open=True)
    with pytest.raises(Refused) as refused:
        ask(scene, match_id, accept_changes=True)
    assert codes(refused) == ["section_47"]
    change(scene, Family, section_47_open=False)
    ask(scene, match_id, accept_changes=True)
    assert answers(scene, match_id) == {S.COACH: A.WAITING}


def test_an_offer_keeps_the_place_of_the_coach_and_of_the_family(scene):
    coach_id = scene.add_coach(capacity=1)
    family_id = scene.add_family(account=True)
    match_id = scene.add_match(family_id, coach_id)
    other = scene.add_match(scene.add_family(), coach_id)
    twin = scene.add_match(family_id, scene.add_coach())
    ask(scene, match_id)
    for rival, code in ((other, "no_place_left"), (twin, "already_offered")):
        with pytest.raises(Refused) as refused:
            scene.approve(rival)
        assert codes(refused)[0] == code
    with scene.reading() as session:
        built = matching_problem.build(session, TODAY)
        held = {one.id: one.codes for one in built.families_held_out}
        assert held == {family_id: ("offered",)}
        assert [one.family_id for one in built.problem.placements] == [str(family_id)]


@pytest.mark.parametrize("side", [S.COACH, S.FAMILY])
@pytest.mark.parametrize(
    ("reason", "consequence"),
    [
        (DeclineReason.KNOWN_TO_EACH_OTHER, Consequence.EXCLUDED_FOR_GOOD),
        (DeclineReason.SAFETY_CONCERN, Consequence.EXCLUDED_FOR_GOOD),
        (DeclineReason.NOT_NOW, Consequence.COOL_OFF),
    ],
)
def test_no_keeps_the_two_apart_in_the_next_run(scene, side, reason, consequence):
    match_id = propose(scene)
    with scene.writing() as session:
        factories.make_account(session, Role.SAFEGUARDING_LEAD)
    ask(scene, match_id)
    if side == S.FAMILY:
        yes(scene, match_id, S.COACH)
    no(scene, match_id, side, reason)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert (match.state, match.decline_reason) == (M.DECLINED, reason)
        rows = session.scalars(select(Exclusion)).all()
        assert [(one.consequence, one.reason) for one in rows] == [(consequence, reason.value)]
        built = matching_problem.build(session, TODAY)
        assert built.problem.exclusions == {(str(match.family_id), str(match.volunteer_id))}
    assert answers(scene, match_id)[side] == A.NO
    alarmed = reason == DeclineReason.SAFETY_CONCERN
    assert mail(scene) == ["coordinator", "safeguarding_lead"][: 1 + alarmed]


def test_no_because_details_are_wrong_keeps_them_out_until_corrected(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    no(scene, match_id, S.COACH, DeclineReason.COACH_DETAILS_WRONG)
    with scene.reading() as session:
        built = matching_problem.build(session, TODAY)
        assert [one.codes for one in built.volunteers_held_out] == [("details_query",)]
        assert values(session, Volunteer, "details_query") == ["Mondays"]


@pytest.mark.parametrize(
    ("side", "reason"),
    [
        (S.COACH, DeclineReason.FAMILY_SAID_NO),
        (S.COACH, DeclineReason.FAMILY_DETAILS_WRONG),
        (S.FAMILY, DeclineReason.COACH_DETAILS_WRONG),
        (S.FAMILY, DeclineReason.NO_ANSWER),
    ],
)
def test_no_for_a_reason_that_is_not_theirs_to_give_is_refused(scene, side, reason):
    match_id = propose(scene)
    ask(scene, match_id)
    if side == S.FAMILY:
        yes(scene, match_id, S.COACH)
    with pytest.raises(Refused) as refused:
        no(scene, match_id, side, reason)
    assert codes(refused) == ["reason"]
    assert answers(scene, match_id)[side] == A.WAITING


def test_each_reason_on_a_form_is_one_that_counts():
    assert {side: tuple(one for one, *_ in NO_CHOICES[side]) for side in S} == REASONS


def test_a_yes_can_be_taken_back_until_the_approval(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    yes(scene, match_id, S.COACH)
    no(scene, match_id, S.COACH, DeclineReason.NOT_NOW)
    assert answers(scene, match_id) == {S.COACH: A.NO, S.FAMILY: A.TAKEN_BACK}
    with pytest.raises(Refused) as refused:
        yes(scene, match_id, S.FAMILY)
    assert codes(refused) == ["offer_gone"]


@pytest.mark.parametrize("why", ["lapsed", "suspended", "revoked", "blocked", "superseded"])
def test_yes_to_what_no_longer_holds_is_refused_without_a_reason(scene, why):
    match_id = propose(scene)
    ask(scene, match_id)
    yes(scene, match_id, S.COACH)
    values: dict[str, Any] = {}
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        if why == "suspended":
            match.volunteer.state = VolunteerState.SUSPENDED
            matches.withdraw_open_for_volunteer(session, None, match.volunteer, "suspended")
        elif why == "revoked":
            match.volunteer.certificates[0].status = CertificateStatus.REVOKED
        elif why == "blocked":
            match.family.section_47_open = True
        elif why == "superseded":
            matches.decline(
                session,
                scene.coordinator(session),
                match_id,
                reason=DeclineReason.BETTER_ELSEWHERE,
                today=TODAY,
            )
        else:
            values = {"today": TODAY + timedelta(days=8)}
    with pytest.raises(Refused) as refused:
        yes(scene, match_id, S.FAMILY, **values)
    assert [str(one.message) for one in refused.value.refusals] == [
        "This question is no longer open. You need do nothing."
    ]
    assert answers(scene, match_id)[S.FAMILY] != A.YES


def test_yes_to_another_page_than_the_one_looked_at_is_stale(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    with pytest.raises(Stale):
        yes(scene, match_id, S.COACH, seen="1.7")
    assert answers(scene, match_id) == {S.COACH: A.WAITING}


def test_nobody_else_answers_or_sees_an_offer(scene):
    match_id = propose(scene)
    other = scene.add_match(scene.add_family(account=True), scene.add_coach())
    ask(scene, match_id)
    yes(scene, match_id, S.COACH)
    with scene.writing() as session:
        coach, coach_offer = side_of(session, match_id, S.COACH)
        family, family_offer = side_of(session, match_id, S.FAMILY)
        rivals = session.get_one(Match, other)
        strangers = (rivals.volunteer.account, rivals.family.account, scene.coordinator(session))
        wrong = [(one, offer) for one in strangers for offer in (coach_offer, family_offer)]
        wrong += [(coach, family_offer), (family, coach_offer)]
        for actor, offer_id in wrong:
            with pytest.raises(NotFound):
                match_offers.get_view(session, actor, offer_id, TODAY)
            with pytest.raises(NotFound):
                given = {"seen": "1.1", "today": TODAY, "base_url": BASE_URL}
                match_offers.say_yes(session, actor, offer_id, **given)
        assert match_offers.get_view(session, coach, coach_offer, TODAY).offer.id == coach_offer
        assert match_offers.get_view(session, family, family_offer, TODAY).is_open
        shown = [one.offer.id for one in match_offers.list_own(session, family, TODAY)]
        assert shown == [family_offer]
        agreed = match_offers.list_own(session, coach, TODAY)
        assert [(one.is_open, one.is_agreed) for one in agreed] == [(False, True)]
        for stranger in strangers[:2]:
            assert match_offers.list_own(session, stranger, TODAY) == []


def test_what_each_sees_names_nobody_and_holds_nothing_sensitive(scene):
    needs = {Need.BUDGETING: 1, Need.CRIME: 3, Need.ISOLATION: 1}
    family_id = scene.add_family(account=True, needs=needs)
    lived = (Need.CRIME, Need.ISOLATION)
    coach_id = scene.add_coach(experience=(Need.BUDGETING, Need.CRIME), lived_experience=lived)
    match_id = scene.add_match(family_id, coach_id)
    with scene.writing() as session:
        view = match_offers.coach_profile(session.get_one(Match, match_id))
    assert (view.knows_about, view.been_through_it) == ((Need.BUDGETING,), True)
    assert view == match_offers.CoachProfile(
        "mon_morning", "in_person", (Need.BUDGETING,), True, ()
    )


def test_no_message_of_an_offer_says_more_than_that_there_is_one(scene):
    match_id = propose(scene, first_name="Canaryama")
    ask(scene, match_id)
    yes(scene, match_id, S.COACH)
    sweep(scene, 3)
    yes(scene, match_id, S.FAMILY)
    own, staff = f"{BASE_URL}/sign-in", f"{BASE_URL}/staff/matches/{match_id}"
    with scene.reading() as session:
        said = {(one.subject, one.body) for one in session.scalars(select(Message))}
    text = "You have a message.\n\nSign in to read it:\n{}\n"
    subject = "You have a message"
    assert said == {(subject, ""), (subject, text.format(staff))}
    fresh = propose(scene)
    ask(scene, fresh)
    with scene.reading() as session:
        rows = session.scalars(select(Message).where(Message.match_id == fresh)).all()
        assert [(one.subject, one.body) for one in rows] == [(subject, text.format(own))]


def test_reminders_come_twice_and_then_the_offer_lapses(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    sent = []
    for day in range(9):
        sweep(scene, day)
        sweep(scene, day)
        sent.append(len(mail(scene)))
    assert sent == [1, 1, 1, 2, 2, 2, 3, 3, 1]  # at the end all is cancelled but the coordinator's
    assert mail(scene) == ["coordinator"]
    assert answers(scene, match_id) == {S.COACH: A.LAPSED}
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert (match.state, match.events[-1].reason) == (M.WITHDRAWN, "no_answer_coach")
        (row,) = session.scalars(select(Exclusion))
        assert (row.consequence, row.until) == (
            Consequence.COOL_OFF,
            TODAY + timedelta(days=8 + 14),
        )


def test_a_sweep_after_a_long_stop_reminds_of_nothing_that_is_over(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    with time_machine.travel(NOW + timedelta(days=30)):
        sweep(scene, 30)
    assert answers(scene, match_id) == {S.COACH: A.LAPSED}
    assert mail(scene) == ["coordinator"]
