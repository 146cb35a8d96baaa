from __future__ import annotations

import pytest

from peerapp.enums import NEED_HEADINGS, Heading, Need
from peerapp.errors import NotFound, Stale
from peerapp.models import Family
from peerapp.services import needs_guide
from peerapp.vocabulary.guide import GUIDE
from tests.factories import TODAY
from tests.services.family_scenes import FamilyScene, make_family_scene


@pytest.fixture
def scene(database, scheme_id) -> FamilyScene:
    return make_family_scene(database, scheme_id)


def record(scene, family_id, heading, weights, words="", version=None, who="coordinator"):
    with scene.writing(who) as (session, actor):
        needs_guide.record_topic(session, actor, family_id, version, heading, words, weights, TODAY)


def conversation(scene, family_id) -> needs_guide.Conversation:
    with scene.reading() as (session, _):
        found = needs_guide.get_conversation(session, session.get_one(Family, family_id))
        opened = [topic.said.words for topic in found.topics if topic.said is not None]
        assert len(opened) == found.talked_about
        return found


def weights_of(scene, family_id) -> dict[Need, int]:
    with scene.reading() as (session, _):
        return {one.need: one.weight for one in session.get_one(Family, family_id).needs}


def test_every_heading_has_a_question_and_something_a_coach_can_help_with():
    assert list(GUIDE) == list(Heading)
    assert [heading for heading in Heading if not needs_guide.needs_under(heading)] == []
    assert sorted(need for heading in Heading for need in needs_guide.needs_under(heading)) == (
        sorted(NEED_HEADINGS)
    )


def test_a_talk_sets_the_needs_of_its_heading_and_leaves_the_others(scene):
    family_id = scene.add_family(needs={Need.ISOLATION: 1, Need.ATTENDANCE: 2, Need.SEND: 1})
    record(scene, family_id, Heading.EDUCATION, {Need.ATTENDANCE: 3, Need.SEND: 0}, " He hides. ")
    assert weights_of(scene, family_id) == {Need.ISOLATION: 1, Need.ATTENDANCE: 3}
    topic = conversation(scene, family_id).topics[0]
    assert (topic.heading, topic.needs) == (Heading.EDUCATION, [(Need.ATTENDANCE, 3)])
    assert (topic.said.words, topic.said.talked_on) == ("He hides.", TODAY)
    assert topic.said.talked_by.id == scene.people["coordinator"]
    assert scene.family(family_id, "version") == (2,)


def test_a_second_talk_takes_the_place_of_the_first(scene):
    family_id = scene.add_family(needs={})
    record(scene, family_id, Heading.MONEY, {Need.BUDGETING: 1}, "Short of money")
    record(scene, family_id, Heading.MONEY, {Need.BUDGETING: 2}, "Very short", who="lead")
    found = conversation(scene, family_id)
    assert (found.talked_about, found.topics[-1].said.words) == (1, "Very short")
    assert weights_of(scene, family_id) == {Need.BUDGETING: 2}


def test_the_next_heading_is_the_first_that_was_not_talked_about(scene):
    family_id = scene.add_family(needs={})
    assert conversation(scene, family_id).following == Heading.EDUCATION
    for heading in Heading:
        record(scene, family_id, heading, {})
    found = conversation(scene, family_id)
    assert (found.following, found.talked_about) == (None, 10)


@pytest.mark.parametrize(("heavy", "expected"), [(3, False), (4, True)])
def test_more_than_three_heaviest_needs_are_pointed_out(scene, heavy, expected):
    needs = dict.fromkeys(list(Need)[:heavy], 3)
    family_id = scene.add_family(needs=needs)
    assert conversation(scene, family_id).too_many_heavy is expected


def test_a_need_of_another_heading_is_an_error(scene):
    family_id = scene.add_family()
    with pytest.raises(ValueError, match="another heading"):
        record(scene, family_id, Heading.MONEY, {Need.ISOLATION: 1})


def test_a_talk_on_a_record_that_changed_is_stale(scene):
    family_id = scene.add_family(version=2)
    with pytest.raises(Stale):
        record(scene, family_id, Heading.MONEY, {}, version=1)


def test_staff_elsewhere_record_no_talk(scene):
    family_id = scene.add_family()
    with pytest.raises(NotFound):
        record(scene, family_id, Heading.MONEY, {}, who="neighbour")


def test_the_audit_names_the_heading_and_no_words(scene):
    family_id = scene.add_family(needs={})
    record(scene, family_id, Heading.CRIME, {Need.CRIME: 1}, "Canary words")
    (event,) = scene.audited("family_topic.record")
    assert (event.detail, event.fields) == ({"heading": "crime"}, ())
