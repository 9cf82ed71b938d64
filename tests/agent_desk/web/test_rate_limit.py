"""How often an address may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_desk.web.rate_limit import RateLimit


def test_some_at_once_and_then_at_a_steady_pace() -> None:
    limit = RateLimit(at_once=3, every_s=10)
    assert [limit.wait_s("192.0.2.1", 0) for _ in range(4)] == [0, 0, 0, 10]
    assert limit.wait_s("192.0.2.1", 9) == 1
    assert limit.wait_s("192.0.2.1", 10) == 0
    assert limit.wait_s("192.0.2.1", 10) == 10


def test_after_a_rest_it_is_as_at_first() -> None:
    limit = RateLimit(at_once=3, every_s=10)
    for _ in range(10):
        limit.wait_s("192.0.2.1", 0)
    assert [limit.wait_s("192.0.2.1", 30) for _ in range(4)] == [0, 0, 0, 10]


def test_each_address_for_itself_but_a_network_of_ipv6_together() -> None:
    limit = RateLimit(at_once=1, every_s=10)
    assert limit.wait_s("192.0.2.1", 0) == 0
    assert limit.wait_s("192.0.2.2", 0) == 0
    assert limit.wait_s("2001:db8:1:2::1", 0) == 0
    assert limit.wait_s("2001:db8:1:2:ffff::9", 0) > 0
    assert limit.wait_s("2001:db8:1:3::1", 0) == 0
    assert limit.wait_s("no address", 0) == 0


def test_it_does_not_remember_without_end() -> None:
    limit = RateLimit(at_once=1, every_s=1000, remembered=100)
    for number in range(1000):
        limit.wait_s(f"198.51.{number // 250}.{number % 250}", 0)
    assert len(limit._rested_at) <= 100
    assert limit.wait_s("198.51.3.249", 0) > 0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60))
def test_never_more_than_the_pace_allows(moments: list[float]) -> None:
    limit = RateLimit(at_once=5, every_s=2)
    allowed = [now for now in sorted(moments) if limit.wait_s("192.0.2.1", now) == 0]
    for first in allowed:
        window = [now for now in allowed if first <= now <= first + 10]
        assert len(window) <= 5 + 10 / 2 + 1
