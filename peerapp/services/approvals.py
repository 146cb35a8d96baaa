"""Approving a proposal: everything is asked again, of locked rows, before anybody is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import matching
from matching.rules import meets_in_person, meets_remotely, shared_slots
from peerapp.domain.eligibility import matching_refusals
from peerapp.domain.match_offers import yes_refusals
from peerapp.domain.match_states import KEEPS_PLACE, OFFERED, OPEN_PROPOSAL, step_refusals
from peerapp.domain.supervision import supervisor_capacity
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import AgreementMethod, FamilyState, MatchState, OfferSide
from peerapp.errors import Refusal, Refused, Stale
from peerapp.models import Account, Match, Volunteer, utc_now
from peerapp.services import match_answers, matching_problem, messages
from peerapp.services.match_steps import lock_for_decision, move_family, take_step
from peerapp.services.schemes import get_scheme

RULE_MESSAGES = {
    "distance": "The coach and the family can no longer meet, in person or by video.",
    "language": "The coach speaks none of the languages that the family asked for.",
    "gender": "The family asked for a coach of another gender.",
    "training": "The coach lacks training that the family’s needs require, or it is out of date.",
    "household": "The household has something that the coach avoids.",
    "excluded": "This family and this coach may not be matched.",
}
"""What to say of a rule of the matcher that the pair breaks today."""

SOLVED_ELSEWHERE = frozenset({"clearance", "slots"})
"""Rules that get their own, more exact answer."""


def approve(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    seen_family_version: int,
    seen_volunteer_version: int,
    coach_agreed_how: AgreementMethod | None = None,
    family_agreed_how: AgreementMethod | None = None,
    accept_changes: bool = False,
    today: date,
    base_url: str,
) -> Match:
    """Approve a proposal to which both sides have said yes.

    Whoever has not answered on the site may have said yes to the coordinator, where the scheme
    allows it: then ``coach_agreed_how`` or ``family_agreed_how`` says how.

    The coach's row is locked first, then the family's, then the match's; only then is anything
    asked. Whoever revokes a certificate locks the coach's row as well, so that either comes
    after the other and sees what it did.

    Raises
    ------
    Refused
        A rule says no today.
    Stale
        The family's or the coach's record is not the one that was looked at; or not the one that
        was matched, and nobody has said that it is right all the same (``accept_changes``).
    """
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.APPROVED and match.approved_by_id == actor.id:
        return match  # the same form sent twice gets the same answer
    told = ((OfferSide.COACH, coach_agreed_how), (OfferSide.FAMILY, family_agreed_how))
    _refuse(session, match, told, today)
    seen = (seen_family_version, seen_volunteer_version)
    check_versions(match, *seen, accept_changes=accept_changes)
    for side, how in told:
        match_answers.note_yes(session, actor, match, side, how, today)
    return _approved(session, actor, match, _on_what(match, accept_changes), base_url)


def _refuse(
    session: Session,
    match: Match,
    told: Sequence[tuple[OfferSide, AgreementMethod | None]],
    today: date,
) -> None:
    refusals = approval_refusals(session, match, today)
    refusals += yes_refusals(match, get_scheme(session), told)
    if refusals:
        raise Refused(refusals)


def _approved(session: Session, actor: Account, match: Match, reason: str, base_url: str) -> Match:
    take_step(session, actor, match, MatchState.APPROVED, reason=reason)
    match.approved_by_id, match.approved_at = actor.id, utc_now()
    move_family(session, actor, match.family, FamilyState.MATCHED)
    notify_both(session, match, base_url)
    session.flush()
    return match


def _on_what(match: Match, accept_changes: bool) -> str:
    return "changes_accepted" if accept_changes and changes_since(match) else ""


def notify_both(session: Session, match: Match, base_url: str) -> None:
    """Tell both that something waits for them on the site; a family only where email is safe."""
    for account in (match.volunteer.account, match.family.account):
        if account is not None:
            messages.queue_notice(session, account, f"{base_url}/sign-in", match_id=match.id)


def approval_refusals(session: Session, match: Match, today: date) -> list[Refusal]:
    """Say why a proposal cannot be approved today; the page that explains asks here too."""
    refusals = [
        *_open_refusals(match),
        *clearance_refusals(match.volunteer, today),
        *matching_refusals(match.family, today),
    ]
    if matching_problem.taking_part_problems(match.volunteer):
        refusals.append(
            Refusal("coach_details", "The coach’s details are incomplete or to be corrected.")
        )
        return refusals
    return [*refusals, *_family_refusals(session, match), *_pair_refusals(session, match, today)]


def _open_refusals(match: Match) -> list[Refusal]:
    """A proposal, offered or not, can be approved; anything else has no such step."""
    return [] if match.state in OPEN_PROPOSAL else step_refusals(match, MatchState.APPROVED)


def changes_since(match: Match) -> list[str]:
    """Name the records that have changed since the run looked at them."""
    changed = []
    if match.volunteer.version != match.volunteer_version:
        changed.append("the coach’s availability or details")
    if match.family.version != match.family_version:
        changed.append("the family’s availability or details")
    return changed


def check_versions(
    match: Match, seen_family: int, seen_volunteer: int, *, accept_changes: bool
) -> None:
    """Refuse to decide on records that are not those that were matched and looked at.

    Raises
    ------
    Stale
        They are not, and nobody has said that they are right all the same.
    """
    changed = changes_since(match)
    if changed and not accept_changes:
        raise Stale(
            f"{' and '.join(changed).capitalize()} changed since this match was proposed. "
            "Look at what changed. Go on with it as it is now, or start a new matching run."
        )
    if (seen_family, seen_volunteer) != (match.family.version, match.volunteer.version):
        raise Stale("Details changed since you opened this page. Look at it again, then decide.")


def _family_refusals(session: Session, match: Match) -> list[Refusal]:
    query = select(Match.state).where(
        Match.family_id == match.family_id, Match.state.in_(KEEPS_PLACE), Match.id != match.id
    )
    other = session.scalars(query).first()
    if other is None or match.family.state == FamilyState.MATCHED:
        return []  # a matched family is refused by its state already
    if other in OFFERED:
        return [Refusal("already_offered", "The family has been asked about another coach.")]
    return [Refusal("already_matched", "The family already has a coach.")]


def _pair_refusals(session: Session, match: Match, today: date) -> list[Refusal]:
    """Ask the matcher's own rules of the pair as it stands today."""
    pair = match.family, match.volunteer
    problem = matching_problem.build_pair(session, *pair, today, besides=match.id)
    family, coach = problem.families[0], problem.coaches[0]
    refusals = [
        Refusal(f"rule_{name}", RULE_MESSAGES[name])
        for name in matching.broken(problem, family, coach)
        if name not in SOLVED_ELSEWHERE
    ]
    if problem.free_places(coach) == 0:
        refusals.append(
            Refusal("no_place_left", "The coach has no free place left: it was just taken.")
        )
    if match.slot not in shared_slots(problem, family, coach):
        refusals.append(
            Refusal("slot_taken", "The weekly time of this match is no longer free for both.")
        )
    meets = meets_remotely if match.mode == "remote" else meets_in_person
    if not meets(family, coach) and "distance" not in matching.broken(problem, family, coach):
        refusals.append(Refusal("mode", "They can no longer meet in the way that was proposed."))
    return [*refusals, *_supervisor_refusals(session, match)]


def _supervisor_refusals(session: Session, match: Match) -> list[Refusal]:
    volunteer = match.volunteer
    capacity = supervisor_capacity(volunteer.supervisor, get_scheme(session))
    if capacity is None or volunteer.supervisor_id is None:
        return []
    query = (
        select(func.count())
        .select_from(Match)
        .join(Volunteer, Match.volunteer_id == Volunteer.id)
        .where(
            Volunteer.supervisor_id == volunteer.supervisor_id,
            Match.state.in_(KEEPS_PLACE),
            Match.id != match.id,
        )
    )
    if (session.scalar(query) or 0) < capacity:
        return []
    return [Refusal("supervisor_full", "The coach’s supervisor cannot carry another match.")]
