from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from peerapp.db import Database
from peerapp.models import Account
from tests.services.family_scenes import FamilyScene, make_family_scene

AT = "/staff/localities/"


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


@pytest.fixture
def browser(
    scene: FamilyScene, sign_in: Callable[[Account], FlaskClient]
) -> Callable[..., FlaskClient]:
    def of(who: str = "manager") -> FlaskClient:
        with scene.database.reading(scene.scheme_id) as session:
            account = session.get_one(Account, scene.people[who])
        return sign_in(account)

    return of


def test_manager_makes_a_locality(browser) -> None:
    client = browser()
    made = client.post(f"{AT}new", data={"name": "North", "sectors": "SN15 3\nsn15 4"})
    page = client.get(made.location).text
    assert made.status_code == 303
    assert [text in page for text in ("North", "SN15 3", "SN15 4")] == [True] * 3
    assert "The locality is saved. 0 families and 0 volunteers changed locality." in page


def test_edit_shows_each_line_that_is_wrong_and_changes_nothing(
    scene: FamilyScene, browser
) -> None:
    client = browser()
    at = f"{AT}{scene.localities['here']}"
    data = {"name": "Chippenham", "sectors": "SN15 1\nzz\nSN11 0"}
    answer = client.post(f"{at}/edit", data=data)
    assert answer.status_code == 422
    assert [text in answer.text for text in ("2 lines to correct", "Line 2:", "Line 3:")] == [
        True,
        True,
        True,
    ]
    assert "SN15 2" in client.get(at).text


def test_edit_moves_sectors_when_told_to_and_says_who_moved(scene: FamilyScene, browser) -> None:
    family_id = scene.add_family("there")
    client = browser()
    data = {"name": "Chippenham", "sectors": "SN15 1\nSN11 0", "move": "y"}
    client.post(f"{AT}{scene.localities['here']}/edit", data=data)
    assert scene.family(family_id, "locality_id") == (scene.localities["here"],)
    assert "1 family and 0 volunteers changed locality." in client.get(AT).text


def test_edit_refuses_a_name_that_is_taken(scene: FamilyScene, browser) -> None:
    data = {"name": "Calne", "sectors": "SN15 1"}
    answer = browser().post(f"{AT}{scene.localities['here']}/edit", data=data)
    assert (answer.status_code, "Another locality has this name" in answer.text) == (422, True)


@pytest.mark.parametrize("who", ["coordinator", "lead"])
def test_others_on_casework_read_only(scene: FamilyScene, browser, who: str) -> None:
    client = browser(who)
    at = f"{AT}{scene.localities['here']}"
    assert (client.get(AT).status_code, client.get(at).status_code) == (200, 200)
    assert "Add a locality" not in client.get(AT).text
    for path in (f"{AT}new", f"{at}/edit"):
        assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)


def test_a_locality_that_does_not_exist_is_not_found(browser) -> None:
    for path in (f"{AT}{uuid.UUID(int=7)}", f"{AT}{uuid.UUID(int=7)}/edit"):
        assert browser().get(path).status_code == 404
