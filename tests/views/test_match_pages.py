"""Staff's pages of matching runs and matches, by real requests."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import (
    CertificateStatus,
    EndReason,
    MatchState,
    Need,
    Role,
    RunState,
    VolunteerState,
)
from peerapp.models import AuditEvent, Match, MatchingRun, Volunteer
from tests import factories
from tests.factories import NOW
from tests.scenes import Scene, scene_in
from tests.support.queries import statements

pytestmark = pytest.mark.usefixtures("on_the_day")

M = MatchState
SAID_YES = {"coach_agreed_how": "phone", "family_agreed_how": "face_to_face"}


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    return scene_in(database, scheme_id)


@pytest.fixture
def staff(scene, sign_in) -> Any:
    """A browser of the locality's coordinator."""
    with scene.reading() as session:
        return sign_in(scene.coordinator(session))


def browser_of(scene: Scene, sign_in: Any, role: Role, *, elsewhere: bool = False) -> Any:
    with scene.writing() as session:
        places = (factories.make_locality(session, "Devizes", ("SN10 1",)),) if elsewhere else ()
        account = factories.make_account(session, role, places)
    return sign_in(account)


def proposal(scene: Scene, **values: Any) -> uuid.UUID:
    return scene.add_match(scene.add_family(**values), scene.add_coach())


def state_of(scene: Scene, match_id: uuid.UUID) -> MatchState:
    with scene.reading() as session:
        return session.get_one(Match, match_id).state


def approve_form(scene: Scene, match_id: uuid.UUID) -> dict[str, str]:
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        versions = {
            "family_version": str(match.family_version),
            "coach_version": str(match.volunteer_version),
        }
    return {**SAID_YES, **versions}


def test_a_run_started_from_its_page_shows_what_it_found(scene, staff):
    scene.add_family(reference="F-00001")
    scene.add_family(reference="F-00002", easting=300000)
    scene.add_family(reference="F-00003", section_47_open=True)
    scene.add_coach()
    answer = staff.post("/staff/runs/start")
    assert answer.status_code == 302
    page = staff.get(answer.location).text
    assert "No other choice matches more families" in page
    assert "F-00001" in page
    assert "A section 47 enquiry is open" in page
    left_out = staff.get(f"{answer.location}/left-out").text
    assert "F-00002" in left_out
    assert "1 coach would do, but lives too far away." in left_out
    assert "travelled" in left_out
    assert "F-00001" not in left_out
    assert "1 of 2" in staff.get("/staff/runs/").text


def test_a_run_under_way_shows_its_progress_and_loads_itself_again(scene, staff):
    with scene.writing() as session:
        run = MatchingRun(
            started_by_id=scene.coordinator_id,
            state=RunState.RUNNING,
            stage="who",
            progress=30,
            heartbeat_at=NOW,
        )
        session.add(run)
        session.flush()
        run_id = run.id
    answer = staff.get(f"/staff/runs/{run_id}")
    assert answer.headers["Refresh"] == "3"
    assert "Finding out how many families can be matched" in answer.text
    assert "A run is under way" in staff.get("/staff/runs/").text
    refused = staff.post("/staff/runs/start", follow_redirects=True)
    assert "A matching run is already under way" in refused.text


def test_a_failed_run_says_so(scene, staff):
    with scene.writing() as session:
        run = MatchingRun(
            started_by_id=scene.coordinator_id, state=RunState.FAILED, error="It stopped."
        )
        session.add(run)
        session.flush()
        run_id = run.id
    answer = staff.get(f"/staff/runs/{run_id}")
    assert "It stopped." in answer.text
    assert "Refresh" not in answer.headers


def test_a_result_tells_a_stranger_the_number_of_families_only(scene, staff, sign_in):
    scene.add_family(last_name="Canarini")
    scene.add_family(last_name="Canarini", easting=300000)
    scene.add_coach()
    place = staff.post("/staff/runs/start").location
    assert "Canarini" in staff.get(place).text
    assert "Canarini" in staff.get(f"{place}/left-out").text
    stranger = browser_of(scene, sign_in, Role.COORDINATOR, elsewhere=True)
    page = stranger.get(place).text
    assert "2 more families lie in localities in which you do not work" in page
    assert "Canarini" not in page + stranger.get(f"{place}/left-out").text


def test_review_shows_the_proposal_beside_its_reasons(scene, staff):
    scene.add_family(needs={Need.BUDGETING: 2, Need.TENANCY: 1}, last_name="Novak")
    scene.add_coach(last_name="Mensah", lived_experience=(Need.BUDGETING,))
    scene.add_coach(last_name="Nextbest", easting=396000)
    staff.post("/staff/runs/start")
    with scene.reading() as session:
        match_id = session.scalars(select(Match.id)).one()
    page = staff.get(f"/staff/matches/{match_id}").text
    for text in (
        "Novak",
        "Mensah",
        "The coach lives 0.4 miles away",
        "Both are free on Monday morning",
        "The coach knows about: money and budgeting",
        "New to the coach: keeping a home",
        "The coach has lived through: money and budgeting",
        "Nextbest",
        "Points more",
    ):
        assert text in page
    with scene.reading() as session:
        reads = session.scalars(select(AuditEvent).where(AuditEvent.action == "match.read")).all()
        assert [one.subject_id for one in reads] == [match_id]


def test_a_manager_does_not_read_sensitive_needs(scene, staff, sign_in):
    match_id = proposal(scene, needs={Need.CRIME: 2, Need.BUDGETING: 1})
    assert "Crime (a good deal)" in staff.get(f"/staff/matches/{match_id}").text
    manager = browser_of(scene, sign_in, Role.MANAGER)
    page = manager.get(f"/staff/matches/{match_id}").text
    assert "Money and budgeting" in page
    assert "Crime" not in page


def test_approve_by_form(scene, staff):
    match_id = proposal(scene)
    page = staff.get(f"/staff/matches/{match_id}/approve").text
    assert "How did the coach say yes?" in page
    answer = staff.post(f"/staff/matches/{match_id}/approve", data=approve_form(scene, match_id))
    assert (answer.status_code, answer.location) == (302, f"/staff/matches/{match_id}")
    assert state_of(scene, match_id) == M.APPROVED
    history = staff.get(answer.location).text
    assert "The family said yes face to face" in history


def test_approve_without_saying_how_asks_for_it(scene, staff):
    match_id = proposal(scene)
    data = {**approve_form(scene, match_id), "family_agreed_how": ""}
    answer = staff.post(f"/staff/matches/{match_id}/approve", data=data)
    assert answer.status_code == 422
    assert "Say how the family said yes" in answer.text
    assert state_of(scene, match_id) == M.PROPOSED


@pytest.mark.parametrize("version", ["", "x", "７", "99999999999999999999", "2"])
def test_approve_with_another_version_is_refused(scene, staff, version):
    match_id = proposal(scene)
    data = {**approve_form(scene, match_id), "coach_version": version}
    answer = staff.post(f"/staff/matches/{match_id}/approve", data=data)
    assert answer.status_code == 409
    assert "Details changed since you opened this page" in answer.text
    assert state_of(scene, match_id) == M.PROPOSED


def test_approve_with_a_revoked_certificate_says_why_and_changes_nothing(scene, staff):
    match_id = proposal(scene)
    with scene.writing() as session:
        certificate = session.scalars(select(Volunteer)).one().certificates[0]
        certificate.status = CertificateStatus.REVOKED
    answer = staff.post(f"/staff/matches/{match_id}/approve", data=approve_form(scene, match_id))
    assert answer.status_code == 409
    assert "The DBS certificate has been revoked." in answer.text
    assert state_of(scene, match_id) == M.PROPOSED
    page = staff.get(f"/staff/matches/{match_id}").text
    assert "Why this match cannot be approved today" in page
    assert f"/staff/matches/{match_id}/approve" not in page


def test_a_match_goes_from_proposal_to_end_by_its_pages(scene, staff):
    match_id = proposal(scene)
    place = f"/staff/matches/{match_id}"
    staff.post(f"{place}/approve", data=approve_form(scene, match_id))
    visit = {
        "first_visit_on-day": "20",
        "first_visit_on-month": "11",
        "first_visit_on-year": "2026",
    }
    unattended = staff.post(f"{place}/introduce", data=visit)
    assert unattended.status_code == 422
    assert "A coordinator must be at the first visit" in unattended.text
    for step, data, state in (
        ("introduce", {**visit, "attended": "y"}, M.INTRODUCED),
        ("activate", {}, M.ACTIVE),
        ("pause", {"note": "Holidays"}, M.PAUSED),
        ("resume", {}, M.ACTIVE),
        ("end", {"reason": "goals_reached", "family_next": "closed"}, M.ENDED),
    ):
        answer = staff.post(f"{place}/{step}", data=data)
        assert (answer.status_code, answer.location) == (302, place), step
        assert state_of(scene, match_id) == state
        assert staff.get(place).status_code == 200
    with scene.reading() as session:
        assert session.get_one(Match, match_id).end_reason == EndReason.GOALS_REACHED


def test_decline_by_form_names_what_follows(scene, staff):
    match_id = proposal(scene)
    place = f"/staff/matches/{match_id}"
    assert "Never proposed again" in staff.get(f"{place}/decline").text
    answer = staff.post(f"{place}/decline", data={"reason": "coach_details_wrong"})
    assert (answer.status_code, state_of(scene, match_id)) == (409, M.PROPOSED)
    assert "Say which details are wrong." in answer.text
    data = {"reason": "coach_details_wrong", "note": "The times are old"}
    assert staff.post(f"{place}/decline", data=data).status_code == 302
    assert state_of(scene, match_id) == M.DECLINED


def test_lists_show_the_matches_of_their_group(scene, staff):
    ids = {
        state: scene.add_match(scene.add_family(), scene.add_coach(), state=state) for state in M
    }
    for group, shown in (("proposed", M.PROPOSED), ("approved", M.APPROVED), ("over", M.ENDED)):
        page = staff.get(f"/staff/matches/?state={group}").text
        assert str(ids[shown]) in page
        assert str(ids[M.ACTIVE]) not in page
    assert str(ids[M.ACTIVE]) in staff.get("/staff/matches/?state=running").text
    assert str(ids[M.PROPOSED]) in staff.get("/staff/matches/?state=nonsense&page=x").text


ROUTES = ("", "/approve", "/decline", "/introduce", "/pause", "/end")
POSTS = ("/approve", "/decline", "/introduce", "/pause", "/end", "/activate", "/resume")


@pytest.mark.parametrize("route", ROUTES)
def test_a_match_of_another_locality_is_not_found(scene, sign_in, staff, route):
    match_id = proposal(scene)
    assert staff.get(f"/staff/matches/{match_id}{route}").status_code == 200
    stranger = browser_of(scene, sign_in, Role.COORDINATOR, elsewhere=True)
    assert stranger.get(f"/staff/matches/{match_id}{route}").status_code == 404
    assert stranger.get(f"/staff/matches/{uuid.uuid4()}{route}").status_code == 404


@pytest.mark.parametrize("route", POSTS)
@pytest.mark.parametrize(
    ("role", "elsewhere", "status"),
    [
        (Role.COORDINATOR, True, 404),
        (Role.MANAGER, False, 403),
        (Role.SAFEGUARDING_LEAD, False, 403),
        (Role.AUDITOR, False, 403),
    ],
)
def test_somebody_else_decides_nothing(scene, sign_in, route, role, elsewhere, status):
    match_id = proposal(scene)
    data = {**approve_form(scene, match_id), "reason": "not_now", "family_next": "waiting"}
    browser = browser_of(scene, sign_in, role, elsewhere=elsewhere)
    assert browser.post(f"/staff/matches/{match_id}{route}", data=data).status_code == status
    assert state_of(scene, match_id) == M.PROPOSED


def queries_of(scene: Scene, app: Any, browser: Any, place: str) -> int:
    with statements(app.extensions["database"]) as sent:
        assert browser.get(place).status_code == 200
    return len(sent)


def test_lists_ask_the_same_number_of_questions_of_1_and_of_30(scene, app, staff):
    places = ["/staff/matches/", "/staff/matches/?state=running", "/staff/runs/"]
    counts = []
    for number in (1, 29):
        with scene.writing() as session:
            session.add_all(
                MatchingRun(started_by_id=scene.coordinator_id, state=RunState.FAILED)
                for _ in range(number)
            )
        for _ in range(number):
            proposal(scene)
            scene.add_match(scene.add_family(), scene.add_coach(), state=M.ACTIVE)
        staff.get("/staff/runs/")
        counts.append([queries_of(scene, app, staff, place) for place in places])
    assert counts[0] == counts[1]


def test_a_result_asks_the_same_number_of_questions_of_1_and_of_30(scene, app, staff):
    counts = []
    for number in (1, 29):
        for _ in range(number):
            scene.add_family()
            scene.add_family(easting=300000)
            scene.add_family(section_47_open=True)
            scene.add_coach(state=VolunteerState.ACTIVE)
            scene.add_coach(details_query="Which?")
        place = staff.post("/staff/runs/start").location
        staff.get(place)
        counts.append([queries_of(scene, app, staff, one) for one in (place, f"{place}/left-out")])
    assert counts[0] == counts[1]
