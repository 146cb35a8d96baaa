"""What has to be answered before somebody is let in again."""

from __future__ import annotations

import pytest

from peerapp.domain import helped_access as rules
from peerapp.enums import ProofQuestion, ProofWay, Role

Q, W = ProofQuestion, ProofWay
THREE = frozenset({Q.WORKER, Q.PARTNER, Q.LAST_TIME})


@pytest.mark.parametrize(
    ("role", "way", "answered", "may_ring", "codes"),
    [
        (Role.FAMILY, W.CALLED_BACK, THREE, True, []),
        (Role.FAMILY, W.CALLED_BACK, THREE - {Q.WORKER}, True, ["answered"]),
        (Role.FAMILY, W.CALLED_BACK, frozenset(), True, ["answered"]),
        (Role.FAMILY, W.CALLED_BACK, THREE, False, ["way"]),
        (Role.FAMILY, W.CALLED_BACK, {Q.WORKER, Q.REFEREES, Q.COURSE}, True, ["answered"]),
        (Role.VOLUNTEER, W.CALLED_BACK, {Q.WORKER, Q.REFEREES, Q.COURSE}, True, []),
        (Role.VOLUNTEER, W.CALLED_BACK, {Q.WORKER, Q.GOAL, Q.SEEN}, True, ["answered"]),
        (Role.FAMILY, W.IN_PERSON, {Q.SEEN}, False, []),
        (Role.FAMILY, W.IN_PERSON, THREE, True, ["answered"]),
        (Role.VOLUNTEER, W.IN_PERSON, frozenset(), True, ["answered"]),
    ],
)
def test_proof_is_enough_or_is_not(role, way, answered, may_ring, codes):
    found = rules.proof_refusals(role, way, frozenset(answered), may_ring=may_ring)
    assert [one.code for one in found] == codes


def test_staff_are_let_in_by_nobody_here():
    assert {role for role, _ in rules.QUESTIONS} == {Role.FAMILY, Role.VOLUNTEER}


def test_code_that_is_read_out_lasts_shorter_than_one_on_paper():
    assert set(rules.LIFETIME) == set(ProofWay)
    assert rules.LIFETIME[W.CALLED_BACK] < rules.LIFETIME[W.IN_PERSON]
