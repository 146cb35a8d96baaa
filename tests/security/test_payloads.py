"""Hostile words in every field of every form: no error, no markup, no way outside.

The forms are found on the pages themselves, so that a new one is walked from its first day.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Response, g, render_template_string

from tests.factories import NOW
from tests.security import form_walk
from tests.security.form_walk import (
    NEVER_SENT,
    Field,
    endpoint_of,
    filled,
    forms,
    open_draft,
    pages,
    post,
)
from tests.security.world_site import open_site

MARK = "<b id=x7191>"
SHORT = f'">{MARK}'
POLYGLOT = (
    f"'\">{MARK}{{{{1234567*7}}}}${{1234567*7}}#{{1234567*7}}<%=1234567*7%> ' OR 1=1 -- "
    '" onfocus=x7191 '
)
CALCULATE, CALCULATED = "{{1234567*7}}", "8641969"
OTHERS = {
    "sql": "'; DROP TABLE family; --",
    "nul": "a\x00b",
    "line": "a\r\nBcc: all@example.org\r\n\r\nx",
    "long": "a" * 120_000,
    "words": "a " * 30_000,
    "backtracking": "a" * 20_000 + "!@" + "0 " * 10_000 + "-" * 5_000,
    "full-width": "＜script＞alert（1）＜／script＞＇＂；－－",
    "direction": "\u202egnp.exe\u2066\ufeff",
    "numbers": "9" * 400,
    "digits": "٣٤٥",
    "path": "../../../../etc/passwd%00",
    "address": "//evil.example/%2e%2e",
    "script": "javascript:alert(1)",
}


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("payloads")) as site:
        site.undo = True

        def undo():
            g.rollback = site.undo

        site.app.before_request_funcs.setdefault(None, []).insert(0, undo)
        yield site


@pytest.fixture(scope="module")
def found(site):
    site.undo = False
    open_draft(site)
    site.undo = True
    return forms(site)


def faults_of(answer) -> list[str]:
    """Return what is wrong with an answer to hostile words."""
    wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    place = urlsplit(answer.headers.get("Location", ""))
    wrong += ["leads outside"] * bool(place.netloc or place.scheme)
    if answer.mimetype == "text/html":
        text = answer.get_data(as_text=True)
        wrong += [one for one in (MARK, CALCULATED, '" onfocus=x7191') if one in text]
    return wrong


def sent(site, found, put, *, is_chosen=lambda endpoint: True):
    """Send every form with what ``put`` puts into its fields; return how many, and the faults."""
    number, wrong = 0, []
    for who, form in found:
        endpoint = endpoint_of(site, form.action)
        if not is_chosen(endpoint):
            continue
        number += 1
        answer = post(site, who, form.action, filled(form, put))
        wrong += [f"{endpoint} as {who}: {one}" for one in faults_of(answer)]
        answer.close()
    return number, wrong


@pytest.mark.walk
@pytest.mark.scorecard("1.2.4", "1.3.7", "3.7.2")
def test_hostile_words_in_every_field_come_back_as_text(site, found):
    number, wrong = sent(site, found, lambda _: POLYGLOT)
    assert wrong == []
    assert number > 150


def test_every_field_of_every_form_class_is_reached(found):
    """But for those of pages that no state of this world opens, which are named here."""
    seen = {name for _, form in found for name in form.fields}
    assert {one for one in form_walk.text_fields() if one not in seen} == UNREACHED


UNREACHED = {
    *("conflict_note", "factor_code", "name_evidence", "other_members", "reasons"),
    *("record", "route_reason", "text_id"),
}


@pytest.mark.long
@pytest.mark.database
@pytest.mark.scorecard("1.2.4", "1.3.7", "1.3.12", "3.7.2")
@pytest.mark.parametrize("kind", OTHERS)
def test_no_form_fails_over_what_is_put_into_it(site, found, kind):
    _, wrong = sent(site, found, lambda _: OTHERS[kind])
    assert wrong == []


@pytest.mark.scorecard("1.3.12")
def test_what_a_database_cannot_hold_fails_no_form(site, found):
    """A NUL in each field, and in each hidden one a word where an id or a number is expected."""
    for who, form in found:
        data = filled(form, lambda _: OTHERS["nul"])
        for one in form.fields.values():
            if one.kind == "hidden":
                data[one.name] = "a\x00b"
        answer = post(site, who, form.action, data)
        answer.close()
        assert answer.status_code < 500, (form.action, who)


def stays(endpoint: str) -> bool:
    """Say whether a form may really be sent without ending the walk."""
    return not endpoint.startswith(NEVER_SENT)


def plausible(one: Field) -> str:
    """Return hostile words where a text is free, and what is right where it has a form."""
    for end, value in (("-day", "20"), ("-month", "11"), ("-year", "2026")):
        if one.name.endswith(end):
            return value
    if one.kind == "email" or "email" in one.name:
        return "x7191@example.org"
    if "phone" in one.name or one.kind == "tel":
        return "07700 900123"
    if one.name == "postcode":
        return "SN15 1AA"
    if one.numeric or one.kind == "number":
        return "1"
    return POLYGLOT if one.kind == "textarea" else SHORT


@pytest.mark.long
@pytest.mark.database
@pytest.mark.scorecard("1.2.4", "1.3.7")
def test_hostile_words_that_were_stored_are_shown_as_text(site, found):
    site.undo = False
    try:
        _, wrong = sent(site, found, plausible, is_chosen=stays)
    finally:
        site.undo = True
    shown = 0
    for case in pages(site):
        answer = form_walk.get(site, case)
        wrong += [f"{case}: {one}" for one in faults_of(answer)]
        shown += "&lt;b id=x7191&gt;" in answer.text if answer.mimetype == "text/html" else 0
        answer.close()
    assert wrong == []
    assert shown > 10


@pytest.mark.scorecard("1.2.4", "1.3.7", "3.7.2", control=True)
def test_a_page_that_trusts_what_it_shows_is_noticed(site):
    trusting = "<p>{{ word | safe }}</p>"
    with site.app.test_request_context():
        made = (render_template_string(trusting, word=POLYGLOT), render_template_string(CALCULATE))
    shown, asked = (Response(page, mimetype="text/html") for page in made)
    away = Response("", 302, {"Location": "//evil.example/"})
    failed = Response("", 500)
    assert faults_of(shown) == [MARK, '" onfocus=x7191']
    assert [faults_of(one) for one in (asked, away, failed)] == [
        [CALCULATED], ["leads outside"], ["status 500"],
    ]  # fmt: skip


AWAY = "evil.example"
OUTSIDE = (
    *(f"{start}{AWAY}" for start in ("//", "https://", "/\\", "\\\\", "///", "http:", " //", "")),
    *(f"{start}{AWAY}" for start in ("/\t/", "/%09/", "/\n/", "\x00//", "/\u2028/")),
    "javascript:alert(1)",
    f"//{AWAY}/..",
)


@pytest.mark.scorecard("3.7.2")
@pytest.mark.parametrize("name", ["next", "back", "from", "url", "redirect"])
def test_no_page_that_is_asked_to_leads_outside(site, name):
    wrong = []
    for path in ("/sign-in", "/staff/", "/family/", "/get-support/", "/volunteer/sign-up"):
        for place in OUTSIDE:
            client = site.app.test_client()
            answer = client.get(path, query_string={name: place})
            where = urlsplit(answer.headers.get("Location", ""))
            links = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
            if where.netloc or any(AWAY in urlsplit(one).netloc for one in links):
                wrong.append((path, place))
    assert wrong == []
