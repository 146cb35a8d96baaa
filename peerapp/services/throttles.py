"""Tries that are counted in the database, so that every process counts the same ones.

Each function but `take_within` takes a connection of its own and ends its transaction: what is
counted must stand even where the request is refused. So none may be called while the request's
session has written.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.domain.throttles import FORGOTTEN_AFTER, Allowance
from peerapp.errors import TooManyTries
from peerapp.models import Throttle, new_id

TABLE = cast(Table, Throttle.__table__)
NO_WAIT = timedelta(0)


@dataclass(frozen=True)
class Try:
    """Something tried: what it counts for, and how much of it is allowed.

    Attributes
    ----------
    key
        From `key_of`.
    allowance
        What is free, and how waits grow.
    own
        A success clears the count: whoever succeeds can only be the person counted.
    """

    key: str
    allowance: Allowance
    own: bool = True


def key_of(secret: str, *parts: str) -> str:
    """Return the key of what is counted; without the site's secret it tells nothing."""
    text = "\0".join(parts)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Taken:
    """A try that was counted beforehand, to be given back if it turns out right."""

    tries: tuple[Try, ...]
    waits: tuple[datetime, ...]


def take(database: Database, tries: Sequence[Try], now: datetime) -> Taken:
    """Count a try beforehand as one that fails.

    Counted before it is made, so that a hundred at once are no more than a hundred in a row. While
    one waits, nothing is counted: whoever goes on trying does not make the wait longer.

    Raises
    ------
    TooManyTries
        One must wait first.
    """
    with database.writer.begin() as connection:
        return _take(database, connection, tries, now)


def take_within(session: Session, database: Database, tries: Sequence[Try], now: datetime) -> Taken:
    """Count what is done only if the session commits, in its own transaction.

    Raises
    ------
    TooManyTries
        One must wait first.
    """
    return _take(database, session.connection(), tries, now)


def _take(database: Database, connection: Connection, tries: Sequence[Try], now: datetime) -> Taken:
    waits: list[datetime] = []
    rows = _locked(database, connection, [one.key for one in tries], now)
    left = [rows[one.key].wait_until - now for one in tries if _lives(rows[one.key], now)]
    longest = max(left, default=NO_WAIT)
    if longest > NO_WAIT:
        raise TooManyTries(longest)
    for one in tries:
        row = rows[one.key]
        hits = row.hits + 1 if _lives(row, now) else 1
        expires = row.expires_at if _lives(row, now) else now + FORGOTTEN_AFTER
        waits.append(now + one.allowance.wait_after(hits))
        _set(connection, one.key, hits, waits[-1], expires)
    return Taken(tuple(tries), tuple(waits))


def give_back(database: Database, taken: Taken, now: datetime, *, right: bool = True) -> None:
    """Take a try back that turned out right, or that could not be made at all.

    The wait that it began ends, not one that another try has begun meanwhile. If it was right,
    what only its own kind counts for is forgotten.
    """
    with database.writer.begin() as connection:
        rows = _locked(database, connection, [one.key for one in taken.tries], now)
        for one, wait in zip(taken.tries, taken.waits, strict=True):
            row = rows[one.key]
            hits = 0 if one.own and right else max(0, row.hits - 1)
            until = now if one.own or row.wait_until == wait else row.wait_until
            _set(connection, one.key, hits, until, row.expires_at)


def _locked(
    database: Database, connection: Connection, keys: Iterable[str], now: datetime
) -> dict[str, Any]:
    """Return the rows of some keys, made where they are missing, locked in one order."""
    wanted = sorted(set(keys))
    fresh = {"hits": 0, "wait_until": now, "expires_at": now + FORGOTTEN_AFTER}
    made = [{"id": new_id(), "key_hash": key, **fresh} for key in wanted]
    connection.execute(_insert(database).on_conflict_do_nothing(), made)
    query = select(TABLE).where(TABLE.c.key_hash.in_(wanted)).order_by(TABLE.c.key_hash)
    found = connection.execute(query.with_for_update())
    return {row.key_hash: row for row in found}


def _lives(row: Any, now: datetime) -> bool:
    return bool(now < row.expires_at)


def _set(
    connection: Connection, key: str, hits: int, wait_until: datetime, expires_at: datetime
) -> None:
    values = {"hits": hits, "wait_until": wait_until, "expires_at": max(expires_at, wait_until)}
    connection.execute(update(TABLE).where(TABLE.c.key_hash == key).values(values))


def _insert(database: Database) -> Any:
    return sqlite.insert(TABLE) if database.is_sqlite else postgresql.insert(TABLE)


def count(database: Database, key: str, window: timedelta, now: datetime) -> tuple[int, datetime]:
    """Count one more in a window; return how many there are, and when the window ends."""
    ended = TABLE.c.expires_at <= bindparam("now", now, type_=TABLE.c.expires_at.type)
    made = _insert(database).values(
        id=new_id(), key_hash=key, hits=1, wait_until=now, expires_at=now + window
    )
    counted = made.on_conflict_do_update(
        index_elements=[TABLE.c.key_hash],
        set_={
            "hits": case((ended, 1), else_=TABLE.c.hits + 1),
            "expires_at": case((ended, made.excluded.expires_at), else_=TABLE.c.expires_at),
        },
    ).returning(TABLE.c.hits, TABLE.c.expires_at)
    with database.writer.begin() as connection:
        row = connection.execute(counted).one()
        return row.hits, row.expires_at


def sweep(database: Database, now: datetime) -> int:
    """Delete what is forgotten; return how much that was."""
    with database.writer.begin() as connection:
        return connection.execute(delete(TABLE).where(TABLE.c.expires_at <= now)).rowcount
