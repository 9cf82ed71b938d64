"""What a server tells of itself while callers come and go, read from its `/metrics`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

MIB: Final = 1024 * 1024
_NAMES: Final = {
    "warmline_calls_active": "calls",
    "process_resident_memory_bytes": "resident_bytes",
    "process_cpu_seconds_total": "cpu_s",
}


class GaugesError(Exception):
    """The server does not tell what is asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """The server at one moment.

    Args:
        at: Seconds since the first reading.
        calls: Calls that are going on.
        resident_mib: Memory of the server's process.
        cpu_s: Processor time it has taken since it was started.
    """

    at: float
    calls: int
    resident_mib: float
    cpu_s: float


def read_gauges(exposition: str, at: float) -> Gauges:
    """Find the values in what a server exposes.

    Args:
        exposition: The text of `/metrics`.
        at: Seconds since the first reading.

    Returns:
        The values.

    Raises:
        GaugesError: One of them is not there.
    """
    try:
        found = {
            _NAMES[sample.name]: sample.value
            for family in text_string_to_metric_families(exposition)
            for sample in family.samples
            if sample.name in _NAMES
        }
    except ValueError as error:
        raise GaugesError(f"what it tells under /metrics cannot be read: {error}") from error
    if missing := sorted(set(_NAMES.values()) - set(found)):
        raise GaugesError(f"the server does not tell {', '.join(missing)} under /metrics")
    return Gauges(at, int(found["calls"]), found["resident_bytes"] / MIB, found["cpu_s"])


class ServerGauges:
    """Asks one server again and again.

    Args:
        server: Its address, as `http://host:port`.
    """

    def __init__(self, server: str) -> None:
        self._client = httpx.AsyncClient(base_url=server, timeout=5.0, trust_env=False)

    async def read(self, at: float) -> Gauges:
        """Ask once.

        Args:
            at: Seconds since the first reading.

        Returns:
            The server at this moment.

        Raises:
            GaugesError: It does not answer, or not what is asked.
        """
        try:
            response = await self._client.get("/metrics")
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise GaugesError(f"the server does not answer under /metrics: {error}") from error
        return read_gauges(response.text, at)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._client.aclose()
