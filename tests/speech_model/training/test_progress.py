from __future__ import annotations

import io
from itertools import count

from rich.console import Console

from speech_model.training.checkpoint import Position
from speech_model.training.progress import Board


def board(written: io.StringIO, epochs: int, *, terminal: bool = False) -> Board:
    """A board whose clock is a quarter of an hour later each time it is looked at."""
    ticks = count(0, 900)
    console = Console(file=written, width=120, force_terminal=terminal)
    return Board(console, epochs, lambda: float(next(ticks)))


def test_a_measurement_leaves_a_line() -> None:
    written = io.StringIO()
    with board(written, 10) as shown:
        shown.show(Position())
        shown.measured(
            Position(epoch=1, share=0.5, hours=30.0, objective=-0.214, phone_error=0.256)
        )
    line = written.getvalue().splitlines()[0]
    assert line == (
        "epoch 1.50, 30.0 h heard: objective -0.214, phone errors 25.6 %  120 h/h  85 min left"
    )


def test_long_times_are_told_in_hours_and_speed_is_that_of_this_run() -> None:
    written = io.StringIO()
    with board(written, 10) as shown:
        shown.show(Position(epoch=5, hours=100.0))
        shown.measured(Position(epoch=5, share=0.5, hours=110.0, phone_error=0.3))
    assert "40 h/h  2 h 15 min left" in written.getvalue()


def test_before_anything_is_known_nothing_is_claimed() -> None:
    written = io.StringIO()
    with board(written, 10) as shown:
        shown.measured(Position())
    assert written.getvalue().splitlines()[0] == (
        "epoch 0.00, 0.0 h heard: objective -, phone errors -"
    )


def test_a_terminal_sees_a_line_that_is_kept_current() -> None:
    written = io.StringIO()
    with board(written, 4, terminal=True) as shown:
        shown.show(Position(epoch=3, share=0.5, objective=-0.2))
    assert "epoch 4 of 4" in written.getvalue()
    assert "88%" in written.getvalue()
