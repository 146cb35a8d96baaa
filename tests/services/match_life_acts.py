"""What may happen to a family, its coach and a backup: each act by the services, then the model.

An act returns what the model learns once the service did not refuse.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

from peerapp.domain.family_records import AgreementDetails, SafeContactAnswers
from peerapp.enums import (
    AgreementMethod,
    CertificateStatus,
    ConcernAbout,
    ConsentPurpose,
    DeclineReason,
    EndReason,
    FamilyState,
    OfferSide,
)
from peerapp.errors import Refusal, Refused
from peerapp.services import (
    agreements,
    approvals,
    concern_cases,
    concerns,
    family_consents,
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
from tests.services.match_life_model import COACHES, HOLDS, NOTICE_DAYS, OFFER_DAYS, OPEN
from tests.services.match_life_world import Learn, World, becomes
from tests.support.volunteers import lift_as_two

HOW = AgreementMethod.PHONE


def propose(who: str) -> Callable[[World], Learn]:
    """A run proposes the two, if they may be proposed."""

    def act(world: World) -> Learn:
        model = world.model
        if model.state or who in model.apart or world.family.state != FamilyState.WAITING:
            raise Refused([Refusal("none", "Not to be proposed.")])
        factories.make_match(world.session, world.family, world.volunteers[who])
        return becomes(world, state="proposed", coach=who)

    return act


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
                world.model.apart.add(world.model.coach)

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
    given = {"volunteer_id": world.volunteer_ids["backup"], "today": world.today}
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
            if who == world.model.coach:
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
        world.model.family_agrees = world.model.shares = False
        world.model.withdraw()

    return learn


def stop_sharing(world: World) -> Learn:
    """The family itself takes back that a coach is told about it."""
    given = (ConsentPurpose.SHARE_WITH_COACH, world.today, BASE_URL)
    family_consents.withdraw(world.session, world.own_account, *given)

    def learn() -> None:
        world.model.shares = False
        world.model.withdraw()

    return learn


def share_again(world: World) -> Learn:
    purposes = (ConsentPurpose.SHARE_WITH_COACH,)
    details = AgreementDetails("Rosa", world.today, HOW, purposes=purposes)
    agreements.record_agreement(world.session, world.staff, world.family_id, details, world.today)
    return becomes(world, shares=True)


def freeze(world: World) -> Learn:
    """The family is worried, and asks that contact stops until somebody has looked."""
    actor = world.own_account
    report = concerns.Report(uuid.uuid4(), ConcernAbout.COACH, False, "I am worried.", True)
    subject = concerns.subject_for_family(world.session, actor)
    concerns.raise_concern(world.session, actor, subject, report, world.now, BASE_URL)
    return becomes(world, frozen=world.model.frozen + (world.model.state in HOLDS))


def unfreeze(world: World) -> Learn:
    """The lead reads each concern that stops contact, and allows contact again."""
    standing = [one for one in world.match.freezes if one.lifted_at is None]
    if not standing:
        raise Refused([Refusal("none", "Nothing is stopped.")])
    for one in standing:
        given = (world.session, world.lead, one.concern_id)
        concern_cases.acknowledge(*given, "We look into it.", world.now, BASE_URL)
        concern_cases.resume_contact(*given, world.match.id, "All is well.", world.now)
    return becomes(world, frozen=0)


def consent_again(world: World) -> Learn:
    details = AgreementDetails("Rosa", world.today, HOW)
    agreements.record_agreement(world.session, world.staff, world.family_id, details, world.today)
    family = world.family
    if family.state == FamilyState.REFERRED and not world.model.blocked:
        family_states.accept_family(world.session, world.staff, family.id, family.version)
    return becomes(world, family_agrees=True, shares=True)


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
    "propose": propose("coach"),
    "propose_second": propose("second"),
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
    **{f"suspend_{who}": suspend(who) for who in COACHES},
    **{f"lift_{who}": lift(who) for who in COACHES},
    **{f"lapse_{who}": lapse(who) for who in COACHES},
    **{f"clear_{who}": clear_again(who) for who in COACHES},
    "stop_sharing": stop_sharing,
    "share_again": share_again,
    "freeze": freeze,
    "unfreeze": unfreeze,
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
