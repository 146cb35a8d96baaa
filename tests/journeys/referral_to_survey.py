"""From a school's referral to the survey after the end: the family, its coach, and who helps them.

Everybody is at a browser of their own, all open at once. The coach is one already, and staff are
signed in: how that comes about is played in ``enquiry_to_active`` and ``main_job``.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from peerapp.clock import today
from peerapp.db import Database
from peerapp.enums import ConsentPurpose, Role, SharedContact
from peerapp.models import Account, CoachingSession, Family, Volunteer, utc_now
from peerapp.services import match_jobs
from tests import factories
from tests.journeys.main_job import save, vanishes
from tests.journeys.visitor import Visitor
from tests.support.browser import DESKTOP, PHONE
from tests.support.referrals import ANSWERS, PROFESSIONAL, PROFESSIONAL_ORDER

SCHOOL, FAMILY = "head@school.example", "rosa@example.org"
PASSWORD = "seven quiet herons wade"
COACH_PHONE, OWN_PHONE, FAMILY_PHONE = "01632 960188", "07700 900333", "07700 900456"
GOAL, WORDS = "We all eat at one table", "Shall we meet at the library?"
WORRY = "Somebody I do not know waited outside"


@dataclass
class Cast:
    """Everybody who takes part, and the mails that they were sent."""

    app: Flask
    scheme_id: Any
    coordinator: Visitor
    lead: Visitor
    referrer: Visitor
    family: Visitor
    coach: Visitor

    def part(self) -> None:
        people = (self.coordinator, self.lead, self.referrer, self.family, self.coach)
        for visitor in people:
            visitor.close()

    def link(self, address: str, kind: str) -> str:
        """Return the path of the newest link of a kind that was sent to an address."""
        for to, _, text in reversed(self._mails()):
            found = re.search(rf"https?://[^/\s]+({kind}\S+)", text)
            if to == address and found:
                return found[1]
        raise AssertionError(f"no mail with {kind} to {address}")

    def mails_to(self, address: str) -> set[str]:
        """Return the subjects and first lines of what an address was sent."""
        found = [one for one in self._mails() if one[0] == address]
        return {f"{subject}: {text.splitlines()[0]}" for _, subject, text in found}

    def _mails(self) -> list[tuple[str, str, str]]:
        """Send what waits, and return what was ever sent: to whom, subject, text."""
        self.app.extensions["jobs"].send_messages(str(self.scheme_id))
        files = sorted(self.app.extensions["settings"].mail_outbox.glob("*.eml"))
        mails = [email.message_from_bytes(one.read_bytes()) for one in files]
        return [
            (one["To"], one["Subject"], one.get_payload(decode=True).decode("utf-8"))
            for one in mails
        ]

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions["database"]
        return database


def make_people(database: Database, scheme_id: Any) -> dict[str, Account]:
    """Make a coordinator, a lead, and a coach who is cleared."""
    with database.writing(scheme_id) as session:
        here = factories.make_locality(session)
        staff = factories.make_account(session, Role.COORDINATOR, (here,), name="Chris Coordinator")
        lead = factories.make_account(session, Role.SAFEGUARDING_LEAD)
        coach = factories.make_coach(
            session,
            staff,
            here,
            first_name="Efua",
            last_name="Canarycoach",
            phone=OWN_PHONE,
            scheme_phone=COACH_PHONE,
            shares=(SharedContact.SCHEME_PHONE,),
            languages=("en", "pl"),
            slots=("tue_morning", "thu_evening"),
        )
        return {"coordinator": staff, "lead": lead, "coach": coach.account}


def gather(
    chrome: Browser, url: str, app: Flask, sign_in: Any, scheme_id: Any, *, looks: bool
) -> Cast:
    given: dict[str, Any] = {"looks": looks, "checked": set()}
    people = {
        "coordinator": Visitor(chrome, url, DESKTOP, **given),
        "lead": Visitor(chrome, url, DESKTOP, **given),
        "referrer": Visitor(chrome, url, DESKTOP, **given),
        "family": Visitor(chrome, url, PHONE, **given),
        "coach": Visitor(chrome, url, PHONE, **given),
    }
    for name, account in make_people(app.extensions["database"], scheme_id).items():
        cookie = sign_in(account, app).get_cookie(app.config["SESSION_COOKIE_NAME"])
        people[name].context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    return Cast(app, scheme_id, **people)


def answer(visitor: Visitor, values: dict[str, Any]) -> None:
    """Fill a page of the front door in, whatever its fields are."""
    for name, value in values.items():
        field = visitor.page.locator(f'[name="{name}"]').first
        if field.get_attribute("type") in {"radio", "checkbox"}:
            visitor.choose(**{name: tuple(value) if isinstance(value, list) else value})
        elif field.evaluate("one => one.tagName") == "SELECT":
            visitor.select(**{name: value})
        else:
            visitor.fill(**{name: value})


def school_refers(cast: Cast) -> None:
    """A coordinator sends a form for one family; the school answers it page by page."""
    cast.coordinator.open("/staff/referrals/forms/new")
    cast.coordinator.fill(email=SCHOOL)
    save(cast.coordinator)
    cast.coordinator.sees("The form is on its way")
    visitor = cast.referrer
    visitor.open(cast.link(SCHOOL, "/referral/form/"))
    visitor.click("Start")
    day = today()
    agreed = {f"agreed_on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    pages = {**ANSWERS, **PROFESSIONAL}
    pages["agreement"] = {**pages["agreement"], **agreed}
    pages["help"] = {"needs": ["budgeting", "isolation"]}
    for page in PROFESSIONAL_ORDER:
        if page == "children":
            visitor.fill(child_name="Ola", child_age="6")
        else:
            answer(visitor, pages[page])
        save(visitor)
        assert not visitor.page.locator(".govuk-error-summary").count(), page
    visitor.sees("Check your answers")
    visitor.click("Send")
    visitor.sees("What happens next")


def coordinator_accepts(cast: Cast) -> str:
    """The referral becomes a family that waits, with all that was told; its times are added."""
    visitor = cast.coordinator
    visitor.open("/staff/referrals/")
    visitor.follow(visitor.page.locator("main a[href*='/staff/referrals/']", has_text="Rosa").first)
    referral = visitor.page.url.removeprefix(visitor.url)
    visitor.open(f"{referral}/accept")
    visitor.choose(level="3", section_47_open="no", child_protection_plan="no")
    save(visitor)
    visitor.open("/staff/families/")
    visitor.follow(visitor.page.get_by_role("link", name="Rosa Canaryfield").first)
    visitor.sees("Waiting")
    record = visitor.page.url.removeprefix(visitor.url)
    visitor.open(f"{record}/wishes")
    visitor.choose(slots=("tue_morning", "wed_morning"), coach_gender="any", accepts_remote="no")
    save(visitor)
    visitor.open(f"{record}/invite")
    save(visitor)
    return record


def family_arrives(cast: Cast) -> None:
    """Account, consents and safe contact, on a phone."""
    visitor = cast.family
    visitor.open(cast.link(FAMILY, "/invitation/"))
    visitor.fill(password=PASSWORD)
    visitor.click("Open my account")
    visitor.sees("Where things stand")
    for purpose in (ConsentPurpose.MESSAGES, ConsentPurpose.FEEDBACK):
        visitor.open(f"/family/choices/{purpose.value}")
        visitor.click("Yes, I agree")
    visitor.open("/family/safe-contact/name")
    visitor.fill(alias="Rosalind")
    save(visitor)
    visitor.open("/family/coach")
    visitor.does_not_see(COACH_PHONE)


def school_looks(cast: Cast, word: str) -> None:
    """The school sees one word, and of whom it is not even that."""
    cast.referrer.open(cast.link(SCHOOL, "/referral/outcome/"))
    cast.referrer.sees(word)
    for name in ("Rosa", "Canaryfield", "Efua", FAMILY_PHONE):
        cast.referrer.does_not_see(name)


def propose(cast: Cast) -> None:
    """Put the two together, as a run does that is played in ``main_job``."""
    with cast.database.writing(cast.scheme_id) as session:
        family = session.scalars(select(Family)).one()
        coach = session.scalars(select(Volunteer)).one()
        factories.make_match(session, family, coach, slot="tue_morning")


def both_are_asked(cast: Cast) -> str:
    """The two are proposed; each says yes without knowing who the other is."""
    visitor = cast.coordinator
    visitor.open("/staff/matches/")
    visitor.follow(visitor.page.get_by_role("link", name="Rosa Canaryfield").first)
    match = visitor.page.url.removeprefix(visitor.url)
    visitor.open(f"{match}/offer")
    save(visitor)
    for asked, home, names in (
        (cast.coach, "/volunteer/matches/", ("Rosa", "Canaryfield", FAMILY)),
        (cast.family, "/family/", ("Efua", "Canarycoach", COACH_PHONE)),
    ):
        asked.open(home)
        asked.follow(asked.page.locator("main a[href*='/offers/']").first)
        for name in names:
            asked.does_not_see(name)
        save(asked)
        asked.sees("You said yes")
    visitor.open(f"{match}/approve")
    save(visitor)
    return match


def they_meet(cast: Cast, match: str) -> None:
    """The first visit is planned; nobody sees the other before it, both do after it."""
    cast.coordinator.open(f"{match}/visit")
    cast.coordinator.fill_date("on", today() + timedelta(days=2))
    cast.coordinator.fill(at="10:30am")
    save(cast.coordinator)
    cast.family.open("/family/coach")
    cast.family.does_not_see(COACH_PHONE)
    cast.coach.open(match.replace("/staff/", "/volunteer/"))
    cast.coach.does_not_see(FAMILY)
    cast.coordinator.open(f"{match}/introduce")
    cast.coordinator.fill_date("first_visit_on", today())
    cast.coordinator.page.locator("[name=attended]").check()
    save(cast.coordinator)
    both_see_each_other(cast, match)
    for hidden in (OWN_PHONE, "Canarycoach"):
        cast.family.does_not_see(hidden)
    cast.coach.sees("Rosalind")
    for hidden in ("Canaryfield", "Elm Road", FAMILY_PHONE, "His brother"):
        cast.coach.does_not_see(hidden)


def both_see_each_other(cast: Cast, match: str) -> None:
    cast.family.open("/family/coach")
    cast.family.sees(COACH_PHONE)
    cast.coach.open(match.replace("/staff/", "/volunteer/"))
    cast.coach.sees(FAMILY)


def they_work(cast: Cast, match: str) -> None:
    """A weekly session is planned, held and noted in a minute; a goal is set and scored."""
    visitor = cast.coordinator
    visitor.open(f"{match}/sessions/plan")
    visitor.fill_date("first_on", next_tuesday())
    visitor.fill(at="10am", minutes="120")
    visitor.choose(every_weeks="1", skips_holidays="no")
    save(visitor)
    session_id = let_the_hour_come(cast)
    cast.coach.open("/volunteer/sessions/")
    cast.coach.open(f"/volunteer/sessions/{session_id}/held")
    cast.coach.page.locator("[name=mood]").first.check()
    cast.coach.fill(minutes="110", text="Calm and full of plans")
    save(cast.coach)
    cast.family.open("/family/goals/new")
    cast.family.fill(words=GOAL)
    cast.family.select(score="2")
    cast.family.choose(is_shared="yes")
    save(cast.family)
    cast.family.open("/family/goals/score")
    cast.family.page.locator("main select").first.select_option("6")
    save(cast.family)
    cast.family.sees(GOAL)
    cast.coach.open(f"{match.replace('/staff/', '/volunteer/')}/messages")
    cast.coach.sees(GOAL)


def next_tuesday() -> date:
    """Return the next day on which both have time."""
    return today() + timedelta(days=(1 - today().weekday()) % 7 or 7)


def let_the_hour_come(cast: Cast) -> Any:
    """Move the first session to this morning, as no test can wait; return its id."""
    with cast.database.writing(cast.scheme_id) as session:
        query = select(CoachingSession).order_by(CoachingSession.starts_at)
        first = session.scalars(query).first()
        assert first is not None
        first.starts_at = utc_now() - timedelta(hours=3)
        return first.id


def they_write(cast: Cast, match: str) -> None:
    """A message stays on the site; the mail about it says nothing."""
    cast.coach.open(f"{match.replace('/staff/', '/volunteer/')}/messages")
    cast.coach.fill(words=WORDS)
    save(cast.coach)
    cast.family.open("/family/messages")
    cast.family.sees(WORDS)
    assert cast.mails_to(FAMILY) == {"You have a message: You have a message."}


def a_worry_closes_contact(cast: Cast, match: str) -> None:
    """The family's word closes the coach's open page by itself, until the lead has looked."""
    both_see_each_other(cast, match)
    cast.family.open("/concerns/new")
    cast.family.choose(danger_now="no", stop_contact="yes")
    cast.family.page.locator("[name=about]").last.check()
    cast.family.fill(words=WORRY)
    save(cast.family)
    cast.coach.page.bring_to_front()
    vanishes(cast.coach, FAMILY)
    cast.coach.does_not_see(WORRY)
    cast.family.open("/family/coach")
    cast.family.does_not_see(COACH_PHONE)
    visitor = cast.lead
    visitor.open("/staff/concerns/")
    visitor.follow(visitor.page.locator("main a[href*='/staff/concerns/']").first)
    visitor.sees(WORRY)
    concern = visitor.page.url.removeprefix(visitor.url)
    visitor.open(f"{concern}/acknowledge")
    visitor.fill(words_back="I call you today.")
    save(visitor)
    visitor.open(f"{concern}/resume/{match.rpartition('/')[2]}")
    visitor.fill(reason="It was the new postman.")
    save(visitor)
    cast.family.open("/concerns/")
    cast.family.sees("I call you today.")
    both_see_each_other(cast, match)


def they_part(cast: Cast, match: str) -> None:
    """A planned ending: the day after the last session the match is over by itself."""
    visitor = cast.coordinator
    visitor.open(f"{match}/ending")
    visitor.fill_date("last_session_on", today())
    visitor.fill(short_notice="They have reached what they wanted")
    visitor.choose(reason="goals_reached", family_next="closed")
    save(visitor)
    cast.family.open("/family/")
    cast.family.sees("Your last time with your coach is on")
    base_url = "https://scheme.example.org"
    match_jobs.run_due(cast.database, cast.scheme_id, today() + timedelta(days=1), base_url)
    cast.coach.open("/volunteer/matches/")
    cast.coach.does_not_see(FAMILY)
    cast.coach.follow(cast.coach.page.locator("main a[href$='/thanks']").first)
    cast.coach.sees("Efua Canarycoach")
    cast.coach.does_not_see("Rosa")
    cast.family.open("/family/coach")
    cast.family.does_not_see(COACH_PHONE)


def both_look_back(cast: Cast) -> None:
    """The survey, by each of the two, on a phone; the school sees that it is over."""
    for visitor, home in ((cast.family, "/family/"), (cast.coach, "/volunteer/matches/")):
        visitor.open(home)
        visitor.follow(visitor.page.locator("main a[href$='/how-it-was']").first)
        visitor.choose(helped="5", ended_well="yes", would_again="yes")
        save(visitor)
        visitor.sees("Thank you for telling us.")
        assert visitor.page.locator("main a[href$='/how-it-was']").count() == 0
    assert cast.mails_to(FAMILY) == {"You have a message: You have a message."}
