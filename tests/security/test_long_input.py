"""Numbers and texts of any length in addresses and forms break no page."""

from __future__ import annotations

import pytest

from peerapp.enums import Role
from peerapp.models import Account
from tests.factories import make_account

HUGE = "9" * 5000


@pytest.fixture
def browsers(scene, sign_in):
    with scene.writing() as session:
        auditor = make_account(session, Role.AUDITOR)
        coordinator = session.get_one(Account, scene.coordinator_id)
    return {"auditor": sign_in(auditor), "coordinator": sign_in(coordinator)}


@pytest.mark.parametrize(
    ("side", "path"),
    [
        ("coordinator", "/staff/families/"),
        ("coordinator", "/staff/volunteers/"),
        ("coordinator", "/staff/matches/"),
        ("auditor", "/staff/audit/"),
    ],
)
@pytest.mark.parametrize("page", ["9" * 18, HUGE])
def test_page_far_behind_the_end_is_empty(browsers, side, path, page):
    assert browsers[side].get(path, query_string={"page": page}).status_code == 200


def test_version_of_any_length_is_not_the_one_that_was_seen(scene, browsers):
    match_id = scene.add_match(scene.add_family(), scene.add_coach())
    form = {
        "family_version": HUGE,
        "coach_version": HUGE,
        "coach_agreed_how": "phone",
        "family_agreed_how": "phone",
    }
    answer = browsers["coordinator"].post(f"/staff/matches/{match_id}/approve", data=form)
    assert answer.status_code == 409


def test_search_of_any_length_is_answered_with_what_is_wrong(scene, browsers):
    scene.add_family()  # a database looks at the pattern only where there is a row
    answer = browsers["coordinator"].post("/staff/families/", data={"search": "a" * 100_000})
    assert (answer.status_code, "80 characters or fewer" in answer.text) == (200, True)
