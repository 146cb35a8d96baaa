"""Interviews: a draft that is kept, a record that stands, earlier versions that stay."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.interviews import InterviewRecord, submit_refusals
from peerapp.enums import GateItem, InterviewState, Role
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import Account, Interview, Interviewer, Volunteer, utc_now
from peerapp.services import audit, gates, staff_of, volunteers
from peerapp.services.interview_templates import ensure_template, questions_of

S = InterviewState
READ = ("interview",)


def list_interviewers(session: Session, volunteer: Volunteer) -> list[Account]:
    """Return the staff who may have interviewed a volunteer, by name."""
    people = [
        *staff_of.coordinators_of(session, volunteer),
        *staff_of.list_active(session, Role.SAFEGUARDING_LEAD),
        *staff_of.list_active(session, Role.MANAGER),
    ]
    return sorted(people, key=lambda one: (one.name.casefold(), str(one.id)))


def list_versions(session: Session, volunteer: Volunteer) -> Sequence[Interview]:
    """Return every version of a volunteer's interview, newest first."""
    query = (
        select(Interview)
        .where(Interview.volunteer_id == volunteer.id)
        .options(
            selectinload(Interview.interviewers).selectinload(Interviewer.account),
            selectinload(Interview.template),
            selectinload(Interview.submitted_by),
        )
        .order_by(Interview.version.desc())
    )
    return session.scalars(query).all()


def find_draft(session: Session, volunteer: Volunteer) -> Interview | None:
    """Return the version that is being written, if one is."""
    return _one(session, volunteer, S.DRAFT)


def find_standing(session: Session, volunteer: Volunteer) -> Interview | None:
    """Return the version on which the panel relies, if there is one."""
    return _one(session, volunteer, S.SUBMITTED)


def _one(session: Session, volunteer: Volunteer, state: InterviewState) -> Interview | None:
    found = [one for one in list_versions(session, volunteer) if one.state == state]
    return found[0] if found else None


def read_versions(
    session: Session, actor: Account, volunteer_id: uuid.UUID
) -> tuple[Volunteer, Sequence[Interview]]:
    """Return a volunteer and every version of their interview; the view is audited."""
    volunteer = volunteers.get_volunteer(session, actor, volunteer_id, READ)
    return volunteer, list_versions(session, volunteer)


def start_draft(session: Session, actor: Account, volunteer_id: uuid.UUID) -> Interview:
    """Begin the record of an interview, or go on with the draft that there is.

    Where a version stands already, the draft starts as its copy.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    draft = find_draft(session, volunteer)
    if draft is not None:
        return draft
    versions = list_versions(session, volunteer)
    standing = find_standing(session, volunteer)
    if gates.find_record(volunteer, GateItem.INTERVIEW) is None:
        standing = None  # it is from before they came back: another interview is held
    template = standing.template if standing is not None else ensure_template(session)
    draft = Interview(
        volunteer_id=volunteer_id,
        template_id=template.id,
        version=len(versions) + 1,
        started_by_id=actor.id,
    )
    draft.interviewers = [Interviewer(account_id=actor.id)]
    if standing is not None:
        _copy(standing, draft)
    session.add(draft)
    session.flush()
    audit.record_change(session, actor, "interview.start", draft, version=draft.version)
    return draft


def _copy(source: Interview, draft: Interview) -> None:
    names = ("held_on", "answers", "summary", "recommendation", "has_conflict", "conflict_note")
    for name in names:
        setattr(draft, name, getattr(source, name))
    draft.interviewers = [Interviewer(account_id=one.account_id) for one in source.interviewers]


def save_draft(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    record: InterviewRecord,
    seen: int,
) -> Interview:
    """Keep what has been written so far, complete or not.

    Raises
    ------
    Stale
        Somebody else has saved the draft since ``seen``.
    Refused
        There is no draft, or a named interviewer may not see the volunteer.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    draft = find_draft(session, volunteer)
    if draft is None:
        raise Refused([Refusal("no_draft", "Start the record of the interview first.")])
    if draft.revision != seen:
        raise Stale("somebody else has saved this draft meanwhile")
    _write(session, draft, record, list_interviewers(session, volunteer))
    draft.revision += 1
    audit.record_change(session, actor, "interview.save", draft, version=draft.version)
    return draft


def _write(
    session: Session, draft: Interview, record: InterviewRecord, people: Collection[Account]
) -> None:
    known = {str(one.id): one.id for one in people}
    if not record.interviewers <= known.keys():
        raise NotFound("there is no such interviewer")
    keys = {question.key for question in questions_of(draft.template)}
    draft.held_on = record.held_on
    draft.answers = {key: dict(one) for key, one in record.answers.items() if key in keys}
    draft.summary = record.summary
    draft.recommendation = record.recommendation
    draft.has_conflict = record.has_conflict
    draft.conflict_note = record.conflict_note if record.has_conflict else ""
    wanted = {known[one] for one in record.interviewers}
    for row in list(draft.interviewers):
        if row.account_id not in wanted:
            draft.interviewers.remove(row)
    held = {row.account_id for row in draft.interviewers}
    draft.interviewers += [Interviewer(account_id=one) for one in sorted(wanted - held, key=str)]
    session.flush()


def submit(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    record: InterviewRecord,
    seen: int,
    today: date,
) -> Interview:
    """Make the draft the version that stands; the one that stood is kept.

    Raises
    ------
    Refused
        Something is missing.
    Stale
        Somebody else has saved the draft since ``seen``.
    """
    draft = save_draft(session, actor, volunteer_id, record, seen)
    refusals = submit_refusals(record, questions_of(draft.template), today)
    if refusals:
        raise Refused(refusals)
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    standing = find_standing(session, volunteer)
    if standing is not None:
        _refuse_same_again(volunteer, standing, draft)
        standing.state = S.REPLACED
    draft.state, draft.submitted_at, draft.submitted_by_id = S.SUBMITTED, utc_now(), actor.id
    audit.record_change(session, actor, "interview.submit", draft, version=draft.version)
    held_on = draft.held_on or today
    gates.put_item(session, actor, volunteer, GateItem.INTERVIEW, held_on, "", today)
    return draft


def _refuse_same_again(volunteer: Volunteer, earlier: Interview, draft: Interview) -> None:
    """Refuse the interview that a return took the effect of: it is held again, on a later day."""
    if gates.find_record(volunteer, GateItem.INTERVIEW) is not None:
        return
    if earlier.held_on and draft.held_on and draft.held_on <= earlier.held_on:
        message = "This was before they came back. The interview must be held again."
        raise Refused([Refusal("held_on", message)])


def discard_draft(
    session: Session, actor: Account, volunteer_id: uuid.UUID, seen: int
) -> Volunteer:
    """Throw a draft away; a version that stands goes on standing."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    draft = find_draft(session, volunteer)
    if draft is None:
        return volunteer
    if draft.revision != seen:
        raise Stale("somebody else has saved this draft meanwhile")
    audit.record_change(session, actor, "interview.discard", draft, version=draft.version)
    session.delete(draft)
    session.flush()
    return volunteer


def interviewer_ids(session: Session, volunteer: Volunteer) -> frozenset[uuid.UUID]:
    """Return who has interviewed the volunteer by any version, or only recorded that it was done.

    Whoever started, submitted or held it counts: none of them decides on a panel.
    """
    people: set[uuid.UUID] = set()
    for version in list_versions(session, volunteer):
        people.add(version.started_by_id)
        people.update(row.account_id for row in version.interviewers)
        if version.submitted_by_id is not None:
            people.add(version.submitted_by_id)
    record = gates.find_record(volunteer, GateItem.INTERVIEW)
    if record is not None:
        people.add(record.recorded_by_id)
    return frozenset(people)
