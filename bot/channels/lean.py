"""Work that Rasa does over and over in every turn, done once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from sqlalchemy import event


def make_lean(agent: Agent) -> None:
    """Let an agent's turns take less time, with the same outcome.

    Safe to call before every turn.

    Args:
        agent: A loaded agent.
    """
    if not hasattr(Event.resolve_by_type, "cache_info"):
        # Of each stored event, Rasa looks for its class among all that there are.
        Event.resolve_by_type = staticmethod(lru_cache(Event.resolve_by_type))
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, SQLTrackerStore) or store.engine.dialect.name != "sqlite":
        return
    if not event.contains(store.engine, "connect", _log_ahead):
        event.listen(store.engine, "connect", _log_ahead)
        # When the last connection closes, the log is folded into the file; Rasa has none open
        # between two turns. One counts from its first look at the file on.
        store.kept_open = store.engine.connect()
        store.kept_open.exec_driver_sql("SELECT 1 FROM sqlite_master").all()


def _log_ahead(connection: Any, _record: Any) -> None:
    # Storing a turn does not wait for the disk then, and nothing is lost when a process dies.
    connection.execute("PRAGMA journal_mode = WAL").close()
    connection.execute("PRAGMA synchronous = NORMAL").close()
