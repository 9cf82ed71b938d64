"""The live transcript: turns are added one by one, whatever the length of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from nicegui.element import Element

from agent_desk.pages.mood_view import Mood
from agent_desk.pages.parts import box, text
from agent_desk.pages.turn_views import Spoken, TurnView, turn_view


class Transcript(Element, component="components/transcript.js"):
    """The list of turns in the browser."""

    def __init__(self) -> None:
        super().__init__()
        self.props.update(turns=[], label="Transcript")


class TranscriptView:
    """The transcript of the conversation.

    Args:
        zone: Where the company is.
        reader: The agent who looks at it.
    """

    def __init__(self, zone: tzinfo, reader: str) -> None:
        self._zone = zone
        self._reader = reader
        self._call_id: str | None = None
        self._shown: dict[str, Spoken] = {}
        with box("section", "transcript-place", aria_labelledby="transcript-title"):
            with box(classes="transcript-head"):
                text("Transcript", "h2", id="transcript-title")
                self._mood = Mood()
                with box(classes="legend quiet", aria_hidden="true"):
                    text("underlined", classes="doubtful")
                    text("= not sure")
            self._list = Transcript()

    def show(
        self, call_id: str, caller: str, turns: Mapping[str, Spoken], scores: Sequence[float]
    ) -> None:
        """Show the turns there are; only what is new or changed is sent to the browser.

        Args:
            call_id: The call.
            caller: What the caller is called.
            turns: The turns in order, by their ids.
            scores: How upset the caller sounded, from 0 to 1, oldest first.
        """
        self._mood.show(scores)
        if call_id != self._call_id:
            self._call_id = call_id
            self._shown = dict(turns)
            views = [self._view(turn, caller) for turn in turns.values()]
            self._list.props["turns"] = views
            self._list.run_method("reset", views)
            return
        for key, turn in turns.items():
            if self._shown.get(key) is not turn:
                self._shown[key] = turn
                self._list.run_method("put", self._view(turn, caller))

    def _view(self, turn: Spoken, caller: str) -> TurnView:
        return turn_view(turn, caller, self._zone, self._reader)
