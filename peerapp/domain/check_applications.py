"""Applications for DBS checks: when one may be sent off, how long it has been open, who pays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from peerapp.domain.onboarding import age_on
from peerapp.domain.vetting import gate_statuses
from peerapp.enums import ApplicationReason, ApplicationState, CheckLevel, FeeQuestion, Gate
from peerapp.errors import Refusal
from peerapp.models import CheckApplication, FeeDecision, Volunteer

S = ApplicationState

OPEN = (S.TO_SUBMIT, S.SUBMITTED, S.WITH_DBS, S.ISSUED)
"""States in which an application is on its way; a volunteer has one such at most."""

STEPS: dict[ApplicationState, frozenset[ApplicationState]] = {
    S.TO_SUBMIT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.WITH_DBS, S.ISSUED, S.WITHDRAWN}),
    S.WITH_DBS: frozenset({S.ISSUED, S.WITHDRAWN}),
    S.ISSUED: frozenset({S.WITHDRAWN}),
    S.CLOSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""For each state, those that staff may set next. Umbrella bodies do not always tell when DBS has
it, so that step may be left out. ``closed`` comes with the certificate and in no other way."""

LEGAL_AGE = 16
"""DBS takes no application from anybody younger; a scheme may ask for more."""

FREE_LEVELS = frozenset(CheckLevel) - {CheckLevel.BASIC}
"""Levels that are free for volunteers; a basic check never is."""


def open_application(volunteer: Volunteer) -> CheckApplication | None:
    """Return the volunteer's application that is on its way, if there is one."""
    return next((one for one in volunteer.applications if one.state in OPEN), None)


def days_open(application: CheckApplication, today: date) -> int:
    """Return the days since it was opened, until today or until it ended."""
    return ((application.ended_on or today) - application.opened_on).days


def is_flagged(application: CheckApplication, flag_days: int, today: date) -> bool:
    """Say whether an open application takes too long: on day 31 of 30, not on day 30."""
    return application.state in OPEN and days_open(application, today) > flag_days


def last_fee_decision(volunteer: Volunteer) -> FeeDecision | None:
    """Return the decision on the fee that counts."""
    return volunteer.fee_decisions[-1] if volunteer.fee_decisions else None


def is_free_volunteer(answers: Mapping[FeeQuestion, bool]) -> bool:
    """Say whether the check may be free: every exclusion was asked and answered no."""
    return all(answers.get(question) is False for question in FeeQuestion)


def submission_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why no application may be sent off for a volunteer; empty means that one may."""
    refusals = []
    if volunteer.check_level is None or not volunteer.check_decisions:
        refusals.append(
            Refusal("dbs_level_missing", "Decide by the questions which DBS check is needed.")
        )
    if not _is_identity_verified(volunteer, today):
        refusals.append(Refusal("identity_missing", "Check the identity documents first."))
    if last_fee_decision(volunteer) is None:
        refusals.append(Refusal("fee_missing", "Answer whether the check is free first."))
    return [*refusals, *age_refusals(volunteer, today)]


def _is_identity_verified(volunteer: Volunteer, today: date) -> bool:
    return all(
        status.is_met for status in gate_statuses(volunteer, today) if status.gate == Gate.IDENTITY
    )


def age_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Refuse who is too young on the day: 16 by law, or what the scheme asks for if more."""
    youngest = max(LEGAL_AGE, volunteer.scheme.minimum_age)
    if volunteer.date_of_birth is None:
        return [Refusal("date_of_birth_missing", "The date of birth is not known.")]
    if age_on(volunteer.date_of_birth, today) < youngest:
        return [Refusal("too_young", f"An applicant must be {youngest} or older on the day.")]
    return []


def step_refusals(application: CheckApplication, to: ApplicationState) -> list[Refusal]:
    """Say why a state may not follow the present one."""
    if to in STEPS[application.state]:
        return []
    return [Refusal("no_such_step", "This is not a step that can be taken now.")]


def day_refusals(application: CheckApplication, day: date, today: date) -> list[Refusal]:
    """Refuse a day in the future, or before what is already on record; the code is ``on``."""
    if day > today:
        return [Refusal("on", "The date must be today or in the past.")]
    earlier = [application.submitted_on, application.with_dbs_on, application.issued_on]
    known = [one for one in earlier if one is not None]
    if known and day < max(known):
        return [Refusal("on", "The date must not be before the step that came before it.")]
    return []


def usual_reason(volunteer: Volunteer) -> ApplicationReason:
    """Return the reason that an application opened now most likely has."""
    return ApplicationReason.RECHECK if volunteer.certificates else ApplicationReason.FIRST


def is_for_another_check(application: CheckApplication, volunteer: Volunteer) -> bool:
    """Say whether the check has been decided anew since the application was sent off."""
    sent_for = application.level, application.workforce
    return application.level is not None and sent_for != (
        volunteer.check_level,
        volunteer.check_workforce,
    )
