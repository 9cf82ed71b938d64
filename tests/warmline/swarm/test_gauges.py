"""What a server tells of itself is read from its metrics."""

from __future__ import annotations

import pytest

from tests.services import free_port
from warmline.swarm.gauges import Gauges, GaugesError, ServerGauges, read_gauges

TOLD = """\
# TYPE warmline_calls_active gauge
warmline_calls_active 3.0
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 104857600.0
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 12.5
# TYPE warmline_turns_total counter
warmline_turns_total{speaker="bot"} 7.0
"""


def test_calls_memory_and_processor_time_are_found() -> None:
    assert read_gauges(TOLD, 2.0) == Gauges(at=2.0, calls=3, resident_mib=100.0, cpu_s=12.5)


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        (TOLD.replace("process_cpu", "other_cpu"), "does not tell cpu_s"),
        ("", "does not tell calls, cpu_s, resident_bytes"),
        ("<html>no metrics</html>", "/metrics"),
        ("warmline_calls_active many", "cannot be read"),
    ],
)
def test_what_is_missing_is_named(told: str, complaint: str) -> None:
    with pytest.raises(GaugesError, match=complaint):
        read_gauges(told, 0.0)


async def test_a_server_that_is_not_there_is_told() -> None:
    gauges = ServerGauges(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(GaugesError, match="does not answer"):
        await gauges.read(0.0)
    await gauges.close()
