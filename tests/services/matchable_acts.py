"""What may happen to a volunteer, each act done by the services and told to the model.

An act returns what the model learns once the service did not refuse. ``allowed`` says, from the
model alone, where the service must agree to or refuse an act.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from peerapp.adapters.update_service import StatusReply
from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.domain.panels import Decision
from peerapp.domain.referees import Referee
from peerapp.domain.risk_assessments import Assessment
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    EndReason,
    FamilyState,
    GateItem,
    PauseReason,
    RefereeRelation,
    ReviewOutcome,
    RiskDecision,
    StatusAnswer,
    TrainingMethod,
    VolunteerState,
    Workforce,
)
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Locality, StatusConsent, Subscription, Volunteer, utc_now
from peerapp.services import (
    breaks,
    checks,
    gates,
    match_life,
    onboarding,
    panels,
    probation,
    references,
    risk_assessments,
    status_answers,
    status_checks,
    training,
)
from peerapp.services.probation import ReviewDetails
from tests import factories, scenes
from tests.services.matchable_model import ACTIVE, OLD, PROBATION, Model, Paper, later
from tests.support.references import URL, answer, links_of, name, verify
from tests.support.volunteers import lift_as_two

Learn = Callable[[], Any]
MONTHS = {"data_protection": 12}
_numbers = itertools.count(1)


@dataclass
class World:
    """The volunteer in the database, who acts, and the model."""

    session: Session
    volunteer: Volunteer
    staff: Account
    lead: Account
    manager: Account
    here: Locality
    model: Model
    placed: list[tuple[Any, str]] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.model.today

    @property
    def now(self) -> datetime:
        return utc_now()

    @property
    def certificate(self) -> Any:
        found = [one for one in self.volunteer.certificates if one.status != "superseded"]
        if not found:
            raise Refused([Refusal("none", "There is no certificate.")])
        return found[-1]


def move_on(world: World) -> Learn:
    following = world.model.following
    to = VolunteerState(following) if following else VolunteerState.ACTIVE
    if world.model.state == "enquiry":
        onboarding.submit_application(world.session, world.volunteer.account, world.today)
    else:
        onboarding.move(world.session, world.staff, world.volunteer.id, to, "", world.today)
    return lambda: setattr(world.model, "state", to.value)


def approve(world: World) -> Learn:
    members = frozenset({world.lead.id, world.manager.id})
    decision = Decision(world.today, members, (), "Convincing.")
    person = world.volunteer.id
    panels.approve(world.session, world.lead, person, decision, world.today, URL)
    return lambda: setattr(world.model, "state", PROBATION)


def pass_review(world: World) -> Learn:
    details = ReviewDetails(ReviewOutcome.PASSED, world.today, "A good start.")
    probation.review(world.session, world.staff, world.volunteer.id, details, world.today)
    return lambda: setattr(world.model, "state", ACTIVE)


def suspend(world: World) -> Learn:
    person = world.volunteer.id
    onboarding.suspend(world.session, world.staff, person, "A worry.", world.today, URL)
    return lambda: world.model.stop("suspended")


def lift(world: World) -> Learn:
    person = world.volunteer.id
    lift_as_two(world.session, world.lead, person, "Clear.", world.today)
    return world.model.go_back


def lift_by_the_same(world: World) -> Learn:
    person = world.volunteer.id
    given = world.session, world.lead, person, "Clear.", world.today
    lift_as_two(*given, second=world.lead)
    return world.model.go_back


def rest(world: World) -> Learn:
    last = world.today + timedelta(days=10)
    first, reason = world.today, PauseReason.HOLIDAY
    person = world.volunteer.id
    breaks.plan(world.session, world.staff, person, reason, first, last, "", first)

    def learn() -> None:
        world.model.stop("paused")
        world.model.break_until = last

    return learn


def come_back(world: World) -> Learn:
    breaks.come_back(world.session, world.staff, world.volunteer.id, "", world.today)
    return world.model.go_back


def record(item: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        person, day = world.volunteer.id, world.today
        gates.record_gate_item(world.session, world.staff, person, GateItem(item), day, "", day)
        return lambda: world.model.facts.add(item)

    return act


def remove(item: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        person, day = world.volunteer.id, world.today
        if item not in world.model.facts:
            raise Refused([Refusal("none", "Nothing is recorded.")])
        gates.remove_gate_item(world.session, world.staff, person, GateItem(item), day)
        return lambda: world.model.facts.discard(item)

    return act


def give_reference(world: World) -> Learn:
    """Somebody new is named, answers and is verified."""
    number = next(_numbers)
    referee = Referee(
        name=f"Rita {chr(65 + number % 26)}{chr(97 + number // 26 % 26)}hollis",
        email=f"rita{number}@library{number}.example",
        phone=f"01632 96{number % 10000:04d}",
        postcode="SN11 0AA",
        relation=RefereeRelation.EMPLOYER,
        known_how="My manager",
        known_years=4,
    )
    made = name(world.session, world.volunteer, referee, world.now)
    answer(world.session, links_of(world.session, made)[-1], world.now)
    verify(world.session, world.staff, made, verified_on=world.today, today=world.today)
    key = made.id

    def learn() -> None:
        world.verified.append(key)
        world.model.verify(key)

    return learn


def reject_reference(world: World) -> Learn:
    if not world.verified:
        raise Refused([Refusal("none", "No reference is verified.")])
    key = world.verified[0]
    person = world.volunteer.id
    references.reject(world.session, world.staff, person, key, "Not she.", world.today, URL)

    def learn() -> None:
        world.verified.remove(key)
        world.model.reject(key)

    return learn


def remove_old_reference(world: World) -> Learn:
    item = "first_reference"
    if world.model.slots.get(item) != OLD:
        raise Refused([Refusal("none", "It is not from before.")])
    person, day = world.volunteer.id, world.today
    references.remove_unbacked(world.session, world.staff, person, GateItem(item), day)
    return lambda: world.model.slots.pop(item)


def train(course: str, days_ago: int) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        done = world.today - timedelta(days=days_ago)
        method, seen = TrainingMethod.ONLINE, "Certificate 7"
        person = world.volunteer.id
        training.record_by_hand(
            world.session, world.staff, person, course, done, method, seen, None, world.today
        )
        last = later(done, MONTHS.get(course, 36)) - timedelta(days=1)
        return lambda: world.model.courses.update({course: last})

    return act


def take_training_back(world: World) -> Learn:
    found = [one for one in world.volunteer.training if one.course == "boundaries"]
    if not found:
        raise Refused([Refusal("none", "It is not recorded.")])
    person = world.volunteer.id
    training.take_back(world.session, world.staff, person, found[0].id, world.today)
    return lambda: world.model.courses.pop("boundaries")


def new_certificate(
    age: int, *, content: bool = False, level: CheckLevel = CheckLevel.ENHANCED_CHILDREN
) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        issued = world.today - timedelta(days=age)
        details = CertificateDetails(
            number=f"{next(_numbers) + 10**9:012d}",
            issue_date=issued,
            level=level,
            workforce=Workforce.CHILD,
            name_as_printed=world.volunteer.name,
            name_matches=True,
            has_content=content,
            seen_on=world.today,
        )
        person = world.volunteer.id
        checks.record_certificate(world.session, world.staff, person, details, world.today)
        is_enough = level in {CheckLevel.ENHANCED_CHILDREN, CheckLevel.ENHANCED_BOTH}
        return lambda: setattr(world.model, "paper", Paper(issued, is_enough, content))

    return act


def set_status(status: CertificateStatus, who: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        actor, ids = getattr(world, who), (world.volunteer.id, world.certificate.id)
        checks.set_status(world.session, actor, *ids, status, "", world.today)
        return lambda: setattr(world.model.paper, "status", status.value)

    return act


def decide(decision: RiskDecision) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        favourable = decision == RiskDecision.FAVOURABLE
        review_on = world.today + timedelta(days=200) if favourable else None
        words = ("relevance", "age", "pattern", "rationale", "conditions")
        given = Assessment(
            talked_on=world.today,
            **dict.fromkeys(words, "Talked it over."),
            decision=decision,
            review_on=review_on,
        )
        ids = world.volunteer.id, world.certificate.id
        risk_assessments.assess(world.session, world.lead, *ids, given, world.today)

        def learn() -> None:
            paper = world.model.paper
            assert paper is not None
            paper.favourable, paper.review_on = favourable, review_on

        return learn

    return act


def told(answer_: StatusAnswer, *, spelled: bool = True) -> Callable[[World], Learn]:
    """DBS is asked and answers; ``spelled``: with the surname and the print date that we hold."""

    def act(world: World) -> Learn:
        _let_ask(world)
        check = status_checks.check_one(
            world.session, world.staff, world.volunteer.id, is_on=True, now=world.now,
            today=world.today,
        )  # fmt: skip
        asking = status_checks.begin(world.session, check.id, world.now, world.today)
        assert asking is not None
        surname = asking.question.surname if spelled else "SOMEBODY"
        reply = StatusReply(answer_, surname, asking.issue_date)
        status_answers.apply(
            world.session, asking, reply, now=world.now, today=world.today, base_url=URL
        )
        return lambda: _learn_answer(world.model.paper, answer_, spelled, world.today)

    return act


def _let_ask(world: World) -> None:
    """Consent and Update Service are in place: they are not what is told of here."""
    certificate, day = world.certificate, world.today
    if not world.volunteer.consents:
        world.volunteer.consents.append(StatusConsent(version=1, typed_name="x"))
    certificate.subscription = certificate.subscription or Subscription(
        joined_on=certificate.issue_date, renew_by=day, recorded_by_id=world.staff.id
    )
    certificate.subscription.renew_by = day + timedelta(days=300)
    world.session.flush()


def _learn_answer(paper: Paper | None, told_: StatusAnswer, spelled: bool, today: date) -> None:
    assert paper is not None
    if told_ == StatusAnswer.NEW_INFO:
        paper.status, paper.has_news = "new_information", True
    elif told_ == StatusAnswer.NO_MATCH_FOUND:
        paper.status = "unverified"
    elif told_ == StatusAnswer.NON_BLANK_NO_NEW_INFO and spelled and not paper.has_content:
        paper.has_content, paper.favourable, paper.review_on = True, False, None


def place(world: World) -> Learn:
    """A proposal is approved and the two are introduced: from then on the match runs."""
    taken = {slot for _, slot in world.placed}
    slot = next(one for one in ("mon_morning", "tue_evening", "wed_evening") if one not in taken)
    family = factories.make_family(world.session, world.staff, world.here, slots=(slot,))
    match = factories.make_match(world.session, family, world.volunteer, slot=slot)
    scenes.approve(world.session, world.staff, match.id, today=world.today)
    key, day = match.id, world.today
    match_life.introduce(
        world.session, world.staff, key, first_visit_on=day, today=day, base_url=URL
    )

    def learn() -> None:
        world.placed.append((key, slot))
        world.model.families += 1

    return learn


def end_match(world: World) -> Learn:
    if not world.placed:
        raise Refused([Refusal("none", "There is no family.")])
    key = world.placed[0]
    match_life.end(
        world.session,
        world.staff,
        key[0],
        reason=EndReason.GOALS_REACHED,
        family_next=FamilyState.CLOSED,
        today=world.today,
    )

    def learn() -> None:
        world.placed.remove(key)
        world.model.families -= 1

    return learn


def wait(days: int) -> Callable[[World], Learn]:
    """Days go by, and the job of the day runs; the test moves the clock."""

    def act(world: World) -> Learn:
        day = world.today + timedelta(days=days)
        breaks.sweep_volunteer(world.session, world.volunteer.id, day, URL)
        return lambda: world.model.let_pass(days)

    act.days = days  # type: ignore[attr-defined]
    return act
