"""Lists of ids that share one list of names."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pytest

from matching.result import Ids

NAMES = ("F1", "F2", "F3", "F4")
SOME = Ids(np.array([1, 3], dtype=np.int32), NAMES)


def test_ids_are_used_like_a_tuple() -> None:
    assert (tuple(SOME), len(SOME), SOME[0], SOME[-1], SOME[1:]) == (
        ("F2", "F4"), 2, "F2", "F4", ("F4",),
    )  # fmt: skip
    assert "F4" in SOME
    assert "F3" not in SOME
    assert repr(SOME) == "('F2', 'F4')"
    with pytest.raises(IndexError):
        SOME[2]


def test_ids_are_equal_to_the_same_ids_however_kept() -> None:
    same = Ids(np.array([0, 1], dtype=np.int32), ("F2", "F4"))
    assert SOME == same == ("F2", "F4")
    assert hash(SOME) == hash(same) == hash(("F2", "F4"))
    assert SOME != ("F2",)
    assert SOME != ["F2", "F4"]


def test_ids_can_be_copied_and_kept() -> None:
    assert deepcopy(SOME) is SOME
    assert pickle.loads(pickle.dumps(SOME)) == SOME
