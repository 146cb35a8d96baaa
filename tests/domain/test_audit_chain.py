"""The chain of the audit trail: each way to tamper with it is found, and named."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from peerapp.domain.audit_chain import GENESIS, Fault, FaultKind, Head, Link, digest, verify
from peerapp.models import AuditEvent
from tests.factories import NOW

SCHEME = uuid.UUID(int=7)
K = FaultKind


def linked(rows: Iterable[Link]) -> list[Link]:
    """Link rows as the site does."""
    chain: list[Link] = []
    for place, row in enumerate(rows, 1):
        one = replace(row, seq=place, prev_hash=chain[-1].hash if chain else GENESIS)
        chain.append(replace(one, hash=digest(one)))
    return chain


def row(number: int) -> Link:
    return Link(
        id=uuid.UUID(int=100 + number),
        scheme_id=SCHEME,
        at=NOW + timedelta(minutes=number),
        kind="change",
        action="family.close",
        actor_id=uuid.UUID(int=1),
        actor_role="coordinator",
        subject_type="family",
        subject_id=uuid.UUID(int=number),
        match_id=None,
        fields=("phone", "email"),
        detail={"reason": "moved", "count": number},
        seq=None,
        prev_hash=None,
        hash=None,
    )


@pytest.fixture
def chain() -> list[Link]:
    return linked(row(number) for number in range(9))


def end_of(chain: list[Link]) -> Head:
    return Head(chain[-1].seq or 0, chain[-1].hash or "")


def found(chain: list[Link], head: Head | None, *exported: Head) -> list[tuple[K, int, int]]:
    return [(fault.kind, fault.seq, fault.until) for fault in verify(chain, head, exported)]


@pytest.mark.scorecard("16.4.2", control=True)
def test_whole_chain_has_no_fault(chain):
    heads = [end_of(chain[:number]) for number in range(1, 10)]
    assert list(verify(iter(chain), end_of(chain), heads)) == []
    assert list(verify([], Head(0, GENESIS))) == []
    assert list(verify([], None)) == []


CHANGED = {
    "id": uuid.UUID(int=999),
    "scheme_id": uuid.UUID(int=8),
    "at": NOW + timedelta(microseconds=1),
    "kind": "read",
    "action": "family.open",
    "actor_id": None,
    "actor_role": "manager",
    "subject_type": "volunteer",
    "subject_id": uuid.UUID(int=55),
    "match_id": uuid.UUID(int=5),
    "fields": ("phone",),
    "detail": {"reason": "moved", "count": 99},
}


@pytest.mark.scorecard("16.4.2")
@pytest.mark.parametrize("field", CHANGED)
def test_edited_row_is_found_whichever_field_was_changed(chain, field):
    edited = [*chain]
    edited[4] = replace(chain[4], **{field: CHANGED[field]})
    faults = list(verify(edited, end_of(chain)))
    assert faults == [Fault(K.EDITED, 5, 5, edited[4].id)]


def test_hash_covers_each_column_of_the_table():
    names = {field.name for field in fields(Link)}
    assert names == set(AuditEvent.__table__.columns.keys())
    assert set(CHANGED) == names - {"seq", "prev_hash", "hash"}


@pytest.mark.scorecard("16.4.2")
@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 3), (4, 4), (3, 7), (8, 8)])
def test_deleted_rows_are_found(chain, first, last):
    left = [one for one in chain if not first <= (one.seq or 0) <= last]
    assert found(left, end_of(chain)) == [(K.DELETED, first, last)]


@pytest.mark.scorecard("16.4.2")
@pytest.mark.parametrize("keeps_hashes", [True, False])
@pytest.mark.parametrize(("one", "other"), [(3, 4), (2, 7)])
def test_reordered_rows_are_told_from_edited_ones(chain, one, other, keeps_hashes):
    """Rows change places with their own hashes, or each takes the hashes of its new place."""
    names = ("seq",) if keeps_hashes else ("seq", "prev_hash", "hash")
    first, second = chain[one], chain[other]
    moved = [*chain]
    moved[other] = replace(first, **{name: getattr(second, name) for name in names})
    moved[one] = replace(second, **{name: getattr(first, name) for name in names})
    places = [(kind, seq) for kind, seq, _ in found(moved, end_of(chain))]
    assert set(places) == {(K.REORDERED, one + 1), (K.REORDERED, other + 1)}


@pytest.mark.scorecard("16.4.2")
def test_inserted_row_is_found_behind_the_end_in_the_middle_and_at_a_taken_place(chain):
    longer = linked([*(row(number) for number in range(9)), row(50)])
    assert found(longer, end_of(chain)) == [(K.INSERTED, 10, 10)]
    twice = [*chain[:5], replace(chain[4], id=uuid.uuid4()), *chain[5:]]
    assert found(twice, end_of(chain)) == [(K.INSERTED, 5, 5)]
    # Whole in itself, in place of another: what shows is that the row after it does not follow.
    forged = replace(row(77), seq=5, prev_hash=chain[3].hash)
    swapped = [*chain[:4], replace(forged, hash=digest(forged)), *chain[5:]]
    assert found(swapped, end_of(chain)) == [(K.INSERTED, 5, 5)]


@pytest.mark.scorecard("16.4.2")
def test_cut_tail_is_found_by_the_head_and_with_a_forged_head_by_an_exported_one(chain):
    cut = chain[:6]
    assert found(cut, end_of(chain)) == [(K.CUT_OFF, 7, 9)]
    assert found([], end_of(chain)) == [(K.CUT_OFF, 1, 9)]
    assert found(cut, end_of(cut)) == []  # the control: why heads are written down outside
    assert found(cut, end_of(cut), end_of(chain)) == [(K.CUT_OFF, 7, 9)]
    assert found(cut, None) == [(K.NO_HEAD, 6, 6)]


@pytest.mark.scorecard("16.4.2")
def test_chain_made_anew_is_found_by_an_exported_head(chain):
    remade = linked([*(row(number) for number in range(4)), *(row(n) for n in range(5, 12))])
    assert found(remade, end_of(remade)) == []  # the control
    assert found(remade, end_of(remade), end_of(chain)) == [(K.REMADE, 1, 9)]
    assert found(remade, end_of(remade), end_of(chain[:4])) == []
    assert found(chain, replace(end_of(chain), hash="f" * 64)) == [(K.REMADE, 9, 9)]


def test_many_edited_rows_are_all_reported():
    chain = linked(row(number) for number in range(260))
    edited = [replace(one, detail={}) for one in chain]
    faults = list(verify(edited, end_of(chain)))
    assert [fault.kind for fault in faults] == [K.EDITED] * 260
    assert sorted(fault.seq for fault in faults) == list(range(1, 261))
