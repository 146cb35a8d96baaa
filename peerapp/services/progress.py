"""Where a volunteer stands, in words for the volunteer: no codes, no reasons of others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from peerapp.domain import onboarding, profiles
from peerapp.domain.certificates import certificate_refusals, current_certificate, recheck_due
from peerapp.domain.gate_steps import Around, GateStep, gate_steps
from peerapp.domain.vetting import COACHING_STATES
from peerapp.enums import CertificateStatus, Gate, RiskDecision, VolunteerState, WaitsFor
from peerapp.models import Certificate, Volunteer
from peerapp.services import check_words
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
        "The list below shows which courses you still need, and when you can do them.",
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


ALONE = Around()


def get_progress(volunteer: Volunteer, today: date, around: Around = ALONE) -> Progress:
    """Return where the actor's own application stands.

    Parameters
    ----------
    around
        As ``task_lists.get_around`` gives it, for a page that shows the tasks.
    """
    steps = gate_steps(volunteer, around, today)
    return Progress(
        volunteer=volunteer,
        stage=_stage(volunteer.state, steps),
        steps=_steps(volunteer.state),
        tasks=[_task(volunteer, step, today) for step in steps],
        check=check_in_words(volunteer, today),
        missing_pages=profiles.missing_pages(volunteer, today),
        may_withdraw=volunteer.state in onboarding.BEFORE_COACHING,
        may_return=volunteer.state in onboarding.FINAL,
        has_applied=volunteer.state not in onboarding.FINAL | {S.ENQUIRY},
        has_coached=volunteer.state in COACHING_STATES | {S.PAUSED},
    )


def _stage(state: VolunteerState, steps: list[GateStep]) -> Stage:
    """Return what the state means; while gates are worked on, they say whose the next step is."""
    stage = STAGES[state]
    if state not in {S.VETTING, S.TRAINING}:
        return stage
    is_theirs = any(one.who == WaitsFor.VOLUNTEER and not one.is_met for one in steps)
    return replace(stage, waits_for=YOU if is_theirs else US)


def _steps(state: VolunteerState) -> list[Step]:
    """Return the steps, or none where the volunteer stands beside the path."""
    now = [index for index, (_, states) in enumerate(STEPS) if state in states]
    if not now:
        return []
    kinds = ["done" if i < now[0] else "now" if i == now[0] else "later" for i in range(len(STEPS))]
    return [Step(title, "", kind) for (title, _), kind in zip(STEPS, kinds, strict=True)]


def _task(volunteer: Volunteer, step: GateStep, today: date) -> Task:
    title, hint = GATES[step.gate]
    hint = step.own_text or hint
    if step.gate == Gate.CERTIFICATE:
        hint = check_in_words(volunteer, today)
    if step.gate == Gate.DBS_LEVEL and step.is_met:
        hint = check_words.level_in_words(volunteer)
    if step.code == "agreement_to_renew":
        return Task(title, hint, "Sign again", "soon", gate=step.gate)
    if step.is_met:
        return Task(title, hint, "Done", "done", gate=step.gate)
    status, state = STATUSES[step.who]
    return Task(title, hint, status, state, gate=step.gate)


STATUSES: dict[WaitsFor, tuple[str, str]] = {
    WaitsFor.VOLUNTEER: ("To do", "todo"),
    WaitsFor.REFEREE: ("Waiting", "waiting"),
    WaitsFor.DBS: ("Waiting", "waiting"),
    WaitsFor.SESSION: ("Booked", "waiting"),
    WaitsFor.COORDINATOR: ("We do this", "waiting"),
    WaitsFor.LEAD: ("We do this", "waiting"),
    WaitsFor.PANEL: ("We do this", "waiting"),
}
"""What the volunteer reads beside a gate that is open, by whom it waits for."""


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
