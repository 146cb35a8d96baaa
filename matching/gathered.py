"""A set of numbers that is filled and emptied again and again: what is taken out comes sorted.

It is kept as words of 32 bits with a summary, one bit for each word that is not empty. For lists of
some hundred numbers that is several times faster than to sort them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Ints, Numbers

SHIFT = 5  # loops shift: a division that rounds down asks for signs first
WORD = 1 << SHIFT
# The place of a lone bit, by that bit modulo a prime to which 2 is a primitive root.
PRIME = 37
PLACE = np.zeros(PRIME, dtype=np.int64)
PLACE[[(1 << place) % PRIME for place in range(WORD)]] = np.arange(WORD)


class Gathered(NamedTuple):
    """Number ``n`` is bit ``n % 32`` of word ``n // 32``; words have bits in the summary."""

    words: Ints
    summary: Ints


def nothing_gathered(size: int) -> Gathered:
    """An empty set of numbers below `size`."""
    words = size // WORD + 1
    return Gathered(np.zeros(words, dtype=np.int64), np.zeros(words // WORD + 1, dtype=np.int64))


@lean
def put_in(number: int, gathered: Gathered) -> None:
    """Add a number, if it is not there yet."""
    word = number >> SHIFT
    gathered.words[word] |= 1 << (number & WORD - 1)
    gathered.summary[word >> SHIFT] |= 1 << (word & WORD - 1)


@compiled
def take_out(column: Numbers, filled: int, gathered: Gathered) -> tuple[Numbers, int]:
    """Empty the set into a column, which may have to grow, from where it was filled to.

    Returns
    -------
    column, filled
        The column, and where it is filled to now.
    """
    words, summary = gathered.words, gathered.summary
    for at in range(len(summary)):
        while summary[at]:
            number = at * WORD + PLACE[(summary[at] & -summary[at]) % PRIME]
            summary[at] &= summary[at] - 1
            word, words[number] = words[number], 0
            if filled + WORD > len(column):
                column = np.concatenate((column, np.empty_like(column)))
            while word:
                column[filled] = number * WORD + PLACE[(word & -word) % PRIME]
                word &= word - 1
                filled += 1
    return column, filled
