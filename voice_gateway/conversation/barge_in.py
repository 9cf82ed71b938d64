"""Does somebody who is heard over the bot want the turn? The caller's words do, others' do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Final

from voice_gateway.conversation.language import Language
from voice_gateway.conversation.transcript import Transcript

FAR_DB: Final = 12.0
"""Speech so much quieter than the caller's own is somebody else's, a television's or an echo."""
ENOUGH_WORDS: Final = 3
"""So many words are no listener's noise, however badly they were heard."""
SURE: Final = 0.75
"""Fewer words are believed from this confidence on; of twenty hums heard as words like "are you",
the surest had 0.57."""


@dataclass
class BargeIn:
    """Judges what is heard over the bot's words, in the light of how loud the caller speaks.

    Args:
        language: Its words.
    """

    language: Language
    _levels: list[float] = field(default_factory=list)

    def learn(self, turn: Transcript) -> None:
        """Take in a turn that was the caller's."""
        if turn.level_db is not None:
            self._levels.append(turn.level_db)

    def is_far(self, level_db: float | None) -> bool:
        """Tell whether a voice is too quiet to be the caller's.

        Args:
            level_db: Its level in dB relative to full scale; None where that is not known.

        Returns:
            False also while the caller has not been heard yet.
        """
        if level_db is None or not self._levels:
            return False
        return level_db < median(self._levels) - FAR_DB

    def so_far(self, text: str) -> bool:
        """Tell whether somebody who still speaks wants the turn already.

        Args:
            text: What was recognised so far.
        """
        return len(text.split()) >= ENOUGH_WORDS and not self.language.is_back_channel(text)

    def in_full(self, heard: Transcript) -> bool:
        """Tell whether somebody who has paused wants the turn.

        Args:
            heard: All they said.
        """
        if self.language.is_back_channel(heard.text):
            return False
        return len(heard.text.split()) >= ENOUGH_WORDS or heard.confidence >= SURE
