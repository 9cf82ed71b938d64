"""Who hears whom, for every mixture of parties there may be."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.bridge.mixing import Role, hears, mix

ROLES: tuple[Role, ...] = get_args(Role)
roles = st.sampled_from(ROLES)
frames = st.lists(st.integers(-32768, 32767), min_size=4, max_size=4).map(
    lambda samples: np.array(samples, "<i2").tobytes()
)


@given(roles, st.booleans())
def test_the_caller_never_hears_who_speaks_behind_their_back(role: Role, on_hold: bool) -> None:
    if role != "agent":
        assert not hears("caller", role, on_hold=on_hold)


@given(roles)
def test_a_caller_on_hold_hears_nobody_and_is_heard_by_nobody(role: Role) -> None:
    assert not hears("caller", role, on_hold=True)
    assert not hears(role, "caller", on_hold=True)


@given(roles, st.booleans())
def test_a_listener_is_heard_by_nobody(role: Role, on_hold: bool) -> None:
    assert not hears(role, "listener", on_hold=on_hold)


@given(st.booleans())
def test_agents_and_whom_they_consult_always_hear_each_other(on_hold: bool) -> None:
    for one in ("agent", "consulted"):
        for other in ("agent", "consulted"):
            assert hears(one, other, on_hold=on_hold)  # type: ignore[arg-type]


@given(st.booleans())
def test_who_is_consulted_and_the_caller_never_hear_each_other(on_hold: bool) -> None:
    assert not hears("consulted", "caller", on_hold=on_hold)
    assert not hears("caller", "consulted", on_hold=on_hold)


@pytest.mark.parametrize("speaker", ["caller", "agent"])
def test_supervisors_hear_caller_and_agent(speaker: Role) -> None:
    assert hears("listener", speaker, on_hold=False)
    assert hears("whisperer", speaker, on_hold=False)


def test_a_whisper_reaches_the_agents_side_alone() -> None:
    assert [role for role in ROLES if hears(role, "whisperer", on_hold=False)] == [
        "agent",
        "consulted",
        "whisperer",
    ]


@given(st.lists(frames, min_size=1, max_size=6))
def test_voices_add_up_and_what_is_too_loud_is_clipped(voices: list[bytes]) -> None:
    mixed = np.frombuffer(mix(voices), "<i2")
    exact = np.sum([np.frombuffer(voice, "<i2").astype(int) for voice in voices], axis=0)
    assert mixed.tolist() == np.clip(exact, -32768, 32767).tolist()


@given(frames)
def test_a_single_voice_is_not_changed(voice: bytes) -> None:
    assert mix([voice]) == voice


def test_nobody_speaking_is_nothing() -> None:
    assert mix([]) == b""
