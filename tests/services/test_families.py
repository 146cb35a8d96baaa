from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from peerapp.db import Database
from peerapp.domain.references import ALPHABET
from peerapp.enums import CoachGender, FamilyState, Need, ReferralSource, Role
from peerapp.errors import NotFound, Stale
from peerapp.models import Account, Family, Token
from peerapp.services import (
    accounts,
    agreements,
    families,
    family_pages,
    family_states,
    safe_contact,
)
from peerapp.services.families import FamilyFilters, FamilyWishes, Invalid
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.family_scenes import GOOD, FamilyScene, make_family_scene
from tests.support.queries import counted


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


def create(scene: FamilyScene, who: str = "coordinator", **changes: Any) -> uuid.UUID:
    with scene.writing(who) as (session, actor):
        return families.create_family(session, actor, replace(GOOD, **changes), TODAY).id


def test_create_family_fills_in_place_locality_priority_and_wait(scene: FamilyScene) -> None:
    family_id = create(scene, level=4)
    assert scene.family(
        family_id, "postcode", "locality_id", "priority", "waiting_since", "state", "version"
    ) == ("SN15 1AA", scene.localities["here"], 1, date(2026, 9, 1), FamilyState.REFERRED, 1)
    (easting, northing) = scene.family(family_id, "easting", "northing")
    assert (380_000 < easting < 400_000, 165_000 < northing < 180_000) == (True, True)


def test_create_family_audits_without_a_word_of_the_person(scene: FamilyScene) -> None:
    family_id = create(scene, source=ReferralSource.SELF)
    events = scene.audited("family.create")
    assert [(one.subject_id, one.actor_id, one.detail) for one in events] == [
        (family_id, scene.people["coordinator"], {"source": "self"})
    ]


def test_create_family_takes_its_reference_from_the_source_it_is_given(scene: FamilyScene) -> None:
    references = []
    for _ in range(2):
        choose = random.Random(7).choice
        with scene.writing() as (session, actor):
            family = families.create_family(session, actor, GOOD, TODAY, choose=choose)
            references.append(family.reference)
    expected = random.Random(7).choice
    letters = [expected(ALPHABET) for _ in range(10)]
    assert references == ["F-" + "".join(letters[:5]), "F-" + "".join(letters[5:])]


@pytest.mark.parametrize(
    ("who", "changes", "faults"),
    [
        ("coordinator", {"postcode": "SN11 0AA"}, {"postcode": families.NOT_YOURS}),
        ("coordinator", {"postcode": "SW1A 1AA"}, {"postcode": families.OUTSIDE}),
        ("lead", {"postcode": "SW1A 1AA"}, {"postcode": families.OUTSIDE}),
        (
            "coordinator",
            {"postcode": "nonsense"},
            {"postcode": "Enter a full UK postcode, like SN15 1AA."},
        ),
        (
            "coordinator",
            {"postcode": "SW1A 1AA", "first_name": ""},
            {
                "first_name": "Enter the parent or carer’s first name",
                "postcode": families.OUTSIDE,
            },
        ),
    ],
)
def test_create_family_refuses_with_a_fault_for_each_field(
    scene: FamilyScene, who: str, changes: dict[str, str], faults: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as caught:
        create(scene, who, **changes)
    assert {fault.field: fault.message for fault in caught.value.faults} == faults


def test_lead_creates_in_every_locality(scene: FamilyScene) -> None:
    family_id = create(scene, "lead", postcode="SN11 0AA")
    assert scene.family(family_id, "locality_id") == (scene.localities["there"],)


def test_get_family_is_audited_as_a_read(scene: FamilyScene) -> None:
    family_id = scene.add_family()
    with scene.reading() as (session, actor):
        assert families.get_family(session, actor, family_id).id == family_id
    events = scene.audited("family.read")
    assert [(one.kind, one.subject_id) for one in events] == [("read", family_id)]


VERBS: dict[str, Callable[[Any, Account, uuid.UUID], Any]] = {
    "get": families.get_family,
    "update": lambda s, a, i: families.update_family(s, a, i, 1, GOOD, TODAY),
    "wishes": lambda s, a, i: families.set_wishes(s, a, i, 1, FamilyWishes()),
    "needs": lambda s, a, i: families.set_needs(s, a, i, 1, {}),
    "accept": lambda s, a, i: family_states.accept_family(s, a, i, 1),
    "blocks": lambda s, a, i: family_states.set_blocks(
        s, a, i, 1, section_47_open=True, child_protection_plan=True
    ),
    "query": lambda s, a, i: family_states.resolve_details_query(s, a, i, 1),
    "close": lambda s, a, i: family_states.close_family(s, a, i, 1, "no_reply"),
    "agree": lambda s, a, i: agreements.record_agreement(s, a, i, None, TODAY),
    "withdraw": lambda s, a, i: agreements.withdraw_agreement(s, a, i, TODAY),
    "safe": lambda s, a, i: safe_contact.answer_safe_contact(s, a, i, None, TODAY),
}


@pytest.mark.parametrize("who", ["neighbour", "auditor"])
@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_knows_of_a_family_elsewhere(scene: FamilyScene, verb: str, who: str) -> None:
    family_id = scene.add_family()
    with scene.writing(who) as (session, actor), pytest.raises(NotFound):
        VERBS[verb](session, actor, family_id)


@pytest.mark.parametrize(
    "verb", ["update", "wishes", "needs", "accept", "blocks", "query", "close"]
)
def test_no_verb_changes_what_somebody_else_has_changed(scene: FamilyScene, verb: str) -> None:
    family_id = scene.add_family(version=2)
    with scene.writing() as (session, actor), pytest.raises(Stale):
        VERBS[verb](session, actor, family_id)


def test_update_family_changes_counts_on_and_audits_names_of_fields(scene: FamilyScene) -> None:
    family_id = create(scene)
    with scene.writing() as (session, actor):
        changed = replace(GOOD, last_name="Ali", level=3, postcode="SN15 2AA")
        families.update_family(session, actor, family_id, 1, changed, TODAY)
    assert scene.family(family_id, "last_name", "level", "priority", "version") == ("Ali", 3, 2, 2)
    (event,) = scene.audited("family.update")
    assert set(event.fields) >= {"last_name", "level", "postcode", "priority"}
    assert "first_name" not in event.fields


def test_update_family_without_a_change_leaves_version_and_audit(scene: FamilyScene) -> None:
    family_id = create(scene)
    with scene.writing() as (session, actor):
        families.update_family(session, actor, family_id, 1, GOOD, TODAY)
    assert scene.family(family_id, "version") == (1,)
    assert scene.audited("family.update") == []


def test_update_family_moves_it_to_the_locality_of_its_new_postcode(scene: FamilyScene) -> None:
    family_id = create(scene)
    with scene.writing("lead") as (session, actor):
        moved = replace(GOOD, postcode="SN11 0AA")
        families.update_family(session, actor, family_id, 1, moved, TODAY)
    assert scene.family(family_id, "locality_id") == (scene.localities["there"],)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"phone": "07700 900999"}, ("email", "letter")),
        ({"email": "new@example.org"}, ("letter", "phone", "sms")),
        ({"address": "1 Mill Lane"}, ("email", "phone", "sms")),
        ({"postcode": "SN15 2AA"}, ("email", "phone", "sms")),
        ({"last_name": "Ali", "postcode": "sn151aa"}, ("email", "letter", "phone", "sms")),
    ],
)
def test_update_family_makes_a_changed_channel_unsafe(
    scene: FamilyScene, changes: dict[str, str], left: tuple[str, ...]
) -> None:
    family_id = create(scene, email="a@example.org")
    answers = safe_contact.SafeContactAnswers(TODAY, ("phone", "sms", "email", "letter"))
    with scene.writing() as (session, actor):
        safe_contact.answer_safe_contact(session, actor, family_id, answers, TODAY)
    with scene.writing() as (session, actor):
        changed = replace(GOOD, **{"email": "a@example.org", **changes})
        families.update_family(session, actor, family_id, 2, changed, TODAY)
    with scene.reading() as (session, _):
        contact = session.get_one(Family, family_id).safe_contact
        assert contact is not None
        assert contact.channels == left


def invite(scene: FamilyScene, family_id: uuid.UUID) -> None:
    with scene.writing() as (session, actor):
        family = families.get_family(session, actor, family_id)
        accounts.invite_family(session, actor, family, NOW, "https://example.org")


def test_update_family_moves_the_account_and_ends_links_to_the_old_address(
    scene: FamilyScene,
) -> None:
    family_id = create(scene, email="old@example.org")
    invite(scene, family_id)
    with scene.writing() as (session, actor):
        changed = replace(GOOD, email="New@example.org")
        families.update_family(session, actor, family_id, 1, changed, TODAY)
    with scene.reading() as (session, _):
        account = session.get_one(Family, family_id).account
        assert account is not None
        assert account.email == "new@example.org"
        assert [one.used_at is None for one in session.query(Token)] == [False]
    assert [event.kind for event in scene.audited("account.change_email")] == ["security"]


def test_update_family_refuses_an_address_that_another_account_uses(scene: FamilyScene) -> None:
    family_id = create(scene, email="old@example.org")
    invite(scene, family_id)
    with scene.writing("lead") as (session, lead):
        taken = lead.email
    with pytest.raises(Invalid) as caught, scene.writing() as (session, actor):
        families.update_family(session, actor, family_id, 1, replace(GOOD, email=taken), TODAY)
    assert [fault.field for fault in caught.value.faults] == ["email"]
    assert scene.family(family_id, "email") == ("old@example.org",)


def test_set_wishes_stores_them(scene: FamilyScene) -> None:
    family_id = create(scene)
    wishes = FamilyWishes(
        ("mon_morning",), ("so",), CoachGender.WOMAN, True, 805, ("cats", "stairs")
    )
    with scene.writing() as (session, actor):
        families.set_wishes(session, actor, family_id, 1, wishes)
    assert scene.family(family_id, "slots", "languages", "coach_gender", "version") == (
        ("mon_morning",),
        ("so",),
        CoachGender.WOMAN,
        2,
    )
    assert scene.family(family_id, "accepts_remote", "min_distance_m", "household") == (
        True,
        805,
        ("cats", "stairs"),
    )


def test_set_needs_adds_changes_and_removes(scene: FamilyScene) -> None:
    family_id = scene.add_family(needs={Need.BUDGETING: 2, Need.ISOLATION: 1})
    weights = {Need.BUDGETING: 0, Need.ISOLATION: 3, Need.CRIME: 1, Need.SEND: 0}
    with scene.writing() as (session, actor):
        families.set_needs(session, actor, family_id, 1, weights)
    with scene.reading() as (session, _):
        rows = session.get_one(Family, family_id).needs
        assert {row.need: row.weight for row in rows} == {Need.ISOLATION: 3, Need.CRIME: 1}
    assert scene.family(family_id, "version") == (2,)
    with scene.writing() as (session, actor):
        families.set_needs(session, actor, family_id, 2, weights)
    assert scene.family(family_id, "version") == (2,)


def listed(scene: FamilyScene, who: str, **filters: Any) -> list[str]:
    with scene.reading(who) as (session, actor):
        page = families.list_families(session, actor, FamilyFilters(**filters))
        return [family.reference for family in page.families]


def test_list_families_shows_those_of_the_actor_by_stage_and_wait(scene: FamilyScene) -> None:
    for reference, state, day in (
        ("W-2", FamilyState.WAITING, 2),
        ("C-1", FamilyState.CLOSED, 1),
        ("W-1", FamilyState.WAITING, 1),
        ("R-1", FamilyState.REFERRED, 9),
    ):
        scene.add_family(reference=reference, state=state, waiting_since=date(2026, 9, day))
    scene.add_family("there", reference="N-1")
    assert listed(scene, "coordinator") == ["R-1", "W-1", "W-2", "C-1"]
    assert listed(scene, "neighbour") == ["N-1"]
    assert sorted(listed(scene, "lead")) == ["C-1", "N-1", "R-1", "W-1", "W-2"]
    assert listed(scene, "auditor") == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": FamilyState.CLOSED}, ["B-2"]),
        ({"level": 3}, ["A-1"]),
        ({"search": "a-1"}, ["A-1"]),
        ({"search": "zoe ng"}, ["B-2"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"search": "nobody"}, []),
        ({"level": 3, "state": FamilyState.CLOSED}, []),
    ],
)
def test_list_families_is_narrowed_by_filters(
    scene: FamilyScene, filters: dict[str, Any], expected: list[str]
) -> None:
    scene.add_family(reference="A-1", level=3)
    scene.add_family(
        reference="B-2", state=FamilyState.CLOSED, first_name="Zoe", last_name="Nguyen"
    )
    assert listed(scene, "coordinator", **filters) == expected


def test_list_families_of_a_locality_elsewhere_is_empty(scene: FamilyScene) -> None:
    scene.add_family("there")
    assert listed(scene, "coordinator", locality_id=scene.localities["there"]) == []
    assert len(listed(scene, "lead", locality_id=scene.localities["there"])) == 1


def test_list_families_sends_as_many_queries_for_thirty_as_for_one(scene: FamilyScene) -> None:
    counts, sizes = [], []
    for more in (1, 29):
        for _ in range(more):
            scene.add_family()
        with scene.reading() as (session, actor):
            _ = actor.locality_ids
            with counted(scene.database.engine) as seen:
                page = families.list_families(session, actor, FamilyFilters())
                for family in page.families:
                    _ = (family.agreements, family.safe_contact, family.locality)
            counts.append(len(seen))
            sizes.append((len(page.families), page.total, page.pages))
    assert sizes == [(1, 1, 1), (25, 30, 2)]
    assert counts == [6, 6]


def test_list_families_has_every_family_on_exactly_one_page(scene: FamilyScene) -> None:
    for _ in range(30):
        scene.add_family()
    with scene.reading() as (session, actor):
        pages = [families.list_families(session, actor, FamilyFilters(), n) for n in (1, 2, 3)]
        ids = [family.id for page in pages for family in page.families]
    assert (len(ids), len(set(ids)), len(pages[2].families)) == (30, 30, 0)


@pytest.mark.parametrize(
    ("who", "needs", "hidden"),
    [("coordinator", [Need.CRIME, Need.SEND], False), ("manager", [Need.SEND], True)],
)
def test_page_hides_sensitive_needs_from_managers(
    scene: FamilyScene, who: str, needs: list[Need], hidden: bool
) -> None:
    family_id = scene.add_family(needs={Need.CRIME: 3, Need.SEND: 1})
    with scene.reading(who) as (session, actor):
        family = families.get_family(session, actor, family_id)
        page = family_pages.get_page(session, actor, family)
        assert [row.need for row in page.needs] == needs
        assert page.hidden_needs is hidden


def test_a_family_of_another_scheme_does_not_exist(scene: FamilyScene) -> None:
    family_id = scene.add_family()
    with scene.database.session(None, "all") as session:
        other = factories.make_scheme("other")
        session.add(other)
        session.commit()
    with scene.database.writing(other.id) as session:
        lead = factories.make_account(session, Role.SAFEGUARDING_LEAD)
        with pytest.raises(NotFound):
            families.get_family(session, lead, family_id)
