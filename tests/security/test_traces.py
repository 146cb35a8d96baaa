"""What is typed anywhere, and who it is about, stands in no log, no mail and no audit row.

Every form of the site is sent once with a word in each field that takes a text, by people whose
records hold words of their own; then all that leaves the site, or is kept beside it, is read.
"""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from peerapp.models import AuditEvent, Message
from peerapp.services.person_records import MODELS
from tests.factories import NOW
from tests.security.canary_words import found_in
from tests.security.canary_world import plant
from tests.security.form_walk import NEVER_SENT, Field, endpoint_of, filled, forms, open_draft, post
from tests.security.test_outside_canaries import PURPOSE
from tests.security.world_site import open_site
from tests.services.rights_scenes import residue

TYPED = "Canarytyped"
NOT_SENT = (*NEVER_SENT, "matching_runs.start")
BESIDE = ("audit_event", "message", "throttle", "login_session", "known_browser", "expiry_warning")
OWN_WORDS = {"known", "confirm", "factor", "new_password", "reference"}
"""Mails with words of their own: to volunteers, staff and referees, and never to a family."""


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("traces")
    with open_site(server, migrated, folder, log_level="INFO") as site:
        with site.database.writing(site.world.scheme_id) as session:
            plant(session, site.world)
        open_draft(site)
        yield site


def put(one: Field) -> str:
    """Return what is right where a text has a form, and the word everywhere else."""
    for end, value in (("-day", "20"), ("-month", "11"), ("-year", "2026")):
        if one.name.endswith(end):
            return value
    if one.kind == "email" or "email" in one.name:
        return f"{TYPED.lower()}@example.org"
    if "phone" in one.name or one.kind == "tel":
        return "07700 900944"
    if one.name == "postcode":
        return "SN15 1AA"
    return "1" if one.numeric or one.kind == "number" else TYPED


def send_everything(site) -> int:
    """Send each form of the site; return how many were taken."""
    taken = 0
    for who, form in forms(site):
        if not endpoint_of(site, form.action).startswith(NOT_SENT):
            answer = post(site, who, form.action, filled(form, put))
            taken += answer.status_code in {302, 303}
            answer.close()
    return taken


def strays(text: str) -> list[str]:
    """Return which words of people, or of what was typed, stand in a text."""
    told = text.lower()
    return [*(one for one in (TYPED, "07700 900944") if one.lower() in told), *found_in(text)]


@pytest.mark.long
@pytest.mark.database
@pytest.mark.scorecard("8.2.3", "DA-2")
def test_what_is_typed_and_whom_it_is_about_stands_in_nothing_beside_it(site, capfd):
    assert send_everything(site) > 60
    log = capfd.readouterr().err
    assert log.count('"event": "request"') > 200
    assert strays(log) == []
    with site.database.reading(site.world.scheme_id) as session:
        kept = residue(session, [TYPED])
        beside = stray_columns(session, site)
        mails = [one for one in session.scalars(select(Message)) if one.id not in planted(site)]
        events = session.scalars(select(AuditEvent)).all()
        audit = [f"{one.action} {one.fields} {one.detail}" for one in events]
        told = [(one.template, one.subject, f"{one.subject} {one.body}") for one in mails]
    assert len(kept[TYPED]) > 15  # where it belongs
    assert len(audit) > 100
    assert strays(" ".join(audit)) == []
    assert len(told) > 10
    assert [(name, strays(text)) for name, _, text in told if strays(text)] == []
    neutral = [subject for name, subject, _ in told if name not in OWN_WORDS]
    assert set(neutral) == {"You have a message"}
    assert [one for name, one, _ in told if name not in OWN_WORDS and PURPOSE.search(one)] == []
    assert beside <= {"message.to_address"}


def planted(site) -> set:
    """Return the ids of the rows in which words were planted themselves."""
    return site.world.places["here"].rows | site.world.places["there"].rows


def stray_columns(session, site) -> set[str]:
    """Return in which columns, of what is kept beside the records, something strays."""
    return {
        f"{name}.{column.key}"
        for name in BESIDE
        for row in session.scalars(select(MODELS[name]))
        if row.id not in planted(site)
        for column in MODELS[name].__table__.columns
        if strays(str(getattr(row, column.key)))
    }


@pytest.mark.scorecard("8.2.3", "DA-2", control=True)
def test_a_word_that_strays_is_noticed(site):
    assert strays('{"event": "request", "who": "canaryTYPED"}') == [TYPED]
    with site.database.writing(site.world.scheme_id) as session:
        told = {"to_address": "a@example.org", "subject": "For Qz7x00042", "body": ""}
        session.add(Message(account_id=site.world.people["coach"], template="notice", **told))
        session.flush()
        found = stray_columns(session, site)
        session.rollback()
    assert "message.subject" in found
