"""The chain of the audit trail: what a row's hash covers, and what is wrong with a chain.

Each row carries its place, the hash of the row before it and a hash over both and over every field.
Whoever changes, removes, inserts or moves a row breaks the chain there; whoever makes the whole
chain anew, or cuts its end off, cannot make it fit a head that was exported before.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64
FORM = "peerapp-audit-1"
EXAMINED = 200
"""Broken rows that are compared with each other to see which were exchanged."""


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the trail as it is stored; field for field what the hash covers."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    at: datetime
    kind: str
    action: str
    actor_id: uuid.UUID | None
    actor_role: str | None
    subject_type: str
    subject_id: uuid.UUID | None
    match_id: uuid.UUID | None
    fields: Sequence[str]
    detail: Mapping[str, Any]
    seq: int | None
    prev_hash: str | None
    hash: str | None


@dataclass(frozen=True)
class Head:
    """Where a chain ended at some moment."""

    seq: int
    hash: str


class FaultKind(StrEnum):
    """What happened to a row of the trail."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut off"
    REMADE = "re-made"
    NO_HEAD = "no head"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a chain: from which place to which, and with which row."""

    kind: FaultKind
    seq: int
    until: int
    row_id: uuid.UUID | None = None


def canonical(link: Link) -> bytes:
    """Return the bytes that a row's hash covers: every field, in a fixed order and form."""
    values = [
        FORM,
        link.scheme_id.hex,
        link.seq,
        link.prev_hash,
        link.id.hex,
        link.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        str(link.kind),
        link.action,
        link.actor_id and link.actor_id.hex,
        link.actor_role and str(link.actor_role),
        link.subject_type,
        link.subject_id and link.subject_id.hex,
        link.match_id and link.match_id.hex,
        sorted({str(field) for field in link.fields}),
        link.detail,
    ]
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode("ascii")


def digest(link: Link) -> str:
    """Return the hash of a row at its place."""
    return hashlib.sha256(canonical(link)).hexdigest()


def verify(
    links: Iterable[Link], head: Head | None, exported: Iterable[Head] = ()
) -> Iterator[Fault]:
    """Yield what is wrong with a chain.

    Parameters
    ----------
    links
        The linked rows of one scheme in the order of ``seq``; read once, none is kept.
    head
        Where the database says that the chain ends; None when it does not say.
    exported
        Heads that were written down outside before.
    """
    walk = _Walk(sorted(exported, key=lambda one: one.seq))
    for link in links:
        yield from walk.step(link)
    yield from walk.named()
    yield from _ends(walk, head)


class _Walk:
    """One pass over a chain: what the next row must fit, and the rows that fit nowhere."""

    def __init__(self, exported: Sequence[Head]) -> None:
        self.last = Head(0, GENESIS)
        self.last_id: uuid.UUID | None = None
        self.exported = list(exported)
        self.broken: list[Link] = []

    def step(self, link: Link) -> Iterator[Fault]:
        """Look at the next row."""
        place = link.seq if isinstance(link.seq, int) else 0
        if place <= self.last.seq:
            yield Fault(FaultKind.INSERTED, place, place, link.id)
            return
        if place > self.last.seq + 1:
            yield Fault(FaultKind.DELETED, self.last.seq + 1, place - 1)
        is_whole = digest(link) == link.hash
        follows = place > self.last.seq + 1 or link.prev_hash == self.last.hash
        if is_whole and not follows and (self.last_id is not None or place == 1):
            # Both are whole, and this one follows another than stands before it: that is the new
            # one. Where one of them is not whole, that is the fault, and this its consequence.
            yield Fault(FaultKind.INSERTED, max(place - 1, 1), max(place - 1, 1), self.last_id)
        if not is_whole:
            if len(self.broken) < EXAMINED:
                self.broken.append(link)
            else:
                yield Fault(FaultKind.EDITED, place, place, link.id)
        yield from self._against_exported(place, link.hash or "")
        self.last = Head(place, link.hash or "")
        self.last_id = link.id if is_whole else None

    def _against_exported(self, place: int, found: str) -> Iterator[Fault]:
        while self.exported and self.exported[0].seq <= place:
            head = self.exported.pop(0)
            if head.seq == place and head.hash != found:
                yield Fault(FaultKind.REMADE, 1, place)

    def named(self) -> Iterator[Fault]:
        """Yield the rows whose hash does not fit: moved ones are told from edited ones."""
        for link in self.broken:
            moved = any(_stood_at(link, other) for other in self.broken if other is not link)
            kind = FaultKind.REORDERED if moved else FaultKind.EDITED
            yield Fault(kind, link.seq or 0, link.seq or 0, link.id)


def _stood_at(link: Link, other: Link) -> bool:
    """Say whether a row is whole where another one stands, with its own hashes or the other's."""
    with_own = replace(link, seq=other.seq)
    with_others = replace(with_own, prev_hash=other.prev_hash, hash=other.hash)
    return any(digest(one) == one.hash for one in (with_own, with_others))


def _ends(walk: _Walk, head: Head | None) -> Iterator[Fault]:
    last = walk.last
    if head is None:
        if last.seq:
            yield Fault(FaultKind.NO_HEAD, last.seq, last.seq)
    elif head.seq > last.seq:
        yield Fault(FaultKind.CUT_OFF, last.seq + 1, head.seq)
    elif head.seq < last.seq:
        yield Fault(FaultKind.INSERTED, head.seq + 1, last.seq)
    elif last.seq and head.hash != last.hash:
        yield Fault(FaultKind.REMADE, last.seq, last.seq)
    missing = [one.seq for one in walk.exported if one.seq > last.seq]
    if missing and (head is None or head.seq < max(missing)):
        yield Fault(FaultKind.CUT_OFF, max(last.seq, head.seq if head else 0) + 1, max(missing))
