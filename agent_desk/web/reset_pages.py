"""The page on which a customer sets a new password, opened by a link that is good once.

Nothing but the link says who the customer is. A link that does not work, for whatever reason,
leads to one and the same page.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from agent_desk.web.forms import entered
from agent_desk.web.rate_limit import RateLimit
from agent_desk.web.same_origin import is_same_origin
from agent_desk.web.site import Site
from agent_desk.web.strength import HIGHEST, strength_of
from contact_center.breached_passwords import BreachedFileUnreadable
from contact_center.passwords import SHORTEST
from contact_center.reset_links import VALID_FOR, LinkRefused, PasswordRefused, ResetLinks

log = structlog.get_logger(__name__)

NOT_KEPT = {"Cache-Control": "no-store"}

_FIELDS = ("password", "again")
_METERS = 1_000
_NOT_THE_SAME = "The two entries differ. Type the same password twice."


class ResetPages:
    """The pages of a password reset.

    Args:
        site: Of which company.
        monotonic: Seconds, for the limits.
    """

    def __init__(self, site: Site, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._site = site
        self._links = ResetLinks(site.database, site.settings)
        self._monotonic = monotonic
        self._opening = RateLimit(at_once=30, every_s=4.0)
        self._changing = RateLimit(at_once=10, every_s=15.0)
        self._weighing = RateLimit(at_once=40, every_s=0.5)
        # Weighing is work: only who has opened a link here may have it done, one at a time.
        self._opened: OrderedDict[bytes, None] = OrderedDict()
        self._scales = asyncio.Lock()

    def routes(self) -> list[Route]:
        """List the addresses that these pages answer."""
        return [
            Route("/reset/done", self._done, methods=["GET"]),
            Route("/reset/{token}", self._show, methods=["GET"]),
            Route("/reset/{token}", self._change, methods=["POST"]),
            Route("/reset/{token}/strength", self._strength, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        if wait_s := self._wait_s(self._opening, request):
            return self._too_often(wait_s)
        try:
            return await self._form(request)
        except LinkRefused:
            return self._dead_link()

    async def _change(self, request: Request) -> Response:
        if not is_same_origin(request.headers, self._site.settings.desk_url):
            return self._site.message(
                403,
                "This did not come from our page",
                "Nothing was changed. Open the link from our message again.",
            )
        if wait_s := self._wait_s(self._changing, request):
            return self._too_often(wait_s)
        form = await entered(request, _FIELDS)
        if form is None or "password" not in form:
            return self._not_understood()
        password, again = form["password"], form.get("again", "")
        try:
            if password != again:
                return await self._form(request, (_NOT_THE_SAME,), status=422)
            await self._links.use(_token(request), password, self._site.clock())
        except PasswordRefused as refused:
            return await self._form(request, refused.reasons, status=422, known=True)
        except LinkRefused:
            return self._dead_link()
        except BreachedFileUnreadable as error:
            log.error("breached_passwords_unreadable", error=str(error))
            return self._site.message(
                500,
                "Something went wrong at our side",
                "Nothing was changed. Please try again in a few minutes, or call us.",
            )
        self._opened.pop(_key(request), None)
        return RedirectResponse("/reset/done", 303, NOT_KEPT)

    async def _strength(self, request: Request) -> Response:
        own = is_same_origin(request.headers, self._site.settings.desk_url)
        if not own or _key(request) not in self._opened:
            return JSONResponse({}, 404, NOT_KEPT)
        if self._wait_s(self._weighing, request):
            return JSONResponse({}, 429, NOT_KEPT)
        form = await entered(request, _FIELDS)
        if form is None or "password" not in form:
            return JSONResponse({}, 422, NOT_KEPT)
        try:
            async with self._scales:
                judged = await self._links.weigh(
                    _token(request), form["password"], self._site.clock()
                )
        except LinkRefused:
            return JSONResponse({}, 404, NOT_KEPT)
        except BreachedFileUnreadable:
            return JSONResponse({}, 503, NOT_KEPT)
        strength = strength_of(judged)
        shown = {"level": strength.level, "words": strength.words, "reasons": strength.reasons}
        return JSONResponse(shown, headers=NOT_KEPT)

    async def _done(self, _: Request) -> Response:
        return self._site.page("reset_done")

    async def _form(
        self,
        request: Request,
        reasons: tuple[str, ...] = (),
        *,
        status: int = 200,
        known: bool = False,
    ) -> Response:
        token = _token(request)
        if not known:
            await self._links.check(token, self._site.clock())
        self._opened[_key(request)] = None
        self._opened.move_to_end(_key(request))
        while len(self._opened) > _METERS:
            self._opened.popitem(last=False)
        return self._site.page(
            "reset",
            status,
            token=token,
            reasons=reasons,
            shortest=SHORTEST,
            highest=HIGHEST,
            minutes=VALID_FOR.seconds // 60,
        )

    def _wait_s(self, limit: RateLimit, request: Request) -> float:
        address = request.client.host if request.client else ""
        return limit.wait_s(address, self._monotonic())

    def _dead_link(self) -> Response:
        return self._site.page("reset_link_dead", 404, minutes=VALID_FOR.seconds // 60)

    def _too_often(self, wait_s: float) -> Response:
        seconds = math.ceil(wait_s)
        log.warning("page_asked_too_often", wait_s=seconds)
        return self._site.message(
            429,
            "Please wait a moment",
            f"There were many tries from your connection. Try again in {seconds} seconds: "
            "your link stays good until then.",
            headers={"Retry-After": str(seconds)},
        )

    def _not_understood(self) -> Response:
        return self._site.message(
            400, "That did not arrive whole", "Nothing was changed. Go back and try again."
        )


def _token(request: Request) -> str:
    return str(request.path_params["token"])


def _key(request: Request) -> bytes:
    return sha256(_token(request).encode()).digest()
