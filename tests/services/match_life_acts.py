"""What may happen to a family, its coach and a backup: each act by the services, then the model.

An act returns what the model learns once the service did not refuse. ``allowed`` says, from the
model alone, where the service must agree to or refuse an act; None: it does not say.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.family_records import AgreementDetails, SafeContactAnswers
from peerapp.enums import (
    AgreementMethod,
    CertificateStatus,
    DeclineReason,
    EndReason,
    FamilyState,
    OfferSide,
)
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family, Match, MatchOffer, Volunteer
from peerapp.services import (
    agreements,
    approvals,
    family_states,
    match_covers,
    match_deadlines,
    match_endings,
    match_life,
    match_offers,
    onboarding,
    safe_contact,
)
from tests import factories
from tests.scenes import BASE_URL
from tests.services.match_life_model import NOTICE_DAYS, OFFER_DAYS, OPEN, TOGETHER, Model
from tests.support.volunteers import lift_as_two

Learn = Callable[[], Any]
HOW = AgreementMethod.PHONE


@dataclass
class World:
    """The people in the database, who acts, and the model."""

    session: Session
    family_id: uuid.UUID
    coach_id: uuid.UUID
    backup_id: uuid.UUID
    staff: Account
    lead: Account
    model: Model

    @property
    def today(self) -> date:
        return self.model.today

    @property
    def family(self) -> Family:
        return self.session.get_one(Family, self.family_id)

    @property
    def volunteers(self) -> dict[str, Volunteer]:
        ids = {"coach": self.coach_id, "backup": self.backup_id}
        return {name: self.session.get_one(Volunteer, one) for name, one in ids.items()}

    @property
    def match(self) -> Match:
        """The match that the model speaks of, or the newest that was."""
        query = select(Match).order_by(Match.created_at.desc(), Match.id)
        found = self.session.scalars(query).first()
        if found is None:
            raise Refused([Refusal("none", "There is no match.")])
        return found

    def offer_to(self, side: OfferSide) -> tuple[MatchOffer, Account]:
        found = [one for one in self.match.offers if one.side == side]
        if not found:
            raise Refused([Refusal("none", "There is no offer.")])
        person = self.volunteers["coach"] if side == OfferSide.COACH else self.family
        account = person.account
        assert account is not None
        return found[0], account

    def place(self) -> dict[str, Any]:
        return {"today": self.today, "base_url": BASE_URL}

    def versions(self) -> dict[str, Any]:
        return {
            "seen_family_version": self.match.family.version,
            "seen_volunteer_version": self.match.volunteer.version,
            "accept_changes": True,
        }


def becomes(world: World, **values: Any) -> Learn:
    def learn() -> None:
        for name, value in values.items():
            setattr(world.model, name, value)

    return learn


def propose(world: World) -> Learn:
    """A run proposes the two, if they may be proposed."""
    model = world.model
    if model.state or model.apart or world.family.state != FamilyState.WAITING:
        raise Refused([Refusal("none", "Not to be proposed.")])
    factories.make_match(world.session, world.family, world.volunteers["coach"])
    return becomes(world, state="proposed")


def offer(world: World) -> Learn:
    given = {**world.versions(), **world.place()}
    match_offers.offer_to_coach(world.session, world.staff, world.match.id, **given)
    if world.model.state == "coach asked":
        return becomes(world)
    answer_by = world.today + timedelta(days=OFFER_DAYS)
    return becomes(world, state="coach asked", answer_by=answer_by)


def say_yes(side: OfferSide) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        found, account = world.offer_to(side)
        seen, before = match_offers.seen_of(world.match), world.model.state
        match_offers.say_yes(world.session, account, found.id, seen=seen, **world.place())
        if side == OfferSide.FAMILY:
            return becomes(world, family_yes=world.model.state == "family asked")
        if before != "coach asked":
            return becomes(world)
        answer_by = world.today + timedelta(days=OFFER_DAYS)
        return becomes(world, state="family asked", coach_yes=True, answer_by=answer_by)

    return act


def say_no(side: OfferSide) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        found, account = world.offer_to(side)
        given = {"reason": DeclineReason.NOT_NOW, **world.place()}
        match_offers.say_no(world.session, account, found.id, **given)

        def learn() -> None:
            if world.model.state in {"coach asked", "family asked"}:
                world.model.over()
                world.model.apart = True

        return learn

    return act


def approve(how: AgreementMethod | None) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        said = {"coach_agreed_how": how, "family_agreed_how": how}
        given = {**said, **world.versions(), **world.place()}
        approvals.approve(world.session, world.staff, world.match.id, **given)
        return becomes(world, state="approved") if world.model.state in OPEN else becomes(world)

    return act


def introduce(world: World) -> Learn:
    given = {"first_visit_on": world.today, **world.place()}
    match_life.introduce(world.session, world.staff, world.match.id, **given)
    return becomes(world, state="introduced")


def go_on(verb: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        run = {"activate": match_life.activate, "resume": match_life.resume}[verb]
        run(world.session, world.staff, world.match.id, today=world.today)
        return becomes(world, state="active")

    return act


def pause(world: World) -> Learn:
    match_life.pause(world.session, world.staff, world.match.id)
    return becomes(world, state="paused")


def end(world: World) -> Learn:
    given = {"reason": EndReason.PLANNED_END, "family_next": FamilyState.WAITING, **world.place()}
    match_life.end(world.session, world.staff, world.match.id, **given)
    return world.model.over


def plan_ending(world: World) -> Learn:
    last = world.today + timedelta(days=NOTICE_DAYS)
    given = {"reason": EndReason.PLANNED_END, "family_next": FamilyState.WAITING, **world.place()}
    match_id = world.match.id
    match_endings.plan(world.session, world.staff, match_id, last_session_on=last, **given)
    return becomes(world, last_session=last)


def call_ending_off(world: World) -> Learn:
    match_endings.call_off(world.session, world.staff, world.match.id, **world.place())
    return becomes(world, last_session=None)


def name_backup(world: World) -> Learn:
    given = {"volunteer_id": world.backup_id, "today": world.today}
    said = {"coach_agreed_how": HOW, "family_agreed_how": HOW}
    match_covers.arrange(world.session, world.staff, world.match.id, **given, **said)
    return becomes(world, named=True)


def step_in(world: World) -> Learn:
    days = (world.today + timedelta(days=1), world.today + timedelta(days=5))
    given = {"starts_on": days[0], "ends_on": days[1], **world.place()}
    match_covers.step_in(world.session, world.staff, world.match.id, **given)
    return becomes(world, cover=days)


def stop_backup(world: World) -> Learn:
    match_covers.stop(world.session, world.staff, world.match.id)
    return becomes(world, named=False, cover=None)


def suspend(who: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        person = world.volunteers[who].id
        given = ("A worry.", world.today, BASE_URL)
        onboarding.suspend(world.session, world.staff, person, *given)

        def learn() -> None:
            world.model.suspended.add(who)
            if who == "coach":
                world.model.withdraw()

        return learn

    return act


def lift(who: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        person = world.volunteers[who].id
        given = ("All is well.", world.today)
        lift_as_two(world.session, world.lead, person, *given)
        return lambda: world.model.suspended.discard(who)

    return act


def lapse(who: str) -> Callable[[World], Learn]:
    """A certificate stops counting without anybody deciding on a match."""

    def act(world: World) -> Learn:
        world.volunteers[who].certificates[0].status = CertificateStatus.UNVERIFIED
        return lambda: world.model.lapsed.add(who)

    return act


def clear_again(who: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        world.volunteers[who].certificates[0].status = CertificateStatus.ACCEPTED
        return lambda: world.model.lapsed.discard(who)

    return act


def withdraw_consent(world: World) -> Learn:
    agreements.withdraw_agreement(world.session, world.staff, world.family_id, world.today)

    def learn() -> None:
        world.model.family_agrees = False
        world.model.withdraw()

    return learn


def consent_again(world: World) -> Learn:
    details = AgreementDetails("Rosa", world.today, HOW)
    agreements.record_agreement(world.session, world.staff, world.family_id, details, world.today)
    family = world.family
    if family.state == FamilyState.REFERRED and not world.model.blocked:
        family_states.accept_family(world.session, world.staff, family.id, family.version)
    return becomes(world, family_agrees=True)


def block(is_open: bool) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        given = {"section_47_open": is_open, "child_protection_plan": False}
        version = world.family.version
        family_states.set_blocks(world.session, world.staff, world.family_id, version, **given)

        def learn() -> None:
            world.model.blocked = is_open
            if is_open:
                world.model.withdraw()

        return learn

    return act


def answer_safe_contact(*channels: str) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        answers = SafeContactAnswers(answered_on=world.today, channels=channels)
        given = (world.family_id, answers, world.today)
        safe_contact.answer_safe_contact(world.session, world.staff, *given)
        return becomes(world, safe_known=bool(channels))

    return act


def sweep(world: World, day: date) -> None:
    """Do what the clock does on a day."""
    for due, verb in (
        (match_deadlines.list_due, match_deadlines.sweep_match),
        (match_endings.list_due, match_endings.sweep_match),
    ):
        for match_id in due(world.session, day):
            verb(world.session, match_id, day, BASE_URL)


def wait(days: int) -> Callable[[World], Learn]:
    def act(world: World) -> Learn:
        for number in range(1, days + 1):
            sweep(world, world.today + timedelta(days=number))
        return lambda: world.model.a_day_passes(days)

    act.days = days  # type: ignore[attr-defined]
    return act


ACTS: dict[str, Callable[[World], Learn]] = {
    "propose": propose,
    "offer": offer,
    "coach_yes": say_yes(OfferSide.COACH),
    "family_yes": say_yes(OfferSide.FAMILY),
    "coach_no": say_no(OfferSide.COACH),
    "family_no": say_no(OfferSide.FAMILY),
    "approve": approve(None),
    "approve_by_phone": approve(HOW),
    "introduce": introduce,
    "activate": go_on("activate"),
    "resume": go_on("resume"),
    "pause": pause,
    "end": end,
    "plan_ending": plan_ending,
    "call_ending_off": call_ending_off,
    "name_backup": name_backup,
    "step_in": step_in,
    "stop_backup": stop_backup,
    **{f"suspend_{who}": suspend(who) for who in ("coach", "backup")},
    **{f"lift_{who}": lift(who) for who in ("coach", "backup")},
    **{f"lapse_{who}": lapse(who) for who in ("coach", "backup")},
    **{f"clear_{who}": clear_again(who) for who in ("coach", "backup")},
    "withdraw_consent": withdraw_consent,
    "consent_again": consent_again,
    "block": block(True),
    "unblock": block(False),
    "unsafe": answer_safe_contact(),
    "safe": answer_safe_contact("phone"),
    "wait_1": wait(1),
    "wait_4": wait(4),
    "wait_9": wait(9),
    "wait_30": wait(30),
}


def allowed(model: Model, act: str) -> bool | None:
    """Say from the model alone whether an act must succeed; None: it does not say."""
    state, ready = model.state, model.may_be_together
    both = model.coach_yes and model.family_yes
    answers: dict[str, bool | None] = {
        "offer": ready if state == "proposed" else (None if state == "coach asked" else False),
        "coach_yes": ready if state == "coach asked" else None,
        "family_yes": ready if state == "family asked" and not model.family_yes else None,
        "coach_no": True if state in {"coach asked", "family asked"} else None,
        "family_no": True if state == "family asked" else None,
        "approve": state == "family asked" and both and ready if state != "approved" else None,
        "approve_by_phone": state in OPEN and ready if state != "approved" else None,
        "introduce": (
            None if state == "introduced" else state == "approved" and ready and model.safe_known
        ),
        "activate": state == "active" or (state in TOGETHER and ready),
        "resume": state == "active" or (state in TOGETHER and ready),
        "pause": state in TOGETHER,
        "end": None if state is None else state in {"approved", *TOGETHER},
        "plan_ending": state in TOGETHER,
        "name_backup": (
            None
            if model.named
            else state in TOGETHER and model.is_cleared("backup") and model.supported
        ),
        "step_in": model.named and model.is_cleared("backup") and model.supported,
        "suspend_coach": "coach" not in model.suspended,
        "suspend_backup": "backup" not in model.suspended,
        "lift_coach": "coach" in model.suspended,
        "lift_backup": "backup" in model.suspended,
        "withdraw_consent": model.family_agrees,
    }
    return answers.get(act)
