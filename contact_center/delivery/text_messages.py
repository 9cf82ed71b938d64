"""Text messages through a provider.

A provider is a `Sender` for messages of the kind `text`. Twilio's Programmable Messaging is the
one there is; without one, text messages wait in the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from contact_center.delivery.sender import NotSent
from contact_center.outbox import Message

_SERVICE_PREFIX = "MG"
_ACCOUNT_PROBLEMS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """An account at Twilio.

    Args:
        account_sid: The account (`AC...`).
        auth_token: Its token.
        sender: A number in E.164 form, or a messaging service (`MG...`).
        url: Where the interface is.
        timeout_s: How long an answer may take, in seconds.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    url: str = "https://api.twilio.com"
    timeout_s: float = 20.0


class TwilioSender:
    """Sends text messages through Twilio's Programmable Messaging.

    Args:
        account: Whose.
    """

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account

    async def send(self, message: Message, body: str) -> None:
        """Hand a text message over to Twilio.

        Args:
            message: To which number it goes.
            body: What it says.

        Raises:
            NotSent: Twilio cannot be reached or does not accept it.
        """
        sender = self._account.sender
        sender_field = "MessagingServiceSid" if sender.startswith(_SERVICE_PREFIX) else "From"
        form = {"To": message.to, sender_field: sender, "Body": body}
        await self._asked("POST", "/Messages.json", form)

    async def check(self) -> str:
        """Ask for the account, which needs the same rights as sending.

        Returns:
            The account and its sender.

        Raises:
            NotSent: Twilio cannot be reached or does not know the account.
        """
        await self._asked("GET", ".json")
        return f"Twilio accepts them from {self._account.sender}"

    async def _asked(self, method: str, path: str, form: dict[str, str] | None = None) -> None:
        account = self._account
        url = f"{account.url.rstrip('/')}/2010-04-01/Accounts/{account.account_sid}{path}"
        try:
            async with httpx.AsyncClient(timeout=account.timeout_s) as client:
                answer = await client.request(
                    method, url, data=form, auth=(account.account_sid, account.auth_token)
                )
        except httpx.TimeoutException:
            raise NotSent("Twilio does not answer in time") from None
        except httpx.HTTPError:
            raise NotSent(f"Twilio cannot be reached at {account.url}") from None
        if not answer.is_success:
            raise _refusal(answer)


def _refusal(answer: httpx.Response) -> NotSent:
    """Say why Twilio refused; its own words are left out, for they may repeat a number."""
    code = _error_code(answer)
    what = f"{answer.status_code}, error {code}" if code else f"{answer.status_code}"
    if answer.status_code in _ACCOUNT_PROBLEMS:
        return NotSent(
            f"Twilio refused the account ({what}): correct twilio_account_sid and twilio_auth_token"
        )
    # Anything else of 4xx is about this message, except that there were too many of them.
    too_many = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    return NotSent(f"Twilio refused it ({what})", final=answer.is_client_error and not too_many)


def _error_code(answer: httpx.Response) -> int | None:
    try:
        code = answer.json()["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None
