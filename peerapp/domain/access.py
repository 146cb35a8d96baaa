"""Whose record is whose: may this account know of that person or match?

Routes are guarded by role in ``permissions``; here each single record is. Two questions are kept
apart: ``works_with_…`` asks for one's own caseload (lists, notices, who is responsible),
``may_see_…`` also lets in who holds a grant of duty cover for this one record, as of this second.
"""

from __future__ import annotations

import uuid

from peerapp.domain.referees import has_concern
from peerapp.enums import Role
from peerapp.models import Account, Family, Match, Reference, Volunteer, utc_now

WHOLE_SCHEME = frozenset({Role.SAFEGUARDING_LEAD, Role.MANAGER})


def sees_every_locality(account: Account) -> bool:
    """Say whether the account works for the whole scheme."""
    return account.role in WHOLE_SCHEME


def works_in(account: Account, locality_id: uuid.UUID | None) -> bool:
    """Say whether a member of staff works in a locality; None is nobody's in particular."""
    if sees_every_locality(account):
        return True
    return account.role == Role.COORDINATOR and locality_id in account.locality_ids


def works_with_family(account: Account, family: Family) -> bool:
    """Staff work with the families of their localities; a worker keeps a family that moves."""
    return works_in(account, family.locality_id) or is_worker(account, family)


def may_see_family(account: Account, family: Family) -> bool:
    """Say whether a family's record opens: it is of one's own caseload, or on duty cover."""
    return works_with_family(account, family) or is_let_in(account, family.id)


def is_let_in(account: Account, record_id: uuid.UUID | None) -> bool:
    """Say whether a grant lets a coordinator in to a record outside their caseload, now.

    The clock is asked here and nowhere above, so that no caller can hand on a moment in which a
    grant still stood. That it was used is noted on the account: the request is audited with it.
    """
    if account.role != Role.COORDINATOR:
        return False
    grant = account.standing_grant(record_id, utc_now())
    if grant is None:
        return False
    account.grants_used.add(grant)
    return True


def is_worker(account: Account, family: Family) -> bool:
    """Say whether the account is the family's named worker."""
    if account.role != Role.COORDINATOR or family.worker_id is None:
        return False
    return family.worker_id == account.id


def may_be_worker(account: Account, family: Family) -> bool:
    """A family's worker is a coordinator who works where it lives when they begin."""
    return account.role == Role.COORDINATOR and works_in(account, family.locality_id)


def may_see_sensitive_needs(account: Account) -> bool:
    """Substance use, exploitation, crime and domestic abuse are for those who work on them."""
    return account.role in {Role.COORDINATOR, Role.SAFEGUARDING_LEAD}


def works_with_volunteer(account: Account, volunteer: Volunteer) -> bool:
    """Staff work with the volunteers of their localities; coordinators with those of none."""
    if account.role == Role.COORDINATOR and volunteer.locality_id is None:
        return True
    return works_in(account, volunteer.locality_id)


def may_see_volunteer(account: Account, volunteer: Volunteer) -> bool:
    """Say whether a volunteer's record opens: of one's own caseload, or on duty cover."""
    return works_with_volunteer(account, volunteer) or is_let_in(account, volunteer.id)


def may_read_reference(account: Account, reference: Reference) -> bool:
    """What a referee wrote is for coordinators of the locality; a concern is for the lead too.

    So is what a member of staff typed in: where one coordinator works alone, the lead verifies it.
    """
    if account.role == Role.SAFEGUARDING_LEAD:
        is_for_lead = has_concern(reference.answers) or reference.entered_by_id is not None
        return reference.answered_at is not None and is_for_lead
    return account.role == Role.COORDINATOR and may_see_volunteer(account, reference.volunteer)


def works_with_match(account: Account, match: Match) -> bool:
    """A match belongs to whoever works with its family."""
    return works_with_family(account, match.family)


def may_see_match(account: Account, match: Match) -> bool:
    """Say whether a match opens: with its family, as one's own or on duty cover."""
    return may_see_family(account, match.family)


def may_decide_match(account: Account, match: Match) -> bool:
    """Only a coordinator of the family's locality decides; a manager reads."""
    return account.role == Role.COORDINATOR and works_in(account, match.family.locality_id)
