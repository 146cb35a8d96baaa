"""What follows when a family's phone, email or address changes: nobody has called it safe yet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.family_records import FamilyDetails, Fault
from peerapp.enums import Channel
from peerapp.models import Account, Family, Token, utc_now
from peerapp.services import audit
from peerapp.services.accounts import (
    find_by_email,
    free_address,
    normalise_email,
    sign_out_everywhere,
)

CHANNELS_OF = {
    "phone": (Channel.PHONE, Channel.SMS),
    "email": (Channel.EMAIL,),
    "address": (Channel.LETTER,),
    "postcode": (Channel.LETTER,),
}


def follow_contact_change(
    session: Session, actor: Account, family: Family, details: FamilyDetails
) -> Fault | None:
    """Take back the safe channels whose number or address changes, before it does.

    The family's account moves to a new email address with it, and links sent to the old one
    stop working, also where no new one is given. Whoever has the old phone, reads the old mailbox
    or lives at the old address may be signed in: every browser is signed out. Returns what is
    wrong with the new address, if it cannot be used.
    """
    changed = [name for name in CHANNELS_OF if getattr(family, name) != getattr(details, name)]
    if "email" in changed:
        void_links(session, family)
    if "email" in changed and details.email and family.account is not None:
        fault = _move_account(session, actor, family.account, normalise_email(details.email))
        if fault is not None:
            return fault
    if changed and family.account is not None:
        sign_out_everywhere(session, family.account)
    _take_channels_back(session, actor, family, changed)
    return None


def void_links(session: Session, family: Family) -> None:
    """Make links to the family's account useless: they lie in a mailbox that is not safe (now)."""
    unused = select(Token).where(Token.account_id == family.account_id, Token.used_at.is_(None))
    for token in session.scalars(unused):
        token.used_at = utc_now()


def _take_channels_back(
    session: Session, actor: Account, family: Family, changed: list[str]
) -> None:
    unsafe = {channel for name in changed for channel in CHANNELS_OF[name]}
    answers = family.safe_contact
    if answers is None or not unsafe & set(answers.channels):
        return
    answers.channels = tuple(one for one in answers.channels if one not in unsafe)
    audit.record_change(
        session, actor, "safe_contact.reset", family, fields=[one.value for one in unsafe]
    )


def _move_account(session: Session, actor: Account, account: Account, email: str) -> Fault | None:
    if email == account.email:
        return None
    free_address(session, email)
    if find_by_email(session, email) is not None:
        return Fault("email", "Another account uses this email address. Record another one")
    account.email = email
    audit.record_security(session, actor, "account.change_email", account)
    return None
