"""People and lines in a bridged call of which nothing is heard."""

from __future__ import annotations

from collections.abc import Callable


class Voice:
    """Somebody's voice, of which nothing is heard."""

    sample_rate = 16000

    def __init__(self, name: str) -> None:
        self.name = name

    def attach(self, hear: Callable[[bytes], None]) -> None: ...

    def detach(self) -> None: ...

    async def send_audio(self, pcm: bytes) -> None: ...


class SilentLine:
    """A caller's line, of which nothing is heard."""

    sample_rate = 16000

    async def send_audio(self, pcm: bytes) -> None: ...

    async def clear(self) -> None: ...

    async def notify(self, message: object) -> None: ...
