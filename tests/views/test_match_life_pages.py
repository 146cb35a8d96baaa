"""First visits, endings, backups and the ledger by real requests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import (
    NEEDED_PURPOSES,
    CertificateStatus,
    ConsentPurpose,
    EndReason,
    FamilyState,
    MatchState,
    PauseReason,
    Role,
    VisitState,
    VolunteerState,
)
from peerapp.models import EndSurvey, FirstVisit, LoginSession, Match, MatchCover, MatchEnding
from peerapp.services import breaks, match_life
from tests import factories
from tests.factories import NOW, TODAY
from tests.scenes import BASE_URL, Scene, scene_in

M = MatchState
SAID = {"coach_agreed_how": "phone", "family_agreed_how": "phone"}


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    return scene_in(database, scheme_id)


def make_match(scene: Scene, state: MatchState, **values: Any) -> uuid.UUID:
    family_id = scene.add_family(account=True)
    return scene.add_match(family_id, scene.add_coach(), state=state, **values)


def browsers(scene: Scene, sign_in: Any, match_id: uuid.UUID) -> dict[str, Any]:
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        accounts = {
            "staff": scene.coordinator(session),
            "coach": match.volunteer.account,
            "family": match.family.account,
        }
    return {name: sign_in(account) for name, account in accounts.items()}


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


def test_a_first_visit_is_planned_shown_to_both_and_moved(scene, sign_in):
    match_id = make_match(scene, M.APPROVED)
    people = browsers(scene, sign_in, match_id)
    place = f"/staff/matches/{match_id}/visit"
    assert place in people["staff"].get(f"/staff/matches/{match_id}").text
    form = {**day("on", TODAY + timedelta(days=3)), "at": "half ten"}
    form["staff"] = str(scene.coordinator_id)
    answer = people["staff"].post(place, data=form)
    assert answer.status_code == 422
    assert "Enter a time, for example 9:30am or 14:00" in answer.text
    answer = people["staff"].post(place, data={**form, "at": "10:30am"})
    assert answer.status_code == 302
    for who, page in (("family", "/family/"), ("coach", f"/volunteer/matches/{match_id}")):
        text = people[who].get(page).text
        assert "23 November 2026 at 10:30am" in text
    past = {**form, "at": "9am", **day("on", TODAY - timedelta(days=1))}
    answer = people["staff"].post(place, data=past)
    assert "The visit must be in the next three months." in answer.text
    moved = {**form, "at": "4pm", "note": "The family is away"}
    assert people["staff"].post(place, data=moved).status_code == 302
    page = people["staff"].get(f"/staff/matches/{match_id}").text
    assert ("The family is away" in page, "23 November 2026 at 4pm" in page) == (True, True)
    with scene.reading() as session:
        states = session.scalars(select(FirstVisit.state).order_by(FirstVisit.created_at)).all()
        assert states == [VisitState.MOVED, VisitState.PLANNED]


def test_an_ending_is_planned_shown_to_both_and_called_off(scene, sign_in):
    match_id = make_match(scene, M.ACTIVE, first_visit_on=date(2026, 10, 1))
    people = browsers(scene, sign_in, match_id)
    place = f"/staff/matches/{match_id}/ending"
    page = people["staff"].get(place).text
    assert ('value="18"' in page, 'value="12"' in page) == (True, True)
    given = {"reason": "goals_reached", "family_next": "closed"}
    early = {**given, **day("last_session_on", TODAY + timedelta(days=7))}
    answer = people["staff"].post(place, data=early)
    assert answer.status_code == 422
    assert "Notice is usually 28 days. Say why it is shorter." in answer.text
    form = {**given, **day("last_session_on", TODAY + timedelta(days=28))}
    assert people["staff"].post(place, data=form).status_code == 302
    for who, page in (
        ("staff", f"/staff/matches/{match_id}"),
        ("family", "/family/"),
        ("coach", f"/volunteer/matches/{match_id}"),
    ):
        assert "18 December 2026" in people[who].get(page).text, who
    assert people["staff"].post(f"{place}/call-off").status_code == 302
    assert "18 December 2026" not in people["family"].get("/family/").text
    with scene.reading() as session:
        assert session.scalars(select(MatchEnding.closed_on)).all() == [TODAY]


def test_after_the_end_both_are_asked_and_the_coach_prints_thanks(scene, sign_in):
    purposes = (*NEEDED_PURPOSES, ConsentPurpose.FEEDBACK)
    family_id = scene.add_family(account=True, purposes=purposes)
    given = {"state": M.ACTIVE, "first_visit_on": date(2026, 6, 1)}
    match_id = scene.add_match(family_id, scene.add_coach(), **given)
    people = browsers(scene, sign_in, match_id)
    with scene.writing() as session:
        match_life.end(
            session,
            scene.coordinator(session),
            match_id,
            reason=EndReason.GOALS_REACHED,
            family_next=FamilyState.CLOSED,
            today=TODAY,
            base_url=BASE_URL,
        )
    thanks = f"/volunteer/matches/{match_id}/thanks"
    listed = people["coach"].get("/volunteer/matches/").text
    assert thanks in listed
    page = people["coach"].get(thanks).text
    assert "1 June 2026 to 20 November 2026" in page
    with scene.reading() as session:
        family = session.get_one(Match, match_id).family
        assert (family.last_name in page, family.first_name in page) == (False, False)
    for who, area in (("coach", "volunteer"), ("family", "family")):
        place = f"/{area}/matches/{match_id}/how-it-was"
        home = "/family/" if who == "family" else "/volunteer/matches/"
        assert place in people[who].get(home).text
        assert people[who].post(place, data={}).status_code == 422
        data = {"helped": "4", "ended_well": "yes", "would_again": "no", "words": "Canary words"}
        assert people[who].post(place, data=data).status_code == 302
        assert place not in people[who].get(home).text
        assert people[who].post(place, data=data).status_code == 422
    with scene.reading() as session:
        assert session.scalars(select(EndSurvey.helped)).all() == [4, 4]
    assert people["staff"].get(f"/staff/matches/{match_id}").text.count("Canary words") == 2
    with scene.writing() as session:
        manager = factories.make_account(session, Role.MANAGER)
    page = sign_in(manager).get(f"/staff/matches/{match_id}").text
    assert ("4 of 5" in page, "Canary words" in page) == (True, False)


def test_a_backup_is_named_steps_in_and_is_seen_on_the_day(scene, sign_in):
    match_id = make_match(scene, M.ACTIVE)
    people = browsers(scene, sign_in, match_id)
    place = f"/staff/matches/{match_id}/backup"
    assert "No other coach could step in" in people["staff"].get(place).text
    backup_id = scene.add_coach(first_name="Bea", scheme_phone="01632 960199")
    data = {**SAID, "volunteer": str(backup_id)}
    assert people["staff"].post(place, data=SAID).status_code == 422
    assert people["staff"].post(place, data=data).status_code == 302
    assert "01632 960199" not in people["family"].get("/family/coach").text
    days = {**day("starts_on", TODAY), **day("ends_on", TODAY + timedelta(days=6))}
    step_in = f"/staff/matches/{match_id}/step-in"
    assert people["staff"].post(step_in, data=days).status_code == 302
    page = people["family"].get("/family/coach").text
    assert ("Bea steps in for now" in page, "01632 960199" in page) == (True, True)
    with scene.reading() as session:
        cover = session.scalars(select(MatchCover)).one()
        backup = sign_in(cover.volunteer.account)
    own = f"/volunteer/covers/{cover.id}"
    assert own in backup.get("/volunteer/matches/").text
    assert "07700 900456" in backup.get(own).text
    assert people["coach"].get(own).status_code == 404
    assert backup.get(f"{own}/still").status_code == 204
    assert people["staff"].post(f"{place}/stop").status_code == 302
    assert backup.get(own).status_code == 404
    assert "01632 960199" not in people["family"].get("/family/coach").text


def test_a_break_of_the_coach_is_named_where_a_backup_is_called_in(scene, sign_in):
    match_id = make_match(scene, M.ACTIVE)
    staff = browsers(scene, sign_in, match_id)["staff"]
    scene_id = scene.add_coach()
    staff.post(f"/staff/matches/{match_id}/backup", data={**SAID, "volunteer": str(scene_id)})
    assert "is away from" not in staff.get(f"/staff/matches/{match_id}").text
    with scene.writing() as session:
        coach_id = session.get_one(Match, match_id).volunteer_id
        days = TODAY + timedelta(days=4), TODAY + timedelta(days=9)
        given = (PauseReason.HOLIDAY, *days, "", TODAY)
        breaks.plan(session, scene.coordinator(session), coach_id, *given)
    page = staff.get(f"/staff/matches/{match_id}").text
    assert "Ama is away from 24 November 2026 to 29 November 2026." in page
    page = staff.get(f"/staff/matches/{match_id}/step-in").text
    assert ('value="24"' in page, 'value="29"' in page) == (True, True)


@pytest.mark.parametrize("why", ["pause", "suspended", "revoked", "blocked"])
def test_an_open_page_learns_that_contact_is_over(scene, sign_in, why):
    match_id = make_match(scene, M.ACTIVE)
    people = browsers(scene, sign_in, match_id)
    watched = {"family": "/family/coach/coach/still"}
    watched["coach"] = f"/volunteer/matches/{match_id}/still"
    assert watched["family"] in people["family"].get("/family/coach").text
    assert watched["coach"] in people["coach"].get(f"/volunteer/matches/{match_id}").text
    assert [people[who].get(place).status_code for who, place in watched.items()] == [204, 204]
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        if why == "pause":
            match_life.pause(session, scene.coordinator(session), match_id)
        elif why == "suspended":
            match.volunteer.state = VolunteerState.SUSPENDED
        elif why == "revoked":
            match.volunteer.certificates[0].status = CertificateStatus.REVOKED
        else:
            match.family.section_47_open = True
    assert [people[who].get(place).status_code for who, place in watched.items()] == [410, 410]
    assert people["family"].get("/family/coach/backup/still").status_code == 410


def test_an_open_page_keeps_nobody_signed_in(scene, sign_in):
    match_id = make_match(scene, M.ACTIVE)
    family = browsers(scene, sign_in, match_id)["family"]

    def last_seen() -> Any:
        with scene.reading() as session:
            return max(session.scalars(select(LoginSession.last_seen_at)))

    before = last_seen()
    with time_machine.travel(NOW + timedelta(minutes=10)):
        assert family.get("/family/coach/coach/still").status_code == 204
        assert last_seen() == before
        family.get("/family/")
        assert last_seen() > before


def test_the_ledger_is_read_by_family_and_coach_also_after_the_end(scene, sign_in):
    match_id = make_match(scene, M.ACTIVE)
    people = browsers(scene, sign_in, match_id)
    for who, place in (("family", "/family/ledger"), ("coach", "/volunteer/matches/ledger")):
        assert "Nobody has looked yet." in people[who].get(place).text
    people["family"].get("/family/coach")
    people["coach"].get(f"/volunteer/matches/{match_id}")
    with scene.writing() as session:
        session.get_one(Match, match_id).state = M.ENDED
    page = people["family"].get("/family/ledger").text
    assert ("You" in page, "The coach" in page) == (True, True)
    page = people["coach"].get("/volunteer/matches/ledger").text
    assert ("You" in page, "The family" in page) == (True, True)
    other = make_match(scene, M.ACTIVE)
    strangers = browsers(scene, sign_in, other)
    assert "Nobody has looked yet." in strangers["family"].get("/family/ledger").text


STAFF_PAGES = ("visit", "ending", "backup", "step-in")


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_a_match_of_another_locality_is_not_found(scene, sign_in, page):
    match_id = make_match(scene, M.ACTIVE)
    staff = browsers(scene, sign_in, match_id)["staff"]
    assert staff.get(f"/staff/matches/{match_id}/{page}").status_code == 200
    with scene.writing() as session:
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        account = factories.make_account(session, Role.COORDINATOR, (elsewhere,))
    stranger = sign_in(account)
    assert stranger.get(f"/staff/matches/{match_id}/{page}").status_code == 404
    assert stranger.post(f"/staff/matches/{match_id}/{page}").status_code == 404


@pytest.mark.parametrize("area", ["volunteer", "family"])
@pytest.mark.parametrize("page", ["how-it-was", "thanks", "still"])
def test_a_match_of_somebody_else_is_not_found(scene, sign_in, area, page):
    match_id = make_match(scene, M.ENDED, first_visit_on=TODAY, ended_on=TODAY)
    strangers = browsers(scene, sign_in, make_match(scene, M.ACTIVE))
    browser = strangers["coach" if area == "volunteer" else "family"]
    assert browser.get(f"/{area}/matches/{match_id}/{page}").status_code == 404
