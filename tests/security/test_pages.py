"""Every page as everybody who may open it: headers, nothing changed, and no canary astray.

A word in each sealed column of each row, and in the names. The table says who reads it on any page
or file of the site; a word that vanished from where it belongs is noticed as one that turned up
elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from peerapp.models import TwoPersonRequest
from peerapp.request_bodies import several_on
from tests.factories import NOW
from tests.security.canary_table import NOBODY, READ_BY, may_read
from tests.security.canary_words import found_in
from tests.security.canary_world import CLEAR, Planted, plant
from tests.security.matrix import NOBODY_SIGNED_IN, Case, cases
from tests.security.matrix_people import FAMILIES
from tests.security.matrix_table import RULES
from tests.security.test_outside_canaries import PURPOSE
from tests.security.test_vetting_objects import contents
from tests.security.world_site import open_site
from tests.support.canary_rows import sealed_columns
from tests.support.exports import fetch_as_two
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
    titles: dict[str, set[str]] = field(default_factory=dict)
    canaries: dict[Planted, dict[str, set[str]]] = field(default_factory=dict)


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("pages")) as site:
        yield site


@pytest.fixture(scope="module")
def canaries(site):
    with site.database.writing(site.world.scheme_id) as session:
        return plant(session, site.world)


@pytest.fixture(scope="module")
def crawl(site, canaries):
    """Every page that is not a link's own, as everybody who may open it; then every file."""
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
        note(seen, case, answer, canaries)
        seen.refused += [f"{case}: {name}" for name in refused_fields(site.app, case, answer)]
        answer.close()
    after = contents(site.database)
    for case, answer in files(site):
        note_canaries(seen, case, answer, canaries)
    return seen, before, after


def note(seen: Seen, case, answer, canaries) -> None:
    if case.route == "static":
        return
    wrong = {name for name, value in EXPECTED_HEADERS.items() if answer.headers.get(name) != value}
    if wrong:
        seen.bare.append(f"{case}: {sorted(wrong)}")
    policy = answer.headers.get("Content-Security-Policy", "unsafe")
    seen.bare += [f"{case}: policy"] * ("unsafe" in policy)
    if not answer.mimetype.startswith(("text/", "application/json")):
        return
    if case.identity in FAMILIES and NOBODY_SIGNED_IN not in RULES[case.route].who:
        for title in re.findall(r"<title>([^<]*)", answer.text):
            seen.titles.setdefault(title, set()).add(case.route)
    links = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
    seen.links += [f"{case}: {link}" for link in links if is_telling(link)]
    note_canaries(seen, case, answer, canaries)


def note_canaries(seen: Seen, case, answer, canaries) -> None:
    for one in canaries.found_in(answer.text):
        seen.canaries.setdefault(one, {}).setdefault(case.identity, set()).add(case.route)


def files(site):
    """Yield what answers a form with a file or a text, as everybody who may ask for it."""
    with site.database.writing(site.world.scheme_id) as session:
        for asked in session.scalars(select(TwoPersonRequest)):
            session.delete(asked)  # one that waits for an answer is not asked for again
    ids = site.world.places["here"].ids
    for route, address, second in FILES:
        path = address.format(**ids)
        for who in (one for one in RULES[route].who if one in site.cookies):
            if RULES[route].outcome(who, "here", "POST") != "allowed":
                continue
            asker = signed_in(site, who)
            agrees = signed_in(site, "manager" if who == second else second)
            asking = {"data": {"reason": "review"}}
            answer = fetch_as_two(asker, agrees, path) if second else asker.post(path, **asking)
            assert (answer.status_code, who, path) == (200, who, path)
            yield Case(route, "POST", path, who, "here"), answer


FILES = (
    ("families.export", "/staff/families/export", "lead"),
    ("certificates.export", "/staff/certificates/export", "lead"),
    ("funnel.export", "/staff/funnel/export", None),
    ("outcomes.export", "/staff/outcomes/export", None),
    ("audit.export", "/staff/audit/export", None),
    ("risk_assessments.show", "/staff/risk-assessments/{assessment_id}", None),
)
"""Of each the route, its address, and who agrees to it where that takes two."""


def signed_in(site, who):
    client = site.app.test_client()
    if who:
        client.set_cookie("session", site.cookies[who].partition("=")[2])
    return client


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
    return link.startswith("/") and any(found_in(unquote_plus(link)))


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
    assert is_telling("/staff/families/?search=Qz7x00012")
    assert is_telling("/x?tel=07700%20900911")
    assert not is_telling("/staff/families/?search=Novak")


@pytest.mark.scorecard("DA-2")
def test_what_a_familys_browser_remembers_of_a_page_does_not_say_what_it_is_about(crawl):
    """A title stays in the history of a device that is shared."""
    seen, _, _ = crawl
    assert {title: where for title, where in seen.titles.items() if is_open(title)} == {}
    assert len(seen.titles) > 20


@pytest.mark.scorecard("DA-2", control=True)
def test_title_that_names_the_scheme_is_noticed():
    assert is_open("Where things stand – Wiltshire Family Coaching")
    assert is_open("Your coach")


def is_open(title: str) -> bool:
    return PURPOSE.search(title) is not None


@pytest.mark.scorecard("8.2.3")
def test_each_sealed_column_of_each_person_has_a_canary(canaries):
    columns = {name for name, _ in sealed_columns()}
    named = {name.partition(" of ")[0] for name in READ_BY}
    assert {one.column for one in canaries.planted.values()} == columns | set(CLEAR)
    assert named | NOBODY == columns | set(CLEAR)
    assert named & NOBODY == set()
    assert {one.name for one in canaries.planted.values() if one.place == "here"} >= set(READ_BY)


@pytest.mark.scorecard("8.2.3")
def test_each_sensitive_field_is_read_by_whom_it_is_for_and_nobody_else(crawl, canaries):
    seen, _, _ = crawl
    assert read_by(seen, canaries) == READ_BY, report(seen)


@pytest.mark.scorecard("8.2.3")
def test_nobody_reads_of_others_what_they_may_not_read_of_these(crawl):
    """The other families and coaches of the place, and everybody of the other one."""
    seen, _, _ = crawl
    assert astray(seen) == []
    assert len({one for one in seen.canaries if one.place == "there"}) > 50


def read_by(seen: Seen, canaries) -> dict[str, set[str]]:
    """Return who has read which field of the people that the table names."""
    found: dict[str, set[str]] = {}
    for one in canaries.planted.values():
        if one.place == "here" and one.name in READ_BY:
            found.setdefault(one.name, set()).update(seen.canaries.get(one, {}))
    return found


def astray(seen: Seen) -> list[str]:
    return sorted(
        f"{one.name} {one.place}: {who} {sorted(routes)}"
        for one, found in seen.canaries.items()
        for who, routes in found.items()
        if who not in may_read(one)
    )


def report(seen: Seen) -> str:
    """Return who read what where."""
    return "\n".join(
        f"{one.name} | {who} | {' '.join(sorted(routes))}"
        for one, found in sorted(seen.canaries.items(), key=lambda pair: str(pair[0]))
        for who, routes in sorted(found.items())
    )


@pytest.mark.scorecard("8.2.3", control=True)
@pytest.mark.parametrize("place", ["here", "there"])
def test_field_on_a_page_of_whom_it_is_not_for_is_noticed(site, canaries, monkeypatch, place):
    """The control: a page that says one thing too much."""
    words = {(one.name, one.place): word for word, one in canaries.planted.items()}
    word = words["family.address of family", place]
    monkeypatch.setitem(site.app.view_functions, "public.privacy", lambda: f"<p>{word.upper()}</p>")
    case, seen = Case("public.privacy", "GET", "/privacy", "coach", "here"), Seen()
    note(seen, case, signed_in(site, "coach").get(case.path), canaries)
    told = f"family.address of family {place}: coach ['public.privacy']"
    assert astray(seen) == [told]
    read = {"coach"} if place == "here" else set()
    assert read_by(seen, canaries)["family.address of family"] == read
    assert read_by(seen, canaries) != READ_BY


@pytest.mark.scorecard("3.4")
@pytest.mark.parametrize(
    "path", ["/nothing-here", "/staff/", "/%00", "/sign-in?next=//evil.example"]
)
def test_every_error_carries_the_headers(site, path):
    headers = site.app.test_client().get(path).headers
    assert {name: headers.get(name) for name in EXPECTED_HEADERS} == EXPECTED_HEADERS
