"""What the voice gateway sends for one turn, checked before it reaches Rasa."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

MAX_BODY_BYTES = 64 * 1024
MAX_WORDS = 150  # understanding needs no more; the gateway's transcript keeps every word
# What only the gateway says: a call begins, or a code was entered (which it has tried by itself).
START_CALL = "/start_call"
ENTER_CODE = "/enter_code"
FROM_THE_GATEWAY = frozenset({START_CALL, ENTER_CODE})
GUESS = "guess"  # in the metadata, also of the actions that are called for it

_SENDER = re.compile(r"[\w.:+@-]{1,128}")


class BadTurn(ValueError):
    """The request body is not a turn."""


@dataclass(frozen=True)
class TurnRequest:
    """One thing the caller said.

    Attributes:
        sender: The call's id.
        text: What was recognised, at most `MAX_WORDS` words, or one of
            `FROM_THE_GATEWAY`.
        metadata: Caller, recognition and affect details, as the gateway sent them.
        guess: Whether the caller may not have finished: what would be answered is only worked out.
    """

    sender: str
    text: str
    metadata: dict[str, Any]
    guess: bool = False

    @classmethod
    def parse(cls, body: bytes) -> TurnRequest:
        """Read a request body.

        Args:
            body: UTF-8 JSON as described in the channel's contract.

        Returns:
            The turn, with its text cut to a length worth understanding.

        Raises:
            BadTurn: The body is no JSON object or a field has the wrong type.
        """
        try:
            fields = json.loads(body)
        except ValueError as error:
            raise BadTurn("the body is not JSON") from error
        if not isinstance(fields, dict):
            raise BadTurn("the body is not a JSON object")
        sender, text, metadata = fields.get("sender"), fields.get("text"), fields.get("metadata")
        if not isinstance(sender, str) or not _SENDER.fullmatch(sender):
            raise BadTurn("sender must be a call id")
        if not isinstance(text, str):
            raise BadTurn("text must be a string")
        if metadata is not None and not isinstance(metadata, dict):
            raise BadTurn("metadata must be an object")
        metadata = metadata or {}
        guess = metadata.pop(GUESS, False)
        if not isinstance(guess, bool):
            raise BadTurn("metadata.guess must be true or false")
        return cls(sender, _understandable(text), metadata, guess)


def _understandable(text: str) -> str:
    if text in FROM_THE_GATEWAY:
        return text
    words = text.split()[:MAX_WORDS]
    # A leading slash would let a caller's text name an intent directly.
    return " ".join(words).lstrip("/ ")
