from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from peerapp.adapters import places
from peerapp.adapters.places import LocalitySeed
from peerapp.db import Database
from peerapp.errors import Forbidden, Refused
from peerapp.models import LocalitySector, Volunteer
from peerapp.services import localities
from peerapp.services.localities import Moved, SectorsRefused
from tests import factories
from tests.services.family_scenes import FamilyScene, make_family_scene
from tests.support.queries import counted


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


def sectors(scene: FamilyScene) -> dict[str, list[str]]:
    with scene.database.reading(scene.scheme_id) as session:
        return {
            one.name: [row.sector for row in one.sectors]
            for one in localities.list_localities(session)
        }


def update(scene: FamilyScene, where: str, text: str, *, move: bool = False) -> Moved:
    with scene.writing("manager") as (session, actor):
        locality = localities.get_locality(session, scene.localities[where])
        name, council = locality.name, locality.council
        _, moved = localities.update_locality(
            session, actor, locality.id, name, council, text, move=move
        )
        return moved


def test_create_locality_takes_in_those_who_live_there(scene: FamilyScene) -> None:
    family_id = scene.add_family("nowhere", postcode="SN15 3AB")
    with scene.writing("manager") as (session, actor):
        volunteer_id = factories.make_volunteer(session, postcode="SN15 3XY").id
        locality, moved = localities.create_locality(
            session, actor, "Chippenham North", "Wiltshire", "sn15 3\nSN15 4"
        )
        locality_id = locality.id
    assert moved == Moved(families=1, volunteers=1, homeless=0)
    assert scene.family(family_id, "locality_id") == (locality_id,)
    with scene.reading() as (session, _):
        assert session.get_one(Volunteer, volunteer_id).locality_id == locality_id
    assert [event.detail for event in scene.audited("locality.create")] == [
        {"families": 1, "volunteers": 1, "homeless": 0}
    ]


def test_update_locality_leaves_those_in_other_sectors(scene: FamilyScene) -> None:
    stays = scene.add_family(postcode="SN15 1AB")
    goes = scene.add_family(postcode="SN15 2AB")
    assert update(scene, "here", "SN15 1") == Moved(families=1, homeless=1)
    assert scene.family(stays, "locality_id") == (scene.localities["here"],)
    assert scene.family(goes, "locality_id") == (None,)


def test_update_locality_moves_a_sector_with_its_people_when_told_to(scene: FamilyScene) -> None:
    family_id = scene.add_family(postcode="SN15 2AB")
    assert update(scene, "there", "SN11 0, SN15 2", move=True) == Moved(families=1)
    assert sectors(scene) == {"Calne": ["SN11 0", "SN15 2"], "Chippenham": ["SN15 1"]}
    assert scene.family(family_id, "locality_id") == (scene.localities["there"],)


def test_update_locality_refuses_a_sector_of_another(scene: FamilyScene) -> None:
    with pytest.raises(SectorsRefused) as caught:
        update(scene, "there", "SN11 0\nSN15 2\nzz")
    assert [fault.line for fault in caught.value.faults] == [2, 3]
    assert sectors(scene) == {"Calne": ["SN11 0"], "Chippenham": ["SN15 1", "SN15 2"]}


@pytest.mark.parametrize("sector", ["CF10 1", "EH1 1", "BT1 1", "ZZ9 9"])
def test_update_locality_refuses_sectors_outside_england(scene: FamilyScene, sector: str) -> None:
    with pytest.raises(SectorsRefused) as caught:
        update(scene, "there", sector)
    assert [fault.line for fault in caught.value.faults] == [1]


def test_update_locality_does_not_confuse_sectors_that_begin_alike(scene: FamilyScene) -> None:
    family_id = scene.add_family("nowhere", postcode="SN15 3AB")
    assert update(scene, "here", "SN15 1\nSN15 2\nSN15 4\nSN5 3") == Moved()
    assert scene.family(family_id, "locality_id") == (None,)


def test_a_name_is_given_once(scene: FamilyScene) -> None:
    with pytest.raises(Refused) as caught, scene.writing("manager") as (session, actor):
        localities.create_locality(session, actor, "CALNE", "", "SN15 3")
    assert [refusal.code for refusal in caught.value.refusals] == ["name_taken"]


@pytest.mark.parametrize("who", ["coordinator", "lead", "auditor"])
def test_only_a_manager_changes_localities(scene: FamilyScene, who: str) -> None:
    with scene.writing(who) as (session, actor):
        with pytest.raises(Forbidden):
            localities.create_locality(session, actor, "New", "", "SN15 3")
        with pytest.raises(Forbidden):
            localities.update_locality(session, actor, scene.localities["here"], "New", "", "")


def test_load_localities_makes_all_and_a_second_time_none(scene: FamilyScene) -> None:
    seeds = places.read_localities()
    for expected in (len(seeds) - 2, 0):
        with scene.writing() as (session, _):
            assert localities.load_localities(session, None, seeds) == expected
    listed = [sector for held in sectors(scene).values() for sector in held]
    assert (len(sectors(scene)), len(listed)) == (23, len(set(listed)))


def test_load_localities_leaves_a_sector_where_it_is(scene: FamilyScene) -> None:
    seed = LocalitySeed("North", "Wiltshire", "E06000054", ("SN15 1", "SN15 3"))
    with scene.writing() as (session, _):
        localities.load_localities(session, None, [seed])
    assert sectors(scene)["North"] == ["SN15 3"]
    assert sectors(scene)["Chippenham"] == ["SN15 1", "SN15 2"]


def test_find_locality_by_sector(scene: FamilyScene) -> None:
    with scene.reading() as (session, _):
        found = localities.find_locality(session, "SN15 2")
        assert found is not None
        assert (found.id, localities.find_locality(session, "SN1 1")) == (
            scene.localities["here"],
            None,
        )


def test_list_rows_counts_people_and_those_outside(scene: FamilyScene) -> None:
    scene.add_family()
    scene.add_family("there")
    scene.add_family("nowhere", postcode="SP1 1AA")
    with scene.reading() as (session, _):
        rows = localities.list_rows(session)
        shown = [
            (row.locality.name if row.locality else None, row.sectors, row.families, row.volunteers)
            for row in rows
        ]
    assert shown == [("Calne", 1, 1, 0), ("Chippenham", 2, 1, 0), (None, 0, 1, 0)]


def test_list_rows_sends_as_many_queries_for_thirty_as_for_two(scene: FamilyScene) -> None:
    counts = []
    for seeds in ([], places.read_localities()):
        with scene.writing() as (session, _):
            localities.load_localities(session, None, seeds)
        with scene.reading() as (session, _), counted(scene.database.engine) as seen:
            localities.list_rows(session)
        counts.append(len(seen))
    assert counts == [4, 4]


def test_a_sector_is_stored_once(scene: FamilyScene) -> None:
    update(scene, "there", "SN11 0\nSN15 1\nSN15 2", move=True)
    with scene.reading() as (session, _):
        listed = session.scalars(
            select(LocalitySector.sector).order_by(LocalitySector.sector)
        ).all()
    assert listed == ["SN11 0", "SN15 1", "SN15 2"]


def test_load_localities_leaves_what_its_caller_holds_usable(scene: FamilyScene) -> None:
    with scene.writing() as (session, actor):
        localities.load_localities(session, actor, places.read_localities())
    assert actor.id == scene.people["coordinator"]
