"""The next best coaches of each matched family, with what the whole matching would then cost.

Forcing a pair turns the optimum by one cycle of the residual network: the family takes the forced
slot, others move along, and the family's own slot takes up the slack. With reduced costs (none is
negative) the cheapest such cycle is a shortest path, so the totals are exact without a new solve.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

import numpy as np

from matching.candidates import Candidates
from matching.encoding import Bools, Encoded, Ints
from matching.flow import arcs_of
from matching.network import Network
from matching.proof import residual_of
from matching.result import NextBest

HOW_MANY = 3
Arcs = tuple[list[int], list[int], list[int]]


class Alternatives:
    """Answers for one optimum.

    Parameters
    ----------
    potential
        As from `matching.proof.potentials`.
    """

    def __init__(
        self,
        encoded: Encoded,
        pairs: Candidates,
        network: Network,
        flow: Ints,
        matched: Bools,
        potential: Ints,
    ) -> None:
        self.encoded, self.pairs, self.network = encoded, pairs, network
        self.cost = int(flow @ network.cost)
        tails = network.tail[: network.pair_arcs]
        self.first_arc = np.searchsorted(tails, np.arange(network.families + 1)).tolist()
        own = np.flatnonzero(flow[: network.pair_arcs] > 0)
        self.own_arc = dict(zip(tails[own].tolist(), own.tolist(), strict=True))
        reduced = network.cost + potential[network.tail] - potential[network.head]
        self.reduced = reduced[: network.pair_arcs]
        self.into, outward = self._both_ways(flow, matched, potential)
        self.to_sink = _distances(self.into, network.sink, network.nodes)
        self.from_sink = _distances(outward, network.sink, network.nodes)

    def _both_ways(self, flow: Ints, matched: Bools, potential: Ints) -> tuple[Arcs, Arcs]:
        """Residual arcs by the node they enter, and by the node they leave."""
        residual = residual_of(self.network, flow, arcs_of(self.network, matched))
        nodes = np.arange(self.network.nodes + 1, dtype=np.int64)
        tail = np.repeat(nodes[:-1], np.diff(residual.start))
        reduced = residual.cost + potential[tail] - potential[residual.head]
        order = np.argsort(residual.head, kind="stable")
        start = np.searchsorted(residual.head[order], nodes)
        into = (start.tolist(), tail[order].tolist(), reduced[order].tolist())
        return into, (residual.start.tolist(), residual.head.tolist(), reduced.tolist())

    def next_best(self, family: int) -> tuple[NextBest, ...]:
        """Up to three other coaches of a matched family, cheapest total first, then by id.

        Coaches that cannot be forced while the same families stay matched are left out.
        """
        run = slice(self.first_arc[family], self.first_arc[family + 1])
        own = self.own_arc[family]
        target = int(self.network.head[own])
        coach_of = self.pairs.coach[self.network.pair[run]].tolist()
        first = dict(zip(self.network.head[run].tolist(), self.reduced[run].tolist(), strict=True))
        coach = dict(zip(first, coach_of, strict=True))
        own_coach = coach[target]
        extra: dict[int, int] = {}
        for slot, step in first.items():
            if coach[slot] != own_coach and slot in self.to_sink and target in self.from_sink:
                _lower(extra, coach[slot], step + self.to_sink[slot] + self.from_sink[target])
        wanted = {slot: step for slot, step in first.items() if coach[slot] != own_coach}
        self._search(target, wanted, coach, extra)
        return self._named(run, coach_of, extra)

    def _search(
        self, target: int, wanted: Mapping[int, int], coach: Mapping[int, int],
        extra: dict[int, int],
    ) -> None:  # fmt: skip
        """Lower `extra` by paths that avoid the sink, as far out as they could still matter."""
        starts, tails, costs = self.into
        settled: set[int] = set()
        heap = [(0, target)]
        least_step = min(wanted.values(), default=0)
        while heap:
            far, node = heappop(heap)
            if node in settled:
                continue
            if far + least_step > _worst_wanted(extra):
                return
            settled.add(node)
            if node in wanted:
                _lower(extra, coach[node], far + wanted[node])
            for arc in range(starts[node], starts[node + 1]):
                if tails[arc] not in settled and tails[arc] != self.network.sink:
                    heappush(heap, (far + costs[arc], tails[arc]))

    def _named(
        self, run: slice, coach_of: list[int], extra: Mapping[int, int]
    ) -> tuple[NextBest, ...]:
        pair_of = dict(zip(coach_of, self.network.pair[run].tolist(), strict=True))
        names = self.encoded.coaches
        found = [
            NextBest(
                coach_id=names[number].coach_id,
                cost=int(self.pairs.cost[pair_of[number]]),
                total_cost=self.cost + more,
                extra=more,
            )
            for number, more in extra.items()
        ]
        return tuple(sorted(found, key=lambda row: (row.extra, row.coach_id))[:HOW_MANY])


def _lower(extra: dict[int, int], coach: int, value: int) -> None:
    if value < extra.get(coach, value + 1):
        extra[coach] = value


def _worst_wanted(extra: Mapping[int, int]) -> float:
    """The third best so far: what costs more can no longer matter."""
    return sorted(extra.values())[HOW_MANY - 1] if len(extra) >= HOW_MANY else float("inf")


def _distances(arcs: Arcs, source: int, nodes: int) -> dict[int, int]:
    """Dijkstra over arcs without negative cost; unreachable nodes are absent."""
    starts, ends, costs = arcs
    found: dict[int, int] = {}
    heap = [(0, source)]
    while heap:
        far, node = heappop(heap)
        if node in found:
            continue
        found[node] = far
        for arc in range(starts[node], starts[node + 1]):
            if ends[arc] not in found:
                heappush(heap, (far + costs[arc], ends[arc]))
    return found
