"""Authenticator apps: setting one up, and taking its codes, each of them once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.adapters import one_time_codes
from peerapp.adapters.secret_box import SealBroken, SecretBox, place_of
from peerapp.enums import FactorKind, Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, AuthenticatorApp, LoginSession
from peerapp.sealing import Broken
from peerapp.services.factor_attempts import note_failure, refuse_throttled
from peerapp.services.rows import lock_row
from peerapp.services.second_factors import has_factor, note_added, pass_factor, refuse_stranger

WRONG_CODE = Refusal(
    "wrong_code", "That code is not right, or has been used. Wait for the next one and enter that."
)
WRONG_FIRST_CODE = Refusal(
    "wrong_code",
    "That code does not match. Check that your phone sets its time by itself, and enter the "
    "code that it shows now.",
)
UNREADABLE = Refusal(
    "app_unreadable",
    "Your app cannot be checked any more. Use a passkey or a recovery code, or ask a manager to "
    "reset your second step.",
)
FAMILY_LABEL = "Sign-in code"
"""What a family's app calls the entry: whoever looks at the phone learns nothing from it."""


@dataclass(frozen=True)
class Begun:
    """An app that is being set up: what it is to read."""

    secret: str
    address: str
    picture: str  # the address as a QR code, in SVG


def start_app(session: Session, login: LoginSession) -> AuthenticatorApp:
    """Make a secret for an app that is to be set up; one that was begun before is forgotten."""
    refuse_stranger(session, login)
    lock_row(session, Account, login.account_id)
    begun = _find(session, login.account_id, in_use=False)
    if begun is not None:
        session.delete(begun)
        session.flush()
    return add_app(session, login.account, one_time_codes.new_secret(), in_use=False)


def add_app(session: Session, account: Account, secret: str, *, in_use: bool) -> AuthenticatorApp:
    """Add an app with a known secret; for setting up, and for the demonstration."""
    app = AuthenticatorApp(account_id=account.id, secret=secret, in_use=in_use, last_step=-1)
    session.add(app)
    session.flush()
    return app


def get_begun(session: Session, login: LoginSession, box: SecretBox) -> Begun:
    """Return what is to be read into the app that is being set up.

    Raises
    ------
    NotFound
        None was begun.
    """
    refuse_stranger(session, login)
    begun = _find(session, login.account_id, in_use=False)
    if begun is None:
        raise NotFound("no authenticator app is being set up")
    secret = open_secret(begun, box)
    address = _address(login.account, secret)
    return Begun(secret, address, one_time_codes.picture_of(address))


def _address(account: Account, secret: str) -> str:
    if account.role == Role.FAMILY:
        return one_time_codes.address_of(secret, FAMILY_LABEL, "")
    return one_time_codes.address_of(secret, account.email, "Peer coaching")


def confirm_app(
    session: Session, login: LoginSession, code: str, box: SecretBox, now: datetime, base_url: str
) -> str:
    """Take an app into use by its first code; return the session's new secret.

    It replaces the app that was in use until now.

    Raises
    ------
    Refused
        The code is not right.
    """
    refuse_stranger(session, login)
    lock_row(session, Account, login.account_id)
    begun = _find(session, login.account_id, in_use=False)
    if begun is None:
        raise NotFound("no authenticator app is being set up")
    step = one_time_codes.find_step(open_secret(begun, box), code, now, begun.last_step)
    if step is None:
        raise Refused([WRONG_FIRST_CODE])
    was_first = not has_factor(session, login.account_id)
    earlier = _find(session, login.account_id, in_use=True)
    if earlier is not None:
        session.delete(earlier)
        session.flush()
    begun.in_use, begun.last_step = True, step
    note_added(session, login, FactorKind.APP, was_first, base_url)
    return pass_factor(session, login, FactorKind.APP, now)


def give_code(
    session: Session, login: LoginSession, code: str, lane: str, box: SecretBox, now: datetime
) -> str:
    """Take a code as the second factor of a session; return the session's new secret.

    The account is locked first, so that of two requests with one code one is refused.

    Raises
    ------
    Refused
        The code is wrong or used, or there have been too many guesses. The caller commits: a
        wrong guess counts.
    """
    account = lock_row(session, Account, login.account_id)
    refuse_throttled(session, account, lane, now)
    app = _find(session, account.id, in_use=True)
    step = None
    if app is not None:
        step = one_time_codes.find_step(_open_or_refuse(app, box), code, now, app.last_step)
    if app is None or step is None:
        note_failure(session, login, lane, now)
        raise Refused([WRONG_CODE])
    app.last_step = step
    return pass_factor(session, login, FactorKind.APP, now)


def code_to_show(
    session: Session, account: Account, box: SecretBox, now: datetime, *, begun: bool = False
) -> tuple[str, int] | None:
    """Return a code that is taken now, or soon; only the demonstration shows it.

    Returns
    -------
    tuple of str and int, or None
        The code and in how many seconds it is taken: 0 unless the last ones were used just now.
    """
    app = _find(session, account.id, in_use=not begun)
    if app is None:
        return None
    step = max(one_time_codes.step_at(now), app.last_step + 1)
    taken_from = (step - one_time_codes.DRIFT_STEPS) * one_time_codes.STEP_SECONDS
    wait = max(0, ceil(taken_from - now.timestamp()))
    return one_time_codes.code_at(open_secret(app, box), step), wait


def open_secret(app: AuthenticatorApp, box: SecretBox) -> str:
    """Return the secret of an app in clear; it stays in memory.

    ``box`` opens what an older version sealed under the site's secret key.
    """
    if not app.sealed_secret:
        return app.secret
    return box.open(app.sealed_secret, place_of("authenticator_app", "sealed_secret", app.id))


def reseal(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal what an older version sealed under the site's secret key under the person's own key.

    Returns
    -------
    tuple of int and int
        How many secrets were moved, and how many stay since the box does not open them.
    """
    query = select(AuthenticatorApp).where(AuthenticatorApp.sealed_secret != "").with_for_update()
    moved = left = 0
    for app in session.scalars(query.order_by(AuthenticatorApp.id)):
        try:
            app.secret, app.sealed_secret = open_secret(app, box), ""
            moved += 1
        except SealBroken:
            left += 1
    session.flush()
    return moved, left


def _open_or_refuse(app: AuthenticatorApp, box: SecretBox) -> str:
    """Return the secret of an app, or say what to do where its seal is broken."""
    try:
        return open_secret(app, box)
    except (SealBroken, Broken) as error:
        raise Refused([UNREADABLE]) from error


def _find(session: Session, account_id: object, *, in_use: bool) -> AuthenticatorApp | None:
    return session.scalar(
        select(AuthenticatorApp).where(
            AuthenticatorApp.account_id == account_id, AuthenticatorApp.in_use.is_(in_use)
        )
    )
