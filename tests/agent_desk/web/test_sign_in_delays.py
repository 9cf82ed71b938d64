"""How long those wait who try passwords."""

from __future__ import annotations

import pytest

from agent_desk.web.sign_in_delays import (
    FORGOTTEN_AFTER_S,
    LONGEST_WAIT_S,
    Counted,
    SignInDelays,
)

SAM = Counted("name sam", 3)
KIM = Counted("name kim", 3)
OFFICE = Counted("address 192.0.2.1", 5)
ELSEWHERE = Counted("address 198.51.100.7", 5)
KNOWN = Counted("known 1234", 3)


@pytest.fixture
def delays() -> SignInDelays:
    return SignInDelays()


def failures(delays: SignInDelays, counted: list[Counted], times: int, now: float = 0.0) -> float:
    """Fail so often, each time as soon as that is possible."""
    for _ in range(times):
        if wait_s := delays.wait_s(counted, now):
            now += wait_s
            assert delays.wait_s(counted, now) == 0.0
    return now


def test_a_few_failures_are_free(delays: SignInDelays) -> None:
    assert failures(delays, [SAM, OFFICE], 3) == 0.0
    assert delays.wait_s([SAM, OFFICE], 0.0) > 0


def test_each_further_one_waits_twice_as_long_up_to_a_minute(delays: SignInDelays) -> None:
    now = failures(delays, [SAM], 3)
    waits = []
    for _ in range(9):
        waits.append(delays.wait_s([SAM], now))
        now = failures(delays, [SAM], 1, now + waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_asking_too_early_makes_no_wait_longer(delays: SignInDelays) -> None:
    now = failures(delays, [SAM], 5)
    first = delays.wait_s([SAM], now)
    for _ in range(20):
        assert delays.wait_s([SAM], now) == first
    assert delays.wait_s([SAM], now + first) == 0.0


def test_an_address_is_counted_over_all_names(delays: SignInDelays) -> None:
    for number in range(5):
        assert delays.wait_s([Counted(f"name {number}", 3), OFFICE], 0.0) == 0.0
    assert delays.wait_s([SAM, OFFICE], 0.0) > 0
    assert delays.wait_s([SAM, ELSEWHERE], 0.0) == 0.0


def test_a_name_is_counted_over_all_addresses(delays: SignInDelays) -> None:
    for number in range(3):
        assert delays.wait_s([SAM, Counted(f"address {number}", 5)], 0.0) == 0.0
    assert delays.wait_s([SAM, OFFICE], 0.0) > 0
    assert delays.wait_s([KIM, OFFICE], 0.0) == 0.0


def test_strangers_keep_nobody_out_whose_browser_is_known(delays: SignInDelays) -> None:
    now = failures(delays, [SAM, ELSEWHERE], 12)
    assert delays.wait_s([SAM, OFFICE], now) > 0
    assert delays.wait_s([KNOWN], now) == 0.0
    now = failures(delays, [KNOWN], 2, now)
    assert delays.wait_s([KNOWN], now) > 0


def test_what_was_right_is_not_counted(delays: SignInDelays) -> None:
    for _ in range(50):
        assert delays.wait_s([SAM, OFFICE], 0.0) == 0.0
        delays.succeeded([SAM, OFFICE])


def test_tries_at_the_same_moment_are_counted_before_they_fail(delays: SignInDelays) -> None:
    allowed = [delays.wait_s([SAM], 0.0) == 0.0 for _ in range(100)]
    assert sum(allowed) == 3


def test_failures_are_forgotten(delays: SignInDelays) -> None:
    now = failures(delays, [SAM], 8)
    assert failures(delays, [SAM], 3, now + FORGOTTEN_AFTER_S) == now + FORGOTTEN_AFTER_S


def test_only_so_many_are_kept_in_mind() -> None:
    delays = SignInDelays(remembered=2)
    failures(delays, [SAM], 3)
    failures(delays, [Counted("a", 1)], 1)
    failures(delays, [Counted("b", 1)], 1)
    assert delays.wait_s([SAM], 0.0) == 0.0
    delays.succeeded([Counted("long gone", 1)])
