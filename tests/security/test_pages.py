"""Every page as everybody who may open it: headers, nothing changed, and no canary astray.

One word for each sensitive field of the people of a match. The table says who reads it on any page
of the site; a word that vanished from where it belongs is noticed as one that turned up elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from peerapp.models import (
    CoachingSession,
    Concern,
    FamilyChild,
    Goal,
    InsideMessage,
    Match,
    PlanOverride,
    Referral,
)
from peerapp.request_bodies import several_on
from tests.factories import NOW
from tests.security.matrix import cases
from tests.security.matrix_table import RULES
from tests.security.test_vetting_objects import contents
from tests.security.world_site import open_site
from tests.support.form_fields import sent_twice

pytestmark = pytest.mark.walk

EXPECTED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Seen:
    """What the crawl has met."""

    pages: int = 0
    bare: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    canaries: dict[str, dict[str, set[str]]] = field(default_factory=dict)


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("pages")) as site:
        with site.database.writing(site.world.scheme_id) as session:
            plant(session, site.world.places["here"].ids)
        yield site


def plant(session, ids) -> None:
    """Put a word of its own into each sensitive field around one match."""
    match = session.get_one(Match, ids["match_id"])
    family, coach = match.family, match.volunteer
    for row, name, word in (
        (family, "last_name", "Canaryfamily"),
        (family, "address", "1 Canaryaddress Close"),
        (family, "phone", "07700 900911"),
        (family, "email", "canary.family@example.org"),
        (family.safe_contact, "alias", "Canaryalias"),
        (family.safe_contact, "must_not_be_told", "Canaryfoe"),
        (coach, "last_name", "Canarycoach"),
        (coach, "phone", "07700 900922"),
        (coach, "scheme_phone", "01632 960933"),
        (one_of(session, Goal, family_id=family.id), "words", "Canarygoal"),
        (one_of(session, Concern, match_id=match.id), "words", "Canaryconcern"),
        (one_of(session, InsideMessage, match_id=match.id), "words", "Canarymessage"),
        (one_of(session, PlanOverride, family_id=family.id), "reason", "Canaryplan"),
    ):
        setattr(row, name, word)
    family.children_named = [FamilyChild(name="Canarychild", born_from=2018, born_to=2019)]
    session.get_one(CoachingSession, ids["held_id"]).notes[0].text = "Canarynote"
    referral = session.get_one(Referral, ids["referral_id"])
    referral.answers = {**referral.answers, "story": "Canarystory", "address": "Canaryhouse"}


def one_of(session, model, **given):
    return session.scalars(select(model).filter_by(**given)).one()


CANARIES = {
    "name of the family": "Canaryfamily",
    "address": "Canaryaddress",
    "phone of the family": "07700 900911",
    "email of the family": "canary.family@example.org",
    "alias": "Canaryalias",
    "who must not be told": "Canaryfoe",
    "name of the coach": "Canarycoach",
    "own phone of the coach": "07700 900922",
    "shared phone of the coach": "01632 960933",
    "goal": "Canarygoal",
    "concern": "Canaryconcern",
    "message": "Canarymessage",
    "plan": "Canaryplan",
    "note of a session": "Canarynote",
    "child": "Canarychild",
    "story told by a referrer": "Canarystory",
}


@pytest.fixture(scope="module")
def crawl(site):
    """Every page that is not a link's own, as everybody who may open it."""
    before, seen = contents(site.database), Seen()
    client = site.app.test_client(use_cookies=False)
    for case in cases(site.app, site.world):
        rule = RULES.get(case.route)
        if rule is None or case.method != "GET" or case.place == "foreign":
            continue
        if rule.outcome(case.identity, case.place) != "allowed" or "<secret>" in case.path:
            continue
        headers = {"Cookie": site.cookies[case.identity]} if case.identity in site.cookies else {}
        answer = client.get(case.path, headers=headers)
        seen.pages += 1
        note(seen, case, answer)
        seen.refused += [f"{case}: {name}" for name in refused_fields(site.app, case, answer)]
        answer.close()
    return seen, before, contents(site.database)


def note(seen: Seen, case, answer) -> None:
    if case.route == "static":
        return
    wrong = {name for name, value in EXPECTED_HEADERS.items() if answer.headers.get(name) != value}
    if wrong:
        seen.bare.append(f"{case}: {sorted(wrong)}")
    policy = answer.headers.get("Content-Security-Policy", "unsafe")
    seen.bare += [f"{case}: policy"] * ("unsafe" in policy)
    if not answer.mimetype.startswith("text/"):
        return
    links = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
    seen.links += [f"{case}: {link}" for link in links if is_telling(link)]
    for name, word in CANARIES.items():
        if word in answer.text:
            seen.canaries.setdefault(name, {}).setdefault(case.identity, set()).add(case.route)


def refused_fields(app, case, answer) -> set[str]:
    """Return what a form of the page would send twice to an address that takes it once."""
    if answer.mimetype != "text/html":
        return set()
    found = set()
    urls = app.url_map.bind("localhost")
    for action, names in sent_twice(answer.text):
        path = urlsplit(action or case.path).path
        endpoints = {urls.match(path, method=method)[0] for method in allowed_at(urls, path)}
        found |= {name for name in names if any(name not in several_on(one) for one in endpoints)}
    return found


def allowed_at(urls, path) -> set[str]:
    return set(urls.allowed_methods(path)) & {"GET", "POST"}


def is_telling(link: str) -> bool:
    """Say whether an address of this site holds something personal."""
    return link.startswith("/") and any(
        word.replace(" ", "%20") in link for word in CANARIES.values()
    )


@pytest.mark.scorecard("3.4", "14.3.2")
def test_every_page_carries_the_headers_and_is_not_stored(crawl):
    seen, _, _ = crawl
    assert seen.bare == []
    assert seen.pages > 600


@pytest.mark.scorecard("15.3.7")
def test_no_form_sends_a_field_twice_that_is_taken_once(crawl):
    seen, _, _ = crawl
    assert seen.refused == []


@pytest.mark.scorecard("15.3.7", control=True)
def test_form_that_sends_a_field_twice_is_noticed():
    form = '<form><input name="a"><input name="b" type="radio"><input name="b" type="radio">'
    assert sent_twice(form) == [("", frozenset())]
    assert sent_twice(form + '<input name="a" type="hidden">') == [("", frozenset({"a"}))]


@pytest.mark.scorecard("3.5")
def test_looking_at_every_page_changes_nothing(crawl):
    _, before, after = crawl
    assert after == before


@pytest.mark.scorecard("14.2.1")
def test_no_address_on_any_page_holds_personal_data(crawl):
    seen, _, _ = crawl
    assert seen.links == []


@pytest.mark.scorecard("14.2.1", control=True)
def test_address_that_holds_personal_data_is_noticed():
    assert is_telling("/staff/families/?search=Canaryfamily")
    assert is_telling("/x?tel=07700%20900911")


@pytest.mark.scorecard("8.2.3")
def test_each_sensitive_field_is_read_by_whom_it_is_for_and_nobody_else(crawl):
    seen, _, _ = crawl
    assert {name: set(who) for name, who in seen.canaries.items()} == READ_BY, report(seen)


def report(seen: Seen) -> str:
    """Return who read what where."""
    return "\\n".join(
        f"{name} | {who} | {' '.join(sorted(routes))}"
        for name, found in sorted(seen.canaries.items())
        for who, routes in sorted(found.items())
    )


@pytest.mark.scorecard("8.2.3", control=True)
def test_canary_on_a_strangers_page_is_noticed(crawl):
    seen, _, _ = crawl
    astray = {name: {*who, "stranger"} for name, who in seen.canaries.items()}
    assert astray != READ_BY


@pytest.mark.scorecard("3.4")
@pytest.mark.parametrize(
    "path", ["/nothing-here", "/staff/", "/%00", "/sign-in?next=//evil.example"]
)
def test_every_error_carries_the_headers(site, path):
    headers = site.app.test_client().get(path).headers
    assert {name: headers.get(name) for name in EXPECTED_HEADERS} == EXPECTED_HEADERS


STAFF_OF_IT = {"coordinator", "cover", "lead", "manager"}
READ_BY: dict[str, set[str]] = {
    "name of the family": STAFF_OF_IT,
    "address": STAFF_OF_IT,
    "phone of the family": {*STAFF_OF_IT, "coach", "backup"},
    "email of the family": {*STAFF_OF_IT, "coach", "backup"},
    "alias": {*STAFF_OF_IT, "coach", "backup", "family"},
    "who must not be told": STAFF_OF_IT,
    "name of the coach": {*STAFF_OF_IT, "coach"},
    "own phone of the coach": {"coach"},
    "shared phone of the coach": {"family"},
    "goal": {*STAFF_OF_IT, "coach", "family"},
    "concern": {"lead"},
    "message": {"coach", "family", "manager"},
    "plan": STAFF_OF_IT,
    "note of a session": {"coordinator", "manager"},
    "child": {"manager"},
    "story told by a referrer": {"coordinator", "lead"},
}
"""Managers read messages, notes and children only in the copy of a record that they review before
it is given to whom it is about.
"""
