"""What staff record towards a volunteer's gates: facts, training, the DBS level, the name."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain import onboarding
from peerapp.domain.comebacks import is_too_old
from peerapp.enums import GateItem, TrainingMethod
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, GateRecord, TrainingRecord, Volunteer
from peerapp.services import audit, checks, volunteers


def record_gate_item(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    item: GateItem,
    done_on: date,
    note: str,
    today: date,
) -> Volunteer:
    """Record a fact towards a gate; recorded again, it replaces what was there."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    put_item(session, actor, volunteer, item, done_on, note, today)
    return volunteer


def put_item(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    item: GateItem,
    done_on: date,
    note: str,
    today: date,
) -> None:
    """Write the fact that a fuller record stands for; the volunteer is locked."""
    _refuse_future("done_on", done_on, today)
    if is_too_old(volunteer, done_on, today):
        message = "This was before they came back, and too long ago. It must be done again."
        raise Refused([Refusal("done_on", message)])
    record = find_record(volunteer, item)
    if record is None:
        record = GateRecord(item=item)
        volunteer.gate_records.append(record)
    record.done_on = done_on
    record.valid_until = None
    record.recorded_by_id = actor.id
    record.note = note
    audit.record_change(session, actor, "volunteer.record_gate", volunteer, item=item.value)
    volunteers.settle(session, actor, volunteer, today, "gate_changed")


def drop_item(
    session: Session, actor: Account, volunteer: Volunteer, item: GateItem, today: date
) -> None:
    """Take away a fact whose record does not hold any more; the volunteer is locked."""
    record = find_record(volunteer, item)
    if record is None:
        return
    volunteer.gate_records.remove(record)
    audit.record_change(session, actor, "volunteer.remove_gate", volunteer, item=item.value)
    volunteers.settle(session, actor, volunteer, today, "gate_changed")


def remove_gate_item(
    session: Session, actor: Account, volunteer_id: uuid.UUID, item: GateItem, today: date
) -> Volunteer:
    """Take back what was recorded by mistake; the gate is open again at once.

    Raises
    ------
    NotFound
        Nothing is recorded for the item.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if find_record(volunteer, item) is None:
        raise NotFound("nothing is recorded for this item")
    drop_item(session, actor, volunteer, item, today)
    return volunteer


def find_record(volunteer: Volunteer, item: GateItem) -> GateRecord | None:
    """Return what is recorded for an item, if anything is."""
    found = [record for record in volunteer.gate_records if record.item == item]
    return found[0] if found else None


def record_training(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    course: str,
    completed_on: date,
    valid_until: date | None,
    today: date,
    *,
    method: TrainingMethod = TrainingMethod.ELSEWHERE,
    evidence: str = "",
) -> Volunteer:
    """Record a completed course; recorded again, it replaces what was recorded by hand before.

    What attended sessions left stays beside it.

    Parameters
    ----------
    valid_until
        Last day on which the course counts; None if it does not run out.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _refuse_future("completed_on", completed_on, today)
    if valid_until is not None and valid_until < completed_on:
        message = "The last day must not be before the day of the course."
        raise Refused([Refusal("valid_until", message)])
    by_hand = [record for record in volunteer.training if record.session_id is None]
    found = [record for record in by_hand if record.course == course]
    record = found[0] if found else TrainingRecord(course=str(course))
    record.completed_on = completed_on
    record.valid_until = valid_until
    record.method, record.evidence = method, evidence
    record.recorded_by_id = actor.id
    if not found:
        volunteer.training.append(record)
    audit.record_change(session, actor, "volunteer.record_training", volunteer, course=str(course))
    volunteers.settle(session, actor, volunteer, today, "training_changed")
    return volunteer


def change_identity(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    today: date,
) -> Volunteer:
    """Change name or date of birth; their documents must then be looked at again."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    minimum = volunteer.scheme.minimum_age
    if onboarding.age_on(date_of_birth, today) < minimum:
        raise Refused([Refusal("date_of_birth", f"Volunteers must be {minimum} or older.")])
    new = {"first_name": first_name, "last_name": last_name, "date_of_birth": date_of_birth}
    changed = [name for name, value in new.items() if getattr(volunteer, name) != value]
    if not changed:
        return volunteer
    for name in changed:
        setattr(volunteer, name, new[name])
    checks.question_names(volunteer, born_anew="date_of_birth" in changed)
    record = find_record(volunteer, GateItem.IDENTITY)
    if record is not None:
        volunteer.gate_records.remove(record)
    audit.record_change(session, actor, "volunteer.change_identity", volunteer, fields=changed)
    volunteers.settle(session, actor, volunteer, today, "details_changed")
    return volunteer


def _refuse_future(code: str, day: date, today: date) -> None:
    if day > today:
        raise Refused([Refusal(code, "The date must be today or in the past.")])
