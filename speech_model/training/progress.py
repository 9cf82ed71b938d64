"""What a training shows: how far it is, how well it hears and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from speech_model.training.checkpoint import Position


class Board:
    """A line that is kept current, and a line for each measurement that stays.

    Args:
        console: Where to show it.
        epochs: How many there will be.
        clock: Tells seconds.
    """

    def __init__(
        self, console: Console, epochs: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._clock = clock
        self._epochs = epochs
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]} of {task.total}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("objective {task.fields[objective]}"),
            TextColumn("phone errors {task.fields[errors]}"),
            TextColumn("{task.fields[speed]}"),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task = self._bar.add_task("training", total=epochs, **_fields(Position(), epochs))
        self._began: tuple[float, Position] | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def show(self, at: Position) -> None:
        """Bring the line up to date.

        Args:
            at: Where the training is.
        """
        now = self._clock()
        if self._began is None:
            self._began = now, at
        fields = _fields(at, self._epochs) | self._pace(now, at)
        self._bar.update(self._task, completed=at.epochs, **fields)

    def measured(self, at: Position) -> None:
        """Leave a line behind.

        Args:
            at: Where the training is, with its phone error.
        """
        self.show(at)
        fields = self._bar.tasks[0].fields
        self._console.print(
            f"epoch {at.epochs:.2f}, {at.hours:.1f} h heard: objective {fields['objective']}, "
            f"phone errors {fields['errors']}  {fields['speed']}  {fields['left']}".rstrip()
        )

    def _pace(self, now: float, at: Position) -> dict[str, Any]:
        """Tell the speed of this run, and how long the rest will take at it."""
        assert self._began is not None
        seconds, before = now - self._began[0], self._began[1]
        if at.epochs <= before.epochs or seconds <= 0:
            return {"speed": "", "left": ""}
        left = (self._epochs - at.epochs) / (at.epochs - before.epochs) * seconds
        return {
            "speed": f"{(at.hours - before.hours) / seconds * 3600:.0f} h/h",
            "left": f"{_duration(left)} left" if left > 0 else "",
        }


def _fields(at: Position, epochs: int) -> dict[str, Any]:
    return {
        "epoch": str(min(at.epoch + 1, epochs)),
        "objective": "-" if at.objective is None else f"{at.objective:.3f}",
        "errors": "-" if at.phone_error is None else f"{100 * at.phone_error:.1f} %",
        "speed": "",
        "left": "",
    }


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"
