"""Offers of a match: to the coach first, then to the family; each answers on their own page.

Neither learns who the other is, nor ever why an offer is no longer open.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain.match_offers import (
    REASONS,
    answer_refusals,
    has_said_yes,
    record_refusals,
    waiting_offer,
)
from peerapp.domain.match_states import OFFERED
from peerapp.enums import (
    SENSITIVE_NEEDS,
    AgreementMethod,
    DeclineReason,
    MatchState,
    Need,
    OfferAnswer,
    OfferSide,
    Role,
)
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import Account, Family, Match, MatchOffer
from peerapp.services import match_answers, messages
from peerapp.services.approvals import approval_refusals, check_versions
from peerapp.services.contacts import AnonymousProfile, own_family, own_volunteer, profile_of
from peerapp.services.match_consequences import decline_locked
from peerapp.services.match_steps import lock_for_decision, lock_match
from peerapp.services.rows import get_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import list_active, workers_of

SENSITIVE = frozenset(SENSITIVE_NEEDS)
GONE = Refusal("offer_gone", "This question is no longer open. You need do nothing.")


@dataclass(frozen=True)
class CoachProfile:
    """What a family may know of a coach before the introduction: no name, nothing sensitive."""

    slot: str
    mode: str
    knows_about: tuple[Need, ...]
    been_through_it: bool
    languages: tuple[str, ...]


@dataclass(frozen=True)
class OfferView:
    """One offer as whoever was asked sees it; ``seen`` goes back with the answer.

    ``may_say_no`` holds longer than ``is_open``: a yes can be taken back until the approval.
    """

    offer: MatchOffer
    is_open: bool
    may_say_no: bool
    seen: str
    family: AnonymousProfile
    coach: CoachProfile

    @property
    def is_agreed(self) -> bool:
        """Say whether this person has said yes, and the rest is still to come."""
        return self.may_say_no and self.offer.answer == OfferAnswer.YES


def offer_to_coach(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    seen_family_version: int,
    seen_volunteer_version: int,
    accept_changes: bool = False,
    today: date,
    base_url: str,
) -> Match:
    """Put a proposal to the coach, without the family's name.

    Raises
    ------
    Refused
        A rule says no today, or it was offered already.
    Stale
        A record is not the one that was matched and looked at.
    """
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.OFFERED_TO_COACH and waiting_offer(match):
        return match  # the same form sent twice
    if match.state in OFFERED:
        raise Refused([Refusal("is_offered", "This match has been offered already.")])
    refusals = approval_refusals(session, match, today)
    if refusals:
        raise Refused(refusals)
    seen = (seen_family_version, seen_volunteer_version)
    check_versions(match, *seen, accept_changes=accept_changes)
    match_answers.ask(session, actor, match, OfferSide.COACH, today, reason="asked")
    _tell(session, match, match.volunteer.account, base_url)
    session.flush()
    return match


def record_yes(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    side: OfferSide | None,
    how: AgreementMethod,
    today: date,
    base_url: str,
) -> Match:
    """Write down that whoever was asked has said yes to the coordinator.

    ``side`` is whose answer the coordinator saw awaited: had the coach answered on the site
    meanwhile, the coach's yes would be taken for the family's.

    Raises
    ------
    Refused
        That side is not being asked, the scheme wants answers on the site, or a rule says no today.
    """
    match = lock_for_decision(session, actor, match_id)
    refusals = record_refusals(match, get_scheme(session), how)
    offer = waiting_offer(match)
    if not refusals and (offer is None or offer.side != side or today > offer.answer_by):
        refusals = [Refusal("nobody_asked", "No answer is awaited.")]
    refusals += approval_refusals(session, match, today)
    if refusals or offer is None:
        raise Refused(refusals)
    match_answers.answer(session, actor, match, offer, OfferAnswer.YES, how)
    _go_on(session, match, offer, today, base_url)
    return match


def say_yes(
    session: Session, actor: Account, offer_id: uuid.UUID, *, seen: str, today: date, base_url: str
) -> Match:
    """Say yes to an offer as the person who was asked.

    The coach's yes puts the match to the family; the family's yes goes to the coordinators.

    Raises
    ------
    Refused
        The offer is no longer open; why is not told.
    Stale
        What the person looked at is not what the offer is about now.
    """
    match, offer = _lock_own(session, actor, offer_id)
    if offer.answer == OfferAnswer.YES and offer.answered_by_id == actor.id:
        return match  # sent twice
    if answer_refusals(match, offer, today) or approval_refusals(session, match, today):
        raise Refused([GONE])
    if seen != seen_of(match):
        raise Stale("Something changed since you opened this page. Please look at it again.")
    match_answers.answer(session, actor, match, offer, OfferAnswer.YES, AgreementMethod.ON_SITE)
    _go_on(session, match, offer, today, base_url)
    return match


def say_no(
    session: Session,
    actor: Account,
    offer_id: uuid.UUID,
    *,
    reason: DeclineReason,
    note: str = "",
    today: date,
    base_url: str,
) -> Match:
    """Say no to an offer, or to one that was said yes to and is not approved yet.

    Raises
    ------
    Refused
        The offer is no longer open, or the details that are wrong are not named.
    """
    match, offer = _lock_own(session, actor, offer_id)
    if offer.answer == OfferAnswer.NO and offer.reason == reason:
        return match
    if not _may_say_no(match, offer):
        raise Refused([GONE])
    if reason not in REASONS[offer.side]:
        raise Refused([Refusal("reason", "Choose a reason from the list.")])
    match_answers.answer(session, actor, match, offer, OfferAnswer.NO, AgreementMethod.ON_SITE)
    offer.reason = reason
    decline_locked(session, actor, match, reason, note, today)
    link = f"{base_url}/staff/matches/{match.id}"
    told = [*workers_of(session, match.family)]
    if reason == DeclineReason.SAFETY_CONCERN:
        told += list_active(session, Role.SAFEGUARDING_LEAD)
    for account in told:
        messages.queue_notice(session, account, link)
    session.flush()
    return match


def _may_say_no(match: Match, offer: MatchOffer) -> bool:
    """Say whether there is still something to say no to; a yes counts until the approval."""
    return match.state in OFFERED and offer.answer in {OfferAnswer.WAITING, OfferAnswer.YES}


def _go_on(session: Session, match: Match, offer: MatchOffer, today: date, base_url: str) -> None:
    """After a yes: ask the family, once the coach has said yes, and tell the coordinators."""
    messages.cancel_for_match(session, match.id)  # reminders of what has been answered
    if offer.side == OfferSide.COACH:
        match_answers.ask(session, None, match, OfferSide.FAMILY, today, reason="coach_said_yes")
        if match.family.account is not None:
            _tell(session, match, match.family.account, base_url)
    for account in workers_of(session, match.family):
        messages.queue_notice(
            session, account, f"{base_url}/staff/matches/{match.id}", match_id=match.id
        )
    session.flush()


def _tell(session: Session, match: Match, account: Account, base_url: str) -> None:
    messages.queue_notice(session, account, f"{base_url}/sign-in", match_id=match.id)


def seen_of(match: Match) -> str:
    """Return what tells one state of the two records from another."""
    return f"{match.family.version}.{match.volunteer.version}"


def _lock_own(session: Session, actor: Account, offer_id: uuid.UUID) -> tuple[Match, MatchOffer]:
    match_id = _own_offer(session, actor, offer_id).match_id
    match = lock_match(session, match_id, actor.id)
    session.refresh(actor)
    return match, _own_offer(session, actor, offer_id)


def _own_offer(session: Session, actor: Account, offer_id: uuid.UUID) -> MatchOffer:
    """Return an offer that was made to this account, and nobody else's."""
    offer = get_row(session, MatchOffer, offer_id)
    match = get_row(session, Match, offer.match_id)
    if offer.side == OfferSide.COACH:
        is_own = match.volunteer_id == own_volunteer(session, actor).id
    else:
        is_own = match.family_id == own_family(session, actor).id
    if not is_own or actor.disabled_at is not None:
        raise NotFound("there is no such offer")
    return offer


def get_view(session: Session, actor: Account, offer_id: uuid.UUID, today: date) -> OfferView:
    """Return an offer as the person who was asked sees it.

    Raises
    ------
    NotFound
        It was not made to them.
    """
    offer = _own_offer(session, actor, offer_id)
    return _view(get_row(session, Match, offer.match_id), offer, today)


def list_own(session: Session, actor: Account, today: date) -> list[OfferView]:
    """Return the offers that the account can answer now, and those it said yes to so far."""
    side = OfferSide.COACH if actor.role == Role.VOLUNTEER else OfferSide.FAMILY
    query = (
        select(Match, MatchOffer)
        .join(MatchOffer, MatchOffer.match_id == Match.id)
        .where(
            MatchOffer.side == side,
            Match.state.in_(OFFERED),
            Match.volunteer_id == own_volunteer(session, actor).id
            if side == OfferSide.COACH
            else Match.family_id == own_family(session, actor).id,
        )
        .options(
            joinedload(Match.family).selectinload(Family.needs),
            joinedload(Match.family).joinedload(Family.locality),
            joinedload(Match.volunteer),
            selectinload(Match.offers),
        )
        .order_by(MatchOffer.answer_by, MatchOffer.id)
    )
    views = [_view(match, offer, today) for match, offer in session.execute(query)]
    return [one for one in views if one.is_open or one.is_agreed]


@dataclass(frozen=True)
class Standing:
    """How far a proposal has been offered, for the page of whoever decides on it."""

    coach_said_yes: bool
    family_said_yes: bool
    waiting: MatchOffer | None
    staff_may_record: bool

    @property
    def may_approve(self) -> bool:
        return self.staff_may_record or (self.coach_said_yes and self.family_said_yes)


def get_standing(session: Session, match: Match) -> Standing:
    """Return who has said yes, whose answer is awaited, and who may write one down."""
    return Standing(
        coach_said_yes=has_said_yes(match, OfferSide.COACH),
        family_said_yes=has_said_yes(match, OfferSide.FAMILY),
        waiting=waiting_offer(match),
        staff_may_record=get_scheme(session).staff_record_answers,
    )


def _view(match: Match, offer: MatchOffer, today: date) -> OfferView:
    return OfferView(
        offer=offer,
        is_open=not answer_refusals(match, offer, today),
        may_say_no=_may_say_no(match, offer),
        seen=seen_of(match),
        family=profile_of(match),
        coach=coach_profile(match),
    )


def coach_profile(match: Match) -> CoachProfile:
    """Return what a family may know of the coach of a proposal.

    What somebody lived through is theirs to tell: only that they have been through something
    like it is said, and nothing of it where the need is a sensitive one.
    """
    needs = {one.need for one in match.family.needs} - SENSITIVE
    known = {Need(tag) for tag in match.volunteer.experience} & needs
    lived = {Need(tag) for tag in match.volunteer.lived_experience} & needs
    spoken = set(match.volunteer.languages) & set(match.family.languages)
    return CoachProfile(
        slot=match.slot,
        mode=match.mode,
        knows_about=tuple(need for need in Need if need in known),
        been_through_it=bool(lived),
        languages=tuple(sorted(spoken)),
    )
