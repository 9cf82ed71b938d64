"""The reliability curve as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from speech_model.evaluation.confidence import Bin, Reliability

_SIDE: Final = 300  # of the square, in pixels
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 40, 16, 62
_LINE: Final = 18  # of the legend
_COLOURS: Final = ("#1b6ca8", "#c8553d", "#4f772d", "#6d597a")
_MOST_RADIUS: Final = 11.0
# Fewer words in a bin tell of chance.
_FEWEST_WORDS: Final = 5


def reliability_svg(curves: Mapping[str, Reliability], title: str) -> str:
    """Draw how often words of each confidence are right.

    Args:
        curves: By their names in the legend, at most four.
        title: Stands above.

    Returns:
        An SVG picture: the diagonal is what confidence should be, the area of a dot is the number
        of words; bins of fewer than five words are not drawn.
    """
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM + _LINE * len(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14" fill="#222222">{escape(title)}</text>',
        *_axes(),
    ]
    for number, (name, judged) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        y = _TOP + _SIDE + _BOTTOM + _LINE * number
        parts += [
            *_curve(judged.bins, colour),
            f'<circle cx="{_LEFT + 6}" cy="{y - 4}" r="5" fill="{colour}"/>',
            f'<text x="{_LEFT + 18}" y="{y}" fill="#222222">{escape(name)}: off by '
            f"{100 * judged.error:.1f} %</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])


def _axes() -> list[str]:
    grey = 'stroke="#bbbbbb" stroke-width="1"'
    parts = [
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" {grey}/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" {grey} '
        'stroke-dasharray="4 4"/>',
    ]
    for tenth in range(0, 11, 2):
        share, label = tenth / 10, f"{10 * tenth}"
        parts += [
            f'<text x="{_x(share)}" y="{_TOP + _SIDE + 16}" text-anchor="middle" '
            f'fill="#222222">{label}</text>',
            f'<text x="{_LEFT - 6}" y="{float(_y(share)) + 4:.1f}" text-anchor="end" '
            f'fill="#222222">{label}</text>',
        ]
    middle = _TOP + _SIDE / 2
    return [
        *parts,
        f'<text x="{_x(0.5)}" y="{_TOP + _SIDE + 38}" text-anchor="middle" fill="#222222">'
        "confidence, %</text>",
        f'<text x="16" y="{middle}" text-anchor="middle" fill="#222222" '
        f'transform="rotate(-90 16 {middle})">words right, %</text>',
    ]


def _curve(bins: Sequence[Bin], colour: str) -> list[str]:
    drawn = [each for each in bins if each.words >= _FEWEST_WORDS]
    most = max((each.words for each in drawn), default=1)
    points = " ".join(f"{_x(each.confidence)},{_y(each.right)}" for each in drawn)
    return [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
        *(
            f'<circle cx="{_x(each.confidence)}" cy="{_y(each.right)}" '
            f'r="{max(2.0, _MOST_RADIUS * math.sqrt(each.words / most)):.1f}" '
            f'fill="{colour}" fill-opacity="0.6"><title>{each.words} words</title></circle>'
            for each in drawn
        ),
    ]


def _x(share: float) -> str:
    return f"{_LEFT + share * _SIDE:.1f}"


def _y(share: float) -> str:
    return f"{_TOP + (1 - share) * _SIDE:.1f}"
