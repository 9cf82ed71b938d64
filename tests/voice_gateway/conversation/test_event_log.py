"""Events survive the way through the log, whatever they carry."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.conversation import events as ev
from voice_gateway.conversation.event_log import decode, encode
from voice_gateway.conversation.transcript import Transcript, Word

TEXT = st.text(max_size=20)
SECONDS = st.floats(0, 1e6)
WORDS = st.lists(st.builds(Word, TEXT, SECONDS, SECONDS, st.floats(0, 1)), max_size=3).map(tuple)
TRANSCRIPTS = st.builds(
    Transcript,
    TEXT,
    WORDS,
    st.floats(0, 1),
    st.lists(TEXT, max_size=2).map(tuple),
    st.none() | st.floats(-96, 0),
)
FIELDS = {
    "str": TEXT,
    "str | None": st.none() | TEXT,
    "CallbackReason | None": st.none() | st.sampled_from(get_args(ev.CallbackReason)),
    "bool": st.booleans(),
    "int": st.integers(0, 99),
    "int | None": st.none() | st.integers(0, 9),
    "float": SECONDS,
    "float | None": st.none() | SECONDS,
    "tuple[str, ...]": st.lists(TEXT, max_size=3).map(tuple),
    "Mapping[str, Any]": st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3),
    "Transcript": TRANSCRIPTS,
    "Transcript | None": st.none() | TRANSCRIPTS,
}


def any_of(kind: type) -> st.SearchStrategy[ev.Event]:
    made = {f.name: FIELDS[str(f.type)] for f in dataclasses.fields(kind)}
    return st.builds(kind, **made)


@given(st.one_of(*(any_of(kind) for kind in get_args(ev.Event))), SECONDS)
def test_what_is_written_is_read_back(event: ev.Event, at: float) -> None:
    line = encode(event, at)
    assert "\n" not in line
    assert decode(line) == (event, at)


@pytest.mark.parametrize("line", ['{"at": 1}', '{"event": "Dance", "at": 1}', "nonsense"])
def test_a_line_that_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        decode(line)
