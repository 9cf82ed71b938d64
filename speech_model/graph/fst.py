"""Weighted finite-state transducers in arrays, as large as decoding graphs are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

EPSILON: Final = 0
"""The label that stands for nothing being read or written."""

ARC: Final = np.dtype([("ilabel", "<i4"), ("olabel", "<i4"), ("cost", "<f4"), ("next", "<i4")])
"""An arc as OpenFST lays it out: labels, minus natural logarithm of the probability, goal."""

Arcs = NDArray[Any]
"""An array of `ARC`."""

# Bits of https://www.openfst.org/doxygen/fst/html/properties_8h.html; of a pair, the left one says
# that it is so, the right one that it is not, and neither that nobody knows.
EXPANDED: Final = 0x1
_ACCEPTOR: Final = (0x1_0000, 0x2_0000)
_INPUT_DETERMINISTIC: Final = (0x4_0000, 0x8_0000)
_OUTPUT_DETERMINISTIC: Final = (0x10_0000, 0x20_0000)
_EPSILONS: Final = (0x40_0000, 0x80_0000)
_INPUT_EPSILONS: Final = (0x100_0000, 0x200_0000)
_OUTPUT_EPSILONS: Final = (0x400_0000, 0x800_0000)
_INPUT_SORTED: Final = (0x1000_0000, 0x2000_0000)
_OUTPUT_SORTED: Final = (0x4000_0000, 0x8000_0000)
_WEIGHTED: Final = (0x1_0000_0000, 0x2_0000_0000)


@dataclass(frozen=True, slots=True, eq=False)
class Fst:
    """A transducer over the tropical semiring; obtain it by `of` or from a file.

    Arcs of a state lie between `first_arc[state]` and `first_arc[state + 1]`.

    Args:
        start: The state where every path begins; -1 when there are no states.
        final: Cost of ending in each state, infinite where no path ends, shape (states,), float32.
        first_arc: Where each state's arcs begin, shape (states + 1,), int64.
        arcs: All arcs, shape (arcs,), `ARC`.
        noted: What a file says about it, as OpenFST's bits; None when it is not from a file.
    """

    start: int
    final: NDArray[np.float32]
    first_arc: NDArray[np.int64]
    arcs: Arcs
    noted: int | None = None

    @classmethod
    def of(
        cls, start: int, final: NDArray[np.float32], sources: NDArray[np.int64], arcs: Arcs
    ) -> Self:
        """Put a transducer together.

        Args:
            start: The state where every path begins.
            final: Cost of ending in each state, infinite where no path ends, shape (states,).
            sources: The state each arc leaves, shape (arcs,).
            arcs: The arcs in any order, shape (arcs,), `ARC`.

        Returns:
            The transducer; arcs of one state stay in their order.
        """
        order = np.argsort(sources, kind="stable")
        counts = np.bincount(sources, minlength=len(final))
        first_arc = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(start, final.astype(np.float32), first_arc, arcs[order])

    @property
    def states(self) -> int:
        """How many states it has."""
        return len(self.final)

    @property
    def size(self) -> int:
        """How many arcs it has."""
        return len(self.arcs)

    @property
    def sources(self) -> NDArray[np.int64]:
        """The state each arc leaves, shape (arcs,)."""
        return np.repeat(np.arange(self.states), np.diff(self.first_arc))

    @property
    def properties(self) -> int:
        """What is known of it, as OpenFST's bits."""
        return self._seen() if self.noted is None else self.noted

    def relabelled(
        self, *, inputs: NDArray[np.int32] | None = None, outputs: NDArray[np.int32] | None = None
    ) -> Self:
        """Give labels other numbers.

        Args:
            inputs: The new number of each input label, shape (labels,); None leaves them.
            outputs: The same for output labels.
        """
        arcs = self.arcs.copy()
        if inputs is not None:
            arcs["ilabel"] = inputs[arcs["ilabel"]]
        if outputs is not None:
            arcs["olabel"] = outputs[arcs["olabel"]]
        return replace(self, arcs=arcs, noted=None)

    def sorted_by(self, label: str) -> Self:
        """Sort the arcs of each state.

        Args:
            label: `ilabel` or `olabel`.
        """
        arcs = self.arcs[np.lexsort((self.arcs[label], self.sources))]
        return replace(self, arcs=arcs, noted=None)

    def connected(self) -> Self:
        """Leave out states that lie on no path from the start to an end.

        Returns:
            The same paths; states keep their order. Without any path, nothing is left.
        """
        goals = self.arcs["next"].astype(np.int64)
        kept = _followed(np.arange(self.states) == self.start, self.sources, goals)
        kept &= _followed(np.isfinite(self.final), goals, self.sources)
        number = np.cumsum(kept) - 1
        along = kept[self.sources] & kept[goals]
        arcs = self.arcs[along]
        arcs["next"] = number[goals[along]]
        start = int(number[self.start]) if kept.any() else -1
        return self.of(start, self.final[kept], number[self.sources[along]], arcs)

    def _seen(self) -> int:
        """Find out what can be seen at each state alone; the rest stays unknown.

        Composition asks for sorting and epsilons when a recogniser is made; what is not written
        down it would have to find out each time.
        """
        ilabel, olabel, cost = (self.arcs[field] for field in ("ilabel", "olabel", "cost"))
        final, sources = self.final, self.sources
        told = (
            (_ACCEPTOR, bool((ilabel == olabel).all())),
            (_INPUT_DETERMINISTIC, _distinct(sources, ilabel)),
            (_OUTPUT_DETERMINISTIC, _distinct(sources, olabel)),
            (_EPSILONS, bool(((ilabel == EPSILON) & (olabel == EPSILON)).any())),
            (_INPUT_EPSILONS, bool((ilabel == EPSILON).any())),
            (_OUTPUT_EPSILONS, bool((olabel == EPSILON).any())),
            (_INPUT_SORTED, _rising(sources, ilabel)),
            (_OUTPUT_SORTED, _rising(sources, olabel)),
            (_WEIGHTED, bool(cost.any() or (np.isfinite(final) & (final != 0)).any())),
        )
        return EXPANDED | sum(yes if so else no for (yes, no), so in told)


def _followed(
    begin: NDArray[np.bool_], sources: NDArray[np.int64], goals: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which states arcs lead to, from those to begin with; shapes (states,), (arcs,), (arcs,)."""
    order = np.argsort(sources, kind="stable")
    goals = goals[order]
    counts = np.bincount(sources, minlength=len(begin))
    first = np.cumsum(counts) - counts
    reached, newest = begin.copy(), np.flatnonzero(begin)
    while len(newest):
        found = np.unique(goals[_ranges(first[newest], counts[newest])])
        newest = found[~reached[found]]
        reached[newest] = True
    return reached


def _ranges(first: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count up from each first number, so often as is told, one after the other."""
    ends = np.cumsum(counts)
    ranges: NDArray[np.int64] = np.arange(ends[-1]) + np.repeat(first - (ends - counts), counts)
    return ranges


def _distinct(sources: NDArray[np.int64], labels: NDArray[np.int32]) -> bool:
    pairs = np.sort((sources << 32) | labels)
    return bool((pairs[1:] != pairs[:-1]).all())


def _rising(sources: NDArray[np.int64], labels: NDArray[np.int32]) -> bool:
    return not bool(((sources[1:] == sources[:-1]) & (labels[1:] < labels[:-1])).any())
