"""What a no leads to: the pair is kept apart, for good or for a time, or details are corrected."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from peerapp.domain.match_states import CONSEQUENCES
from peerapp.enums import Consequence, DeclineReason, MatchState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Exclusion, Match
from peerapp.services import audit, messages
from peerapp.services.match_steps import take_step
from peerapp.services.schemes import get_scheme

CORRECTIONS = frozenset({Consequence.CORRECT_FAMILY, Consequence.CORRECT_COACH})


def decline_locked(
    session: Session,
    actor: Account,
    match: Match,
    reason: DeclineReason,
    note: str,
    today: date,
) -> None:
    """Decline a locked proposal, and draw what its reason leads to.

    Raises
    ------
    Refused
        The match is no open proposal, or the details to correct are not named.
    """
    if CONSEQUENCES[reason] in CORRECTIONS and not note:
        raise Refused([Refusal("note_missing", "Say which details are wrong.")])
    take_step(session, actor, match, MatchState.DECLINED, reason=reason.value, note=note)
    match.decline_reason = reason
    _draw(session, actor, match, reason, note, today)
    messages.cancel_for_match(session, match.id)
    session.flush()


def _draw(
    session: Session, actor: Account, match: Match, reason: DeclineReason, note: str, today: date
) -> None:
    consequence = CONSEQUENCES[reason]
    scheme = get_scheme(session)
    days = scheme.no_answer_days if reason == DeclineReason.NO_ANSWER else scheme.cool_off_days
    if consequence in {Consequence.EXCLUDED_FOR_GOOD, Consequence.COOL_OFF}:
        until = today + timedelta(days=days) if consequence == Consequence.COOL_OFF else None
        keep_apart(session, actor, match, consequence, reason.value, until)
    if consequence not in CORRECTIONS:
        return
    person = match.family if consequence == Consequence.CORRECT_FAMILY else match.volunteer
    person.details_query = note
    person.version += 1
    audit.record_change(session, actor, f"{person.__tablename__}.query", person)


def keep_apart(
    session: Session,
    actor: Account | None,
    match: Match,
    consequence: Consequence,
    reason: str,
    until: date | None,
) -> None:
    """Keep the two of a match from being proposed to each other; ``until`` None: for good."""
    session.add(
        Exclusion(
            family_id=match.family_id,
            volunteer_id=match.volunteer_id,
            consequence=consequence,
            until=until,
            reason=reason,
            recorded_by_id=actor.id if actor else None,
        )
    )
