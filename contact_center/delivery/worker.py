"""Takes messages from the outbox and has them sent, beside the calls and never in their way.

Several servers may run one each: a message is claimed before it is sent. If a server dies between
sending and noting it, the message is sent once more after the claim has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self

import structlog

from contact_center.database import Database, StorageError
from contact_center.delivery.sender import NotSent, Sender
from contact_center.outbox import BodyErased, Message, MessageKind, Outbox
from contact_center.sealing import SealingError

log = structlog.get_logger(__name__)

WAITS = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""How long to wait after each attempt that failed; when they are used up, a message is given up."""

ATTEMPTS = len(WAITS) + 1


class DeliveryWorker:
    """Sends what waits in the outbox, from entering the context to leaving it.

    Args:
        db: Where the outbox is.
        senders: Who sends which kind; kinds without a sender stay in the outbox.
        clock: The time, aware.
        look_every_s: Seconds between two looks at an empty outbox.
        stop_within_s: How long what is being sent may take when the worker stops, in seconds.
    """

    def __init__(
        self,
        db: Database,
        senders: Mapping[MessageKind, Sender],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_every_s: float = 1.0,
        stop_within_s: float = 5.0,
    ) -> None:
        self._outbox = Outbox(db)
        self._senders = dict(senders)
        self._clock = clock
        self._look_every_s = look_every_s
        self._stop_within_s = stop_within_s
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._stopping.clear()
        # A task for each kind: a mail server that is slow holds up no text message.
        self._tasks = [
            asyncio.create_task(self._keep_sending(kind), name=f"send {kind}")
            for kind in self._senders
        ]
        self._tasks.append(asyncio.create_task(self._keep_expiring(), name="expire messages"))
        return self

    async def __aexit__(self, *_raised: object) -> None:
        self._stopping.set()
        _, unfinished = await asyncio.wait(self._tasks, timeout=self._stop_within_s)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def send_due(self, kind: MessageKind) -> int:
        """Send the messages of a kind that are due now.

        Args:
            kind: E-mail or text messages; must have a sender.

        Returns:
            How many were tried.

        Raises:
            StorageError: The outbox cannot be used.
        """
        messages = await self._outbox.claim([kind], self._clock())
        await asyncio.gather(*(self._send(message) for message in messages))
        return len(messages)

    async def _send(self, message: Message) -> None:
        try:
            body = await self._outbox.read_body(message.id)
            await self._senders[message.kind].send(message, body)
        except NotSent as error:
            await self._not_sent(message, error.reason, final=error.final)
        except SealingError as error:
            await self._not_sent(message, str(error), final=False)
        except BodyErased:
            pass  # it expired while it was being taken
        except Exception as error:
            # A sender's fault must not stop the others; its text may hold what was to be sent.
            await self._not_sent(message, f"the sender failed: {type(error).__name__}", final=False)
        else:
            await self._outbox.mark_sent(message.id, self._clock())
            log.info("message_sent", message=message.id, kind=message.kind, tries=message.attempts)

    async def _not_sent(self, message: Message, reason: str, *, final: bool) -> None:
        now = self._clock()
        again_at = None if final else _again_at(message, now)
        await self._outbox.mark_failed(message, reason, now, again_at=again_at)
        facts = {
            "message": message.id,
            "kind": message.kind,
            "tries": message.attempts,
            "reason": reason,
        }
        if again_at is None:
            log.error("message_given_up", **facts)
        else:
            log.warning("message_not_sent", **facts, again_at=again_at.isoformat())

    async def _keep_sending(self, kind: MessageKind) -> None:
        while not self._stopping.is_set():
            rest_s = self._look_every_s
            try:
                if await self.send_due(kind):
                    continue
            except StorageError as error:
                log.error("outbox_failed", error=str(error))
                rest_s *= 10
            except Exception:
                log.exception("outbox_failed")
                rest_s *= 10
            await self._rest(rest_s)

    async def _keep_expiring(self) -> None:
        while not self._stopping.is_set():
            try:
                if expired := await self._outbox.expire(self._clock()):
                    log.warning("messages_expired", messages=expired)
            except StorageError as error:
                log.error("outbox_failed", error=str(error))
            except Exception:
                log.exception("outbox_failed")
            await self._rest(self._look_every_s * 10)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _again_at(message: Message, now: datetime) -> datetime | None:
    if message.attempts >= ATTEMPTS:
        return None
    again_at = now + WAITS[message.attempts - 1]
    if message.expires_at is not None and again_at >= message.expires_at:
        return None
    return again_at
