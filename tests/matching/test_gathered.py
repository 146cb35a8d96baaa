"""A set that is filled and emptied again and again."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.gathered import nothing_gathered, put_in, take_out

SIZE = 2_500


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, SIZE - 1), max_size=200), max_size=6))
def test_numbers_come_out_once_and_sorted_after_those_before(batches: list[list[int]]) -> None:
    gathered = nothing_gathered(SIZE)
    column, filled, expected = np.empty(32, np.int32), 0, list[int]()
    for batch in batches:
        for number in batch:
            put_in(number, gathered)
        column, filled = take_out(column, filled, gathered)
        expected += sorted(set(batch))
        assert column[:filled].tolist() == expected
    assert not gathered.words.any()
    assert not gathered.summary.any()
