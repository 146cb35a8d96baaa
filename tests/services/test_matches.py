from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from peerapp.domain.match_states import STEPS
from peerapp.enums import (
    CertificateStatus,
    CloseReason,
    Consequence,
    Course,
    DeclineReason,
    EndReason,
    FamilyState,
    MatchState,
    MessageState,
    Need,
    Role,
    VolunteerState,
)
from peerapp.errors import Forbidden, NotFound, Refused, Stale
from peerapp.models import (
    Account,
    AuditEvent,
    Exclusion,
    Family,
    Match,
    Message,
    Scheme,
    TrainingRecord,
    Volunteer,
)
from peerapp.services import match_life, matches
from tests import factories
from tests.factories import TODAY
from tests.scenes import BASE_URL, Scene, approve, make_scene

M = MatchState
LIVE = (M.APPROVED, M.INTRODUCED, M.ACTIVE, M.PAUSED)


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(factories.NOW):
        yield


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def propose(scene: Scene, **coach_values: Any) -> uuid.UUID:
    family_id = scene.add_family(account=True)
    return scene.add_match(family_id, scene.add_coach(**coach_values))


def codes_of(scene: Scene, match_id: uuid.UUID) -> list[str]:
    """Approve, and return the codes of the refusal; nothing may have changed then."""
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    with scene.reading() as session:
        assert session.get_one(Match, match_id).state == M.PROPOSED
        assert session.scalars(select(Message)).all() == []
    return [refusal.code for refusal in refused.value.refusals]


def change(scene: Scene, model: type, **values: Any) -> None:
    """Change the only row of a kind, and not its version: the rules alone must notice."""
    with scene.writing() as session:
        for name, value in values.items():
            setattr(session.scalars(select(model)).one(), name, value)


def test_approve_records_both_agreements_and_tells_both(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert [(e.from_state, e.to_state, e.reason) for e in match.events] == [
            (M.PROPOSED, M.OFFERED_TO_COACH, "phone"),
            (M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY, "face_to_face"),
            (M.OFFERED_TO_FAMILY, M.APPROVED, ""),
        ]
        assert (match.state, match.approved_by_id) == (M.APPROVED, scene.coordinator_id)
        assert match.family.state == FamilyState.MATCHED
        sent = session.scalars(select(Message)).all()
        assert {one.account_id for one in sent} == {
            match.family.account_id,
            match.volunteer.account_id,
        }
        assert {(one.match_id, one.subject) for one in sent} == {(match_id, "You have a message")}
        assert {match.volunteer.first_name in one.body for one in sent} == {False}
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
        assert actions == [
            "match.offered_to_coach",
            "match.offered_to_family",
            "match.approved",
            "family.move",
        ]


def test_approve_where_email_is_not_safe_writes_to_the_coach_only(scene):
    family_id = scene.add_family(account=True, channels=("phone",))
    scene.approve(scene.add_match(family_id, scene.add_coach()))
    with scene.reading() as session:
        coach_account = session.scalars(select(Volunteer.account_id)).one()
        assert session.scalars(select(Message.account_id)).all() == [coach_account]


def test_approve_twice_gives_the_same_answer_once(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    scene.approve(match_id)
    with scene.reading() as session:
        assert len(session.get_one(Match, match_id).events) == 3
        assert len(session.scalars(select(Message)).all()) == 2


@pytest.mark.parametrize(
    ("model", "values", "codes"),
    [
        (Volunteer, {"state": VolunteerState.SUSPENDED}, ["suspended"]),
        (Volunteer, {"state": VolunteerState.PAUSED}, ["paused"]),
        (Volunteer, {"slots": ("tue_evening",)}, ["slot_taken"]),
        (Volunteer, {"max_distance_m": 639}, ["rule_distance"]),
        (Volunteer, {"avoids": ("cats",)}, ["rule_household"]),
        (Volunteer, {"capacity": 0}, ["no_place_left"]),
        (Volunteer, {"easting": None}, ["coach_details"]),
        (Volunteer, {"details_query": "Which?"}, ["coach_details"]),
        (Family, {"section_47_open": True}, ["section_47"]),
        (Family, {"child_protection_plan": True}, ["child_protection"]),
        (Family, {"details_query": "Which?"}, ["details_query"]),
        (Family, {"state": FamilyState.CLOSED}, ["family_not_open"]),
        (Family, {"languages": ("pl",)}, ["rule_language"]),
        (Family, {"coach_gender": "man"}, ["rule_gender"]),
        (Family, {"min_distance_m": 641}, ["rule_distance"]),
        (Family, {"slots": ()}, ["slot_taken"]),
    ],
)
def test_approve_asks_every_rule_again(scene, model, values, codes):
    match_id = scene.add_match(scene.add_family(household=("cats",)), scene.add_coach())
    change(scene, model, **values)
    assert codes_of(scene, match_id) == codes


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CertificateStatus.REVOKED, "certificate_revoked"),
        (CertificateStatus.NEW_INFORMATION, "certificate_new_information"),
        (CertificateStatus.UNVERIFIED, "certificate_unverified"),
        (CertificateStatus.RECORDED, "certificate_recorded"),
    ],
)
def test_approve_without_an_accepted_certificate_is_refused(scene, status, code):
    match_id = propose(scene)
    with scene.writing() as session:
        session.scalars(select(Volunteer)).one().certificates[0].status = status
    assert codes_of(scene, match_id) == [code]


def test_approve_for_a_sensitive_need_asks_for_its_training_in_date(scene):
    family_id = scene.add_family(needs={Need.CRIME: 2})
    match_id = scene.add_match(family_id, scene.add_coach())
    assert codes_of(scene, match_id) == ["rule_training"]
    with scene.writing() as session:
        record = TrainingRecord(course=Course.CRIME, completed_on=TODAY, valid_until=TODAY)
        volunteer = session.scalars(select(Volunteer)).one()
        volunteer.training.append(record)
    scene.approve(match_id)


def test_approve_the_place_that_another_family_took_is_refused(scene):
    coach_id = scene.add_coach(capacity=1, slots=("mon_morning", "tue_evening"))
    first = scene.add_match(scene.add_family(), coach_id)
    second = scene.add_match(scene.add_family(slots=("tue_evening",)), coach_id, slot="tue_evening")
    scene.approve(first)
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["no_place_left"]


def test_approve_the_time_that_another_family_took_is_refused(scene):
    coach_id = scene.add_coach(capacity=5)
    first, second = (scene.add_match(scene.add_family(), coach_id) for _ in range(2))
    scene.approve(first)
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["slot_taken"]


def test_approve_for_a_coach_on_probation_allows_one_family(scene):
    coach_id = scene.add_coach(
        capacity=3, state=VolunteerState.PROBATION, slots=("mon_morning", "tue_evening")
    )
    scene.approve(scene.add_match(scene.add_family(), coach_id))
    second = scene.add_match(scene.add_family(slots=("tue_evening",)), coach_id, slot="tue_evening")
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["no_place_left"]


def test_approve_a_family_that_has_a_coach_is_refused(scene):
    family_id = scene.add_family()
    scene.add_match(family_id, scene.add_coach(), state=M.ACTIVE)
    match_id = scene.add_match(family_id, scene.add_coach())
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert [one.code for one in refused.value.refusals] == ["already_matched"]
    change(scene, Family, state=FamilyState.WAITING)  # a state gone wrong is no way round
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert [one.code for one in refused.value.refusals] == ["already_matched"]


def test_approve_beyond_what_a_supervisor_carries_is_refused(scene):
    with scene.writing() as session:
        scheme = session.get_one(Scheme, scene.scheme_id)
        scheme.matching_settings = {"supervisor_capacity": 1}
    coaches = [scene.add_coach(supervisor_id=scene.coordinator_id) for _ in range(2)]
    first, second = (scene.add_match(scene.add_family(), coach) for coach in coaches)
    scene.approve(first)
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["supervisor_full"]


def test_approve_an_excluded_pair_is_refused(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        session.add(
            Exclusion(
                family_id=match.family_id,
                volunteer_id=match.volunteer_id,
                consequence=Consequence.EXCLUDED_FOR_GOOD,
                reason="conflict",
            )
        )
    assert codes_of(scene, match_id) == ["rule_excluded"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Volunteer, "The coach's availability or details changed"),
        (Family, "The family's availability or details changed"),
    ],
)
def test_approve_what_changed_since_the_run_is_stale(scene, model, message):
    match_id = propose(scene)
    change(scene, model, version=2)
    with pytest.raises(Stale, match=message):
        scene.approve(match_id)


def test_approve_what_changed_since_the_page_is_stale(scene):
    match_id = propose(scene)
    with pytest.raises(Stale, match="since you opened this page"):
        scene.approve(match_id, seen_volunteer_version=7)


@pytest.mark.parametrize("state", sorted(set(M) - {M.PROPOSED}))
def test_approve_what_is_no_proposal_is_refused(scene, state):
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), state=state)
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert refused.value.refusals[0].code == "no_such_step"


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
        assert session.scalars(select(Family.details_query)).all() == [""]


def test_introduce_asks_for_safe_contact_and_a_visit_that_was(scene):
    match_id = scene.add_match(scene.add_family(channels=()), scene.add_coach())
    scene.approve(match_id)
    with scene.writing() as session:
        with pytest.raises(Refused) as refused:
            match_life.introduce(
                session,
                scene.coordinator(session),
                match_id,
                first_visit_on=TODAY + timedelta(days=1),
                today=TODAY,
                base_url=BASE_URL,
            )
        assert [one.code for one in refused.value.refusals] == [
            "safe_contact_missing",
            "visit_in_future",
        ]


def test_introduce_before_the_approval_is_refused(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    with pytest.raises(Refused) as refused:
        scene.introduce(match_id, first_visit_on=TODAY - timedelta(days=1))
    assert [one.code for one in refused.value.refusals] == ["visit_too_early"]


def test_introduce_with_a_coach_who_lapsed_is_refused(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        session.get_one(Match, match_id).state = M.APPROVED
        session.scalars(select(Volunteer)).one().certificates[0].status = CertificateStatus.REVOKED
    with pytest.raises(Refused) as refused:
        scene.introduce(match_id)
    assert [one.code for one in refused.value.refusals] == ["certificate_revoked"]


@pytest.mark.parametrize(
    ("reason", "family_next", "close_reason", "kept_apart"),
    [
        (EndReason.GOALS_REACHED, FamilyState.CLOSED, CloseReason.SUPPORT_FINISHED, 0),
        (EndReason.PLANNED_END, FamilyState.WAITING, None, 0),
        (EndReason.COACH_CHOICE, FamilyState.WAITING, None, 1),
        (EndReason.FAMILY_CHOICE, FamilyState.CLOSED, CloseReason.FAMILY_CHOICE, 1),
        (EndReason.SAFEGUARDING, FamilyState.CLOSED, CloseReason.OTHER_SUPPORT, 1),
        (EndReason.MOVED_AWAY, FamilyState.CLOSED, CloseReason.MOVED_AWAY, 0),
        (EndReason.STEPPED_UP, FamilyState.CLOSED, CloseReason.OTHER_SUPPORT, 0),
    ],
)
def test_end_moves_the_family_and_stops_what_waits_to_be_sent(
    scene, reason, family_next, close_reason, kept_apart
):
    match_id = propose(scene)
    scene.approve(match_id)
    with scene.writing() as session:
        match_life.end(
            session,
            scene.coordinator(session),
            match_id,
            reason=reason,
            family_next=family_next,
            today=TODAY,
        )
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert (match.state, match.ended_on, match.end_reason) == (M.ENDED, TODAY, reason)
        assert (match.family.state, match.family.close_reason) == (family_next, close_reason)
        assert len(session.scalars(select(Exclusion)).all()) == kept_apart
        states = session.scalars(select(Message.state)).all()
        assert states == [MessageState.CANCELLED] * 2


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
        states = session.scalars(select(Message.state)).all()
        assert states == [MessageState.CANCELLED] * 4


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
        assert review.changed == ("the coach's availability or details",)
        reads = session.scalars(select(AuditEvent).where(AuditEvent.action == "match.read"))
        assert [one.subject_id for one in reads] == [match_id]


def test_review_by_a_manager_hides_sensitive_needs(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        manager = factories.make_account(session, Role.MANAGER)
        hidden = {"substance_use", "exploitation", "crime", "domestic_abuse"}
        for actor, expected in ((manager, hidden), (scene.coordinator(session), set())):
            assert matches.get_review(session, actor, match_id, TODAY).hidden_needs == expected
