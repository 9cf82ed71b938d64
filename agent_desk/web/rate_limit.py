"""How often an address may ask for something."""

from __future__ import annotations

import ipaddress


class RateLimit:
    """Lets each address do something a number of times at once, and then at a steady pace.

    It lives in memory: each server counts for itself, and a restart forgets.

    Args:
        at_once: How often without waiting.
        every_s: Seconds after which one more is allowed.
        remembered: How many addresses are kept in mind.
    """

    def __init__(self, at_once: int, every_s: float, *, remembered: int = 10_000) -> None:
        self._every_s = every_s
        self._ahead_s = every_s * at_once
        self._remembered = remembered
        # When an address will have used up nothing of what it may do, in monotonic seconds.
        self._rested_at: dict[str, float] = {}

    def wait_s(self, address: str, now: float) -> float:
        """Count one more request, unless it comes too early.

        Args:
            address: The client's.
            now: Monotonic seconds.

        Returns:
            0 when it is allowed; otherwise the seconds to wait.
        """
        who = network_of(address)
        rested_at = max(self._rested_at.pop(who, now), now)
        wait_s = rested_at + self._every_s - (now + self._ahead_s)
        allowed = wait_s <= 0
        self._rested_at[who] = rested_at + self._every_s if allowed else rested_at
        if len(self._rested_at) > self._remembered:
            self._forget(now)
        return 0.0 if allowed else wait_s

    def _forget(self, now: float) -> None:
        busy = {who: at for who, at in self._rested_at.items() if at > now}
        # Whoever asked last is at the end.
        self._rested_at = dict(list(busy.items())[-self._remembered // 2 :])


def network_of(address: str) -> str:
    """Tell who an address counts as: who has one IPv6 address usually has a network of them.

    Args:
        address: The client's.

    Returns:
        The address, or the network it is in.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address
