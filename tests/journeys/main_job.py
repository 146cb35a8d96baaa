"""The main job, step by step: from a sign-up and a referral to a family that sees its coach."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Browser, expect

from peerapp.clock import today
from peerapp.enums import CORE_COURSES
from tests.journeys import second_factor, vetting_steps
from tests.journeys.visitor import Visitor
from tests.support.browser import DESKTOP, PHONE
from tests.support.live_site import LiveSite

PASSWORD = "seven quiet herons wade"
MANAGER, COORDINATOR = "manager@council.example", "coordinator@council.example"
VOLUNTEER, FAMILY = "efua@volunteers.example", "dana@families.example"
RUN_SECONDS = 180
"""How long a run of two people may take, on a machine that does much else."""
SCHEME_PHONE, OWN_PHONE, HOME_POSTCODE = "01632 960177", "07700 900321", "SN15 1HA"


@dataclass
class Cast:
    """Everybody who takes part, each at a browser of their own."""

    site: LiveSite
    manager: Visitor
    coordinator: Visitor
    volunteer: Visitor
    family: Visitor
    referee: Visitor

    @classmethod
    def gather(cls, chrome: Browser, site: LiveSite, *, look: bool = True) -> Cast:
        """Open the browsers; ``look`` says whether pages are held against axe on the way."""
        given: dict[str, Any] = {"looks": look, "checked": set()}
        desk = [Visitor(chrome, site.url, DESKTOP, **given) for _ in range(2)]
        phone = [Visitor(chrome, site.url, PHONE, **given) for _ in range(3)]
        return cls(site, *desk, *phone)

    def part(self) -> None:
        everybody = (self.manager, self.coordinator, self.volunteer, self.family, self.referee)
        for visitor in everybody:
            visitor.close()


def sign_in(visitor: Visitor, email: str) -> None:
    visitor.open("/sign-in")
    visitor.fill(email=email, password=PASSWORD)
    visitor.click("Sign in")


def staff_arrive(cast: Cast) -> None:
    """The manager, made on the command line, invites a coordinator, who accepts by mail.

    Both set up a second factor before they see anything else.
    """
    sign_in(cast.manager, MANAGER)
    second_factor.set_up(cast.manager)
    cast.manager.open("/staff/people/invite")
    cast.manager.fill(name="Chris Coordinator", email=COORDINATOR)
    cast.manager.choose(role="coordinator")
    cast.manager.page.get_by_label("Chippenham", exact=True).check()
    cast.manager.click("Send invitation")
    link = cast.site.mailbox.wait_for_link(COORDINATOR, "/invitation/")
    cast.coordinator.open(link)
    cast.coordinator.fill(password=PASSWORD)
    cast.coordinator.click("Open my account")
    second_factor.set_up(cast.coordinator)
    cast.coordinator.sees("What waits for you")


def volunteer_applies(cast: Cast) -> None:
    """A volunteer on a phone: sign-up, confirmed address, seven short pages, answers checked."""
    visitor = cast.volunteer
    visitor.open("/volunteer/sign-up")
    visitor.fill(email=VOLUNTEER)
    visitor.click("Continue")
    visitor.open(cast.site.mailbox.wait_for_link(VOLUNTEER, "/confirm/"))
    visitor.fill(password=PASSWORD)
    visitor.click("Confirm and continue")
    visitor.open("/volunteer/profile/about")
    visitor.fill(first_name="Efua", last_name="Boateng", phone=OWN_PHONE)
    visitor.fill_date("date_of_birth", date(1988, 2, 29))
    visitor.choose(gender="woman")
    visitor.click("Save and continue")
    visitor.fill(postcode="zz99 9zz", miles="8")
    visitor.click("Save and continue")
    visitor.sees("There is a problem")
    visitor.fill(postcode="sn151ha")
    visitor.click("Save and continue")
    visitor.choose(slots=("tue_morning", "thu_evening"))
    visitor.click("Save and continue")
    visitor.choose(experience="budgeting", lived_experience="isolation")
    visitor.click("Save and continue")
    visitor.choose(languages=("en", "fr"))
    visitor.click("Save and continue")
    visitor.choose(offers_remote="no", capacity="1")
    visitor.page.get_by_label("No, none of these").check()
    visitor.click("Save and continue")
    visitor.choose(shares="scheme_phone")
    visitor.click("Save and continue")
    visitor.sees("SN15 1HA")
    visitor.page.locator("[name=is_true]").check()
    visitor.follow(visitor.page.locator("main form button[type=submit]").last)
    visitor.open("/volunteer/")
    visitor.sees("We have your application")


def open_volunteer(visitor: Visitor) -> str:
    visitor.open("/staff/volunteers/")
    visitor.follow(visitor.page.get_by_role("link", name="Efua Boateng"))
    return visitor.page.url.removeprefix(visitor.url)


def move_on(visitor: Visitor, record: str) -> None:
    visitor.open(record)
    visitor.follow(visitor.page.get_by_role("button", name="Move on to"))


def record_gate(visitor: Visitor, record: str, item: str) -> None:
    visitor.open(f"{record}/gates/{item}")
    visitor.fill_date("done_on", today())
    visitor.page.locator("[name=confirmed]").check()
    save(visitor)


def coordinator_vets(cast: Cast) -> None:
    """Every gate is recorded, then the volunteer goes to panel and becomes a coach."""
    visitor = cast.coordinator
    record = open_volunteer(visitor)
    move_on(visitor, record)
    vetting_steps.name_referees(cast.volunteer)
    for email in vetting_steps.REFEREES:
        vetting_steps.give_reference(cast.referee, cast.site.mailbox, email)
    vetting_steps.verify_references(visitor, record)
    cast.volunteer.open("/volunteer/referees/")
    cast.volunteer.sees("We have two references.")
    cast.volunteer.does_not_see(vetting_steps.WRITTEN)
    vetting_steps.hold_interview(visitor, record)
    vetting_steps.check_identity(visitor, record)
    record_gate(visitor, record, "agreement")
    for _ in range(3):
        move_on(visitor, record)
    visitor.open(f"{record}/dbs-level")
    visitor.choose(role="family_coach")
    save(visitor)
    visitor.sees("Enhanced with the children’s barred list, child workforce")
    visitor.page.locator("[name=confirmed]").check()
    save(visitor)
    record_certificate(visitor, record)
    for course in CORE_COURSES:
        visitor.open(f"{record}/training")
        visitor.select(course=course.value)
        visitor.fill_date("completed_on", today() - timedelta(days=3))
        visitor.choose(method="online")
        visitor.fill(evidence="Certificate of the council’s e-learning")
        save(visitor)
    visitor.open(f"{record}/scheme-phone")
    visitor.fill(scheme_phone=SCHEME_PHONE)
    save(visitor)
    move_on(visitor, record)
    vetting_steps.decide_at_panel(visitor, cast.manager, record)
    visitor.open(record)
    visitor.sees("Cleared today")


def record_certificate(visitor: Visitor, record: str) -> None:
    visitor.open(f"{record}/certificates/new")
    visitor.fill(number="00123456789", name_as_printed="EFUA BOATENG")
    visitor.fill_date("issue_date", today() - timedelta(days=40))
    visitor.fill_date("seen_on", today() - timedelta(days=2))
    visitor.choose(level="enhanced_children", workforce="child")
    visitor.choose(name_matches="yes", has_content="no")
    save(visitor)
    visitor.sees("There is a problem")
    visitor.fill(number="001234567890")
    save(visitor)
    visitor.open(record)
    visitor.follow(visitor.page.get_by_role("button", name="Accept"))


def coordinator_records_family(cast: Cast) -> str:
    """A referral becomes a family that waits: details, needs, wishes, agreement, safe contact."""
    visitor = cast.coordinator
    visitor.open("/staff/families/new")
    visitor.fill(first_name="Dana", last_name="Hopewell", phone="07700 900654", email=FAMILY)
    visitor.fill(postcode="SN15 2AA")
    visitor.choose(source="professional", level="2", children="under_5")
    save(visitor)
    visitor.open("/staff/families/")
    visitor.follow(visitor.page.get_by_role("link", name="Dana Hopewell"))
    record = visitor.page.url.removeprefix(visitor.url)
    visitor.open(f"{record}/needs")
    visitor.select(isolation="3", budgeting="1")
    save(visitor)
    visitor.open(f"{record}/wishes")
    visitor.choose(slots=("tue_morning", "wed_morning"), coach_gender="any", accepts_remote="no")
    save(visitor)
    visitor.open(f"{record}/agreement")
    visitor.fill(given_by="Dana Hopewell")
    visitor.fill_date("given_on", today())
    visitor.choose(purposes=("take_part", "share_with_coach"), method="phone")
    save(visitor)
    visitor.open(f"{record}/safe-contact")
    visitor.fill_date("answered_on", today())
    visitor.choose(channels="sms", no_voicemail="yes", shared_device="yes", withheld_address="yes")
    save(visitor)
    visitor.open(record)
    visitor.click("Accept the referral")
    visitor.sees("Waiting")
    return record


def save(visitor: Visitor) -> None:
    """Press the first button of the page's form, and check where it leads."""
    visitor.follow(visitor.page.locator("main form button[type=submit]").first)


def family_opens_account(cast: Cast, record: str) -> None:
    """The single-use link is handed over, since email is not safe; the family waits and sees so."""
    cast.coordinator.open(f"{record}/invite")
    save(cast.coordinator)
    link = cast.coordinator.page.locator("text=/http:.*invitation/").first.inner_text().strip()
    cast.family.open(link.removeprefix(cast.site.url))
    cast.family.fill(password=PASSWORD)
    cast.family.click("Open my account")
    cast.family.sees("Where things stand")
    cast.family.open("/family/coach")
    cast.family.does_not_see(SCHEME_PHONE)
    assert [to for to, _, _ in cast.site.mailbox.received if to == FAMILY] == []


def coordinator_matches(cast: Cast) -> str:
    """A run in the background, a proposal beside its reasons, an approval."""
    visitor = cast.coordinator
    visitor.open("/staff/runs/")
    with visitor.page.expect_navigation():  # a page that loads itself anew is checked when done
        visitor.page.locator("main form button").first.click()
    proved = visitor.page.get_by_text("no other choice matches more families").first
    expect(proved).to_be_visible(timeout=RUN_SECONDS * 1000)
    visitor.check_page()
    visitor.open("/staff/matches/")
    visitor.follow(visitor.page.get_by_role("link", name="Dana Hopewell").first)
    visitor.sees("Efua Boateng")
    visitor.sees("miles away")
    match = visitor.page.url.removeprefix(visitor.url)
    both_say_yes(cast, match)
    visitor.open(f"{match}/approve")
    visitor.sees("The coach and the family have both said yes.")
    save(visitor)
    return match


def both_say_yes(cast: Cast, match: str) -> None:
    """The coach is asked first, then the family; each answers without learning who the other is."""
    cast.coordinator.open(f"{match}/offer")
    save(cast.coordinator)
    cast.coordinator.sees("Asked, no answer yet")
    for visitor, home, names in (
        (cast.volunteer, "/volunteer/matches/", ("Dana", "Hopewell")),
        (cast.family, "/family/", ("Efua", "Boateng")),
    ):
        visitor.open(home)
        visitor.follow(visitor.page.locator("main a[href*='/offers/']").first)
        for name in names:
            visitor.does_not_see(name)
        save(visitor)
        visitor.sees("You said yes")
    assert [to for to, _, _ in cast.site.mailbox.received if to == FAMILY] == []


def coordinator_plans_visit(cast: Cast, match: str) -> None:
    """The first visit is planned with the coordinator; both see when, nobody sees where."""
    visitor = cast.coordinator
    visitor.open(f"{match}/visit")
    visitor.fill_date("on", today() + timedelta(days=2))
    visitor.fill(at="10:30am")
    save(visitor)
    cast.family.open("/family/")
    cast.family.sees("at 10:30am")
    cast.family.sees("Chris Coordinator")


def family_meets_coach(cast: Cast, match: str) -> None:
    """Neither sees the other's details before the introduction; then exactly what was chosen."""
    coordinator_plans_visit(cast, match)
    for visitor, path in ((cast.family, "/family/coach"), (cast.family, "/family/")):
        visitor.open(path)
        visitor.does_not_see(SCHEME_PHONE)
    cast.coordinator.open(f"{match}/introduce")
    cast.coordinator.fill_date("first_visit_on", today())
    cast.coordinator.page.locator("[name=attended]").check()
    save(cast.coordinator)
    cast.family.open("/family/coach")
    cast.family.sees("Efua")
    cast.family.sees(SCHEME_PHONE)
    cast.family.does_not_see(OWN_PHONE)
    cast.family.does_not_see("Boateng")
    cast.family.does_not_see(HOME_POSTCODE)
    cast.volunteer.open("/volunteer/matches/")
    cast.volunteer.follow(cast.volunteer.page.locator("main a[href*='/volunteer/matches/']").first)
    cast.volunteer.sees("07700 900654")
    cast.volunteer.does_not_see("Hopewell")
    cast.volunteer.does_not_see("SN15 2AA")
    cast.volunteer.does_not_see(FAMILY)


def certificate_is_revoked(cast: Cast) -> None:
    """The coordinator learns that the certificate no longer holds; the next look shows nothing."""
    record = open_volunteer(cast.coordinator)
    status = cast.coordinator.page.locator("a[href*='/status']").first.get_attribute("href")
    cast.coordinator.open(status or record)
    cast.coordinator.choose(status="revoked")
    save(cast.coordinator)


def details_are_gone(cast: Cast) -> None:
    """What the gate is for: nobody sees the other any more, and nobody is told why.

    The pages were open all the time; they take the details away without being loaded again.
    """
    for visitor, text in ((cast.family, SCHEME_PHONE), (cast.volunteer, "07700 900654")):
        visitor.page.bring_to_front()
        vanishes(visitor, text)
    cast.family.page.reload()
    cast.family.does_not_see(SCHEME_PHONE)
    cast.family.does_not_see("revoked")
    cast.volunteer.page.reload()
    cast.volunteer.does_not_see("07700 900654")


def vanishes(visitor: Visitor, text: str) -> None:
    """Wait some seconds for an open page to take a text away by itself."""
    with suppress(AssertionError):  # what is left to see is said in our own words
        expect(visitor.page.locator("body")).not_to_contain_text(text, timeout=10_000)
    visitor.does_not_see(text)


def family_leaves(cast: Cast) -> None:
    """Exit this page ends the session, without JavaScript too."""
    response = cast.family.context.request.get(f"{cast.site.url}/leave", max_redirects=0)
    assert response.status == 303
    cast.family.open("/family/")
    cast.family.sees("Sign in")
