"""Forms in hostile hands: fields too many, keys twice, scripts, templates and SQL in answers."""

from __future__ import annotations

import pytest
import time_machine
from flask import request

from peerapp import request_bodies
from peerapp.enums import Role
from peerapp.models import Account, Volunteer
from peerapp.services import gates
from tests.factories import NOW
from tests.security.world_site import open_site

SCRIPT = "<script>alert(1)</script>"
TEMPLATE = "{{7*191}}"
SQL = "' OR 1=1 --"
BORN = {"date_of_birth-day": "9", "date_of_birth-month": "7", "date_of_birth-year": "1971"}
TOO_MANY = {
    "role": "manager",
    "state": "active",
    "version": "900",
    "id": "00000000-0000-0000-0000-000000000007",
    "account_id": "00000000-0000-0000-0000-000000000007",
    "capacity": "99",
    "is_admin": "1",
    "confirmed_at": "2026-01-01",
}


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("forms")) as site:
        yield site


@pytest.fixture
def post(site):
    """Send the form of a volunteer's identity as their coordinator; return the answer."""
    client = site.app.test_client(use_cookies=False)
    headers = {"Cookie": site.cookies["coordinator"]}
    path = f"/staff/volunteers/{site.world.places['here'].ids['volunteer_id']}"

    def send(data):
        return client.post(f"{path}/identity", data=data, headers=headers)

    send.page = lambda rest="": client.get(path + rest, headers=headers)
    send.search = lambda text: client.post(
        "/staff/volunteers/search", data={"search": text}, headers=headers, follow_redirects=True
    )
    return send


def stored(site):
    with site.database.reading(site.world.scheme_id) as session:
        row = session.get_one(Volunteer, site.world.places["here"].ids["volunteer_id"])
        account = session.get_one(Account, row.account_id)
        kept = (row.scheme_id, row.account_id, row.state, row.capacity, row.locality_id)
        return row.name, (*kept, account.role, account.confirmed_at), row.version


def put_back(site, kept):
    with site.database.writing(site.world.scheme_id) as session:
        row = session.get_one(Volunteer, site.world.places["here"].ids["volunteer_id"])
        row.capacity = kept[3]
        session.get_one(Account, row.account_id).role = kept[5]


@pytest.mark.scorecard("15.3.3")
def test_fields_that_the_form_does_not_have_are_ignored(site, post):
    _, kept, version = stored(site)
    there = site.world.places["there"].ids["locality_id"]
    extra = {**TOO_MANY, "locality_id": str(there), "scheme_id": str(there)}
    given = {"first_name": "Ama", "last_name": "Extra", **BORN, **extra}
    assert post(given).status_code == 302
    name, after, changed = stored(site)
    assert (after, changed) == (kept, version + 1)
    assert name == "Ama Extra"  # the form itself was taken


@pytest.mark.scorecard("15.3.3", control=True)
def test_form_that_sets_what_it_is_sent_would_be_noticed(site, post, monkeypatch):
    """The control: a service that takes every field of the request that the row has."""
    sound = gates.change_identity

    def takes_all(session, actor, volunteer_id, *given):
        volunteer = session.get_one(Volunteer, volunteer_id)
        for name in request.form.keys() & {"capacity"}:
            setattr(volunteer, name, int(request.form[name]))
        volunteer.account.role = Role(request.form["role"])
        return sound(session, actor, volunteer_id, *given)

    _, kept, _ = stored(site)
    monkeypatch.setattr(gates, "change_identity", takes_all)
    given = {"first_name": "Ama", "last_name": "Control", **BORN, **TOO_MANY}
    assert post(given).status_code == 302
    name, after, _ = stored(site)
    assert name == "Ama Control"
    assert [one for one in after if one not in kept] == [99, Role.MANAGER]
    put_back(site, kept)


TWICE = [
    {"first_name": ["Ama", "Eve"], "last_name": "Second", **BORN},
    {"first_name": "Ama", "last_name": ["Second", "Second"], **BORN},
    {"first_name": "Ama", "last_name": "Second", **BORN, "date_of_birth-year": ["1971", "2001"]},
    {"first_name": "Ama", "last_name": "Second", **BORN, "role": ["volunteer", "manager"]},
]


@pytest.mark.scorecard("15.3.7")
@pytest.mark.parametrize("given", TWICE)
def test_key_given_twice_is_refused(site, post, given):
    before = stored(site)
    assert post(given).status_code == 400
    assert stored(site) == before


@pytest.mark.scorecard("15.3.7", control=True)
def test_key_given_twice_would_be_taken_if_nobody_looked(site, post, monkeypatch):
    monkeypatch.setattr(request_bodies, "given_twice", lambda _: set())
    assert [post(given).status_code for given in TWICE] == [302] * len(TWICE)
    assert stored(site)[0] == "Ama Second"


@pytest.mark.scorecard("1.3.7", "1.2.4")
@pytest.mark.parametrize("payload", [SCRIPT, TEMPLATE, SQL, "%s%n${7*191}<%= 7*191 %>"])
def test_payload_stays_text_wherever_it_is_shown(site, post, payload):
    assert post({"first_name": "Ama", "last_name": payload, **BORN}).status_code == 302
    assert stored(site)[0] == f"Ama {payload}"
    for rest in ("", "/identity", "/timeline", "/references/", "/panel/"):
        page = post.page(rest)
        assert page.status_code == 200
        assert [word for word in (SCRIPT, "1337") if word in page.text] == []


@pytest.mark.scorecard("1.2.4", control=True)
def test_payload_that_is_not_escaped_would_be_noticed(site):
    """The control: the same words through a template that trusts them."""
    with site.app.app_context():
        made = site.app.jinja_env.from_string("{{ word | safe }}").render(word=SCRIPT)
        read = site.app.jinja_env.from_string(TEMPLATE).render()
    assert (made, read) == (SCRIPT, "1337")


@pytest.mark.scorecard("1.2.4")
def test_search_for_sql_finds_nobody(site, post):
    assert post({"first_name": "Ama", "last_name": "Findable", **BORN}).status_code == 302
    assert "Findable" in post.search("Findable").text
    assert "Findable" not in post.search(SQL).text
