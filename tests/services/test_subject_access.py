"""The copy of what is held of a person: all of it, and nothing that is somebody else's."""

from __future__ import annotations

import json

import pytest

from peerapp.enums import RightKind, RightState, RightStep, Role
from peerapp.errors import Forbidden
from peerapp.services import rights_requests, subject_access
from tests.factories import NOW, TODAY, make_account
from tests.services.rights_scenes import CANARIES, COACH, make_pair
from tests.support.volunteers import URL, audited, refused

SEEN = RightStep.SEEN


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def pair(session, staff, here):
    return make_pair(session, staff, here)


def ask(session, person):
    account = person.account
    return rights_requests.ask_for_own(session, account, RightKind.ACCESS, "", TODAY, URL)


def text_of(sections):
    return subject_access.as_json(sections, "D-TEST", TODAY)


def fetched(session, manager, person, *columns):
    """Return the copy when whoever reads it lets out some columns."""
    request = ask(session, person)
    found = subject_access.to_review(subject_access.collect(session, person))
    included = [one.key for _, one in found if one.key.split(":")[2] in columns]
    rights_requests.release(session, manager, request.id, included, has_read=True, proof=SEEN)
    return rights_requests.fetch(session, manager, request.id, NOW, TODAY).json


def test_a_family_gets_its_own_words_and_not_what_may_tell_of_others(session, pair, manager):
    text = fetched(session, manager, pair[0])
    own = ("name", "phone", "address", "postcode")
    assert [CANARIES[one] in text for one in own] == [True] * 4
    others = ("told", "topic", "note", "message")
    assert [CANARIES[one] in text for one in others] == [False] * 4
    assert [COACH["name"] in text, COACH["phone"] in text] == [False, False]
    assert subject_access.LEFT_OUT in text


def test_what_was_read_and_let_out_is_in_it(session, pair, manager):
    text = fetched(session, manager, pair[0], "words", "must_not_be_told")
    assert [CANARIES[one] in text for one in ("told", "topic", "message", "note")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_volunteer_never_gets_referees_concerns_or_families(session, pair, manager):
    columns = [one.key.split(":")[2] for _, one in subject_access.to_review(
        subject_access.collect(session, pair[1]))]  # fmt: skip
    text = fetched(session, manager, pair[1], *columns)
    assert [COACH[one] in text for one in ("name", "phone", "answer", "interview")] == [True] * 4
    assert [COACH[one] in text for one in ("referee", "concern")] == [False, False]
    assert [CANARIES[one] in text for one in ("name", "phone", "address", "told")] == [False] * 4
    assert "Rita" not in text


def test_the_copy_is_the_same_in_both_forms_and_names_its_request(session, pair, manager):
    found = json.loads(fetched(session, manager, pair[1]))
    titles = [one["title"] for one in found["sections"]]
    assert titles[0] == "Your account"
    assert "Your record as a volunteer" in titles
    assert found["never_included"] == subject_access.never_included()


def test_what_is_in_nobodys_copy_is_the_same_list_for_everybody(session, pair, manager, here):
    copies = [json.loads(fetched(session, manager, one)) for one in pair[:2]]
    assert copies[0]["never_included"] == copies[1]["never_included"]


def test_it_is_read_released_and_fetched_once(session, pair, manager):
    request = ask(session, pair[0])
    given = (session, manager, request.id)
    assert refused(rights_requests.fetch, *given, NOW, TODAY) == ["not_to_fetch"]
    release = rights_requests.release
    assert refused(release, *given, [], has_read=False, proof=SEEN) == ["has_read"]
    for proof in (None, RightStep.NOTED):
        assert refused(release, *given, [], has_read=True, proof=proof) == ["proof"]
    release(*given, ["safe_contact:nobody:words"], has_read=True, proof=SEEN)
    assert (request.state, request.included) == (RightState.RELEASED, [])
    assert [one.step for one in request.events][-2:] == [SEEN, RightStep.REVIEWED]
    rights_requests.fetch(*given, NOW, TODAY)
    assert refused(rights_requests.fetch, *given, NOW, TODAY) == ["not_to_fetch"]
    assert len(audited(session, "rights.copy")) == 1


def test_nobody_but_a_manager_reads_or_releases_it(session, pair, staff, lead):
    request = ask(session, pair[0])
    for actor in (staff, lead, pair[0].account):
        with pytest.raises(Forbidden):
            rights_requests.read_copy(session, actor, request)
        with pytest.raises(Forbidden):
            rights_requests.release(session, actor, request.id, [], has_read=True, proof=SEEN)
