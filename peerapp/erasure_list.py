"""Who was erased, by number, in a file beside the database: it outlives a restore of a backup.

One line of JSON each: the scheme, the person's number, of which kind, and when. Nothing in it says
who somebody was. It is written when an erasure is committed, and again by the daily job and with
each backup. A site whose database holds somebody on the list does not open.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from flask import current_app, has_app_context
from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction

from peerapp.db import SCHEME_FREE, Database, SchemeSession
from peerapp.errors import PeerAppError
from peerapp.logs import log
from peerapp.models import Erasure, Family, Scheme, Volunteer, utc_now
from peerapp.services import erasures
from peerapp.services.rows import lock_row

FILE = "erasures.jsonl"
NOTED = "erased"
Line = tuple[str, str, bool]
Entry = tuple[Line, str]


class ErasuresOutstanding(PeerAppError):
    """The database holds people who were erased: an older copy of it was put in its place."""


def path_in(data_dir: Path) -> Path:
    """Return where the list of a site stands."""
    return data_dir / FILE


def read(path: Path) -> set[Line]:
    """Return the scheme, the number and the kind of everybody in a list; none without a file."""
    if not path.exists():
        return set()
    found = set()
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        found.add((one["scheme"], one["person"], bool(one["is_family"])))
    return found


def line_of(one: Erasure) -> Entry:
    """Return an erasure as the list holds it."""
    return (str(one.scheme_id), str(one.person_id), one.is_family), one.erased_at.isoformat()


def add(path: Path, entries: Iterable[Entry]) -> int:
    """Add erasures that a list does not hold yet, and be sure that they are on the disk."""
    known = read(path)
    new = [one for one in entries if one[0] not in known]
    if not new:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        for (scheme, person, is_family), at in new:
            values = {"scheme": scheme, "person": person, "is_family": is_family, "at": at}
            file.write(json.dumps(values) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def sync(database: Database, scheme_id: uuid.UUID, path: Path) -> int:
    """Write down what the database knows and the list does not; return how many."""
    with database.reading(scheme_id) as session:
        return add(path, map(line_of, erasures.list_erasures(session)))


def merge(path: Path, *others: Path) -> None:
    """Add to a list whom others hold, and make it where it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    for other in others:
        add(path, [(line, utc_now().isoformat()) for line in sorted(read(other))])


def sync_every(database: Database, path: Path) -> int:
    """Write down what the database knows of every scheme; return how many lines are new."""
    merge(path)
    return sum(sync(database, scheme_id, path) for scheme_id in _schemes(database))


def reapply_every(database: Database, path: Path) -> int:
    """Erase again, in every scheme, whom an older backup has brought back; return how many.

    Raises
    ------
    ErasuresOutstanding
        Somebody on the list is still there.
    """
    again = sum(reapply(database, scheme_id, path) for scheme_id in _schemes(database))
    refuse_outstanding(database, path)
    return again


def refuse_outstanding(database: Database, path: Path) -> None:
    """Refuse a database that holds somebody who is on the list.

    Raises
    ------
    ErasuresOutstanding
        It does: say what to do.
    """
    listed = read(path)
    count = 0
    for scheme_id in _schemes(database) if listed else ():
        with database.reading(scheme_id) as session:
            erased = set(session.scalars(select(Erasure.person_id)))
            count += sum(
                uuid.UUID(person) not in erased and _is_there(session, uuid.UUID(person), is_family)
                for scheme, person, is_family in listed
                if uuid.UUID(scheme) == scheme_id
            )
    if count:
        raise ErasuresOutstanding(
            f"the database holds {count} people who were erased, so it is an older copy: run "
            "`peerapp rights reapply` before the site opens"
        )


def _is_there(session: Session, person_id: uuid.UUID, is_family: bool) -> bool:
    model = Family if is_family else Volunteer
    return session.scalar(select(model.id).where(model.id == person_id)) is not None


def _schemes(database: Database) -> list[uuid.UUID]:
    with database.reading(None) as session:
        query = select(Scheme.id).order_by(Scheme.slug)
        return list(session.scalars(query, execution_options=SCHEME_FREE))


def reapply(database: Database, scheme_id: uuid.UUID, path: Path) -> int:
    """Erase again whom an older backup has brought back; return how many."""
    again = 0
    for scheme, person, is_family in sorted(read(path)):
        if uuid.UUID(scheme) == scheme_id:
            with database.writing(scheme_id) as session:
                again += _again(session, uuid.UUID(person), is_family)
    return again


def _again(session: Session, person_id: uuid.UUID, is_family: bool) -> bool:
    model = Family if is_family else Volunteer
    if erasures.is_erased(session, person_id) or session.get(model, person_id) is None:
        return False
    person = (
        lock_row(session, Family, person_id)
        if is_family
        else lock_row(session, Volunteer, person_id)
    )
    erasures.put_out(session, None, person, "reapplied", utc_now())
    return True


@event.listens_for(SchemeSession, "after_flush")
def _note(session: Session, _: UOWTransaction) -> None:
    for row in session.new:
        if isinstance(row, Erasure):
            session.info.setdefault(NOTED, []).append(line_of(row))


@event.listens_for(SchemeSession, "after_commit")
def _write(session: Session) -> None:
    """Write the list at once; where that fails, the daily job writes it."""
    if session.in_nested_transaction():
        return
    noted = session.info.pop(NOTED, [])
    if not noted or not has_app_context():
        return
    try:
        add(path_in(current_app.extensions["settings"].data_dir), noted)
    except OSError as error:
        log.error("erasure_list_not_written", error=type(error).__name__)


@event.listens_for(SchemeSession, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(NOTED, None)
