"""The next best coaches of each matched family, with what the whole matching would then cost.

Forcing a pair turns the optimum by one cycle of the residual network: the family takes a place of
the forced coach, others move along, and somebody or nobody takes the place that it left. With
reduced costs, none of which is negative, the cheapest such cycle is a shortest path, so the totals
are exact without a new solve. The network is first contracted to what a path can choose among: a
used slot to the family that holds it, a free slot to its coach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from matching.candidates import Candidates
from matching.encoding import Bools, Encoded, Ints
from matching.network import Network
from matching.result import NextBest

HOW_MANY = 3
BATCH_CELLS = 4_000_000
# How far to search at first, in points; families not served by then are searched further.
LIMITS = (16.0, 40.0, np.inf)


@dataclass(frozen=True)
class Steps:
    """Arcs of the contracted network, weights never negative."""

    tail: Ints
    head: Ints
    weight: Ints


def next_best(
    encoded: Encoded,
    pairs: Candidates,
    network: Network,
    flow: Ints,
    matched: Bools,
    potential: Ints,
) -> dict[int, tuple[NextBest, ...]]:
    """For each matched family up to three other coaches, cheapest total first, then by id.

    Coaches that cannot be forced while the same families stay matched are left out.

    Parameters
    ----------
    potential
        As from `matching.proof.potentials`.
    """
    reduced = network.cost + potential[network.tail] - potential[network.head]
    arcs, steps = _choices(network, flow, matched, reduced)
    graph = _reversed_graph((steps, _moves(network, flow, reduced)), network.nodes)
    menu = _Menu(encoded, pairs, network, flow, arcs, steps)
    waiting = np.flatnonzero(matched)
    found: dict[int, tuple[NextBest, ...]] = {}
    batch = max(1, BATCH_CELLS // network.nodes)
    for limit in LIMITS:
        unserved = []
        for start in range(0, len(waiting), batch):
            block = waiting[start : start + batch]
            away = dijkstra(graph, indices=block, limit=limit)
            for family, row in zip(block.tolist(), away, strict=True):
                best, last = menu.best(family, row)
                if last <= limit:
                    found[family] = best
                else:
                    unserved.append(family)
        waiting = np.array(unserved, dtype=np.int64)
    return found


def _choices(network: Network, flow: Ints, matched: Bools, reduced: Ints) -> tuple[Ints, Steps]:
    """What each matched family could take instead: numbers of the arcs, and the steps they make.

    A used slot leads to its holder, who must leave it; a free slot leads on to the coach.
    """
    count = network.pair_arcs
    tail, head = network.tail[:count], network.head[:count]
    own = np.flatnonzero(flow[:count] > 0)
    holder = np.full(network.nodes, -1, dtype=np.int64)
    holder[head[own]] = tail[own]
    give_up = np.zeros(network.nodes, dtype=np.int64)
    give_up[head[own]] = -reduced[own]
    arcs = np.flatnonzero(matched[tail] & (flow[:count] == 0))
    onward = count + (head[arcs] - network.first_slot)  # the arc from that slot to its coach
    used = holder[head[arcs]] >= 0
    return arcs, Steps(
        tail=tail[arcs],
        head=np.where(used, holder[head[arcs]], network.head[onward]),
        weight=reduced[arcs] + np.where(used, give_up[head[arcs]], reduced[onward]),
    )


def _moves(network: Network, flow: Ints, reduced: Ints) -> Steps:
    """The steps of coaches and supervisors: fill a free place, or have somebody leave one."""
    count = network.pair_arcs
    own = np.flatnonzero(flow[:count] > 0)
    slot_arc = count + (network.head[own] - network.first_slot)
    rest = np.arange(count + len(network.slot_key), len(network.tail), dtype=np.int64)
    room = rest[flow[rest] < network.capacity[rest]]
    held = rest[flow[rest] > 0]
    return Steps(
        tail=np.concatenate([network.head[slot_arc], network.tail[room], network.head[held]]),
        head=np.concatenate([network.tail[own], network.head[room], network.tail[held]]),
        weight=np.concatenate([-reduced[slot_arc] - reduced[own], reduced[room], -reduced[held]]),
    )


def _reversed_graph(parts: tuple[Steps, ...], nodes: int) -> csr_matrix:
    """All steps turned round, the least weight where several run side by side."""
    tail, head, weight = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("tail", "head", "weight")
    )
    order = np.lexsort((weight, tail, head))
    tail, head, weight = tail[order], head[order], weight[order]
    first = np.ones(len(tail), dtype=np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    tail, head, weight = tail[first], head[first], weight[first]
    start = np.searchsorted(head, np.arange(nodes + 1))
    return csr_matrix((weight.astype(np.float64), tail, start), shape=(nodes, nodes))


class _Menu:
    """What each family could take instead, priced once the distances are known."""

    def __init__(
        self,
        encoded: Encoded,
        pairs: Candidates,
        network: Network,
        flow: Ints,
        arcs: Ints,
        steps: Steps,
    ) -> None:
        self.encoded, self.cost, self.steps = encoded, int(flow @ network.cost), steps
        self.pair = network.pair[arcs]
        self.coach = pairs.coach[self.pair]
        self.pair_cost = pairs.cost[self.pair]
        self.first = np.searchsorted(steps.tail, np.arange(network.families + 1)).tolist()
        own = np.flatnonzero(flow[: network.pair_arcs] > 0)
        self.own_coach = np.full(network.families, -1, dtype=np.int64)
        self.own_coach[network.tail[own]] = pairs.coach[network.pair[own]]
        names = np.array([coach.coach_id for coach in encoded.coaches])
        self.id_rank = np.empty(len(names), dtype=np.int64)
        self.id_rank[np.argsort(names)] = np.arange(len(names))

    def best(self, family: int, away: NDArray[np.float64]) -> tuple[tuple[NextBest, ...], float]:
        """The best three by the distances to the family, and what the third costs more.

        That is infinite while there are fewer than three: then the search must go on.
        """
        run = np.arange(self.first[family], self.first[family + 1])
        run = run[self.coach[run] != self.own_coach[family]]
        extra = self.steps.weight[run] + away[self.steps.head[run]]
        rows: dict[str, NextBest] = {}
        for at in np.lexsort((self.id_rank[self.coach[run]], extra)).tolist():
            if len(rows) == HOW_MANY or extra[at] == np.inf:
                break
            coach_id = self.encoded.coaches[int(self.coach[run[at]])].coach_id
            if coach_id not in rows:
                rows[coach_id] = self._row(coach_id, int(run[at]), int(extra[at]))
        last = max((row.extra for row in rows.values()), default=0)
        return tuple(rows.values()), last if len(rows) == HOW_MANY else np.inf

    def _row(self, coach_id: str, at: int, extra: int) -> NextBest:
        return NextBest(
            coach_id=coach_id,
            cost=int(self.pair_cost[at]),
            total_cost=self.cost + extra,
            extra=extra,
        )
