"""Whether the audit trail is whole, and its head written down outside the database.

What is exported of a chain is its scheme, its length and its last hash, signed with a key derived
from the site's secret: whoever can write to the database can make a chain anew, and still cannot
make it end where the exported head says that it ended.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, String, select, type_coerce
from sqlalchemy.orm import Session

from peerapp.chain import as_link
from peerapp.domain.audit_chain import Fault, FaultKind, Head, Link, verify
from peerapp.errors import PeerAppError
from peerapp.models import AuditEvent, AuditHead

BATCH = 2000
FORM = "peerapp-audit-head-1"
WORDS = frozenset({"kind", "actor_role"})  # read as they are: an edited one need not be a member
COLUMNS = tuple(
    type_coerce(column, String).label(name) if name in WORDS else column
    for name in Link.__dataclass_fields__
    for column in [getattr(AuditEvent, name)]
)
NOBODY = uuid.UUID(int=0)
UNREADABLE = Link(
    NOBODY, NOBODY, datetime.min.replace(tzinfo=UTC), "", "", None, None, "", None, None,
    (), {}, None, None, None,
)  # fmt: skip


class HeadUnusable(PeerAppError):
    """A file with exported heads cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Exported:
    """One exported head, as a line of a file or the text of a mail."""

    scheme: str
    seq: int
    hash: str
    at: str
    mac: str

    def line(self) -> str:
        """Return the head as one line of JSON."""
        values = {"form": FORM, "scheme": self.scheme, "seq": self.seq, "hash": self.hash}
        return json.dumps({**values, "at": self.at, "mac": self.mac})


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many rows there are, and what is wrong."""

    rows: int
    faults: tuple[Fault, ...]


def get_head(session: Session) -> Head | None:
    """Return where the database says that the scheme's chain ends."""
    found = session.scalar(select(AuditHead))
    return Head(found.seq, found.hash) if found else None


def export(session: Session, scheme: str, secret: str, now: datetime) -> Exported | None:
    """Return the signed head of the session's scheme; None while nothing has been audited."""
    head = get_head(session)
    if head is None:
        return None
    at = now.isoformat(timespec="seconds")
    return Exported(scheme, head.seq, head.hash, at, _mac(secret, scheme, head, at))


def append(path: Path, exported: Exported) -> None:
    """Write a head as the last line of a file that only this user can read, safely to disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(exported.line() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(paths: Iterable[Path], scheme: str, secret: str) -> list[Head]:
    """Return the heads of a scheme that files hold; those of other schemes are left out.

    Raises
    ------
    HeadUnusable
        A file cannot be read, or holds a line that this site did not sign.
    """
    return [head for path in paths for head in _read(path, scheme, secret)]


def _read(path: Path, scheme: str, secret: str) -> Iterator[Head]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise HeadUnusable(f"{path} cannot be read ({type(error).__name__})") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _parse(line)
        if found is None:
            raise HeadUnusable(f"{path}, line {number}: not a head of an audit trail")
        head = Head(found.seq, found.hash)
        if not hmac.compare_digest(_mac(secret, found.scheme, head, found.at), found.mac):
            raise HeadUnusable(
                f"{path}, line {number}: not signed with this site's SECRET_KEY: the line was "
                "changed, or comes from another site or from before the key was"
            )
        if found.scheme == scheme:
            yield head


def _parse(line: str) -> Exported | None:
    try:
        values = json.loads(line)
        if values.pop("form") != FORM:
            return None
        found = Exported(**values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    texts = (found.scheme, found.hash, found.at, found.mac)
    right = isinstance(found.seq, int) and all(isinstance(one, str) for one in texts)
    return found if right and all(one.isascii() for one in texts) else None


def _mac(secret: str, scheme: str, head: Head, at: str) -> str:
    key = hmac.digest(secret.encode(), b"peerapp.audit.head", "sha256")
    text = json.dumps([FORM, scheme, head.seq, head.hash, at])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def check(session: Session, heads: Iterable[Head] = ()) -> Verdict:
    """Verify the chain of the session's scheme, in one view of the database and little memory."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    counter = _Counter()
    faults = list(verify(counter.through(_links(session)), get_head(session), heads))
    unlinked = select(AuditEvent.id).where(AuditEvent.seq.is_(None)).order_by(AuditEvent.id)
    faults += [Fault(FaultKind.INSERTED, 0, 0, one) for one in session.scalars(unlinked)]
    return Verdict(counter.rows, tuple(faults))


class _Counter:
    def __init__(self) -> None:
        self.rows = 0

    def through(self, links: Iterable[Link]) -> Iterator[Link]:
        for link in links:
            self.rows += 1
            yield link


def _links(session: Session) -> Iterator[Link]:
    """Yield the linked rows in order; one that cannot even be read counts as edited."""
    after, batch = 0, BATCH
    while True:
        try:
            for row in session.execute(_after(after).execution_options(yield_per=batch)):
                yield as_link(row)
                after = row.seq
        except ValueError:
            if batch > 1:
                batch = 1  # go on one by one, to the row itself
                continue
            after, batch = session.scalars(_next(after)).one() or 0, BATCH
            yield replace(UNREADABLE, seq=after)
        else:
            return


def _after(seq: int) -> Select[Any]:
    query = select(*COLUMNS).where(AuditEvent.seq > seq)
    return query.order_by(AuditEvent.seq, AuditEvent.id)


def _next(seq: int) -> Select[int | None]:
    return select(AuditEvent.seq).where(AuditEvent.seq > seq).order_by(AuditEvent.seq).limit(1)


def note_exported(session: Session, today: date) -> None:
    """Remember that the head of today is outside."""
    head = session.scalars(select(AuditHead).with_for_update()).one()
    head.exported_on = today


def is_due(session: Session, today: date) -> bool:
    """Say whether the scheme's head has not been exported today yet."""
    head = session.scalar(select(AuditHead))
    return head is not None and head.exported_on != today
