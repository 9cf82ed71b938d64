"""Measures how long the caller waits: from their last word to the first sound of the answer."""

from __future__ import annotations

from dataclasses import dataclass

from voice_gateway.transports.line import FRAME_MS

_FRAME_S = FRAME_MS / 1000


@dataclass(frozen=True, slots=True)
class MeasuredTurn:
    """One turn of the caller and when it was answered.

    Args:
        spoke_from: When the caller began, in seconds since the call was placed.
        spoke_until: When the caller's last word ended.
        answered_at: When the first sound of the answer was played, None when there was none.
        said: What the caller said, if the source of their audio knows.
    """

    spoke_from: float
    spoke_until: float
    answered_at: float | None = None
    said: str = ""

    @property
    def response_delay(self) -> float | None:
        """Seconds from the caller's last word to the first sound of the answer."""
        return None if self.answered_at is None else max(0.0, self.answered_at - self.spoke_until)


class ResponseMeter:
    """Watches both sides frame by frame.

    An answer is the first audible sound after the bot was quiet, or was made to be quiet, since
    the caller began to speak: what the caller talks over is not an answer to it.
    """

    def __init__(self) -> None:
        self._from: float | None = None
        self._until = 0.0
        self._said = ""
        self._quiet_since = False

    def frame(
        self, at: float, *, caller_voiced: bool, bot_sounding: bool, bot_audible: bool, said: str
    ) -> MeasuredTurn | None:
        """Watch 20 ms.

        Args:
            at: When they begin, in seconds since the call was placed.
            caller_voiced: The caller speaks.
            bot_sounding: Audio of the server's is being played, be it silence.
            bot_audible: It can be heard.
            said: What the caller is saying, if it is known.

        Returns:
            The caller's turn, when it is answered by this frame.
        """
        if caller_voiced:
            if self._from is None:
                self._from = at
                self._quiet_since = False
            self._until = at + _FRAME_S
            self._said = said or self._said
        if self._from is None:
            return None
        if not bot_sounding:
            self._quiet_since = True
        elif bot_audible and self._quiet_since:
            if caller_voiced:
                self._quiet_since = False
            else:
                return self._close(at)
        return None

    def cleared(self) -> None:
        """The server took back what was still to be played."""
        self._quiet_since = True

    def finish(self) -> MeasuredTurn | None:
        """The call is over: the turn that was never answered, if there is one."""
        return None if self._from is None else self._close(None)

    def _close(self, answered_at: float | None) -> MeasuredTurn:
        assert self._from is not None
        turn = MeasuredTurn(self._from, self._until, answered_at, self._said)
        self._from = None
        self._said = ""
        return turn
