from __future__ import annotations

import re

import pytest

from peerapp.enums import ConsentPurpose
from peerapp.models import Account
from tests.services.family_scenes import make_family_scene

pytestmark = pytest.mark.usefixtures("on_the_day")

AT = "/staff/family-consents/"
NEW_WORDS = "We count what helps families. Nobody can tell that it was you. You can say no."


@pytest.fixture
def scene(database, scheme_id):
    return make_family_scene(database, scheme_id)


@pytest.fixture
def browser(scene, sign_in):
    def opened(who: str):
        with scene.database.reading(scene.scheme_id) as session:
            account = session.get_one(Account, scene.people[who])
        return sign_in(account)

    return opened


def seen_on(page: str) -> str:
    return re.search(r'name="seen"[^>]*value="([^"]+)"', page)[1]


def test_list_shows_each_purpose_with_its_version(scene, browser):
    scene.add_family()
    page = browser("coordinator").get(AT).text
    assert page.count("2026-1") == len(ConsentPurpose)


def test_a_manager_writes_a_new_version_and_earlier_ones_stay(scene, browser):
    scene.add_family(purposes=("take_part", "research"))
    client = browser("manager")
    form = client.get(f"{AT}research/new").text
    assert "for other families" not in form
    given = {"text": NEW_WORDS, "asks_again": "yes", "seen": seen_on(form)}
    assert client.post(f"{AT}research/new", data=given).status_code == 303
    page = client.get(f"{AT}research").text
    assert ("version 2026-2" in page, "Version 2026-1, English" in page) == (True, True)
    assert "1 family" in client.get(AT).text
    again = client.post(f"{AT}research/new", data=given)
    assert (again.status_code, "The words have changed" in again.text) == (422, True)


def test_a_manager_adds_a_language_and_improves_it(scene, browser):
    client = browser("manager")
    form = client.get(f"{AT}research/translate").text
    given = {"language": "ur", "text": "اردو " * 20, "seen": seen_on(form)}
    assert client.post(f"{AT}research/translate", data=given).status_code == 303
    page = client.get(f"{AT}research").text
    assert ('lang="ur" dir="rtl"' in page, "English, version" in page) == (True, True)
    better = client.get(f"{AT}research/translate?language=ur").text
    assert "اردو اردو" in better
    short = client.post(f"{AT}research/translate", data={**given, "text": "short"})
    assert (short.status_code, "Say what the family agrees to" in short.text) == (422, True)
    english = client.post(f"{AT}research/translate", data={**given, "language": "en"})
    assert english.status_code == 422


@pytest.mark.parametrize("who", ["coordinator", "lead"])
def test_others_read_and_do_not_write(scene, browser, who):
    client = browser(who)
    paths = ("", "research", "research/new", "research/translate")
    assert [client.get(AT + path).status_code for path in paths] == [200, 200, 403, 403]
    assert "Write a new version" not in client.get(f"{AT}research").text


def test_a_purpose_that_does_not_exist_is_not_found(scene, browser):
    client = browser("manager")
    paths = ("nothing", "nothing/new", "nothing/translate")
    assert [client.get(AT + path).status_code for path in paths] == [404] * 3
