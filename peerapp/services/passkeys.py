"""Passkeys: made, named and used; each challenge is kept here and good once."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from peerapp.adapters import passkeys
from peerapp.adapters.passkeys import PasskeyRejected, Place
from peerapp.domain.second_factors import CHALLENGE_LIFETIME, passkey_host
from peerapp.enums import ChallengeUse, FactorKind, Role
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, LoginSession, Passkey, PasskeyChallenge
from peerapp.services import audit
from peerapp.services.rows import lock_row
from peerapp.services.second_factors import has_factor, note_added, pass_factor, refuse_stranger

NOT_TAKEN = Refusal(
    "passkey_rejected", "The passkey was not taken. Try again, or use another way to sign in."
)
NO_NAME = Refusal("no_passkeys", "This site has no name, only a number: passkeys need a name.")
SERVICE, NEUTRAL = "Peer coaching", "Sign-in"
"""What staff and volunteers see in their list of passkeys, and what families see there."""
UNNAMED = "Passkey"
NAME_LENGTH = 60


@dataclass(frozen=True)
class Asked:
    """A question to a browser: the id of its challenge, to be kept there, and the options."""

    challenge_id: uuid.UUID
    options: str


def place_of(base_url: str) -> Place:
    """Return the site as passkeys know it.

    Raises
    ------
    Refused
        Its address is in digits; passkeys need a name.
    """
    host = passkey_host(base_url)
    if host is None:
        raise Refused([NO_NAME])
    return Place(host, passkeys.origin_of(base_url))


def ask_for_new(session: Session, login: LoginSession, base_url: str, now: datetime) -> Asked:
    """Begin to make a passkey for the account of a session."""
    refuse_stranger(session, login)
    account, place = login.account, place_of(base_url)
    challenge = _new_challenge(session, ChallengeUse.REGISTER, account, now)
    is_family = account.role == Role.FAMILY
    options = passkeys.creation_options(
        place,
        challenge.challenge,
        account.id.bytes,
        NEUTRAL if is_family else account.email,
        NEUTRAL if is_family else SERVICE,
        _ids_of(session, account),
    )
    return Asked(challenge.id, options)


def add(
    session: Session,
    login: LoginSession,
    challenge_id: uuid.UUID | None,
    answer: str,
    name: str,
    base_url: str,
    now: datetime,
) -> str:
    """Take a passkey that was made; return the session's new secret.

    Raises
    ------
    Refused
        It was not made for this question.
    """
    refuse_stranger(session, login)
    account = lock_row(session, Account, login.account_id)
    place = place_of(base_url)
    challenge = _take_challenge(session, ChallengeUse.REGISTER, account, challenge_id, now)
    try:
        key = passkeys.check_new(answer, place, challenge)
    except PasskeyRejected as error:
        raise Refused([NOT_TAKEN]) from error
    if _find(session, key.credential_id) is not None:
        raise Refused([NOT_TAKEN])
    was_first = not has_factor(session, account.id)
    session.add(
        Passkey(
            account_id=account.id,
            name=" ".join(name.split())[:NAME_LENGTH] or UNNAMED,
            credential_id=key.credential_id,
            public_key=key.public_key,
            sign_count=key.sign_count,
        )
    )
    note_added(session, login, FactorKind.PASSKEY, was_first, base_url)
    return pass_factor(session, login, FactorKind.PASSKEY, now)


def ask_for_factor(session: Session, login: LoginSession, base_url: str, now: datetime) -> Asked:
    """Begin to take a passkey as the second factor of a session."""
    place = place_of(base_url)
    challenge = _new_challenge(session, ChallengeUse.CONFIRM, login.account, now)
    known = _ids_of(session, login.account)
    options = passkeys.request_options(place, challenge.challenge, known, alone=False)
    return Asked(challenge.id, options)


def give(
    session: Session,
    login: LoginSession,
    challenge_id: uuid.UUID | None,
    answer: str,
    base_url: str,
    now: datetime,
) -> str:
    """Take a passkey as the second factor of a session; return the session's new secret.

    Raises
    ------
    Refused
        It does not prove that this account's owner holds one. The caller commits all the same:
        the challenge is used up.
    """
    account = lock_row(session, Account, login.account_id)
    place = place_of(base_url)
    challenge = _take_challenge(session, ChallengeUse.CONFIRM, account, challenge_id, now)
    found = _check(session, answer, place, challenge, now, alone=False)
    if found is None or found.account_id != account.id:
        audit.record_security(session, account, "factor.fail", account, passkey=True)
        raise Refused([NOT_TAKEN])
    return pass_factor(session, login, FactorKind.PASSKEY, now)


def ask_for_sign_in(session: Session, base_url: str, now: datetime) -> Asked:
    """Begin to sign somebody in by a passkey alone; who it is, the passkey says."""
    place = place_of(base_url)
    challenge = _new_challenge(session, ChallengeUse.SIGN_IN, None, now)
    return Asked(challenge.id, passkeys.request_options(place, challenge.challenge, (), alone=True))


def sign_in(
    session: Session, challenge_id: uuid.UUID | None, answer: str, base_url: str, now: datetime
) -> Account:
    """Return the account that a passkey alone lets in: it asked for a PIN or a finger itself.

    Raises
    ------
    Refused
        It lets nobody in. The caller commits all the same: the challenge is used up.
    """
    place = place_of(base_url)
    challenge = _take_challenge(session, ChallengeUse.SIGN_IN, None, challenge_id, now)
    found = _check(session, answer, place, challenge, now, alone=True)
    account = session.get(Account, found.account_id) if found else None
    if account is None or account.confirmed_at is None or account.disabled_at is not None:
        raise Refused([NOT_TAKEN])
    if account.council_only:
        raise Refused([NOT_TAKEN])
    if passkeys.read_use(answer).user_handle != account.id.bytes:
        raise Refused([NOT_TAKEN])
    return account


def _check(
    session: Session, answer: str, place: Place, challenge: str, now: datetime, *, alone: bool
) -> Passkey | None:
    """Return the passkey that signed a challenge, its counter moved on; None where none did."""
    try:
        found = _find(session, passkeys.read_use(answer).credential_id)
        if found is None:
            return None
        key, count = found.public_key, found.sign_count
        found.sign_count = passkeys.check_use(answer, place, challenge, key, count, alone=alone)
    except PasskeyRejected:
        return None
    found.last_used_at = now
    return found


def _find(session: Session, credential_id: str) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    return session.scalar(query)


def _ids_of(session: Session, account: Account) -> list[str]:
    query = select(Passkey.credential_id).where(Passkey.account_id == account.id)
    return list(session.scalars(query.order_by(Passkey.created_at, Passkey.id)))


def _new_challenge(
    session: Session, use: ChallengeUse, account: Account | None, now: datetime
) -> PasskeyChallenge:
    """Keep a new challenge; those that ran out are dropped."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
    challenge = PasskeyChallenge(
        account_id=account.id if account else None,
        use=use,
        challenge=secrets.token_urlsafe(32),
        expires_at=now + CHALLENGE_LIFETIME,
    )
    session.add(challenge)
    session.flush()
    return challenge


def _take_challenge(
    session: Session,
    use: ChallengeUse,
    account: Account | None,
    challenge_id: uuid.UUID | None,
    now: datetime,
) -> str:
    """Use a challenge up and return it; it is good for one use, one account and a short time.

    Raises
    ------
    Refused
        There is none, or it is for something else, or has run out.
    """
    found = None
    if challenge_id is not None:
        query = select(PasskeyChallenge).where(PasskeyChallenge.id == challenge_id)
        found = session.scalar(query.with_for_update())
    owner = account.id if account else None
    if found is None or (found.use, found.account_id) != (use, owner) or now >= found.expires_at:
        raise Refused([NOT_TAKEN])
    text = found.challenge
    session.delete(found)
    session.flush()
    return text
