"""Where made-up people live: real postcode sectors, more of them where more people live."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from peerapp.adapters.places import Sector, sectors
from peerapp.models import Locality

UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
SPREAD_M = 500


@dataclass(frozen=True)
class Home:
    """A made-up address: postcode, point in metres on the national grid, and locality."""

    postcode: str
    easting: int
    northing: int
    locality_id: uuid.UUID


class Homes:
    """Draws homes from the sectors of the scheme's localities."""

    def __init__(self, localities: Sequence[Locality]) -> None:
        known = sectors()
        self._rows: list[tuple[Sector, uuid.UUID]] = [
            (known[row.sector], locality.id)
            for locality in localities
            for row in locality.sectors
            if row.sector in known and known[row.sector].easting is not None
        ]
        self._weights = list(accumulate(sector.live for sector, _ in self._rows))

    def draw(self, rng: random.Random) -> Home:
        """Return a home near the middle of a sector drawn by its number of postcodes."""
        sector, locality_id = rng.choices(self._rows, cum_weights=self._weights)[0]
        unit = rng.choice(UNIT_LETTERS) + rng.choice(UNIT_LETTERS)
        middle = (sector.easting or 0, sector.northing or 0)
        return Home(
            postcode=f"{sector.sector}{unit}",
            easting=middle[0] + rng.randint(-SPREAD_M, SPREAD_M),
            northing=middle[1] + rng.randint(-SPREAD_M, SPREAD_M),
            locality_id=locality_id,
        )
