"""The order of steps in the residual network, whether or not a step fits into one number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.steps import _in_order

NODES = 700_000  # more than at 400,000 families


@pytest.mark.parametrize("most", [0, 5, (1 << 22) - 1, 1 << 40])
@given(data=st.data())
def test_steps_are_in_the_order_of_heads_costs_and_tails(data: st.DataObject, most: int) -> None:
    node = st.integers(0, NODES - 1)
    row = st.tuples(node, st.integers(0, most), node)
    rows = data.draw(st.lists(row, max_size=30))
    if rows:
        rows.append((1, most, 2))  # so that each width is tried
    head, cost, tail = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    tails, costs = _in_order(head, cost, tail, NODES)
    assert list(zip(costs.tolist(), tails.tolist(), strict=True)) == [
        (cost, tail) for _, cost, tail in sorted(rows)
    ]
