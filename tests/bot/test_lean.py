"""Rasa's turns with less work in them, and the same outcome."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from channels.lean import make_lean
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


@pytest.fixture
def store(tmp_path: Path) -> SQLTrackerStore:
    return SQLTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path / 'dialogues.db'}")


async def test_sqlite_stores_a_turn_without_waiting_for_the_disk(
    store: SQLTrackerStore, tmp_path: Path
) -> None:
    agent = SimpleNamespace(tracker_store=FailSafeTrackerStore(store))
    make_lean(agent)
    make_lean(agent)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    await store.save(DialogueStateTracker.from_events("call-1", [SlotSet("pace", 0.8)]))
    assert (tmp_path / "dialogues.db-wal").stat().st_size > 0


def test_other_stores_stay_as_they_are() -> None:
    make_lean(SimpleNamespace(tracker_store=InMemoryTrackerStore(Domain.empty())))


def test_stored_events_are_read_as_what_they_are(store: SQLTrackerStore) -> None:
    make_lean(SimpleNamespace(tracker_store=store))
    event = {"event": "slot", "timestamp": None, "name": "pace", "value": 0.8}
    for _ in range(2):
        assert Event.from_parameters(event) == SlotSet("pace", 0.8)
    with pytest.raises(ValueError, match="Unknown event name"):
        Event.from_parameters({"event": "unheard of"})
