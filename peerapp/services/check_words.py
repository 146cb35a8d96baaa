"""The level of the check and its application, in words for the volunteer."""

from __future__ import annotations

from peerapp.domain.check_applications import FREE_LEVELS, last_fee_decision, open_application
from peerapp.enums import ApplicationState
from peerapp.models import CheckApplication, Volunteer
from peerapp.vocabulary import label
from peerapp.wording import date as in_words


def level_in_words(volunteer: Volunteer) -> str:
    """Say which check was decided, and why; empty while none is."""
    if volunteer.check_level is None:
        return ""
    text = f"{label(volunteer.check_level)}."
    if volunteer.check_decisions:
        role = volunteer.check_decisions[-1].role.name
        text += f" The law says which check goes with a role. Yours is: {role}."
    return text


def fee_in_words(volunteer: Volunteer) -> str:
    """Say whether the check costs anything; empty while that is not known."""
    fee = last_fee_decision(volunteer)
    if fee is None or volunteer.check_level is None:
        return ""
    if fee.is_free and volunteer.check_level in FREE_LEVELS:
        return "It is free for you."
    return "It has a fee. We will talk with you about who pays it."


def application_in_words(volunteer: Volunteer) -> str:
    """Say how far the application is and what comes next; empty if none is on its way."""
    application = open_application(volunteer)
    if application is None:
        return ""
    return f"{_step(application)} {_NEXT[application.state]}"


def _step(application: CheckApplication) -> str:
    if application.submitted_on is None:
        return "We will help you to apply for your DBS check."
    sent = f"Your application for a DBS check was sent off on {in_words(application.submitted_on)}."
    if application.issued_on is not None:
        issued = in_words(application.issued_on)
        return f"{sent} DBS issued the certificate on {issued} and posts it to your home."
    if application.with_dbs_on is not None:
        return f"{sent} DBS has had it since {in_words(application.with_dbs_on)}."
    return sent


_NEXT: dict[ApplicationState, str] = {
    ApplicationState.TO_SUBMIT: "We will contact you.",
    ApplicationState.SUBMITTED: "You do not need to do anything now.",
    ApplicationState.WITH_DBS: "It can take some weeks. You do not need to do anything now.",
    ApplicationState.ISSUED: "When it comes, show us the original.",
}
