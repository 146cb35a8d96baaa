"""The next best coaches of each family, found by way of hubs or without any."""

from __future__ import annotations

import numpy as np
import pytest

from matching import alternatives
from matching.alternatives import Others
from matching.generate import generate
from matching.live import Live
from matching.places import pairs_for_loops
from matching.problem import Problem


def others_of(instance: Problem) -> tuple[Others, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Somebody to ask, and whom to ask about; nothing is learnt yet."""
    optimum = Live(instance)._optimum
    loops = pairs_for_loops(optimum.pairs)
    others = Others(optimum.encoded, loops, optimum.places, optimum.plan, 1_000)
    return others, np.flatnonzero(optimum.plan.matched)


@pytest.mark.parametrize("extras", [False, True])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_next_best_are_the_same_with_hubs_as_without(
    extras: bool, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = generate(200, seed=5, extras=extras)
    others, families = others_of(instance)
    assert len(families) > 2 * alternatives.FIRST
    by_hubs = others.of(families, count)
    assert others._hubs.there.shape[1] > 2
    monkeypatch.setattr(alternatives, "LEARNT", 0)
    alone, _ = others_of(instance)
    assert by_hubs == {f: alone.of(np.array([f]), count)[f] for f in families.tolist()}
    assert alone._hubs.there.shape[1] == 0


def test_hubs_are_learnt_before_the_first_question_about_one_family() -> None:
    others, families = others_of(generate(200, seed=5))
    others.of(families[:1])
    assert others._hubs.there.shape[1] > 2


def test_hubs_are_not_learnt_where_few_are_matched() -> None:
    others, families = others_of(generate(40, seed=5))
    others.of(families[:1])
    assert others._hubs.there.shape[1] == 0


def test_nobody_has_no_next_best() -> None:
    others, families = others_of(generate(40, seed=5))
    assert others.of(families[:0]) == {}
