"""What staff see of a check before its certificate is there, and all open applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from peerapp.domain import check_applications as rules
from peerapp.domain.certificates import COVERED_BY, covers_workforce, current_certificate
from peerapp.domain.onboarding import FINAL
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import ApplicationState
from peerapp.errors import Refusal
from peerapp.models import Account, CheckApplication, CheckDecision, FeeDecision, Volunteer
from peerapp.services import check_applications, check_levels, volunteers
from peerapp.services.check_levels import Review, RoleCheck
from peerapp.services.schemes import get_scheme

PAGE = 30


@dataclass(frozen=True)
class ApplicationStanding:
    """An application, how long it has been open, and the steps that may follow."""

    application: CheckApplication
    days: int
    is_flagged: bool
    is_for_another_check: bool
    steps: tuple[ApplicationState, ...]


@dataclass(frozen=True)
class CheckOverview:
    """A volunteer's decision, fee and applications.

    Attributes
    ----------
    review
        Set if the rules would decide otherwise now.
    current
        The application on its way, if there is one.
    may_submit
        One is to be sent off, or none is on its way; ``missing`` says what that still needs.
    """

    decision: CheckDecision | None
    review: Review | None
    fee: FeeDecision | None
    current: ApplicationStanding | None
    earlier: tuple[CheckApplication, ...]
    may_submit: bool
    missing: tuple[Refusal, ...]


def get_overview(session: Session, volunteer: Volunteer, today: date) -> CheckOverview:
    """Return where a volunteer's check stands; what is shown of it is audited by the caller."""
    current = rules.open_application(volunteer)
    may_submit = current is None or current.state == ApplicationState.TO_SUBMIT
    missing = check_applications.submission_refusals(session, volunteer, today)
    return CheckOverview(
        decision=check_levels.last_decision(volunteer),
        review=check_levels.find_review(session, volunteer),
        fee=rules.last_fee_decision(volunteer),
        current=_standing(current, volunteer.scheme.application_flag_days, today)
        if current
        else None,
        earlier=tuple(one for one in reversed(volunteer.applications) if one is not current),
        may_submit=may_submit,
        missing=tuple(missing) if may_submit else (),
    )


def list_open(
    session: Session, actor: Account, today: date, page: int = 1
) -> tuple[list[ApplicationStanding], int, int]:
    """Return open applications, how many there are, and how many of them take too long.

    The oldest come first, and with them those that are flagged.
    """
    flag_days = get_scheme(session).application_flag_days
    wanted = _open_to(actor)
    total = session.scalar(select(func.count(CheckApplication.id)).join(Volunteer).where(*wanted))
    query = (
        select(CheckApplication)
        .join(Volunteer)
        .where(*wanted)
        .options(contains_eager(CheckApplication.volunteer).options(joinedload(Volunteer.locality)))
        .order_by(CheckApplication.opened_on, CheckApplication.created_at, CheckApplication.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = [_standing(one, flag_days, today) for one in session.scalars(query)]
    return found, total or 0, count_late(session, actor, today)


def count_late(session: Session, actor: Account, today: date) -> int:
    """Return how many open applications take too long, of volunteers whom the actor may see."""
    opened_before = today - timedelta(days=get_scheme(session).application_flag_days)
    late = CheckApplication.opened_on < opened_before
    query = select(func.count(CheckApplication.id)).join(Volunteer).where(*_open_to(actor), late)
    return session.scalar(query) or 0


def _open_to(actor: Account) -> tuple[ColumnElement[bool], ...]:
    return (
        volunteers.visible_to(actor),
        Volunteer.state.not_in(FINAL),
        CheckApplication.state.in_(rules.OPEN),
    )


def _standing(application: CheckApplication, flag_days: int, today: date) -> ApplicationStanding:
    following = rules.STEPS[application.state]
    return ApplicationStanding(
        application=application,
        days=rules.days_open(application, today),
        is_flagged=rules.is_flagged(application, flag_days, today),
        is_for_another_check=rules.is_for_another_check(application, application.volunteer),
        steps=tuple(state for state in ApplicationState if state in following),
    )


def list_effects(volunteer: Volunteer, found: RoleCheck, today: date) -> Sequence[str]:
    """Say what deciding so would change for a volunteer, in sentences."""
    if found.check is None:
        return []
    level, workforce = found.check
    effects = []
    was_cleared = not clearance_refusals(volunteer, today)
    certificate = current_certificate(volunteer)
    if certificate is not None and not (
        certificate.level in COVERED_BY[level]
        and covers_workforce(certificate.workforce, workforce)
    ):
        effects.append("The certificate on record is not enough for this: a new one is needed.")
    if not found.role.coaches_families and volunteer.coaches_families:
        effects.append("The volunteer can no longer be matched with a family.")
    if effects and was_cleared:
        effects.append(
            "Families stop seeing the volunteer’s contact details at once, and open proposals are "
            "withdrawn."
        )
    application = rules.open_application(volunteer)
    asked = (application.level, application.workforce) if application else None
    if asked not in {None, (None, None), found.check}:
        effects.append("The application on its way is for another check: withdraw it.")
    return effects
