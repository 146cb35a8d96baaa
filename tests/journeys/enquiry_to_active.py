"""From an enquiry to a coach: everything that happens beside the steps that ``main_job`` has.

Both task lists are looked at on the way: the volunteer's and the coordinator's tell the same.
"""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from peerapp.clock import today
from peerapp.db import Database
from peerapp.enums import CORE_COURSES, Course
from peerapp.models import CourseSession, utc_now
from tests.journeys import vetting_steps
from tests.journeys.main_job import Cast, move_on, open_volunteer, save
from tests.journeys.vetting_steps import press
from tests.journeys.visitor import Visitor
from tests.support.keys import KEYRING

ATTENDED = Course.SAFEGUARDING
NUMBER = "001234567890"


def task(visitor: Visitor, title: str, *words: str) -> None:
    """Expect words in a line of the task list."""
    line = visitor.page.locator(".govuk-task-list__item", has_text=title).first
    for word in words:
        expect(line).to_contain_text(word)


def staff_prepare(cast: Cast) -> None:
    """The manager publishes the agreement; the coordinator sets a day of training."""
    cast.manager.open("/staff/volunteer-agreement/new")
    save(cast.manager)
    cast.coordinator.open("/staff/training/sessions/new")
    cast.coordinator.select(course=ATTENDED.value)
    cast.coordinator.fill_date("on", today() + timedelta(days=3))
    cast.coordinator.fill(
        at="10am", minutes="150", place="Town Hall", trainer="Jo Harper", places="8"
    )
    save(cast.coordinator)
    cast.coordinator.sees("Nobody has booked.")


def both_see_what_is_next(cast: Cast) -> str:
    """Right after the application: the same gates from both sides, each with whose turn it is."""
    volunteer, coordinator = cast.volunteer, cast.coordinator
    volunteer.open("/volunteer/")
    task(volunteer, "Two references", "Name two people.", "To do")
    task(volunteer, "Show who you are", "We do this")
    task(volunteer, "Training", "Next date to book: safeguarding", "To do")
    task(volunteer, "Volunteer agreement", "To do")
    record = open_volunteer(coordinator)
    coordinator.sees("Read the application and move it on to screening.")
    task(coordinator, "References", "2 referees still to be named.", "Waits for the volunteer")
    task(coordinator, "Identity", "Waits for a coordinator, since today.", "To do")
    return record


def volunteer_does_their_part(cast: Cast) -> None:
    """At the same time: referees are named, the agreement is signed, a place is booked."""
    visitor = cast.volunteer
    vetting_steps.name_referees(visitor)
    visitor.open("/volunteer/agreement")
    visitor.page.locator("[name=agreed]").check()
    visitor.fill(typed_name="Efua Boateng")
    press(visitor, "Sign the agreement")
    visitor.open("/volunteer/training/")
    press(visitor, "Book")
    visitor.open("/volunteer/")
    task(visitor, "Two references", "We asked Rita Hollis on", "Waiting")
    task(visitor, "Volunteer agreement", "Done")
    task(visitor, "Training", "You have a place: safeguarding")


def referees_answer(cast: Cast, record: str) -> None:
    """One after the other; the coordinator's list says who is silent and who is to be verified."""
    first, second = vetting_steps.REFEREES
    vetting_steps.give_reference(cast.referee, cast.site.mailbox, first)
    cast.coordinator.open(record)
    task(cast.coordinator, "References", "Verify what Rita Hollis wrote.", "Sam Ode has not")
    cast.coordinator.does_not_see(vetting_steps.WRITTEN)
    vetting_steps.give_reference(cast.referee, cast.site.mailbox, second)


def coordinator_checks(cast: Cast, record: str) -> None:
    """Screening, references, interview, identity, which check, and the application for it."""
    visitor = cast.coordinator
    move_on(visitor, record)
    vetting_steps.verify_references(visitor, record)
    vetting_steps.hold_interview(visitor, record)
    vetting_steps.check_identity(visitor, record)
    for _ in range(2):
        move_on(visitor, record)
    visitor.open(f"{record}/dbs-level")
    visitor.choose(role="family_coach")
    save(visitor)
    visitor.page.locator("[name=confirmed]").check()
    save(visitor)
    visitor.open(f"{record}/dbs-fee")
    visitor.choose(paid="no", course="no", trainee="no", relatives="no", fostering="no")
    save(visitor)
    visitor.open(f"{record}/applications/new")
    visitor.fill(reference="UB-1017")
    visitor.fill_date("on", today() - timedelta(days=20))
    visitor.choose(reason="first")
    save(visitor)
    visitor.open(record)
    task(visitor, "DBS certificate", "Waits for DBS, for 20 days.")
    cast.volunteer.open("/volunteer/")
    task(cast.volunteer, "DBS certificate", "Waiting")
    task(cast.volunteer, "Two references", "Both count.", "Done")


def certificate_comes(cast: Cast, record: str) -> None:
    """The original is seen: recorded and accepted, and the application closes by itself."""
    visitor = cast.coordinator
    visitor.open(f"{record}/certificates/new")
    visitor.fill(number=NUMBER, name_as_printed="EFUA BOATENG")
    visitor.fill_date("issue_date", today() - timedelta(days=6))
    visitor.fill_date("seen_on", today())
    visitor.choose(level="enhanced_children", workforce="child")
    visitor.choose(name_matches="yes", has_content="no")
    save(visitor)
    visitor.open(record)
    task(visitor, "DBS certificate", "Accept the certificate.", "To do")
    press(visitor, "Accept")
    visitor.open(record)
    task(visitor, "DBS certificate", "Done")


def training_is_done(cast: Cast, record: str) -> None:
    """The day of the session comes, who came is marked; the rest was done online."""
    visitor = cast.coordinator
    address = let_the_day_come(cast)
    visitor.open(address)
    visitor.page.locator("select[name^='mark-']").select_option("attended")
    press(visitor, "Save attendance")
    for course in CORE_COURSES:
        if course != ATTENDED:
            visitor.open(f"{record}/training")
            visitor.select(course=course.value)
            visitor.fill_date("completed_on", today() - timedelta(days=3))
            visitor.choose(method="online")
            visitor.fill(evidence="Certificate of the council’s e-learning")
            save(visitor)
    visitor.open(record)
    task(visitor, "Core training", "Done")


def let_the_day_come(cast: Cast) -> str:
    """Move the session to an hour ago, as no test can wait; return its address."""
    database = Database(cast.site.environ["DATABASE_URL"], KEYRING)
    with database.writing(database.scheme_id("default")) as session:
        dated = session.scalars(select(CourseSession)).one()
        dated.starts_at = utc_now() - timedelta(hours=1)
        address = f"/staff/training/sessions/{dated.id}"
    database.engine.dispose()
    return address


def panel_decides(cast: Cast, record: str) -> None:
    """To training and panel; somebody who did not interview decides; probation begins."""
    move_on(cast.coordinator, record)
    move_on(cast.coordinator, record)
    cast.volunteer.open("/volunteer/")
    cast.volunteer.sees("A panel is looking at your application")
    cast.volunteer.sees("All of it is done.")
    vetting_steps.decide_at_panel(cast.coordinator, cast.manager, record)
    cast.volunteer.open("/volunteer/")
    cast.volunteer.sees("You can start with one family")
    cast.coordinator.open(record)
    cast.coordinator.sees("Cleared today")


def review_is_passed(cast: Cast, record: str) -> None:
    visitor = cast.coordinator
    visitor.open(f"{record}/review")
    visitor.fill_date("held_on", today())
    visitor.choose(outcome="passed")
    visitor.fill(reason="A good start; comes to supervision.")
    press(visitor, "Save the review")
    cast.volunteer.open("/volunteer/")
    cast.volunteer.sees("You are a coach")


def all_is_on_record(cast: Cast, record: str) -> None:
    """Timeline and funnel tell of it, and neither of what is restricted."""
    visitor = cast.coordinator
    visitor.open(f"{record}/timeline")
    for event in (
        "Active",
        "Probation review: passed",
        "Panel: approved",
        "Reference verified: Rita Hollis",
        "Identity checked: route 1",
        "Training done: Safeguarding",
        "Agreement signed, version 1",
        "DBS application: sent off",
    ):
        visitor.sees(event)
    for hidden in (vetting_steps.WRITTEN, NUMBER, "Warm and clear."):
        visitor.does_not_see(hidden)
    cast.manager.open("/staff/funnel/")
    cast.manager.sees("1 volunteer became active")
    cast.manager.sees("Nobody is stuck.")
