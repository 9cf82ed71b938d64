"""How long an answer took, from the caller's last word to the first audio, part by part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerDelay:
    """The delay of one answer, in seconds.

    Args:
        turn_id: The caller's turn.
        endpoint: From the caller's last word to the decision that the turn has ended.
        recognition: From there to the final transcript.
        assistant: From there to the assistant's first words.
        synthesis: From there to the first audio sent.
    """

    turn_id: str
    endpoint: float
    recognition: float
    assistant: float
    synthesis: float

    @property
    def total(self) -> float:
        """From the caller's last word to the first audio sent."""
        return self.endpoint + self.recognition + self.assistant + self.synthesis


@dataclass
class Stopwatch:
    """Follows one call; a mark out of order belongs to no answer and is ignored."""

    _last_word: float | None = None
    _ended: float | None = None
    _asked: float | None = None
    _answered: float | None = None
    _turn_id: str = ""

    def last_word(self, at: float) -> None:
        """The caller stopped speaking."""
        self._last_word, self._ended, self._asked, self._answered = at, None, None, None

    def turn_ended(self, at: float) -> None:
        """The turn was judged to be over."""
        self._ended = at

    def asked(self, turn_id: str, at: float) -> None:
        """The assistant was asked."""
        self._turn_id, self._asked, self._answered = turn_id, at, None

    def answered(self, turn_id: str, at: float) -> None:
        """The assistant's first words for a turn arrived."""
        if turn_id == self._turn_id and self._answered is None:
            self._answered = at

    def first_audio(self, at: float) -> AnswerDelay | None:
        """The first audio of an utterance was sent.

        Returns:
            The answer's delay, if this utterance is the first of an answer.
        """
        if None in (self._last_word, self._ended, self._asked, self._answered):
            return None
        assert self._last_word is not None
        assert self._ended is not None
        assert self._asked is not None
        assert self._answered is not None
        delay = AnswerDelay(
            self._turn_id,
            self._ended - self._last_word,
            self._asked - self._ended,
            self._answered - self._asked,
            at - self._answered,
        )
        self._last_word = None
        return delay
