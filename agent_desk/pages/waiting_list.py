"""Who waits, most urgent first, and whom the agent has."""

from __future__ import annotations

from datetime import datetime

from agent_desk.pages.desk_view import WaitingView
from agent_desk.pages.parts import Clock, badge, box, say, show, text


class WaitingList:
    """The callers in the agent's queues."""

    def __init__(self) -> None:
        self._shown: tuple[WaitingView, ...] | None = None
        with box("section", "card waiting", aria_labelledby="waiting-title"):
            with box(classes="card-head"):
                text("Waiting", "h2", id="waiting-title")
                self._count = text("0", classes="count")
            self._list = box("ol", "scroll", tabindex=0, aria_labelledby="waiting-title")
            self._nobody = text("Nobody is waiting.", "p", "quiet empty")

    def show(self, items: tuple[WaitingView, ...], total: int) -> None:
        """Show who waits.

        Args:
            items: The first of them.
            total: How many there are.
        """
        if items == self._shown:
            return
        self._shown = items
        say(self._count, str(total))
        show(self._nobody, not items)
        show(self._list, bool(items))
        self._list.clear()
        with self._list:
            for item in items:
                _row(item)
            if total > len(items):
                text(f"and {total - len(items)} more", "li", "quiet")


def _row(item: WaitingView) -> None:
    with box("li", "caller"):
        with box(classes="caller-line"):
            text(item.who, classes="who")
            Clock(since=item.since, classes="tabular")
        text(item.reason, classes="quiet")
        if item.badges or item.asked:
            with box(classes="badges"):
                for each in item.badges:
                    badge(each)
                if item.asked:
                    text(item.asked, classes="asked")


class Mine:
    """The conversation that the agent has."""

    def __init__(self) -> None:
        with box("section", "card mine", aria_labelledby="mine-title"):
            text("Mine", "h2", id="mine-title")
            self._none = text("No call.", "p", "quiet empty")
            with box(classes="caller") as self._call:
                with box(classes="caller-line"):
                    self._who = text("", classes="who")
                    self._clock = Clock(classes="tabular")
                self._what = text("", classes="quiet")
        show(self._call, False)

    def show(self, who: str, what: str, since: datetime | None) -> None:
        """Show the conversation.

        Args:
            who: The caller; empty when there is no conversation.
            what: What goes on.
            since: Since when.
        """
        show(self._none, not who)
        show(self._call, bool(who))
        say(self._who, who)
        say(self._what, what)
        self._clock.set(since=since)
