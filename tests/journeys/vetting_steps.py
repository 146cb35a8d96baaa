"""Vetting by its pages: referees behind their links, documents, an interview, a panel."""

from __future__ import annotations

from datetime import timedelta

from peerapp.clock import today
from peerapp.domain.interviews import DEFAULT_QUESTIONS
from tests.journeys.visitor import Visitor
from tests.support.live_site import Mailbox

REFEREES = {
    "rita@library.example": ("Rita Hollis", "employer", "01632 960555"),
    "sam@school.example": ("Sam Ode", "teacher", "01632 960777"),
}
WRITTEN = "Stays calm when others shout"


def press(visitor: Visitor, name: str) -> None:
    """Press a button inside the page, and check where it leads."""
    visitor.follow(visitor.page.locator("main").get_by_role("button", name=name).first)


def name_referees(visitor: Visitor) -> None:
    """The volunteer names two people; a relative is not taken."""
    visitor.open("/volunteer/")
    visitor.click("Two references", "link")
    for email, (name, relation, phone) in REFEREES.items():
        visitor.open("/volunteer/referees/new")
        visitor.fill(name=name, email=email, phone=phone, postcode="SN15 2AA", known_years="4")
        visitor.fill(known_how="From my work and training")
        visitor.choose(relation="relative")
        press(visitor, "Ask this person")
        visitor.sees("A relative cannot be a referee.")
        visitor.choose(relation=relation)
        press(visitor, "Ask this person")
        visitor.sees(f"We have asked {name}.")


def give_reference(visitor: Visitor, mailbox: Mailbox, email: str) -> None:
    """A referee opens the link from the mail, stops, comes back, answers and sends."""
    link = mailbox.wait_for_link(email, "/reference/")
    visitor.open(link)
    visitor.sees("A reference for Efua Boateng")
    visitor.open(f"{link}/knowing")
    visitor.fill(known_how="I taught and managed her", known_years="4")
    press(visitor, "Save and come back later")
    visitor.open(f"{link}/knowing")
    visitor.choose(is_related="no", lives_with="no")
    press(visitor, "Save and continue")
    visitor.choose(reliable="always", listens="mostly", keeps_limits="always")
    visitor.fill(strengths=WRITTEN)
    press(visitor, "Save and continue")
    visitor.choose(has_concern="no")
    press(visitor, "Save and continue")
    visitor.choose(recommends="yes")
    press(visitor, "Save and continue")
    visitor.sees("Check your answers")
    visitor.page.locator("[name=is_true]").check()
    press(visitor, "Send my answers")
    visitor.sees("Thank you")
    visitor.open(link)
    visitor.sees("This link does not work any more")


def verify_references(visitor: Visitor, record: str) -> None:
    """The coordinator reads each reference and says that it is genuine."""
    for name, _, _ in REFEREES.values():
        visitor.open(f"{record}/references/")
        visitor.follow(visitor.page.get_by_role("link", name=f"Read the reference of {name}"))
        visitor.sees(WRITTEN)
        press(visitor, "Verify this reference")
        visitor.choose(how="phone_call")
        visitor.page.locator("[name=confirmed]").check()
        press(visitor, "Verify this reference")
        visitor.sees("The reference is verified.")


def hold_interview(visitor: Visitor, record: str) -> None:
    """A draft is kept half-way, then submitted."""
    visitor.open(f"{record}/interview/")
    press(visitor, "Record an interview")
    visitor.fill_date("held_on", today())
    visitor.choose(score_why="4")
    press(visitor, "Save the draft")
    visitor.click("Go on with the draft", "link")
    for question in DEFAULT_QUESTIONS:
        visitor.choose(**{f"score_{question.key}": "4"})
    visitor.fill(summary="Warm and clear.")
    visitor.choose(recommendation="recommended", has_conflict="no")
    press(visitor, "Submit to the panel")
    visitor.sees("The interview is recorded.")


def check_identity(visitor: Visitor, record: str) -> None:
    """Three documents by route 1; two are not enough."""
    visitor.open(f"{record}/identity-check/route_1")
    visitor.choose(group_1="passport", group_2b="utility_bill")
    press(visitor, "Continue")
    visitor.sees("This route needs 3 documents.")
    visitor.choose(group_2b="bank_statement")
    press(visitor, "Continue")
    visitor.fill_date("date_passport", today() + timedelta(days=900))
    for kind in ("utility_bill", "bank_statement"):
        visitor.fill_date(f"date_{kind}", today() - timedelta(days=9))
    visitor.choose(seen_how="in_person")
    for name in ("name_confirmed", "birth_confirmed", "address_confirmed"):
        visitor.page.locator(f"[name={name}]").check()
    press(visitor, "Record the check")
    visitor.sees("The identity check is recorded.")


def decide_at_panel(interviewer: Visitor, manager: Visitor, record: str) -> None:
    """Who interviewed may not decide; somebody else does, and the probation begins."""
    interviewer.open(f"{record}/panel/")
    interviewer.sees("You interviewed this volunteer.")
    manager.open(f"{record}/panel/")
    manager.does_not_see(WRITTEN)
    press(manager, "Record the panel’s decision")
    manager.choose(outcome="approved")
    manager.fill(reasons="Two good references, clear about limits.")
    manager.fill(other_members="Jo Hart, head teacher")
    press(manager, "Record the decision")
    manager.sees("The panel’s decision is recorded: approved.")
