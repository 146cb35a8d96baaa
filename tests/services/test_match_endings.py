from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import (
    NEEDED_PURPOSES,
    ConsentPurpose,
    EndReason,
    FamilyState,
    MessageState,
    OfferSide,
    Role,
    VolunteerState,
)
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import Account, EndSurvey, Match, MatchEnding, Message
from peerapp.services import (
    end_surveys,
    family_consents,
    match_endings,
    match_jobs,
    match_life,
    messages,
)
from peerapp.services.end_surveys import Answers, Thanks
from tests import factories
from tests.factories import NOW, TODAY
from tests.scenes import BASE_URL, Scene
from tests.services.match_scenes import M, on_the_day, propose, scene

__all__ = ["on_the_day", "scene"]  # fixtures

LAST = TODAY + timedelta(days=28)
GOOD = Answers(helped=5, ended_well=True, would_again=False, words="Thank you")


def running(scene: Scene, *purposes: ConsentPurpose) -> uuid.UUID:
    """Introduce two; the family agrees to be asked how it was, unless told otherwise."""
    agreed = (*NEEDED_PURPOSES, *(purposes or [ConsentPurpose.FEEDBACK]))
    family_id = scene.add_family(account=True, purposes=agreed)
    match_id = scene.add_match(family_id, scene.add_coach())
    scene.approve(match_id)
    scene.introduce(match_id)
    with scene.writing() as session:
        for message in session.scalars(select(Message)):
            message.state = MessageState.SENT
    return match_id


def plan(scene: Scene, match_id: uuid.UUID, **values: Any) -> None:
    given = {
        "last_session_on": LAST,
        "reason": EndReason.GOALS_REACHED,
        "family_next": FamilyState.CLOSED,
        "today": TODAY,
        "base_url": BASE_URL,
    }
    with scene.writing() as session:
        match_endings.plan(session, scene.coordinator(session), match_id, **{**given, **values})


def sweep(scene: Scene, days: int) -> None:
    day = TODAY + timedelta(days=days)
    match_jobs.run_due(scene.database, scene.scheme_id, day, BASE_URL)


def queued(scene: Scene) -> list[str]:
    with scene.reading() as session:
        rows = session.scalars(select(Message).where(Message.state == MessageState.QUEUED))
        return sorted(session.get_one(Account, one.account_id).role.value for one in rows)


def state_of(scene: Scene, match_id: uuid.UUID) -> Any:
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        return match.state, match.ended_on, match.end_reason, match.family.state


def last_sessions(session: Any, match: Match) -> list[Any]:
    family, coach = match.family.account, match.volunteer.account
    return [
        match_endings.last_session_for_family(session, family, TODAY),
        match_endings.last_session_for_coach(session, coach, match.id, TODAY),
    ]


@pytest.mark.parametrize("why", ["paused", "suspended", "consent"])
def test_the_last_session_is_not_shown_while_contact_is_closed(scene, why):
    match_id = running(scene)
    plan(scene, match_id)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        assert last_sessions(session, match) == [LAST, LAST]
        if why == "paused":
            match.state = M.PAUSED
        elif why == "suspended":
            match.volunteer.state = VolunteerState.SUSPENDED
        else:
            for agreement in match.family.agreements:
                agreement.withdrawn_on = TODAY
        assert last_sessions(session, match) == [None, None]


def test_a_planned_ending_ends_the_match_the_day_after_the_last_session(scene):
    match_id = running(scene)
    plan(scene, match_id)
    assert queued(scene) == ["family", "volunteer"]
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert last_sessions(session, match) == [LAST, LAST]
    counts = []
    for days in (20, 21, 22, 28):
        sweep(scene, days)
        counts.append(len(queued(scene)))
    assert counts == [2, 4, 4, 4]
    assert state_of(scene, match_id)[0] == M.INTRODUCED
    for _ in range(2):
        sweep(scene, 29)
    ended = (M.ENDED, TODAY + timedelta(days=29), EndReason.GOALS_REACHED, FamilyState.CLOSED)
    assert state_of(scene, match_id) == ended
    assert queued(scene) == ["coordinator", "family", "volunteer"]


def test_another_day_takes_the_place_of_the_first(scene):
    match_id = running(scene)
    plan(scene, match_id)
    plan(scene, match_id, last_session_on=LAST + timedelta(days=7))
    sweep(scene, 29)
    assert state_of(scene, match_id)[0] == M.INTRODUCED
    sweep(scene, 36)
    assert state_of(scene, match_id)[0] == M.ENDED


def test_an_ending_called_off_ends_nothing(scene):
    match_id = running(scene)
    plan(scene, match_id)
    with scene.writing() as session:
        given = {"today": TODAY, "base_url": BASE_URL}
        match_endings.call_off(session, scene.coordinator(session), match_id, **given)
    sweep(scene, 29)
    assert state_of(scene, match_id)[0] == M.INTRODUCED


def test_end_now_closes_the_ending_that_was_planned(scene):
    match_id = running(scene)
    plan(scene, match_id)
    end(scene, match_id, EndReason.SAFEGUARDING)
    with scene.reading() as session:
        assert session.scalars(select(MatchEnding.closed_on)).all() == [TODAY]
    assert queued(scene) == []


def end(
    scene: Scene,
    match_id: uuid.UUID,
    reason: EndReason,
    family_next: FamilyState = FamilyState.CLOSED,
) -> None:
    with scene.writing() as session:
        given = {"family_next": family_next, "today": TODAY, "base_url": BASE_URL}
        match_life.end(session, scene.coordinator(session), match_id, reason=reason, **given)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"last_session_on": LAST - timedelta(days=1)}, ["short_notice"]),
        ({"last_session_on": LAST - timedelta(days=1), "short_notice": "They move"}, []),
        ({"last_session_on": TODAY, "short_notice": "They move"}, []),
        ({"last_session_on": TODAY - timedelta(days=1)}, ["last_session_on"]),
        ({"last_session_on": TODAY + timedelta(days=185)}, ["last_session_on"]),
        ({"reason": EndReason.SAFEGUARDING}, ["reason"]),
        ({"family_next": FamilyState.MATCHED}, ["family_next"]),
    ],
)
def test_plan_that_cannot_be_is_refused(scene, values, codes):
    match_id = running(scene)
    if not codes:
        plan(scene, match_id, **values)
        return
    with pytest.raises(Refused) as refused:
        plan(scene, match_id, **values)
    assert [one.code for one in refused.value.refusals] == codes


@pytest.mark.parametrize("state", sorted(set(M) - {M.INTRODUCED, M.ACTIVE, M.PAUSED}))
def test_plan_for_two_who_are_not_together_is_refused(scene, state):
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), state=state)
    with pytest.raises(Refused) as refused:
        plan(scene, match_id)
    assert [one.code for one in refused.value.refusals] == ["not_together"]


def test_plan_by_somebody_else_is_refused(scene):
    match_id = running(scene)
    with scene.writing() as session:
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        stranger = factories.make_account(session, Role.COORDINATOR, (elsewhere,))
        manager = factories.make_account(session, Role.MANAGER)
        given: dict[str, Any] = {"today": TODAY, "base_url": BASE_URL}
        for actor, error in ((stranger, NotFound), (manager, Forbidden)):
            with pytest.raises(error):
                match_endings.call_off(session, actor, match_id, **given)


def test_each_says_once_how_it_was_and_the_coach_is_thanked(scene):
    match_id = running(scene)
    end(scene, match_id, EndReason.GOALS_REACHED)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        coach, family = match.volunteer.account, match.family.account
        for actor in (coach, family):
            assert [one.id for one in end_surveys.list_open(session, actor, TODAY)] == [match_id]
            end_surveys.answer(session, actor, match_id, GOOD, TODAY)
            assert end_surveys.list_open(session, actor, TODAY) == []
            with pytest.raises(Refused):
                end_surveys.answer(session, actor, match_id, GOOD, TODAY)
        thanks = Thanks(match.volunteer.name, TODAY, TODAY)
        assert end_surveys.get_thanks(session, coach, match_id) == thanks
        with pytest.raises(NotFound):
            end_surveys.get_thanks(session, family, match_id)
        rows = session.scalars(select(EndSurvey).order_by(EndSurvey.side)).all()
        assert [(one.side, one.helped, one.words) for one in rows] == [
            (OfferSide.COACH, 5, "Thank you"),
            (OfferSide.FAMILY, 5, "Thank you"),
        ]


@pytest.mark.parametrize(
    ("reason", "days", "suspended", "asked", "thanked"),
    [
        (EndReason.PLANNED_END, 60, False, True, True),
        (EndReason.PLANNED_END, 61, False, False, True),
        (EndReason.SAFEGUARDING, 0, False, False, False),
        (EndReason.COACH_CHOICE, 0, True, True, False),
    ],
)
def test_who_is_asked_and_who_is_thanked(scene, reason, days, suspended, asked, thanked):
    match_id = running(scene)
    end(scene, match_id, reason)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        if suspended:
            match.volunteer.state = VolunteerState.SUSPENDED
        coach, family = match.volunteer.account, match.family.account
        day = TODAY + timedelta(days=days)
        assert bool(end_surveys.list_open(session, family, day)) == asked
        assert bool(end_surveys.list_thanked(session, coach)) == thanked
        if not asked:
            with pytest.raises(NotFound):
                end_surveys.answer(session, family, match_id, GOOD, day)
        if not thanked:
            with pytest.raises(NotFound):
                end_surveys.get_thanks(session, coach, match_id)


def test_a_family_that_does_not_agree_is_not_asked_how_it_was(scene):
    match_id = running(scene, ConsentPurpose.RESEARCH)
    end(scene, match_id, EndReason.PLANNED_END)
    assert queued(scene) == ["volunteer"]
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        coach, family = match.volunteer.account, match.family.account
        assert end_surveys.list_open(session, family, TODAY) == []
        assert [one.id for one in end_surveys.list_open(session, coach, TODAY)] == [match_id]
        with pytest.raises(NotFound):
            end_surveys.answer(session, family, match_id, GOOD, TODAY)


def test_a_yes_taken_back_stops_the_question_that_waits_to_be_sent(scene):
    match_id = running(scene)
    end(scene, match_id, EndReason.PLANNED_END, FamilyState.WAITING)
    assert queued(scene) == ["family", "volunteer"]
    with scene.writing() as session:
        family = session.get_one(Match, match_id).family.account
        family_consents.withdraw(session, family, ConsentPurpose.FEEDBACK, TODAY, BASE_URL)
    with scene.writing() as session:
        surveys = session.scalars(select(Message).where(Message.template == messages.SURVEY)).all()
        left = [messages.claim(session, one.id, NOW + timedelta(days=1)) for one in surveys]
        assert [one.to_address for one in left if one] == [
            session.get_one(Match, match_id).volunteer.account.email
        ]
        assert end_surveys.list_open(session, family, TODAY) == []


def test_nobody_else_is_asked(scene):
    match_id = running(scene)
    end(scene, match_id, EndReason.PLANNED_END)
    other = scene.add_match(scene.add_family(account=True), scene.add_coach())
    with scene.writing() as session:
        strangers = session.get_one(Match, other)
        for actor in (strangers.family.account, strangers.volunteer.account):
            with pytest.raises(NotFound):
                end_surveys.answer(session, actor, match_id, GOOD, TODAY)
            assert end_surveys.list_open(session, actor, TODAY) == []


def test_a_match_that_was_never_introduced_is_not_looked_back_on(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    with time_machine.travel(NOW):
        end(scene, match_id, EndReason.PLANNED_END)
    with scene.reading() as session:
        family = session.get_one(Match, match_id).family.account
        assert end_surveys.list_open(session, family, TODAY) == []
