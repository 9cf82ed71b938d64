"""What the agent does, since when, and the way into a break and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from agent_desk import words
from agent_desk.pages.parts import Clock, attribute, box, button, say, show, text
from contact_center.routing.agents import NOT_ONLINE

if TYPE_CHECKING:
    from agent_desk.desk_state import DeskState


class AgentStateCard:
    """The card at the top left.

    Args:
        take_break: Begins a break, told its reason.
        come_back: Ends it.
    """

    def __init__(
        self,
        take_break: Callable[[str], Awaitable[None]],
        come_back: Callable[[], Awaitable[None]],
    ) -> None:
        with box("section", "card state-card", aria_label="Your state") as self._card:
            with box(classes="state-line"):
                box(classes="dot", aria_hidden="true")
                with box(classes="state-words", role="status"):
                    self._name = text("", classes="state-name")
                    self._reason = text("", classes="quiet")
                self._clock = Clock(classes="tabular")
            with box(classes="row"):
                self._break = button("Break", key="b", data_opens="break")
                self._back = button("I am back", come_back, key="b", classes="primary")
        with box("dialog", "dialog", id="break", aria_labelledby="break-title") as dialog:
            text("Take a break", "h2", id="break-title")
            text("No caller is offered to you until you are back.", "p", "quiet")
            with box(classes="stack"):
                for number, reason in enumerate(words.BREAKS, 1):
                    _reason_button(number, reason, take_break, dialog.run_method)
            with box(classes="row end"):
                button("Stay", data_closes="yes")

    def show(self, state: DeskState) -> None:
        """Show what the agent does.

        Args:
            state: The desk's state.
        """
        doing = state.agent_state
        attribute(self._card, "data-state", doing)
        say(self._name, words.named(words.STATES, doing))
        say(self._reason, words.sentence(state.break_reason) if doing == "break" else "")
        since: datetime | None = state.since
        self._clock.set(since=since)
        show(self._break, doing != "break")
        attribute(self._break, "disabled", None if doing == "available" else True)
        show(self._back, doing == "break" and state.break_reason != NOT_ONLINE)


def _reason_button(
    number: int,
    reason: str,
    take_break: Callable[[str], Awaitable[None]],
    on_dialog: Callable[[str], object],
) -> None:
    async def chosen() -> None:
        on_dialog("close")
        await take_break(reason)

    button(reason, chosen, key=str(number), classes="wide")
