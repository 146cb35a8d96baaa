from __future__ import annotations

import uuid

import pytest

from peerapp.domain.access import may_decide_match, may_see_family
from peerapp.enums import FamilyState, MatchState, Role, WorkerChange
from peerapp.errors import NotFound, Refused, Stale
from peerapp.models import Account, Family, Locality
from peerapp.services import (
    dashboard,
    families,
    family_states,
    family_workers,
    matches,
)
from peerapp.services.families import FamilyFilters
from peerapp.services.family_workers import NewWorker
from tests import factories
from tests.factories import TODAY
from tests.scenes import BASE_URL
from tests.services.family_scenes import GOOD, make_family_scene
from tests.services.own_family_scenes import OwnScene, as_own

W = WorkerChange


@pytest.fixture
def scene(database, scheme_id) -> OwnScene:
    return as_own(make_family_scene(database, scheme_id))


def add_colleague(scene: OwnScene, where: str = "here", **values) -> uuid.UUID:
    with scene.writing() as (session, _):
        locality = session.get_one(Locality, scene.localities[where])
        made = factories.make_account(session, Role.COORDINATOR, (locality,), **values)
        scene.people[f"colleague {len(scene.people)}"] = made.id
        return made.id


def assign(scene: OwnScene, family_id, worker_id, who="coordinator", reason=W.HANDOVER) -> None:
    with scene.writing(who) as (session, actor):
        new = NewWorker(worker_id, reason, "Knows the school")
        family_workers.assign(session, actor, family_id, None, new, TODAY, BASE_URL)


def history(scene: OwnScene, family_id) -> list[tuple]:
    with scene.reading() as (session, _):
        family = session.get_one(Family, family_id)
        return [
            (one.account_id, one.from_on, one.until_on, one.reason)
            for one in family_workers.list_history(session, family)
        ]


def test_whoever_accepts_a_referral_becomes_the_worker_and_stays_it(scene):
    family_id = scene.add_family(state=FamilyState.REFERRED)
    with scene.writing() as (session, coordinator):
        family_states.accept_family(session, coordinator, family_id, 1)
    mine = scene.people["coordinator"]
    assert scene.family(family_id, "worker_id") == (mine,)
    assert [one[0] for one in history(scene, family_id)] == [mine]
    assert [one.detail for one in scene.audited("family.assign_worker")] == [{"reason": "first"}]


def test_a_lead_who_accepts_a_referral_is_no_worker(scene):
    family_id = scene.add_family(state=FamilyState.REFERRED)
    with scene.writing("lead") as (session, lead):
        family_states.accept_family(session, lead, family_id, 1)
    assert scene.family(family_id, "worker_id", "state") == (None, FamilyState.WAITING)


def test_a_handover_keeps_who_was_when_and_why_and_tells_both(scene):
    family_id = scene.add_family()
    first, second = add_colleague(scene), add_colleague(scene)
    assign(scene, family_id, first, reason=W.FIRST)
    assign(scene, family_id, second)
    assert sorted(history(scene, family_id), key=lambda one: one[2] is None) == [
        (first, TODAY, TODAY, W.FIRST),
        (second, TODAY, None, W.HANDOVER),
    ]
    names = {account_id: name for name, account_id in scene.people.items()}
    assert [len(scene.notices_to(names[one])) for one in (first, second)] == [2, 1]
    assert scene.family(family_id, "version") == (1,)  # the matching does not ask for it


@pytest.mark.parametrize("who", ["neighbour", "lead", "manager", "auditor"])
def test_only_a_coordinator_of_the_locality_becomes_the_worker(scene, who):
    family_id = scene.add_family()
    with pytest.raises(Refused) as refused:
        assign(scene, family_id, scene.people[who])
    assert [one.code for one in refused.value.refusals] == ["worker"]


def test_a_closed_account_and_the_worker_of_today_are_refused(scene):
    family_id = scene.add_family()
    gone = add_colleague(scene, disabled_at=factories.NOW)
    with pytest.raises(Refused):
        assign(scene, family_id, gone)
    assign(scene, family_id, scene.people["coordinator"])
    with pytest.raises(Refused):
        assign(scene, family_id, scene.people["coordinator"])
    assert len(history(scene, family_id)) == 1


def test_staff_elsewhere_cannot_hand_a_family_over_nor_take_it(scene):
    family_id = scene.add_family()
    with pytest.raises(NotFound):
        assign(scene, family_id, scene.people["neighbour"], who="neighbour")


def test_a_handover_of_a_record_that_changed_is_stale(scene):
    family_id = scene.add_family(version=2)
    with pytest.raises(Stale), scene.writing() as (session, coordinator):
        new = NewWorker(scene.people["coordinator"], W.FIRST)
        family_workers.assign(session, coordinator, family_id, 1, new, TODAY, BASE_URL)


def moved(scene: OwnScene) -> uuid.UUID:
    """Move a family with its worker to the neighbour's locality, at another level."""
    family_id = scene.add_family()
    assign(scene, family_id, scene.people["coordinator"], reason=W.FIRST)
    with scene.writing() as (session, coordinator):
        details = families.FamilyDetails(
            **{**GOOD.__dict__, "postcode": "SN11 0AA", "level": 3, "email": ""}
        )
        families.update_family(session, coordinator, family_id, 1, details, TODAY)
    return family_id


def test_the_worker_stays_through_changes_of_level_and_locality(scene):
    family_id = moved(scene)
    assert scene.family(family_id, "worker_id", "locality_id", "level") == (
        scene.people["coordinator"],
        scene.localities["there"],
        3,
    )
    with scene.reading() as (session, coordinator):
        assert families.get_family(session, coordinator, family_id).id == family_id
        page = families.list_families(session, coordinator, FamilyFilters())
        assert [one.id for one in page.families] == [family_id]
        assert dashboard.whats_waiting(session, coordinator, TODAY).families_waiting == 1


def test_only_the_worker_of_a_family_moves_it_out_of_its_own_localities(scene):
    family_id = scene.add_family()
    details = families.FamilyDetails(**{**GOOD.__dict__, "postcode": "SN11 0AA"})
    with pytest.raises(families.Invalid) as caught, scene.writing() as (session, coordinator):
        families.update_family(session, coordinator, family_id, 1, details, TODAY)
    assert [fault.field for fault in caught.value.faults] == ["postcode"]


def test_a_worker_from_elsewhere_reads_matches_and_decides_none(scene):
    family_id = moved(scene)
    with scene.writing() as (session, coordinator):
        family = session.get_one(Family, family_id)
        coach = factories.make_coach(session, coordinator, family.locality)
        match = factories.make_match(session, family, coach, state=MatchState.PROPOSED)
        neighbour = session.get_one(Account, scene.people["neighbour"])
        assert [may_decide_match(one, match) for one in (coordinator, neighbour)] == [False, True]
        found, _ = matches.list_matches(session, coordinator, "proposed")
        assert [one.id for one in found] == [match.id]
        assert matches.count_groups(session, coordinator)["proposed"] == 1


def test_after_a_handover_the_former_worker_from_elsewhere_sees_nothing(scene):
    family_id = moved(scene)
    assign(scene, family_id, scene.people["neighbour"], reason=W.CLOSER)
    with scene.reading() as (session, coordinator):
        family = session.get_one(Family, family_id)
        assert may_see_family(coordinator, family) is False
        with pytest.raises(NotFound):
            families.get_family(session, coordinator, family_id)
        assert families.list_families(session, coordinator, FamilyFilters()).total == 0


def test_an_account_that_is_no_coordinator_any_more_is_nobodys_worker(scene):
    family_id = moved(scene)
    with scene.writing() as (session, coordinator):
        coordinator.role = Role.AUDITOR
        assert may_see_family(coordinator, session.get_one(Family, family_id)) is False


def test_a_family_knows_its_worker_while_they_are_here(scene):
    scene.add_own()
    assign(scene, scene.family_id, scene.people["coordinator"], reason=W.FIRST)
    with scene.acting() as (session, account):
        assert family_workers.own_worker(session, account).id == scene.people["coordinator"]
        session.get_one(Account, scene.people["coordinator"]).disabled_at = factories.NOW
        assert family_workers.own_worker(session, account) is None
