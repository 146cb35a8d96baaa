"""Accounts: signing up, confirming, inviting, setting a password, closing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from peerapp.adapters.passwords import hash_password
from peerapp.domain.access import may_see_family
from peerapp.enums import STAFF_ROLES, Role, TokenPurpose, VolunteerState
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import (
    Account,
    Family,
    Locality,
    LoginSession,
    StaffLocality,
    Volunteer,
    utc_now,
)
from peerapp.models.vault import blind_indexes
from peerapp.services import audit, calendar_addresses, known_browsers, messages, tokens
from peerapp.services.rows import get_row, lock_row
from peerapp.services.schemes import get_scheme

CONFIRM_LIFETIME = timedelta(days=2)
RESET_LIFETIME = timedelta(hours=1)


def normalise_email(email: str) -> str:
    """Return the address as it is compared: trimmed, in lower case."""
    return email.strip().lower()


def find_by_email(session: Session, email: str) -> Account | None:
    """Return the account with this address, if there is one."""
    indexes = blind_indexes(session, "email", email)
    if not indexes:
        return None
    return session.scalar(select(Account).where(Account.email_index.in_(indexes)))


def sign_up_volunteer(session: Session, email: str, now: datetime, base_url: str) -> None:
    """Start a volunteer's account and send a link to confirm the address.

    An address that already has an account gets a mail that says so; the page says the same
    either way, so nobody learns who is known here. The password is chosen behind the link:
    chosen before it, somebody else could choose it for an address that is not theirs.
    """
    account = find_by_email(session, email)
    if account is not None and account.confirmed_at is not None:
        _send_already_known(session, account, base_url)
        return
    if account is None:
        account = Account(email=normalise_email(email), role=Role.VOLUNTEER)
        if not _take_address(session, account):
            return  # the same form sent twice at once: the other one sends the mail
        volunteer = Volunteer(account_id=account.id, state=VolunteerState.ENQUIRY, state_since=now)
        session.add(volunteer)
        audit.record_change(session, account, "volunteer.enquire", volunteer)
    if account.role == Role.VOLUNTEER:
        _send_confirmation(session, account, now, base_url)


def _take_address(session: Session, account: Account) -> bool:
    """Add an account, unless another request took its address a moment before."""
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError:
        return False
    return True


def _send_confirmation(session: Session, account: Account, now: datetime, base_url: str) -> None:
    secret = tokens.issue(session, account, TokenPurpose.CONFIRM_EMAIL, now, CONFIRM_LIFETIME)
    text = (
        "Thank you for asking about volunteering.\n\n"
        "Open this link within 2 days to confirm your email address and choose a password:\n"
        f"{base_url}/confirm/{secret}\n\n"
        "If this was not you, do nothing: the account will not be opened.\n"
    )
    messages.queue_account_link(session, account, "confirm", text)


def _send_already_known(session: Session, account: Account, base_url: str) -> None:
    if account.role == Role.FAMILY:
        messages.queue_notice(session, account, f"{base_url}/sign-in")
        return
    text = (
        "Somebody asked to open an account with this email address. You already have one.\n\n"
        f"Sign in: {base_url}/sign-in\nForgotten your password? {base_url}/forgot-password\n"
    )
    messages.queue_account_link(session, account, "known", text)


def confirm_email(session: Session, secret: str, password: str, now: datetime) -> Account:
    """Confirm an address by its link, and set the password."""
    account = tokens.use(session, secret, TokenPurpose.CONFIRM_EMAIL, now)
    account.password_hash = hash_password(password)
    account.confirmed_at = now
    audit.record_security(session, account, "account.confirm", account)
    return account


def invite_family(
    session: Session, actor: Account, family: Family, now: datetime, base_url: str
) -> tuple[str, bool]:
    """Make a family's account, or renew its invitation.

    Returns
    -------
    tuple of str and bool
        The single-use link, to hand over by a channel that the family called safe, and whether
        it was also sent by email because email is such a channel.
    """
    if not may_see_family(actor, family):
        raise NotFound("there is no such family")
    if not family.email:
        raise Refused([Refusal("no_email", "Record an email address for the account first.")])
    account = family.account or _new_family_account(session, family)
    if account.confirmed_at is not None:
        raise Refused([Refusal("has_account", "The family has an account already.")])
    days = get_scheme(session).invitation_days
    secret = tokens.issue(session, account, TokenPurpose.INVITATION, now, timedelta(days=days))
    link = f"{base_url}/invitation/{secret}"
    sent = messages.queue_link(session, account, "invitation", link) is not None
    audit.record_security(session, actor, "account.invite", account, emailed=sent)
    return link, sent


def _new_family_account(session: Session, family: Family) -> Account:
    account = Account(email=normalise_email(family.email), role=Role.FAMILY, name=family.first_name)
    free_address(session, family.email)
    if find_by_email(session, family.email) or not _take_address(session, account):
        message = "Another account uses this email address. Record another one."
        raise Refused([Refusal("email_taken", message)])
    family.account_id = account.id
    family.account = account
    return account


def free_address(session: Session, email: str) -> None:
    """Take an address from an enquiry that never confirmed it: anybody can type anybody's.

    Otherwise whoever knows a family's address could keep the family out with it.
    """
    account = find_by_email(session, email)
    if account is None or account.role != Role.VOLUNTEER or account.confirmed_at is not None:
        return
    account.email = f"{account.id}@address.invalid"
    tokens.void(session, account, utc_now())
    messages.cancel_for_account(session, account)
    audit.record_security(session, account, "account.lose_address", account)
    session.flush()


def invite_staff(
    session: Session,
    actor: Account,
    email: str,
    name: str,
    role: Role,
    localities: Sequence[Locality],
    now: datetime,
    base_url: str,
) -> Account:
    """Make a staff account and send its invitation; only a manager may."""
    if actor.role != Role.MANAGER or role not in STAFF_ROLES:
        raise Forbidden("only a manager invites staff")
    free_address(session, email)
    if find_by_email(session, email) is not None:
        raise Refused([Refusal("email_taken", "There is an account with this email address.")])
    account = create_account(session, email, name, role, None, None, localities)
    days = get_scheme(session).invitation_days
    secret = tokens.issue(session, account, TokenPurpose.INVITATION, now, timedelta(days=days))
    messages.queue_link(session, account, "invitation", f"{base_url}/invitation/{secret}")
    audit.record_security(session, actor, "account.invite", account, role=role.value)
    return account


def create_account(
    session: Session,
    email: str,
    name: str,
    role: Role,
    password_hash: str | None,
    confirmed_at: datetime | None,
    localities: Sequence[Locality] = (),
) -> Account:
    """Make an account as it is; for invitations, the first manager and the demonstration."""
    account = Account(
        email=normalise_email(email),
        name=name,
        role=role,
        password_hash=password_hash,
        confirmed_at=confirmed_at,
        localities=[StaffLocality(locality_id=locality.id) for locality in localities],
    )
    session.add(account)
    session.flush()
    return account


def accept_invitation(session: Session, secret: str, password: str, now: datetime) -> Account:
    """Set the password of an invited account; its link proves the address or the hand-over."""
    account = tokens.use(session, secret, TokenPurpose.INVITATION, now)
    account.password_hash = hash_password(password)
    account.confirmed_at = account.confirmed_at or now
    audit.record_security(session, account, "account.accept_invitation", account)
    return account


def request_reset(session: Session, email: str, now: datetime, base_url: str) -> None:
    """Send a link to choose a new password; says nothing about whether there is an account."""
    account = find_by_email(session, email)
    if account is None or account.disabled_at is not None or account.confirmed_at is None:
        return
    if account.council_only:
        return
    secret = tokens.issue(session, account, TokenPurpose.RESET_PASSWORD, now, RESET_LIFETIME)
    messages.queue_link(session, account, "reset", f"{base_url}/reset-password/{secret}")
    audit.record_security(session, account, "account.ask_reset", account)


def reset_password(session: Session, secret: str, password: str, now: datetime) -> Account:
    """Set a new password by a link, and sign every browser of the account out."""
    account = tokens.use(session, secret, TokenPurpose.RESET_PASSWORD, now)
    account.password_hash = hash_password(password)
    sign_out_everywhere(session, account)
    audit.record_security(session, account, "account.reset", account)
    return account


def close_staff_account(
    session: Session, actor: Account, account_id: uuid.UUID, now: datetime
) -> None:
    """Close a member of staff's account; only a manager may, and not their own."""
    account = lock_row(session, Account, account_id)
    if actor.role != Role.MANAGER or account.role not in STAFF_ROLES:
        raise NotFound("there is no such staff account")
    if account.id == actor.id:
        raise Refused([Refusal("own_account", "You cannot close your own account.")])
    disable_account(session, actor, account, now)


def disable_account(session: Session, actor: Account, account: Account, now: datetime) -> None:
    """Close an account; it is signed out everywhere at once."""
    account.disabled_at = now
    sign_out_everywhere(session, account)
    audit.record_security(session, actor, "account.disable", account)


def sign_out_everywhere(session: Session, account: Account) -> None:
    """End every signed-in browser of an account, and its calendar, and know none any more."""
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    known_browsers.forget(session, account)
    calendar_addresses.revoke_address(session, None, account, utc_now())


def get_staff(session: Session, account_id: uuid.UUID) -> Account:
    """Return the account of a member of staff."""
    account = get_row(session, Account, account_id)
    if account.role not in STAFF_ROLES:
        raise NotFound("there is no such staff account")
    return account


def list_staff(session: Session) -> Sequence[Account]:
    """Return the staff of the scheme by name."""
    query = (
        select(Account)
        .where(Account.role.in_(STAFF_ROLES))
        .order_by(func.lower(Account.name), Account.id)
    )
    return session.scalars(query).all()
