"""How the certificate that counts stands, what comes next, and who does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from peerapp.domain.certificates import (
    add_months,
    certificate_refusals,
    current_certificate,
    recheck_due,
)
from peerapp.domain.consents import has_consent
from peerapp.domain.subscriptions import RENEWABLE_DAYS, is_subscribed, join_window, stands
from peerapp.enums import BoardState, CertificateStatus, RiskDecision, WaitsFor
from peerapp.models import Certificate, Volunteer
from peerapp.wording import date as in_words

SOON_DAYS = 90


@dataclass(frozen=True)
class NextStep:
    """What comes next. ``code`` is stable; ``text`` is for staff."""

    code: str
    text: str
    who: WaitsFor


NOTHING = NextStep("nothing", "Nothing", WaitsFor.NOBODY)


def board_state(volunteer: Volunteer, today: date) -> BoardState:
    """Say how the certificate stands. ``services.certificate_board`` says the same in SQL."""
    certificate = current_certificate(volunteer)
    if certificate is None:
        return BoardState.NONE
    if certificate.status == CertificateStatus.RECORDED:
        return BoardState.TO_ACCEPT
    if certificate.status != CertificateStatus.ACCEPTED:
        return BoardState.STOPPED
    open_codes = {one.code for one in certificate_refusals(volunteer, today)}
    if open_codes - {"certificate_lapsed"}:
        return BoardState.QUESTION
    if open_codes:
        return BoardState.LAPSED
    due_on = recheck_due(certificate, volunteer.scheme.recheck_months)
    return BoardState.SOON if (due_on - today).days <= SOON_DAYS else BoardState.IN_DATE


def latest_issue(months: int, due_by: date) -> date:
    """Return the last issue date whose new check is due on ``due_by`` or before.

    Months differ in length: the certificates of 28 and of 29 February 2024 are both due on
    28 February 2027.
    """
    day = add_months(due_by, -months) + timedelta(days=4)
    while add_months(day, months) > due_by:
        day -= timedelta(days=1)
    return day


def next_step(volunteer: Volunteer, today: date) -> NextStep:
    """Return the one thing that comes next for a volunteer's certificate."""
    certificate = current_certificate(volunteer)
    if certificate is None:
        return _without(volunteer)
    state = board_state(volunteer, today)
    if state in _BY_STATUS:
        return _BY_STATUS[state]
    if state == BoardState.STOPPED:
        return _STOPPED[certificate.status]
    if state in {BoardState.TO_ACCEPT, BoardState.QUESTION}:
        return _open_question(volunteer, certificate, today)
    return _with_good_one(volunteer, certificate, state, today)


def _without(volunteer: Volunteer) -> NextStep:
    if volunteer.check_level is None:
        text = "Decide which DBS check the role needs"
        return NextStep("decide_level", text, WaitsFor.COORDINATOR)
    return NextStep(
        "first_check", "Apply for the check, then show the original", WaitsFor.VOLUNTEER
    )


_BY_STATUS = {
    BoardState.LAPSED: NextStep(
        "lapsed", "Apply for a new check: the volunteer may not coach", WaitsFor.COORDINATOR
    ),
}

_STOPPED = {
    CertificateStatus.NEW_INFORMATION: NextStep(
        "new_check", "Follow the new application: something is new at DBS", WaitsFor.COORDINATOR
    ),
    CertificateStatus.UNVERIFIED: NextStep(
        "check_details", "Check the details with the volunteer", WaitsFor.COORDINATOR
    ),
    CertificateStatus.REVOKED: NextStep(
        "replace", "Ask for a new certificate", WaitsFor.COORDINATOR
    ),
}


def _open_question(volunteer: Volunteer, certificate: Certificate, today: date) -> NextStep:
    codes = {one.code for one in certificate_refusals(volunteer, today)}
    if volunteer.check_level is None:
        text = "Decide which DBS check the role needs"
        return NextStep("decide_level", text, WaitsFor.COORDINATOR)
    if "certificate_name" in codes:
        text = "Match the name on the certificate"
        return NextStep("match_name", text, WaitsFor.COORDINATOR)
    if "certificate_risk" in codes:
        if certificate.risk_decision == RiskDecision.UNFAVOURABLE:
            text = "Decide whether the volunteer goes on"
            return NextStep("unfavourable", text, WaitsFor.COORDINATOR)
        return NextStep("decide_content", "Decide on its content", WaitsFor.LEAD)
    if "certificate_review" in codes:
        return NextStep("review", "Review the decision on its content", WaitsFor.LEAD)
    if codes & {"certificate_level", "certificate_workforce"}:
        text = "Apply for the check that the role needs"
        return NextStep("wrong_level", text, WaitsFor.COORDINATOR)
    if "certificate_lapsed" in codes:
        return _BY_STATUS[BoardState.LAPSED]
    if codes & {"certificate_future", "certificate_unseen"}:
        return NextStep("check_dates", "Check the dates that were recorded", WaitsFor.COORDINATOR)
    return NextStep("accept", "Accept the certificate", WaitsFor.COORDINATOR)


def _with_good_one(
    volunteer: Volunteer, certificate: Certificate, state: BoardState, today: date
) -> NextStep:
    """Return what keeps a certificate good: a new check in time, else the Update Service."""
    held = certificate.subscription
    if state == BoardState.SOON:
        due_on = recheck_due(certificate, volunteer.scheme.recheck_months)
        text = f"Begin a new check, to have it by {in_words(due_on)}"
        return NextStep("recheck", text, WaitsFor.COORDINATOR)
    if held is not None and stands(held, today):
        if not has_consent(volunteer):
            return NextStep("consent", "Agree to status checks", WaitsFor.VOLUNTEER)
        if (held.renew_by - today).days <= RENEWABLE_DAYS:
            text = f"Renew the Update Service before {in_words(held.renew_by)}"
            return NextStep("renew", text, WaitsFor.VOLUNTEER)
        return NOTHING
    window = join_window(certificate, volunteer.scheme.join_days, today)
    if window is not None and window.is_open and not is_subscribed(certificate, today):
        text = f"Join the Update Service by {in_words(window.last_day)}"
        return NextStep("join", text, WaitsFor.VOLUNTEER)
    return NOTHING
