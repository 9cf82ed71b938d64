"""The question whether to take a caller, with all that helps to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from nicegui.element import Element

from agent_desk import words
from agent_desk.pages.parts import Clock, badge, box, button, say, text
from agent_desk.plain_text import plain

if TYPE_CHECKING:
    from agent_desk.desk_protocol import Offered

USUAL_S = 20.0
"""Seconds there usually are to answer; a page that comes later shows the rest of them."""


class OfferBell(Element, component="components/offer_bell.js"):
    """Rings, counts down and changes the page's title for as long as it is on the page.

    Args:
        until: Until when the offer can be taken.
        total_s: Seconds that there were in all.
        title: The page's title meanwhile.
    """

    def __init__(self, until: datetime, total_s: float, title: str) -> None:
        super().__init__()
        self.props.update(until=until.timestamp() * 1000, total=total_s * 1000, title=title)


class OfferCard:
    """Shows an offer.

    Args:
        accept: Takes the caller of a hand-off.
        decline: Leaves them to others.
        zone: Where the company is.
    """

    def __init__(
        self,
        accept: Callable[[str], Awaitable[None]],
        decline: Callable[[str], Awaitable[None]],
        zone: tzinfo,
    ) -> None:
        self._accept = accept
        self._decline = decline
        self._zone = zone
        self._shown: tuple[str, datetime] | None = None
        self._news = text("", classes="unseen", role="alert")
        self._place = box(classes="offer-place")

    def show(self, offer: Offered | None, since: datetime, now: datetime) -> None:
        """Show the offer there is, or none.

        Args:
            offer: The offer.
            since: Since when the caller waits.
            now: The present instant.
        """
        key = None if offer is None else (offer.handoff_id, offer.offer_until)
        if key == self._shown:
            return
        self._shown = key
        self._place.clear()
        say(self._news, "" if offer is None else _news(offer))
        if offer is None:
            return
        with self._place:
            self._build(offer, since, now)

    def _build(self, offer: Offered, since: datetime, now: datetime) -> None:
        packet = offer.packet
        who = words.caller_name(packet)
        left_s = (offer.offer_until - now).total_seconds()
        urgent = packet.complaint is not None and packet.complaint.level == 1
        with box("section", f"offer{' urgent' if urgent else ''}", aria_labelledby="offer-title"):
            with box(classes="offer-head"):
                OfferBell(offer.offer_until, max(left_s, USUAL_S), f"{who} is calling")
                with box(classes="offer-who"):
                    text("A caller for you", classes="eyebrow")
                    text(who, "h2", id="offer-title")
                    with box(classes="badges"):
                        for each in words.badges(packet):
                            badge(each)
                        with box(classes="badge quiet"):
                            text("Waiting ")
                            Clock(since=since, classes="tabular")
            text(words.named(words.REASONS, packet.reason), "p", "offer-reason")
            if packet.summary.issue:
                text(words.sentence(packet.summary.issue), "p", "offer-issue")
            if packet.summary.asks_for:
                with box("p", "quiet"):
                    text(f"Asks for: {plain(packet.summary.asks_for, 200)}")
            if packet.complaint is not None:
                due = words.at(packet.complaint.respond_by, self._zone, now)
                text(f"To be answered by {due}", "p", "due")
            with box(classes="row offer-answers"):
                button(
                    "Accept",
                    lambda: self._accept(offer.handoff_id),
                    key="a",
                    classes="primary big",
                )
                button("Decline", lambda: self._decline(offer.handoff_id), key="d", classes="big")


def _news(offer: Offered) -> str:
    packet = offer.packet
    urgent = ", ".join(each.text for each in words.badges(packet))
    reason = words.named(words.REASONS, packet.reason).lower()
    who = ", ".join(part for part in (words.caller_name(packet), urgent, reason) if part)
    return f"A caller for you: {who}. A accepts, D declines."
