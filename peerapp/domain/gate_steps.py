"""Where each gate of a volunteer stands, what comes next, and who does it: the one source.

The volunteer's page, the coordinator's page and the funnel all read these steps. Each carries its
text twice, for staff and for the volunteer, so that the two sides never tell different stories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from peerapp.domain import certificate_board, referees
from peerapp.domain.certificates import current_certificate, recheck_due
from peerapp.domain.check_applications import open_application
from peerapp.domain.comebacks import is_history
from peerapp.domain.courses import title_of
from peerapp.domain.vetting import courses_in_date, gate_statuses
from peerapp.enums import (
    ApplicationState,
    Gate,
    GateItem,
    ReferenceState,
    VolunteerState,
    WaitsFor,
)
from peerapp.models import CheckApplication, GateRecord, Reference, Volunteer
from peerapp.wording import count, day_of
from peerapp.wording import date as in_words

W = WaitsFor
R = ReferenceState


@dataclass(frozen=True)
class Around:
    """What lies beside a volunteer's own record and moves their gates.

    Attributes
    ----------
    interview_begun
        Since when the record of an interview is being written.
    places, offered
        By course, the day of the session on which they have a place, and of the next one that
        has room.
    has_text
        The scheme has published an agreement that can be signed on the site.
    """

    interview_begun: date | None = None
    places: Mapping[str, date] = field(default_factory=dict)
    offered: Mapping[str, date] = field(default_factory=dict)
    has_text: bool = True


@dataclass(frozen=True)
class GateStep:
    """One gate today.

    Attributes
    ----------
    code
        Stable name of what is (not) done, such as ``referee_silent``.
    who
        Who does the next thing; nobody once the gate is met.
    since
        Since when it waits for them, where that is known.
    text, own_text
        What is next, for staff and for the volunteer.
    """

    gate: Gate
    is_met: bool
    code: str
    who: WaitsFor
    since: date | None
    text: str
    own_text: str

    def days(self, today: date) -> int | None:
        """Return for how many days it has waited."""
        return None if self.since is None or self.is_met else max(0, (today - self.since).days)


def gate_steps(volunteer: Volunteer, around: Around, today: date) -> list[GateStep]:
    """Return each gate in the order of the task list; whether it is met is ``domain.vetting``'s."""
    return [
        _STEPS[status.gate](_Asked(volunteer, around, today, status.is_met))
        for status in gate_statuses(volunteer, today)
    ]


@dataclass(frozen=True)
class _Asked:
    volunteer: Volunteer
    around: Around
    today: date
    is_met: bool

    def record(self, item: GateItem) -> GateRecord | None:
        return next((one for one in self.volunteer.gate_records if one.item == item), None)

    def step(
        self, gate: Gate, code: str, who: WaitsFor, since: date | None, text: str, own: str
    ) -> GateStep:
        return GateStep(gate, self.is_met, code, who, since, text, own)


def applied_on(volunteer: Volunteer) -> date:
    """Return the day on which the (latest) application was sent; else since when they are here."""
    sent = [one for one in volunteer.history if one.to_state == VolunteerState.APPLIED]
    return day_of(sent[-1].created_at if sent else volunteer.state_since)


def _identity(asked: _Asked) -> GateStep:
    gate, record = Gate.IDENTITY, asked.record(GateItem.IDENTITY)
    if asked.is_met:
        seen = f"Seen on {in_words(record.done_on)}." if record else ""
        return asked.step(gate, "done", W.NOBODY, None, seen, "We have seen your documents.")
    return asked.step(
        gate,
        "identity_missing",
        W.COORDINATOR,
        applied_on(asked.volunteer),
        "See original documents by one of the routes of DBS.",
        "We look at documents with your name, photo and address. We will agree a day with you.",
    )


def _references(asked: _Asked) -> GateStep:
    """Say what is next; where several things are open at once, first what the scheme can do."""
    gate = Gate.REFERENCES
    known = [one for one in asked.volunteer.references if not is_history(one, asked.today)]
    if asked.is_met:
        return asked.step(gate, "done", W.NOBODY, None, "Two are verified.", "Both count.")
    received = [one for one in known if one.state == R.RECEIVED]
    silent = [one for one in known if one.state == R.ASKED]
    filled = sum(asked.record(item) is not None for item in _REFERENCE_ITEMS)
    missing = max(0, referees.NEEDED - filled - len(received) - len(silent))
    text = " ".join(_reference_lines(received, silent, missing, filled, asked.today))
    own = " ".join(_own_reference_lines(received, silent, missing, filled))
    if received:
        since = min(day_of(one.answered_at or one.asked_at) for one in received)
        return asked.step(gate, "reference_to_verify", W.COORDINATOR, since, text, own)
    if missing:
        since = _named_until(asked.volunteer)
        return asked.step(gate, "referee_to_name", W.VOLUNTEER, since, text, own)
    if silent:
        since = min(day_of(one.asked_at) for one in silent)
        return asked.step(gate, "referee_silent", W.REFEREE, since, text, own)
    # Both facts are there, and one of them is too old.
    since = applied_on(asked.volunteer)
    text = "A reference is too old. Ask for a new one."
    return asked.step(gate, "reference_outdated", W.COORDINATOR, since, text, _ASK_AGAIN)


_REFERENCE_ITEMS = (GateItem.FIRST_REFERENCE, GateItem.SECOND_REFERENCE)
_ASK_AGAIN = "A reference is too old. We will contact you."


def _reference_lines(
    received: list[Reference], silent: list[Reference], missing: int, filled: int, today: date
) -> list[str]:
    lines = [f"{filled} of {referees.NEEDED} verified."]
    lines += [f"Verify what {one.name} wrote." for one in received]
    for one in silent:
        days = (today - day_of(one.asked_at)).days
        reminded = " twice" if one.reminded_again_at else " once" if one.reminded_at else ""
        reminded = f", reminded{reminded}" if reminded else ""
        lines.append(f"{one.name} has not answered for {count(days, 'day')}{reminded}.")
    if missing:
        lines.append(f"{count(missing, 'referee')} still to be named.")
    return lines


def _own_reference_lines(
    received: list[Reference], silent: list[Reference], missing: int, filled: int
) -> list[str]:
    lines = [f"Name {'two people' if missing > 1 else 'one more person'}."] if missing else []
    for one in silent:
        day = in_words(day_of(one.asked_at))
        lines.append(f"We asked {one.name} on {day} and wait for the answer.")
    if received:
        lines.append("We check what your referees have written.")
    if missing == referees.NEEDED:
        lines.append("They must know you well. They cannot be relatives.")
    if filled:
        lines.append("One reference is done.")
    return lines


def _named_until(volunteer: Volunteer) -> date:
    """Return since when a referee is missing: the last one that fell away, or the application."""
    fallen = [
        day_of(one.history[-1].created_at)
        for one in volunteer.references
        if one.state not in referees.LIVE and one.history
    ]
    return max([*fallen, applied_on(volunteer)])


def _interview(asked: _Asked) -> GateStep:
    gate, record = Gate.INTERVIEW, asked.record(GateItem.INTERVIEW)
    if asked.is_met:
        held = f"Held on {in_words(record.done_on)}." if record else ""
        return asked.step(gate, "done", W.NOBODY, None, held, "We have talked with each other.")
    begun = asked.around.interview_begun
    if begun is not None:
        text = "Finish and submit the record of the interview."
        own = "We are writing down what we talked about."
        return asked.step(gate, "interview_draft", W.COORDINATOR, begun, text, own)
    text = "Agree a day for the interview and hold it."
    own = "You meet us, in person or by video. We will agree a day with you."
    since = applied_on(asked.volunteer)
    return asked.step(gate, "interview_missing", W.COORDINATOR, since, text, own)


def _level(asked: _Asked) -> GateStep:
    gate, person = Gate.DBS_LEVEL, asked.volunteer
    if asked.is_met:
        return asked.step(gate, "done", W.NOBODY, None, "", "")
    text = "Decide by the questions on the role which DBS check is needed."
    own = "We decide this from what you will do as a coach."
    return asked.step(gate, "level_missing", W.COORDINATOR, applied_on(person), text, own)


def _certificate(asked: _Asked) -> GateStep:
    """The words for the volunteer are longer and stand with the certificate's own page."""
    gate, person = Gate.CERTIFICATE, asked.volunteer
    if asked.is_met:
        return asked.step(gate, "done", W.NOBODY, None, "", "")
    application = open_application(person)
    if application is not None:
        return _application(asked, application)
    held = current_certificate(person)
    if held is not None:
        following = certificate_board.next_step(person, asked.today)
        who = W.COORDINATOR if following.who == W.NOBODY else following.who
        due = recheck_due(held, person.scheme.recheck_months)
        since = due if due <= asked.today else held.seen_on
        return asked.step(gate, following.code, who, since, f"{following.text}.", "")
    if person.check_level is None:
        since, text = applied_on(person), "Comes after the DBS check is decided."
        return asked.step(gate, "level_missing", W.COORDINATOR, since, text, "")
    since = person.check_decided_on or applied_on(person)
    text = "Send off the application for the check."
    return asked.step(gate, "application_missing", W.COORDINATOR, since, text, "")


def _application(asked: _Asked, application: CheckApplication) -> GateStep:
    state, gate = application.state, Gate.CERTIFICATE
    if state == ApplicationState.TO_SUBMIT:
        text = "Send off the application that is open."
        return asked.step(gate, "application_open", W.COORDINATOR, application.opened_on, text, "")
    if state == ApplicationState.ISSUED:
        text = "The certificate is issued. See the original and record it."
        return asked.step(gate, "original_missing", W.VOLUNTEER, application.issued_on, text, "")
    since = application.submitted_on or application.opened_on
    text = f"The application was sent off on {in_words(since)}."
    return asked.step(gate, "with_dbs", W.DBS, since, text, "")


def _training(asked: _Asked) -> GateStep:
    """Say which courses are missing, when they come, and what can be booked."""
    gate, person, around = Gate.CORE_TRAINING, asked.volunteer, asked.around
    if asked.is_met:
        text = "All core courses are in date."
        return asked.step(gate, "done", W.NOBODY, None, text, "You have done all courses.")
    held = courses_in_date(person, asked.today)
    missing = [one for one in person.scheme.core_courses if one not in held]
    booked = [one for one in missing if one in around.places]
    bookable = [one for one in missing if one not in booked and one in around.offered]
    text = f"Missing or out of date: {_names(person, missing)}."
    own = f"Still to do: {_names(person, missing)}."
    for course in booked:
        day = in_words(around.places[course])
        text += f" Booked: {_names(person, [course])}, {day}."
        own += f" You have a place: {_names(person, [course])}, {day}."
    if bookable:
        first = min(bookable, key=lambda one: around.offered[one])
        line = f" Next date to book: {_names(person, [first])}, {in_words(around.offered[first])}."
        since = _trained_until(person, missing)
        return asked.step(gate, "training_to_book", W.VOLUNTEER, since, text + line, own + line)
    if len(booked) == len(missing):
        return asked.step(gate, "training_booked", W.SESSION, None, text, own)
    rest = " for the rest" if booked else ""
    text += f" No date has been set{rest}."
    own += f" We will tell you when there are dates{rest}."
    return asked.step(
        gate, "training_without_date", W.COORDINATOR, _trained_until(person, missing), text, own
    )


def _names(volunteer: Volunteer, codes: list[str]) -> str:
    return ", ".join(title_of(volunteer.scheme, one).lower() for one in codes)


def _trained_until(volunteer: Volunteer, missing: list[str]) -> date:
    """Return since when a course is missing: its end, or else the application."""
    ended = [one.valid_until for one in volunteer.training if one.course in missing]
    return max([day for day in ended if day], default=applied_on(volunteer))


def _agreement(asked: _Asked) -> GateStep:
    gate, record = Gate.AGREEMENT, asked.record(GateItem.AGREEMENT)
    if asked.is_met and record is not None and record.valid_until is not None:
        last = in_words(record.valid_until)
        text = f"The agreement has changed: to be signed again by {last}."
        own = f"The agreement has changed. Sign it by {last}."
        return asked.step(gate, "agreement_to_renew", W.VOLUNTEER, None, text, own)
    if asked.is_met:
        signed = f"Signed on {in_words(record.done_on)}." if record else ""
        return asked.step(gate, "done", W.NOBODY, None, signed, signed)
    since = applied_on(asked.volunteer)
    if record is not None and record.valid_until is not None:
        since = max(since, record.valid_until)
        text, own = "The new version has not been signed.", "The agreement has changed. Sign it."
        return asked.step(gate, "agreement_outdated", W.VOLUNTEER, since, text, own)
    if asked.around.has_text:
        own = "It says what you and the scheme can expect of each other. Read it and sign it."
        text = "The volunteer reads and signs it on the site."
        return asked.step(gate, "agreement_missing", W.VOLUNTEER, since, text, own)
    text = "Have it signed on paper and record it."
    own = "You and the scheme sign what you can expect of each other."
    return asked.step(gate, "agreement_on_paper", W.COORDINATOR, since, text, own)


_STEPS: Mapping[Gate, Callable[[_Asked], GateStep]] = {
    Gate.IDENTITY: _identity,
    Gate.REFERENCES: _references,
    Gate.INTERVIEW: _interview,
    Gate.DBS_LEVEL: _level,
    Gate.CERTIFICATE: _certificate,
    Gate.CORE_TRAINING: _training,
    Gate.AGREEMENT: _agreement,
}
