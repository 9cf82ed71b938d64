"""A curve small enough to stand in a line of text: pure geometry."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 88, 22
_EDGE = 3
MOST_POINTS = 24
"""More would be closer together than the eye tells apart."""


def points(scores: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Lay values out from left to right, the latest at the right edge.

    Args:
        scores: Values from 0 to 1, oldest first.

    Returns:
        Their places within `WIDTH` and `HEIGHT`, 1 at the top; none without a value.
    """
    shown = [min(max(score, 0.0), 1.0) for score in scores[-MOST_POINTS:]]
    if not shown:
        return ()
    step = (WIDTH - 2 * _EDGE) / max(len(shown) - 1, 1)
    first = WIDTH - _EDGE - step * (len(shown) - 1)
    return tuple(
        (round(first + step * index, 1), round(_EDGE + (HEIGHT - 2 * _EDGE) * (1 - score), 1))
        for index, score in enumerate(shown)
    )


def path(scores: Sequence[float]) -> str:
    """Draw the curve.

    Args:
        scores: Values from 0 to 1, oldest first.

    Returns:
        The `d` of an SVG path; empty without a value.
    """
    places = points(scores)
    if len(places) == 1:
        _, y = places[0]
        return f"M{_EDGE} {y}L{places[0][0]} {y}"
    return "".join(f"{'L' if index else 'M'}{x} {y}" for index, (x, y) in enumerate(places))
