"""The curve of a mood."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_desk.pages.sparkline import HEIGHT, MOST_POINTS, WIDTH, path, points


@given(st.lists(st.floats(-1, 2), max_size=60))
def test_it_stays_within_its_frame_from_left_to_right(scores: list[float]) -> None:
    places = points(scores)
    assert len(places) == min(len(scores), MOST_POINTS)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)


def test_more_upset_is_higher() -> None:
    (_, calm), (_, upset) = points([0.1, 0.9])
    assert upset < calm


def test_its_drawing() -> None:
    assert path([]) == ""
    assert path([0.0, 1.0]) == "M3.0 19.0L85.0 3.0"
    assert path([0.5]).startswith("M3 11")
