"""Graphs say what was measured, the same each time, on light and on dark pages."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from benchmarks.graphs import (
    LINES,
    TEXT,
    DelayPoint,
    GraphsError,
    MemoryCurve,
    delay_graph,
    memory_graph,
)
from benchmarks.growth import Growth

POINTS = [DelayPoint(1, 300, 500), DelayPoint(5, 310, 540), DelayPoint(20, 420, 910)]
STEADY = MemoryCurve([0.0, 30.0, 60.0], [180.0, 200.0, 200.0], 30.0, Growth(200, 0.1, -1.0, 1.2))
SHORT = MemoryCurve([0.0, 1.0], [90.0, 91.0], 1.0, None)

WHITE, DARK = "#ffffff", "#0d1117"


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]


def luminance(colour: str) -> float:
    """As WCAG defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(luminance(colour) + 0.05 for colour in (one, other))
    return lighter / darker


@pytest.mark.parametrize("page", [WHITE, DARK])
def test_colours_are_readable_on_light_and_dark_pages(page: str) -> None:
    assert contrast(TEXT, page) >= 4.0
    assert all(contrast(line, page) >= 3.0 for line in LINES)


class TestDrawn:
    @pytest.fixture(autouse=True)
    def _matplotlib(self) -> None:
        pytest.importorskip("matplotlib")

    def test_delay_against_calls_with_its_limit(self) -> None:
        said = texts(delay_graph(POINTS, 1000))
        for text in ("callers at once", "ms", "1", "5", "20", "p50", "p95", "p95: at most 1000"):
            assert text in said

    def test_memory_against_time_by_process(self) -> None:
        said = texts(memory_graph({"server": STEADY, "assistant": SHORT}))
        for text in ("minutes", "MiB", "server", "assistant"):
            assert text in said

    def test_growth_is_a_line_of_its_own(self) -> None:
        untold = MemoryCurve(STEADY.minutes, STEADY.mib, 30.0, None)
        dashed = memory_graph({"server": STEADY}).count("stroke-dasharray")
        assert memory_graph({"server": untold}).count("stroke-dasharray") == dashed - 1

    def test_the_page_shines_through(self) -> None:
        svg = delay_graph(POINTS, 1000)
        assert "#ffffff" not in svg
        assert "#000000" not in svg

    def test_the_same_figures_give_the_same_file(self) -> None:
        assert delay_graph(POINTS, 1000) == delay_graph(POINTS, 1000)


def test_without_matplotlib_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(GraphsError, match="make setup"):
        delay_graph(POINTS, 1000)
