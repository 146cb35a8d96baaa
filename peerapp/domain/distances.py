"""Miles, as people write them, and metres, as the matcher counts them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

METRES_PER_MILE = Decimal("1609.344")
MILES = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


def metres_of(miles: str) -> int:
    """Return whole metres of a number of miles such as ``0.5``.

    Raises
    ------
    ValueError
        It is not a number with at most 3 digits before the point and 4 behind it.
    """
    text = miles.strip()
    if not MILES.fullmatch(text):
        raise ValueError("not a number of miles")
    return int((Decimal(text) * METRES_PER_MILE).to_integral_value(ROUND_HALF_UP))


def miles_text(metres: int) -> str:
    """Return the shortest number of miles from which ``metres_of`` makes these metres again.

    Four decimals are steps of 16 cm, so there is always one.
    """
    exact = Decimal(metres) / METRES_PER_MILE
    for places in range(5):
        text = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
        if metres_of(text) == metres:
            return text
    raise ValueError("more metres than can be written in miles")
