"""Where staff sign in and out.

What is said of a name and a password that do not belong together does not tell which was wrong,
and takes the same time.
"""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agent_desk.web.desk_addresses import SIGN_IN, SIGN_OUT, safe_next
from agent_desk.web.forms import entered
from agent_desk.web.rate_limit import network_of
from agent_desk.web.same_origin import is_own_origin
from agent_desk.web.session_cookie import SessionCookie
from agent_desk.web.session_guard import staff_of
from agent_desk.web.sign_in_delays import Counted, SignInDelays
from agent_desk.web.site import Site
from contact_center.audit import Audit, AuditAction
from contact_center.passwords import Passwords
from contact_center.staff import StaffAccounts, folded
from contact_center.staff_sessions import StaffSessions

log = structlog.get_logger(__name__)

FREE_FOR_A_NAME = 5
FREE_FOR_AN_ADDRESS = 20
"""A whole office may have one address."""

NOT_KEPT = {"Cache-Control": "no-store"}
# Unlike our other pages this one says where its form comes from, and nothing is secret in its
# address.
_TELLS_ORIGIN = {"Referrer-Policy": "same-origin"}
_WRONG = "The name or the password is not right. Please check both and try again."


class SignInPages:
    """The page on which staff sign in, and the way out.

    Args:
        site: Of which company.
        monotonic: Seconds, for the waits.
    """

    def __init__(self, site: Site, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._site = site
        self._monotonic = monotonic
        self._cookie = SessionCookie.of(site.settings)
        passwords = Passwords(site.settings.breached_passwords)
        self._accounts = StaffAccounts(site.database, passwords, site.settings.company_name)
        self._sessions = StaffSessions(site.database)
        self._audit = Audit(site.database)
        self._delays = SignInDelays()

    def routes(self) -> list[Route]:
        """List the addresses that these pages answer."""
        return [
            Route(SIGN_IN, self._show, methods=["GET"]),
            Route(SIGN_IN, self._sign_in, methods=["POST"]),
            Route(SIGN_OUT, self._sign_out, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        wanted = request.query_params.get("next", "")
        token = request.cookies.get(self._cookie.name)
        if token and (session := await self._sessions.find(token, self._site.clock())):
            return RedirectResponse(safe_next(wanted, session.staff.role), 303, NOT_KEPT)
        if not await self._accounts.all():
            return self._page("first_account")
        note = ""
        if token:
            note = "You were signed out. Sign in to go on."
        elif "out" in request.query_params:
            note = "You are signed out."
        return self._form(wanted, note=note)

    async def _sign_in(self, request: Request) -> Response:
        if not is_own_origin(request.headers, self._site.settings.desk_url):
            return self._site.message(
                403,
                "This did not come from our page",
                "Nobody was signed in. Open the sign-in page of the desk and try again.",
            )
        form = await entered(request, ("name", "password", "next"))
        if form is None or not form.keys() >= {"name", "password"}:
            return self._site.message(
                400, "That did not arrive whole", "Nobody was signed in. Go back and try again."
            )
        name, password, wanted = form["name"], form["password"], form.get("next", "")
        counted = await self._counted(request, name)
        if wait_s := self._delays.wait_s(counted, self._monotonic()):
            return self._wait(wanted, name, wait_s)
        staff = await self._accounts.check(name, password)
        if staff is None:
            await self._failed(request, name)
            return self._form(wanted, status=422, name=name, problem=_WRONG)
        self._delays.succeeded(counted)
        # A token that somebody may have planted in this browser is never taken over.
        if old := request.cookies.get(self._cookie.name):
            await self._sessions.end(old)
        token, _ = await self._sessions.begin(staff.id, self._site.clock())
        await self._record("signed_in", f"{staff.name} from {_address(request)}")
        response = RedirectResponse(safe_next(wanted, staff.role), 303, NOT_KEPT)
        self._cookie.begin(response, token, await self._accounts.known_desk(staff.name) or "")
        return response

    async def _sign_out(self, request: Request) -> Response:
        signed_in = staff_of(request)
        form = await entered(request, ("csrf",))
        if form is None or not hmac.compare_digest(
            form.get("csrf", "").encode(), signed_in.csrf.encode()
        ):
            return self._site.message(
                403,
                "This did not come from our page",
                "You are still signed in. Go back to the desk and sign out there.",
            )
        await self._sessions.end(request.cookies.get(self._cookie.name, ""))
        await self._record("signed_out", f"{signed_in.staff.name} from {_address(request)}")
        response = RedirectResponse(f"{SIGN_IN}?out", 303, NOT_KEPT)
        self._cookie.end(response)
        return response

    async def _counted(self, request: Request, name: str) -> list[Counted]:
        known = request.cookies.get(self._cookie.known_name, "").encode()
        mark = await self._accounts.known_desk(name) or ""
        if mark and hmac.compare_digest(known, mark.encode()):
            return [Counted(f"known {mark}", FREE_FOR_A_NAME)]
        return [
            Counted(f"name {folded(name)}", FREE_FOR_A_NAME),
            Counted(f"address {network_of(_address(request))}", FREE_FOR_AN_ADDRESS),
        ]

    async def _failed(self, request: Request, name: str) -> None:
        staff = await self._accounts.get(name)
        # Who is unknown may have typed the password into the field of the name.
        who = staff.name if staff is not None else "an unknown name"
        why = " (disabled)" if staff is not None and staff.disabled else ""
        await self._record("sign_in_failed", f"{who}{why} from {_address(request)}")

    async def _record(self, action: AuditAction, detail: str) -> None:
        now = self._site.clock()
        await self._audit.record(action, customer_id=None, call_id=None, detail=detail, now=now)

    def _wait(self, wanted: str, name: str, wait_s: float) -> Response:
        seconds = math.ceil(wait_s)
        log.warning("sign_in_tried_too_often", wait_s=seconds)
        unit = "second" if seconds == 1 else "seconds"
        return self._form(
            wanted,
            status=429,
            name=name,
            problem=f"There were several tries that failed. You can try again in {seconds} {unit}.",
            headers={"Retry-After": str(seconds)},
        )

    def _form(
        self,
        wanted: str,
        *,
        status: int = 200,
        name: str = "",
        problem: str = "",
        note: str = "",
        headers: dict[str, str] | None = None,
    ) -> Response:
        return self._page(
            "sign_in",
            status,
            headers,
            wanted=wanted,
            typed_name=name,
            problem=problem,
            note=note,
        )

    def _page(
        self, name: str, status: int = 200, headers: dict[str, str] | None = None, **values: str
    ) -> Response:
        return self._site.page(name, status, {**_TELLS_ORIGIN, **(headers or {})}, **values)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
