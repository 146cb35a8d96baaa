"""Made-up counties: reproducible, plausible, solvable."""

from __future__ import annotations

from collections import Counter

import pytest

from matching.candidates import find_candidates
from matching.encoding import encode
from matching.generate import generate
from matching.rules import pin_faults
from matching.solver import solve


def test_same_arguments_same_problem() -> None:
    assert generate(50, seed=3) == generate(50, seed=3)
    assert generate(50, seed=3) != generate(50, seed=4)


def test_sizes_are_what_was_asked_for() -> None:
    county = generate(100, seed=1)
    assert (len(county.families), len(county.coaches)) == (100, 70)
    assert len(generate(10, 3).coaches) == 3
    assert (generate(0).families, generate(0, 0).coaches) == ((), ())


def test_extras_are_there_and_hold() -> None:
    county = generate(300, seed=2)
    assert min(len(county.exclusions), len(county.previous), len(county.placements)) > 5
    assert len(county.pins) > 0
    assert pin_faults(county) == []
    assert solve(county).matched > 100


def test_plain_has_no_extras() -> None:
    county = generate(60, seed=2, extras=False)
    assert (county.exclusions, county.pins, county.previous) == (frozenset(), {}, {})
    assert (county.placements, county.supervisors) == ((), {})


@pytest.mark.parametrize("families", [300, 1_200])
def test_density_is_that_of_a_county(families: int) -> None:
    """Some choice for most families, not every coach for everybody."""
    county = generate(families, seed=1)
    pairs = find_candidates(encode(county), county.settings)
    assert 10 < len(pairs) / families < 200


def test_people_cluster_in_towns() -> None:
    """Spread evenly, the fullest tenth of the squares would hold about a quarter."""
    county = generate(1_000, seed=1)
    squares = Counter((row.easting // 1_000, row.northing // 1_000) for row in county.families)
    area = 18 * 18  # three families to the square kilometre
    fullest = sum(count for _, count in squares.most_common(area // 10))
    assert fullest / len(county.families) > 0.35
