"""The caller's mood, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence

from agent_desk import words
from agent_desk.pages import sparkline
from agent_desk.pages.parts import attribute, box, say, text


class Mood:
    """The caller's mood as a small curve with its meaning in words."""

    def __init__(self) -> None:
        with box(classes="mood", title="How upset the caller sounded, turn by turn"):
            with box("svg", "spark", role="img") as self._picture:
                self._picture.props.update(
                    viewBox=f"0 0 {sparkline.WIDTH} {sparkline.HEIGHT}",
                    width=sparkline.WIDTH,
                    height=sparkline.HEIGHT,
                )
                self._line = box("path", fill="none")
                self._dot = box("circle", r="2.6")
            self._words = text("", classes="mood-words")

    def show(self, scores: Sequence[float]) -> None:
        """Draw the curve.

        Args:
            scores: How upset each turn sounded, from 0 to 1, oldest first.
        """
        said = words.mood(scores, words.direction(scores))
        attribute(self._line, "d", sparkline.path(scores) or "M0 0")
        places = sparkline.points(scores)
        x, y = places[-1] if places else (-9.0, -9.0)
        attribute(self._dot, "cx", str(x))
        attribute(self._dot, "cy", str(y))
        attribute(self._picture, "aria-label", f"Mood: {said}")
        attribute(self._picture, "data-mood", _grade(scores))
        say(self._words, said)


def _grade(scores: Sequence[float]) -> str:
    if not scores:
        return "unknown"
    return "high" if scores[-1] >= 0.75 else "middle" if scores[-1] >= 0.5 else "low"
