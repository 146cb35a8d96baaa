from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.domain.match_states import STEPS
from peerapp.enums import (
    Consequence,
    DeclineReason,
    EndReason,
    FamilyState,
    MessageState,
    Role,
)
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import (
    Account,
    AuditEvent,
    Exclusion,
    Family,
    Match,
    Message,
    Volunteer,
)
from peerapp.services import match_life, matches
from tests import factories
from tests.factories import TODAY
from tests.scenes import BASE_URL, Scene, approve
from tests.services.match_scenes import M, on_the_day, propose, scene

__all__ = ["on_the_day", "scene"]  # fixtures


def stranger_in(scene: Scene, session: Any, kind: str) -> Account:
    """Return somebody who may not decide, of a kind."""
    if kind == "other locality":
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        return factories.make_account(session, Role.COORDINATOR, (elsewhere,))
    if kind == "closed":
        account = scene.coordinator(session)
        account.disabled_at = factories.NOW
        return account
    return factories.make_account(session, Role(kind))


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("other locality", NotFound),
        ("auditor", NotFound),
        ("volunteer", NotFound),
        ("family", NotFound),
        ("manager", Forbidden),
        ("safeguarding_lead", Forbidden),
        ("closed", Forbidden),
    ],
)
@pytest.mark.parametrize("verb", ["approve", "decline", "introduce", "pause", "resume", "end"])
def test_decide_by_somebody_else_is_refused(scene, kind, error, verb):
    match_id = propose(scene)
    with scene.writing() as session:
        actor = stranger_in(scene, session, kind)
        with pytest.raises(error):
            decide(session, actor, match_id, verb)
        assert session.get_one(Match, match_id).state == M.PROPOSED


def decide(session: Any, actor: Account, match_id: uuid.UUID, verb: str) -> None:
    if verb == "approve":
        approve(session, actor, match_id)
    elif verb == "decline":
        reason = DeclineReason.BETTER_ELSEWHERE
        matches.decline(session, actor, match_id, reason=reason, today=TODAY)
    elif verb == "introduce":
        match_life.introduce(
            session, actor, match_id, first_visit_on=TODAY, today=TODAY, base_url=BASE_URL
        )
    elif verb == "pause":
        match_life.pause(session, actor, match_id)
    elif verb == "resume":
        match_life.resume(session, actor, match_id, today=TODAY)
    else:
        reason = EndReason.PLANNED_END
        match_life.end(
            session,
            actor,
            match_id,
            reason=reason,
            family_next=FamilyState.WAITING,
            today=TODAY,
        )


TARGETS = {
    "decline": M.DECLINED,
    "introduce": M.INTRODUCED,
    "pause": M.PAUSED,
    "resume": M.ACTIVE,
    "end": M.ENDED,
}


@pytest.mark.parametrize("state", sorted(set(M)))
@pytest.mark.parametrize("verb", TARGETS)
def test_a_verb_goes_only_where_the_order_of_steps_allows(scene, state, verb):
    values: dict[str, Any] = {"state": state}
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), **values)
    to = TARGETS[verb]
    with scene.writing() as session:
        actor = scene.coordinator(session)
        if to in STEPS[state]:
            decide(session, actor, match_id, verb)
        elif to == state and verb in {"pause", "resume"}:
            decide(session, actor, match_id, verb)  # sent twice: the same answer
            assert session.get_one(Match, match_id).events == []
        else:
            with pytest.raises(Refused) as refused:
                decide(session, actor, match_id, verb)
            assert "no_such_step" in [one.code for one in refused.value.refusals]
        expected = to if to in STEPS[state] else state
        assert session.get_one(Match, match_id).state == expected


@pytest.mark.parametrize(
    ("reason", "consequence", "until"),
    [
        (DeclineReason.KNOWN_TO_EACH_OTHER, Consequence.EXCLUDED_FOR_GOOD, None),
        (DeclineReason.SAFETY_CONCERN, Consequence.EXCLUDED_FOR_GOOD, None),
        (DeclineReason.FAMILY_SAID_NO, Consequence.EXCLUDED_FOR_GOOD, None),
        (DeclineReason.COACH_SAID_NO, Consequence.EXCLUDED_FOR_GOOD, None),
        (DeclineReason.NOT_NOW, Consequence.COOL_OFF, TODAY + timedelta(days=90)),
    ],
)
def test_decline_keeps_the_pair_apart_as_the_reason_says(scene, reason, consequence, until):
    match_id = propose(scene)
    with scene.writing() as session:
        matches.decline(session, scene.coordinator(session), match_id, reason=reason, today=TODAY)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert (match.state, match.decline_reason) == (M.DECLINED, reason)
        (row,) = session.scalars(select(Exclusion))
        assert (row.family_id, row.volunteer_id) == (match.family_id, match.volunteer_id)
        assert (row.consequence, row.until, row.reason) == (consequence, until, reason.value)


@pytest.mark.parametrize(
    ("reason", "model"),
    [
        (DeclineReason.FAMILY_DETAILS_WRONG, Family),
        (DeclineReason.COACH_DETAILS_WRONG, Volunteer),
    ],
)
def test_decline_for_wrong_details_asks_for_their_correction(scene, reason, model):
    match_id = propose(scene)
    with scene.writing() as session:
        actor = scene.coordinator(session)
        with pytest.raises(Refused) as refused:
            matches.decline(session, actor, match_id, reason=reason, today=TODAY)
        assert [one.code for one in refused.value.refusals] == ["note_missing"]
        matches.decline(
            session, actor, match_id, reason=reason, note="The times are old", today=TODAY
        )
    with scene.reading() as session:
        found = {
            kind: (session.scalars(select(kind)).one().details_query, row.version)
            for kind in (Family, Volunteer)
            for row in session.scalars(select(kind))
        }
        other = Volunteer if model is Family else Family
        assert found == {model: ("The times are old", 2), other: ("", 1)}
        assert session.scalars(select(Exclusion)).all() == []


def test_decline_because_another_suits_better_has_no_consequence(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        decide(session, scene.coordinator(session), match_id, "decline")
    with scene.reading() as session:
        assert session.scalars(select(Exclusion)).all() == []
        assert [one.details_query for one in session.scalars(select(Family))] == [""]


@pytest.mark.parametrize("state", sorted(set(M)))
@pytest.mark.parametrize("whose", ["volunteer", "family"])
def test_withdraw_open_takes_what_is_not_introduced(scene, state, whose):
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), state=state)
    withdrawn = {M.PROPOSED, M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY, M.APPROVED}
    with scene.writing() as session:
        actor = scene.coordinator(session)
        match = session.get_one(Match, match_id)
        if whose == "volunteer":
            args = (session, actor, match.volunteer, "suspended")
            found = matches.withdraw_open_for_volunteer(*args)
        else:
            found = matches.withdraw_open_for_family(session, actor, match.family, "closed")
        assert found == ([match_id] if state in withdrawn else [])
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert match.state == (M.WITHDRAWN if state in withdrawn else state)
        still_matched = {M.INTRODUCED, M.ACTIVE, M.PAUSED}
        expected = FamilyState.MATCHED if state in still_matched else FamilyState.WAITING
        assert match.family.state == expected


def test_withdraw_stops_mail_of_every_match_of_the_coach(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    scene.introduce(match_id)
    with scene.writing() as session:
        volunteer = session.get_one(Match, match_id).volunteer
        matches.withdraw_open_for_volunteer(session, None, volunteer, "suspended")
    with scene.reading() as session:
        found = [(one.state, one.body) for one in session.scalars(select(Message))]
        assert found == [(MessageState.CANCELLED, "")] * 4


def test_lists_hold_the_matches_of_own_localities_by_group(scene):
    ids = {
        state: scene.add_match(scene.add_family(), scene.add_coach(), state=state) for state in M
    }
    groups = {
        "proposed": {M.PROPOSED, M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY},
        "approved": {M.APPROVED},
        "running": {M.INTRODUCED, M.ACTIVE, M.PAUSED},
        "over": {M.ENDED, M.DECLINED, M.WITHDRAWN},
    }
    with scene.writing() as session:
        actor = scene.coordinator(session)
        stranger = stranger_in(scene, session, "other locality")
        manager = factories.make_account(session, Role.MANAGER)
        for group, states in groups.items():
            rows, has_more = matches.list_matches(session, actor, group)
            assert ({one.id for one in rows}, has_more) == ({ids[s] for s in states}, False)
            assert len(matches.list_matches(session, manager, group)[0]) == len(states)
            assert matches.list_matches(session, stranger, group) == ([], False)
        assert matches.count_groups(session, actor) == {
            group: len(states) for group, states in groups.items()
        }
        assert set(matches.count_groups(session, stranger).values()) == {0}


def test_review_names_the_next_best_and_what_is_in_the_way(scene):
    other = scene.add_coach()
    best = {"next_best": [{"coach_id": str(other), "cost": 50, "extra": 12}]}
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), explanation=best)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        match.family.section_47_open = True
        match.volunteer.version = 2
        review = matches.get_review(session, scene.coordinator(session), match_id, TODAY)
        assert [(one.volunteer.id, one.extra) for one in review.next_best] == [(other, 12)]
        assert [one.code for one in review.refusals] == ["section_47"]
        assert review.changed == ("the coach’s availability or details",)
        reads = session.scalars(select(AuditEvent).where(AuditEvent.action == "match.read"))
        assert [one.subject_id for one in reads] == [match_id]


def test_review_by_a_manager_hides_sensitive_needs(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        manager = factories.make_account(session, Role.MANAGER)
        hidden = {"substance_use", "exploitation", "crime", "domestic_abuse"}
        for actor, expected in ((manager, hidden), (scene.coordinator(session), set())):
            assert matches.get_review(session, actor, match_id, TODAY).hidden_needs == expected
