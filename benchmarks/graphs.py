"""The graphs of `docs/performance.md`, as SVG that is readable on light and on dark pages.

Matplotlib draws them; it comes with the extra `dev`, and nothing of the line needs it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.growth import Growth

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# On white and on a dark page (#0d1117) alike, text has at least 4 times the page's luminance or a
# fourth of it, and lines 3 times.
TEXT: Final = "#7a7a7a"
LINES: Final = ("#2f81c6", "#d0681c", "#3f9142", "#9a6bc0")
_SIZE_INCHES: Final = (7.2, 3.6)


class GraphsError(Exception):
    """The graphs cannot be drawn; the message says why."""


def require_matplotlib() -> None:
    """Say whether graphs can be drawn, before long measurements.

    Raises:
        GraphsError: Matplotlib is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise GraphsError("graphs need matplotlib: `make setup` installs it") from error


@dataclass(frozen=True, slots=True)
class DelayPoint:
    """What callers at once wait for an answer.

    Args:
        calls: Callers at once.
        p50_ms: Half of the answers come sooner.
        p95_ms: Nineteen in twenty come sooner.
    """

    calls: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class MemoryCurve:
    """The memory of a process.

    Args:
        minutes: When it was measured.
        mib: The memory.
        warm_minutes: From when on growth is told.
        growth: From then on; None when it was too short to tell.
    """

    minutes: Sequence[float]
    mib: Sequence[float]
    warm_minutes: float
    growth: Growth | None


def delay_graph(points: Sequence[DelayPoint], limit_ms: float) -> str:
    """Draw delay against callers at once.

    Args:
        points: Rising by calls.
        limit_ms: What p95 is to stay below.

    Returns:
        An SVG picture.

    Raises:
        GraphsError: Matplotlib is not installed.
    """
    figure = _figure("Last word to answer")
    [axes] = figure.axes
    calls = [point.calls for point in points]
    for name, values, colour in (
        ("p95", [point.p95_ms for point in points], LINES[1]),
        ("p50", [point.p50_ms for point in points], LINES[0]),
    ):
        axes.plot(calls, values, marker="o", color=colour, label=name)
    axes.axhline(limit_ms, color=TEXT, linestyle="--", label=f"p95: at most {limit_ms:g}")
    axes.set_xticks(calls)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("callers at once")
    axes.set_ylabel("ms")
    return _svg(figure)


def memory_graph(curves: Mapping[str, MemoryCurve]) -> str:
    """Draw memory against time.

    Args:
        curves: By the names of the processes, at most four.

    Returns:
        An SVG picture, with the lines that growth is told by.

    Raises:
        GraphsError: Matplotlib is not installed.
    """
    figure = _figure("Resident memory")
    [axes] = figure.axes
    for (name, curve), colour in zip(curves.items(), LINES, strict=False):
        axes.plot(curve.minutes, curve.mib, color=colour, linewidth=1.2, label=name)
        if curve.growth is not None:
            _draw_growth(axes, curve, curve.growth)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("minutes")
    axes.set_ylabel("MiB")
    return _svg(figure)


def _draw_growth(axes: Axes, curve: MemoryCurve, growth: Growth) -> None:
    ends = (curve.warm_minutes, curve.minutes[-1])
    middle = sum(ends) / 2
    line = [growth.mean + growth.per_hour * (minute - middle) / 60 for minute in ends]
    axes.plot(ends, line, color=TEXT, linestyle="--", linewidth=1.2)


def _figure(title: str) -> Figure:
    require_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    figure.add_subplot().set_title(title, color=TEXT)
    return figure


def _svg(figure: Figure) -> str:
    from matplotlib import rc_context

    [axes] = figure.axes
    axes.grid(color=TEXT, alpha=0.25)
    axes.tick_params(colors=TEXT)
    axes.xaxis.label.set_color(TEXT)
    axes.yaxis.label.set_color(TEXT)
    for side, spine in axes.spines.items():
        spine.set_color(TEXT)
        spine.set_visible(side in ("left", "bottom"))
    axes.legend(frameon=False, labelcolor=TEXT)
    out = io.StringIO()
    # Text stays text, and the same figures give the same file.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "warmline"}):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()
