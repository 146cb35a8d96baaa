"""The audit trail's pages: filters, pages and the file, with nobody's personal data."""

from __future__ import annotations

import csv
import io

import pytest

from peerapp.enums import Role
from peerapp.models import Account, AuditEvent, Family
from peerapp.services import audit
from tests.factories import NOW, make_account
from tests.scenes import scene_in
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def scene(app, database, scheme_id):
    return scene_in(database, scheme_id)


@pytest.fixture
def auditor(scene, sign_in):
    with scene.writing() as session:
        made = make_account(session, Role.AUDITOR, name="Audra Auditor")
    return sign_in(made)


def rows_of(page):
    """Return the actions in a table of events, as their codes' words."""
    return page.text.count('<th scope="row"')


def write(scene, action, *, count=1, at=NOW, actor_id=None, subject_id=None):
    with scene.writing() as session:
        actor = session.get_one(Account, actor_id or scene.coordinator_id)
        subject = session.get(Family, subject_id) if subject_id else actor
        for number in range(count):
            audit.record_change(session, actor, action, subject, number=number)
        for row in session.new:
            if isinstance(row, AuditEvent):
                row.at = at


def test_events_are_told_in_words_with_the_names_of_staff(scene, auditor):
    write(scene, "goal.set")
    page = auditor.get("/staff/audit/").text
    with scene.reading() as session:
        coordinator = scene.coordinator(session)
    assert ("Set a goal" in page, coordinator.name in page) == (True, True)
    assert "Signed in" in page


@pytest.mark.scorecard("8.2.3")
def test_trail_shows_no_personal_data_of_a_family_or_a_volunteer(scene, auditor, sign_in):
    family_id = scene.add_family(account=True, last_name="Canarifamily", phone="07700 900654")
    coach_id = scene.add_coach(first_name="Canaricoach", scheme_phone="01632 960777")
    with scene.writing() as session:
        family = session.get_one(Family, family_id)
        family.account.name = "Canarirosa"
        audit.record_change(session, family.account, "goal.set", family)
    with scene.reading() as session:
        staff = sign_in(scene.coordinator(session))
    shown = staff.get(f"/staff/families/{family_id}").text
    shown += staff.get(f"/staff/volunteers/{coach_id}").text
    secrets = ["Canarifamily", "07700 900654", "Canaricoach", "01632 960777"]
    assert [secret for secret in secrets if secret in shown] == secrets  # where they belong
    page = auditor.get("/staff/audit/").text
    file = auditor.post("/staff/audit/export").text
    assert str(family_id) in page
    assert str(coach_id) in file
    assert [one for one in (*secrets, "Canarirosa") if one in page + file] == []


FILTERS = [
    ("kind=change", 5),
    ("kind=security&action=account.sign_in", 1),
    ("action=goal.set", 2),
    ("since-day=19&since-month=11&since-year=2026", 5),
    ("until-day=18&until-month=11&until-year=2026", 1),
    ("until-day=19&until-month=11&until-year=2026", 2),
    ("actor={coordinator}", 5),
    ("record={family}", 3),
    ("record={family}&action=family.close", 1),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_filters_let_through_what_they_say(scene, auditor, query, expected):
    family_id = scene.add_family()
    write(scene, "goal.set", count=2, subject_id=family_id)
    write(scene, "family.close", subject_id=family_id)
    # Just before and after midnight in London.
    write(scene, "volunteer.move", at=NOW.replace(day=18, hour=23, minute=59))
    write(scene, "volunteer.move", at=NOW.replace(day=19, hour=0, minute=0))
    given = query.format(coordinator=scene.coordinator_id, family=family_id)
    page = auditor.get(f"/staff/audit/?{given}")
    assert (page.status_code, rows_of(page)) == (200, expected)


def test_wrong_filter_is_named_and_shows_the_form(scene, auditor):
    page = auditor.get("/staff/audit/?record=Canari&since-day=31&since-month=2&since-year=2026")
    assert page.status_code == 422
    assert "Enter the whole id" in page.text
    assert auditor.get("/staff/audit/export?record=Canari").status_code == 422


def test_pages_follow_each_other_and_keep_the_filter(scene, auditor):
    write(scene, "goal.set", count=70)
    first = auditor.get("/staff/audit/?action=goal.set")
    second = auditor.get("/staff/audit/?action=goal.set&page=2")
    assert (rows_of(first), rows_of(second)) == (50, 20)
    assert "/staff/audit/?action=goal.set&amp;page=2" in first.text


def test_list_asks_as_often_for_one_event_as_for_many(app, scene, auditor):
    write(scene, "goal.set")
    auditor.get("/staff/audit/")
    with counted(app) as few:
        auditor.get("/staff/audit/?action=goal.set")
    write(scene, "goal.set", count=30)
    with counted(app) as many:
        auditor.get("/staff/audit/?action=goal.set")
    assert len(few) == len(many)


@pytest.mark.scorecard("1.2.10")
def test_file_is_safe_to_open_and_on_record_itself(scene, auditor):
    with scene.writing() as session:
        scene.coordinator(session).name = "=HYPERLINK(1)"
    write(scene, "goal.set", count=2)
    answer = auditor.post("/staff/audit/export?action=goal.set")
    assert answer.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line["in words"] for line in lines] == ["Set a goal", "Set a goal"]
    assert {line["by"] for line in lines} == {"'=HYPERLINK(1)"}
    page = auditor.get("/staff/audit/?action=audit.export")
    assert (rows_of(page), "rows: 2" in page.text) == (1, True)


def test_only_auditors_read_the_trail(scene, sign_in):
    for role in (Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.VOLUNTEER):
        with scene.writing() as session:
            made = make_account(session, role)
        browser = sign_in(made)
        assert browser.get("/staff/audit/").status_code == 403
        assert browser.post("/staff/audit/export").status_code == 403
