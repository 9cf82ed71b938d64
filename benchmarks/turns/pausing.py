"""How long people pause inside a turn.

Silent pauses are far from normally distributed and much closer to log-normal, with most between
0.2 and 1 s, and longer ones in spontaneous speech only (Campione and Véronis, "A large-scale
multilingual study of silent pause duration", Speech Prosody 2002). The parameters were chosen from
that alone, whatever the line's own patience is.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pausing:
    """A log-normal distribution of pauses, cut off at both ends.

    Args:
        median_s: The middle of the whole distribution.
        sigma: Standard deviation of the natural logarithm.
        shortest_s: No pause is shorter,
        longest_s: and none is longer.
    """

    median_s: float
    sigma: float
    shortest_s: float
    longest_s: float

    def draw(self, chance: random.Random) -> float:
        """Choose one.

        Args:
            chance: Decides.

        Returns:
            Seconds.
        """
        while True:
            seconds = chance.lognormvariate(math.log(self.median_s), self.sigma)
            if self.shortest_s <= seconds <= self.longest_s:
                return seconds


WITHIN: Final = Pausing(0.45, 0.5, 0.2, 1.2)
"""Between the groups of a number, and between clauses."""
SEARCHING: Final = Pausing(0.8, 0.5, 0.3, 2.0)
"""After "let me see" and "um", when there is something to look up or to find words for."""
LINKING: Final = Pausing(0.06, 0.4, 0.02, 0.12)
"""Between digits that are said in one go; no pause that anybody would notice."""
