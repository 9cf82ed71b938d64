"""Erlang A, exactly: many lines, exponential service, and callers who give up.

The model is Palm's (1957); the sums over its birth and death process are those of Garnett,
Mandelbaum and Reiman, "Designing a call center with impatient customers" (2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class ErlangA:
    """What Erlang A foretells.

    Args:
        mean_wait_s: Of all callers, those who give up included, in seconds.
        abandoned: The share of callers who give up.
        waiting: The share of callers who do not find an agent free.
    """

    mean_wait_s: float
    abandoned: float
    waiting: float


def erlang_a(agents: int, calls_per_s: float, handling_s: float, patience_s: float) -> ErlangA:
    """Work out the long run of a line.

    Args:
        agents: How many there are.
        calls_per_s: Mean arrivals, per second.
        handling_s: Mean length of a conversation, in seconds.
        patience_s: Mean time after which a waiting caller gives up, in seconds.

    Returns:
        The figures.
    """
    # weights[j] is the chance of j callers in the system, up to one common factor.
    weights = [1.0]
    for callers in count(1):
        leaving = min(callers, agents) / handling_s + max(callers - agents, 0) / patience_s
        weights.append(weights[-1] * calls_per_s / leaving)
        if callers > agents and weights[-1] < 1e-15 * max(weights):
            break
    total = sum(weights)
    in_line = sum((j - agents) * weight for j, weight in enumerate(weights) if j > agents) / total
    return ErlangA(
        mean_wait_s=in_line / calls_per_s,
        abandoned=in_line / patience_s / calls_per_s,
        waiting=sum(weights[agents:]) / total,
    )
