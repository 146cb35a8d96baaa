"""Where a volunteer's timeline comes from: each kind of record told as events.

Codes and plain words, never what a referee wrote, what an interview noted or what a certificate
says. What no table of its own keeps, such as a gate taken back, comes from the audit trail.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from peerapp.domain.courses import title_of
from peerapp.enums import (
    ApplicationState,
    AuditKind,
    BookingState,
    CertificateStatus,
    GateItem,
    InterviewState,
    PanelOutcome,
    ReferenceState,
    ReviewOutcome,
    StatusOutcome,
    VolunteerState,
)
from peerapp.models import (
    AgreementSignature,
    AuditEvent,
    Base,
    CourseBooking,
    ExpiryWarning,
    IdentityCheck,
    Interview,
    PanelDecision,
    ProbationReview,
    Reference,
    StatusCheck,
    Volunteer,
    VolunteerPause,
)
from peerapp.vocabulary import check_label, label
from peerapp.wording import count, day_of
from peerapp.wording import date as in_words

SYSTEM, REFEREE, STAFF = "the system", "the referee", "staff"
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Happening:
    """One event of a volunteer's record.

    Attributes
    ----------
    on
        The day on which it happened; ``recorded_at`` is when it was written down.
    by_id, by
        The account that did it, or else who did.
    """

    on: date
    recorded_at: datetime
    code: str
    title: str
    why: str = ""
    by_id: uuid.UUID | None = None
    by: str = SYSTEM


def _at(
    moment: datetime, code: str, title: str, why: str = "", by_id: uuid.UUID | None = None
) -> Happening:
    return Happening(day_of(moment), moment, code, title, why, by_id)


def _small(words: str) -> str:
    """Return words to stand within a line: ``With DBS`` becomes ``with DBS``, ``DBS`` stays."""
    return words if words[:2].isupper() else words[0].lower() + words[1:]


def _all(
    session: Session, model: type[Row], volunteer: Volunteer, *options: ORMOption
) -> Sequence[Row]:
    of_volunteer = model.volunteer_id == volunteer.id  # type: ignore[attr-defined]
    return session.scalars(select(model).where(of_volunteer).options(*options)).unique().all()


def states(_: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """The enquiry and every change of state, with the reason that was given."""
    if all(one.to_state != VolunteerState.ENQUIRY for one in volunteer.history):
        who = volunteer.account_id
        yield _at(volunteer.created_at, "state.enquiry", label(VolunteerState.ENQUIRY), by_id=who)
    for one in volunteer.history:
        why = ". ".join(filter(None, [label(one.drop_out) if one.drop_out else "", one.reason]))
        code = f"state.{one.to_state.value}"
        yield _at(one.created_at, code, label(one.to_state), why, by_id=one.by_id)


def references(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Who was named, reminded, answered and was verified; not a word of what they wrote."""
    for one in _all(session, Reference, volunteer, selectinload(Reference.history)):
        for event in one.history:
            code, what = f"reference.{event.to_state.value}", _REFERENCE[event.to_state]
            if event.from_state == event.to_state != ReferenceState.ASKED:
                code, what = "reference.to_lead", "Safeguarding lead asked about a reference"
            elif event.to_state == ReferenceState.RECEIVED:
                what = _typed_in(one, what)
            title = f"{what}: {one.name}"
            by = SYSTEM if event.to_state == ReferenceState.ASKED else REFEREE
            moment = event.created_at
            yield Happening(day_of(moment), moment, code, title, by_id=event.by_id, by=by)
        for at in filter(None, (one.reminded_at, one.reminded_again_at)):
            yield _at(at, "reference.remind", f"Referee reminded: {one.name}")
        if one.flagged_at:
            yield _at(one.flagged_at, "reference.flag", f"Referee silent for long: {one.name}")


def _typed_in(reference: Reference, what: str) -> str:
    how = reference.given_how
    return f"{what}, given {_small(label(how))}, typed in by staff" if how else what


_REFERENCE = {
    ReferenceState.ASKED: "Referee named and asked",
    ReferenceState.RECEIVED: "Reference received",
    ReferenceState.VERIFIED: "Reference verified",
    ReferenceState.REJECTED: "Reference rejected",
    ReferenceState.DECLINED: "Referee declined",
    ReferenceState.CANCELLED: "Reference taken back",
}


def identity(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Identity checks, and those that were withdrawn."""
    for one in _all(session, IdentityCheck, volunteer):
        words = f"Identity checked: {label(one.route).lower()}, {label(one.seen_how).lower()}"
        who = one.checked_by_id
        yield Happening(
            one.checked_on, one.created_at, "identity.checked", words, one.route_reason, who
        )
        if one.withdrawn_at:
            title, why = "Identity check withdrawn", one.withdrawn_reason
            who = one.withdrawn_by_id or who
            yield _at(one.withdrawn_at, "identity.withdrawn", title, why, by_id=who)


def interviews(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Records of the interview: begun, submitted; neither scores nor notes."""
    for one in _all(session, Interview, volunteer):
        if one.state == InterviewState.DRAFT or one.submitted_at is None:
            title = "Record of the interview begun"
            yield _at(one.created_at, "interview.begun", title, by_id=one.started_by_id)
            continue
        on = one.held_on or day_of(one.submitted_at)
        title = "Interview held" if one.version == 1 else f"Interview, version {one.version}"
        who = one.submitted_by_id
        yield Happening(on, one.submitted_at, "interview.submitted", title, by_id=who)


def checks(_: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Which check is needed, who pays, and how far the application is."""
    for one in volunteer.check_decisions:
        title = f"DBS check decided: {check_label(one.level, one.workforce).lower()}"
        who = one.decided_by_id
        yield Happening(one.decided_on, one.created_at, "check.decided", title, one.reason, who)
    for fee in volunteer.fee_decisions:
        title = "DBS check is free" if fee.is_free else "DBS check is not free"
        who = fee.decided_by_id
        yield Happening(fee.decided_on, fee.created_at, "check.fee", title, by_id=who)
    for application in volunteer.applications:
        days = {
            ApplicationState.TO_SUBMIT: application.opened_on,
            ApplicationState.SUBMITTED: application.submitted_on,
            ApplicationState.WITH_DBS: application.with_dbs_on,
            ApplicationState.ISSUED: application.issued_on,
            application.state: application.ended_on,
        }
        people = {
            ApplicationState.TO_SUBMIT: application.opened_by_id,
            ApplicationState.SUBMITTED: application.submitted_by_id,
        }
        for state, day in days.items():
            if day is not None:
                ended = state == ApplicationState.WITHDRAWN
                yield Happening(
                    day,
                    application.created_at,
                    f"application.{state.value}",
                    f"DBS application: {_small(label(state))}",
                    application.ended_note if ended else "",
                    people.get(state),
                    STAFF,
                )


def certificates(_: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Certificates as they were seen, decided upon and joined; not what any says."""
    for one in volunteer.certificates:
        title = f"Certificate seen, issued on {in_words(one.issue_date)}"
        who = one.seen_by_id
        yield Happening(one.seen_on, one.created_at, "certificate.seen", title, by_id=who)
        if one.risk_decided_on:
            title = "The safeguarding lead decided on the certificate’s content"
            who, at = one.risk_decided_by_id or who, one.created_at
            yield Happening(one.risk_decided_on, at, "certificate.decided", title, by_id=who)
        held = one.subscription
        if held is not None:
            title = "Certificate joined the Update Service"
            who = held.recorded_by_id
            yield Happening(held.joined_on, held.created_at, "subscription.join", title, by_id=who)


def status_checks(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Each time DBS was asked, and what the answer means."""
    for one in _all(session, StatusCheck, volunteer):
        if one.outcome in {StatusOutcome.ASKED, StatusOutcome.DISCARDED}:
            continue
        title = f"Status check: {_small(label(one.outcome))}"
        code, at = f"status.{one.outcome.value}", one.answered_at or one.created_at
        yield _at(at, code, title, by_id=one.asked_by_id)


def consents(_: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Consent to status checks: given, taken back."""
    for one in volunteer.consents:
        who = volunteer.account_id
        yield _at(one.given_at, "consent.given", "Agreed to status checks", by_id=who)
        if one.withdrawn_at:
            title = "Took the consent to status checks back"
            yield _at(one.withdrawn_at, "consent.withdrawn", title, by_id=who)


def training(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Courses done, and places on sessions."""
    for one in volunteer.training:
        title = f"Training done: {title_of(volunteer.scheme, one.course)}"
        why, who = label(one.method), one.recorded_by_id
        yield Happening(one.completed_on, one.created_at, "training.done", title, why, who, STAFF)
    for booking in _all(session, CourseBooking, volunteer, joinedload(CourseBooking.session)):
        dated = booking.session
        title = title_of(volunteer.scheme, dated.course)
        day = in_words(day_of(dated.starts_at))
        who = volunteer.account_id
        asked = f"Asked for a place: {title}, {day}"
        yield _at(booking.asked_at, "training.asked", asked, by_id=who)
        if booking.state == BookingState.MISSED:
            missed = f"Did not come: {title}"
            at, who = dated.starts_at, booking.marked_by_id or who
            yield _at(at, "training.missed", missed, by_id=who)


def agreements(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """The volunteer agreement: signed, taken back."""
    options = joinedload(AgreementSignature.text)
    for one in _all(session, AgreementSignature, volunteer, options):
        title = f"Agreement signed, version {one.text.number}, {label(one.method).lower()}"
        who = one.recorded_by_id
        yield Happening(one.signed_on, one.recorded_at, "agreement.signed", title, by_id=who)
        if one.taken_back_at:
            title, who = "Signature taken back", one.taken_back_by_id or who
            yield _at(one.taken_back_at, "agreement.taken_back", title, by_id=who)


def breaks(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Breaks as they were planned; when one began and ended is a change of state."""
    for one in _all(session, VolunteerPause, volunteer):
        until = f"to {in_words(one.ends_on)}" if one.ends_on else "with no last day"
        title = f"Break planned from {in_words(one.starts_on)} {until}"
        why = label(one.reason)
        yield _at(one.created_at, "break.planned", title, why, by_id=one.asked_by_id)


def decisions(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Panels and probation reviews; where one changed the state, the reasons stand there."""
    for one in _all(session, PanelDecision, volunteer):
        title, code = f"Panel: {_small(label(one.outcome))}", f"panel.{one.outcome.value}"
        why = one.reasons if one.outcome == PanelOutcome.DEFERRED else ""
        yield Happening(one.held_on, one.created_at, code, title, why, one.decided_by_id)
    for review in _all(session, ProbationReview, volunteer):
        code = f"review.{review.outcome.value}"
        title = f"Probation review: {label(review.outcome).lower()}"
        why = "" if review.outcome == ReviewOutcome.ENDED else review.reason
        yield Happening(review.held_on, review.created_at, code, title, why, review.by_id)


def warnings(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """Warnings that something runs out."""
    for one in _all(session, ExpiryWarning, volunteer):
        when = f"{count(one.days, 'day')} before" if one.days else "on the day"
        title = f"Warned {when}: {_small(label(one.kind))}"
        yield _at(one.created_at, "expiry.warned", title)


def from_audit(session: Session, volunteer: Volunteer) -> Iterator[Happening]:
    """What only the audit trail keeps: gates recorded and taken back, statuses, corrections."""
    held = [one.id for one in volunteer.certificates]
    subscribed = [one.subscription.id for one in volunteer.certificates if one.subscription]
    query = (
        select(AuditEvent)
        .where(
            or_(
                AuditEvent.subject_id == volunteer.id,
                AuditEvent.subject_id.in_([*held, *subscribed]),
            ),
            AuditEvent.kind == AuditKind.CHANGE,
            AuditEvent.action.in_(_FROM_AUDIT),
        )
        .order_by(AuditEvent.at, AuditEvent.id)
    )
    events = session.scalars(query).all()
    for one in events:
        title, why = _FROM_AUDIT[one.action](one, volunteer)
        yield _at(one.at, one.action, title, why, by_id=one.actor_id)
    yield from _older_gates(volunteer, events)


def _older_gates(volunteer: Volunteer, events: Sequence[AuditEvent]) -> Iterator[Happening]:
    """Tell gates that were on record before the trail was."""
    told = {one.detail.get("item") for one in events if one.action == "volunteer.record_gate"}
    for one in volunteer.gate_records:
        if one.item.value not in told and one.item != GateItem.AGREEMENT:
            title, who = f"Gate: {label(one.item).lower()}", one.recorded_by_id
            yield Happening(one.done_on, one.created_at, "volunteer.record_gate", title, by_id=who)


def _gate(verb: str) -> Callable[[AuditEvent, Volunteer], tuple[str, str]]:
    def tell(event: AuditEvent, _: Volunteer) -> tuple[str, str]:
        return f"{verb}: {label(GateItem(event.detail['item'])).lower()}", ""

    return tell


def _plain(title: str) -> Callable[[AuditEvent, Volunteer], tuple[str, str]]:
    return lambda _event, _volunteer: (title, "")


def _status(event: AuditEvent, _: Volunteer) -> tuple[str, str]:
    return f"Certificate: {label(CertificateStatus(event.detail['status'])).lower()}", ""


def _course(event: AuditEvent, volunteer: Volunteer) -> tuple[str, str]:
    return f"Training taken back: {title_of(volunteer.scheme, event.detail['course'])}", ""


_FROM_AUDIT: dict[str, Callable[[AuditEvent, Volunteer], tuple[str, str]]] = {
    "volunteer.record_gate": _gate("Gate"),
    "volunteer.remove_gate": _gate("Gate open again"),
    "volunteer.remove_training": _course,
    "volunteer.change_identity": _plain("Name or date of birth changed"),
    "volunteer.cancel_break": _plain("Break called off"),
    "volunteer.change_break": _plain("Last day of the break changed"),
    "volunteer.query": _plain("Details questioned"),
    "volunteer.resolve_query": _plain("Details count as right again"),
    "volunteer.lapse": _plain("No longer cleared: something ran out"),
    "certificate.set_status": _status,
    "certificate.correct": _plain("Certificate’s details corrected"),
    "certificate.match_name": _plain("Name on the certificate matched"),
    "subscription.renew": _plain("Update Service renewed"),
    "subscription.end": _plain("Certificate left the Update Service"),
}

SOURCES = (
    states,
    references,
    identity,
    interviews,
    checks,
    certificates,
    status_checks,
    consents,
    training,
    agreements,
    breaks,
    decisions,
    warnings,
    from_audit,
)
