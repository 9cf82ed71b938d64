from __future__ import annotations

import signal
import threading

import pytest

from speech_model.training.stopping import Stop


def test_without_a_limit_nothing_stops() -> None:
    assert not Stop().due


def test_it_is_due_when_time_is_up() -> None:
    assert Stop(minutes=0.0).due
    assert not Stop(minutes=60.0).due


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_politely(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    stop = Stop()
    with stop.listening():
        signal.raise_signal(number)
        assert stop.due
    assert signal.getsignal(number) is before


def test_the_second_ctrl_c_interrupts() -> None:
    stop = Stop()
    with stop.listening():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_another_thread_cannot_listen_and_works_all_the_same() -> None:
    due: list[bool] = []

    def run() -> None:
        stop = Stop()
        with stop.listening():
            due.append(stop.due)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert due == [False]
