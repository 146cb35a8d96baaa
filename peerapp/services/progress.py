"""Where a volunteer stands, in words for the volunteer: no codes, no reasons of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from peerapp.domain import onboarding, profiles, referees
from peerapp.domain.certificates import certificate_refusals, current_certificate, recheck_due
from peerapp.domain.check_applications import open_application
from peerapp.domain.vetting import COACHING_STATES, GateStatus, gate_statuses
from peerapp.enums import (
    ApplicationState,
    CertificateStatus,
    Gate,
    GateItem,
    RiskDecision,
    VolunteerState,
)
from peerapp.models import Certificate, Volunteer
from peerapp.services import check_words
from peerapp.services.gates import courses_missing
from peerapp.vocabulary import label
from peerapp.wording import date as in_words

S = VolunteerState
C = CertificateStatus


@dataclass(frozen=True)
class Stage:
    """What a state means for the volunteer, what comes next and who has to do it."""

    title: str
    text: str
    waits_for: str


@dataclass(frozen=True)
class Task:
    """One line of the task list, as ``macros/progress.html: task_list`` wants it."""

    title: str
    hint: str
    status: str
    state: str
    href: str | None = None
    gate: Gate | None = None


@dataclass(frozen=True)
class Step:
    """One of the few steps that the way is told in, as ``macros/progress.html: steps`` wants it."""

    title: str
    text: str
    state: str


@dataclass(frozen=True)
class Progress:
    """All that the volunteer's first page shows.

    Attributes
    ----------
    missing_pages
        Pages of the profile that the application still lacks.
    has_coached
        The volunteer coaches, or did: there may be matches to look at.
    """

    volunteer: Volunteer
    stage: Stage
    steps: list[Step]
    tasks: list[Task]
    check: str
    missing_pages: list[str]
    may_withdraw: bool
    may_return: bool
    has_applied: bool
    has_coached: bool


YOU, US, NOBODY = "you", "us", "nobody"

STAGES: dict[VolunteerState, Stage] = {
    S.ENQUIRY: Stage(
        "Your application is not finished",
        "Answer the questions in your own time. Each page is saved, so you can stop and come "
        "back. Then send us your application.",
        YOU,
    ),
    S.APPLIED: Stage(
        "We have your application",
        "A coordinator will read it and contact you, usually within 10 working days.",
        US,
    ),
    S.SCREENING: Stage(
        "We are reading your application",
        "Your coordinator will ask you to come for a talk, so that we can get to know each other.",
        US,
    ),
    S.INTERVIEWED: Stage(
        "We have talked with each other",
        "Next we start the checks that everybody who works with children needs.",
        US,
    ),
    S.VETTING: Stage(
        "We are doing your checks",
        "The list below shows what is done and what is left. We will ask you when we need "
        "something.",
        US,
    ),
    S.TRAINING: Stage(
        "You are in training",
        "Your coordinator will tell you the dates of the courses that you still need.",
        YOU,
    ),
    S.PANEL: Stage(
        "A panel is looking at your application",
        "Everything is in place. The panel decides, and your coordinator tells you.",
        US,
    ),
    S.PROBATION: Stage(
        "You can start with one family",
        "We will contact you when there is a family that suits you. After a good start you can "
        "support more.",
        NOBODY,
    ),
    S.ACTIVE: Stage(
        "You are a coach",
        "We contact you each time there is a family that suits you.",
        NOBODY,
    ),
    S.PAUSED: Stage(
        "You are taking a break",
        "Families do not see your contact details now. Tell your coordinator when you are ready "
        "to come back.",
        NOBODY,
    ),
    S.SUSPENDED: Stage(
        "Your role is on hold",
        "Please do not contact families for now. Your coordinator will talk with you.",
        US,
    ),
    S.DECLINED: Stage(
        "We cannot take your application further",
        "Thank you for your offer to help. If you want to know more, contact the scheme.",
        NOBODY,
    ),
    S.WITHDRAWN: Stage(
        "You have withdrawn your application",
        "Thank you for thinking of us. If you change your mind, you can apply again.",
        NOBODY,
    ),
    S.LEFT: Stage(
        "You have left the scheme",
        "Thank you for all that you did for families.",
        NOBODY,
    ),
}

STEPS: tuple[tuple[str, tuple[VolunteerState, ...]], ...] = (
    ("Tell us about yourself", (S.ENQUIRY,)),
    ("Get to know each other", (S.APPLIED, S.SCREENING)),
    ("Checks and training", (S.INTERVIEWED, S.VETTING, S.TRAINING)),
    ("Panel", (S.PANEL,)),
    ("Start with one family", (S.PROBATION,)),
    ("Coach", (S.ACTIVE,)),
)
"""The path in the words of the volunteer."""

GATES: dict[Gate, tuple[str, str]] = {
    Gate.IDENTITY: (
        "Show who you are",
        "We look at documents with your name, photo and address.",
    ),
    Gate.REFERENCES: (
        "Two references",
        "We ask two people who know you well. They cannot be relatives.",
    ),
    Gate.INTERVIEW: ("A talk with us", "You meet your coordinator, in person or by video."),
    Gate.DBS_LEVEL: (
        "Which DBS check you need",
        "We decide this from what you will do as a coach.",
    ),
    Gate.CERTIFICATE: ("DBS certificate", ""),
    Gate.CORE_TRAINING: ("Training", "You have done all the courses that every coach needs."),
    Gate.AGREEMENT: (
        "Volunteer agreement",
        "You and the scheme sign what you can expect of each other.",
    ),
}


def get_progress(volunteer: Volunteer, today: date) -> Progress:
    """Return where the actor's own application stands."""
    return Progress(
        volunteer=volunteer,
        stage=STAGES[volunteer.state],
        steps=_steps(volunteer.state),
        tasks=[_task(volunteer, status, today) for status in gate_statuses(volunteer, today)],
        check=check_in_words(volunteer, today),
        missing_pages=profiles.missing_pages(volunteer, today),
        may_withdraw=volunteer.state in onboarding.BEFORE_COACHING,
        may_return=volunteer.state in onboarding.FINAL,
        has_applied=volunteer.state not in onboarding.FINAL | {S.ENQUIRY},
        has_coached=volunteer.state in COACHING_STATES | {S.PAUSED},
    )


def _steps(state: VolunteerState) -> list[Step]:
    """Return the steps, or none where the volunteer stands beside the path."""
    now = [index for index, (_, states) in enumerate(STEPS) if state in states]
    if not now:
        return []
    kinds = ["done" if i < now[0] else "now" if i == now[0] else "later" for i in range(len(STEPS))]
    return [Step(title, "", kind) for (title, _), kind in zip(STEPS, kinds, strict=True)]


def _task(volunteer: Volunteer, status: GateStatus, today: date) -> Task:
    title, hint = GATES[status.gate]
    if status.gate == Gate.CERTIFICATE:
        hint = check_in_words(volunteer, today)
    if status.gate == Gate.DBS_LEVEL and status.is_met:
        hint = check_words.level_in_words(volunteer)
    if status.gate == Gate.CORE_TRAINING and not status.is_met:
        hint = f"Still to do: {', '.join(courses_missing(volunteer, today))}."
    if status.gate == Gate.AGREEMENT and status.is_met and (last := _signed_until(volunteer)):
        hint = f"The agreement has changed. Sign it by {in_words(last)}."
        return Task(title, hint, "Sign again", "soon", gate=status.gate)
    if status.is_met:
        return Task(title, hint, "Done", "done", gate=status.gate)
    if status.gate == Gate.REFERENCES:
        return _references_task(volunteer, title, hint)
    if status.gate == Gate.DBS_LEVEL:
        return Task(title, hint, "We do this", "waiting")
    if _waits_for_dbs(volunteer, status.gate):
        return Task(title, hint, "Waiting", "waiting")
    return Task(title, hint, "To do", "todo", gate=status.gate)


def _signed_until(volunteer: Volunteer) -> date | None:
    """Return the last day on which a signature counts that has to be given again."""
    return next(
        (one.valid_until for one in volunteer.gate_records if one.item == GateItem.AGREEMENT), None
    )


def _references_task(volunteer: Volunteer, title: str, hint: str) -> Task:
    live = sum(one.state in referees.LIVE for one in volunteer.references)
    if live >= referees.NEEDED:
        hint = "You have named your referees. We wait for them, and check what they write."
        return Task(title, hint, "Waiting", "waiting", gate=Gate.REFERENCES)
    named = "You have named 1 of 2 people." if live else hint
    return Task(title, named, "To do", "todo", gate=Gate.REFERENCES)


def _waits_for_dbs(volunteer: Volunteer, gate: Gate) -> bool:
    application = open_application(volunteer)
    waiting = {ApplicationState.SUBMITTED, ApplicationState.WITH_DBS}
    return gate == Gate.CERTIFICATE and application is not None and application.state in waiting


def check_in_words(volunteer: Volunteer, today: date) -> str:
    """Say how the DBS check stands, how far a new one is, and what happens next."""
    application = check_words.application_in_words(volunteer)
    if current_certificate(volunteer) is None and application:
        return f"{application} {check_words.fee_in_words(volunteer)}".strip()
    return f"{_certificate_in_words(volunteer, today)} {application}".strip()


def _certificate_in_words(volunteer: Volunteer, today: date) -> str:
    certificate = current_certificate(volunteer)
    if certificate is None:
        return _without_certificate(volunteer)
    due = recheck_due(certificate, volunteer.scheme.recheck_months)
    if not certificate_refusals(volunteer, today):
        return f"Your DBS check is done. You will need a new one by {in_words(due)}."
    if certificate.status == C.ACCEPTED and today >= due:
        return "Your DBS check is too old now. You need a new one. We will tell you how."
    return _with_certificate(certificate)


def _without_certificate(volunteer: Volunteer) -> str:
    if volunteer.check_level is None:
        return "We have not started your DBS check yet."
    needed = f"You need a DBS check: {label(volunteer.check_level).lower()}."
    fee = check_words.fee_in_words(volunteer)
    return (
        f"{needed} {fee + ' ' if fee else ''}We will help you to apply. When the certificate comes "
        "by post, show us the original."
    )


def _with_certificate(certificate: Certificate) -> str:
    if certificate.status == C.ACCEPTED:
        return "We need to look at your certificate again. We will contact you."
    if certificate.status != C.RECORDED:
        return _STATUS_WORDS[certificate.status]
    if certificate.has_content and certificate.risk_decision != RiskDecision.FAVOURABLE:
        return (
            "We have seen your certificate. Our safeguarding lead will talk with you before we "
            "decide."
        )
    return "We have seen your certificate and are checking its details."


_STATUS_WORDS: dict[CertificateStatus, str] = {
    C.NEW_INFORMATION: "There is something new at DBS, so your certificate does not count any "
    "more. You need a new check. We will contact you.",
    C.UNVERIFIED: "DBS could not find your certificate from the details we have. We will check "
    "them with you.",
    C.REVOKED: "Your certificate cannot be used any more. We will contact you.",
}
