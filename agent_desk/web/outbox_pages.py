"""The outbox as a page, for development: what customers would get, with links to follow.

It opens the bodies of secret messages, so it is served only on a machine of one's own, while
nothing is configured that would send them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_desk.web.site import Site
from contact_center.outbox import BodyErased, Message, Outbox
from contact_center.sealing import SealingError

SHOWN = 50

_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message as the page shows it.

    Args:
        message: As stored.
        at: When it was queued, where the company is.
        state: Where it is on its way, in words.
        body: What it says, with links; None when there is nothing to show.
    """

    message: Message
    at: datetime
    state: str
    body: Markup | None


class OutboxPages:
    """The page of waiting messages.

    Args:
        site: Of which company.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._outbox = Outbox(site.database)

    def routes(self) -> list[Route]:
        """List the addresses that this page answers: none unless the site shows its outbox."""
        if not self._site.shows_outbox:
            return []
        return [Route("/outbox", self._show, methods=["GET"])]

    async def _show(self, _: Request) -> Response:
        messages = [await self._shown(message) for message in await self._outbox.recent(SHOWN)]
        return self._site.page("outbox", messages=messages, shown=SHOWN)

    async def _shown(self, message: Message) -> ShownMessage:
        body: Markup | None = None
        state = state_of(message)
        try:
            body = linked(await self._outbox.read_body(message.id))
        except BodyErased:
            pass
        except SealingError as error:
            state = str(error)
        at = message.queued_at.astimezone(self._site.settings.zone)
        return ShownMessage(message, at, state, body)


def state_of(message: Message) -> str:
    """Tell where a message is on its way.

    Args:
        message: As stored.

    Returns:
        A word or a few.
    """
    if message.sent_at is not None:
        return "sent"
    if message.given_up_at is not None:
        return f"given up: {message.last_error or 'no reason was noted'}"
    return "waiting"


def linked(text: str) -> Markup:
    """Write a text as HTML in which its links can be followed.

    Args:
        text: Anything.

    Returns:
        The text, escaped, with its links.
    """
    parts: list[Markup] = []
    end = 0
    for found in _LINK.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(found[0]))
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
