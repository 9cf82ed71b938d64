"""Vosk as vosk-server uses it: its WebSocket protocol, its defaults, one recogniser a connection.

The program of that project is not in any package index, so this one is written after its documented
protocol: a JSON message with `config` first if at all, audio in binary messages, each answered with
a partial or a final result, and `{"eof" : 1}` at the end. Recognition runs in as many threads as
there are cores. Run by the peers' interpreter: `... -m benchmarks.peers.vosk_server PORT MODEL`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import vosk
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

DEFAULT_RATE = 8_000.0


def process(recogniser: vosk.KaldiRecognizer, message: str | bytes) -> str:
    """Take one message of a client's.

    Args:
        recogniser: The connection's.
        message: Audio, or the end of it.

    Returns:
        The result to send back.
    """
    if isinstance(message, str):
        return str(recogniser.FinalResult())
    if recogniser.AcceptWaveform(message):
        return str(recogniser.Result())
    return str(recogniser.PartialResult())


async def serve_forever(port: int, model: vosk.Model) -> None:
    """Serve connections until the process ends.

    Args:
        port: Of this machine.
        model: Shared by all connections.
    """
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(os.cpu_count() or 1)

    async def recognise(connection: ServerConnection) -> None:
        rate, recogniser = DEFAULT_RATE, None
        try:
            async for message in connection:
                if isinstance(message, str) and "config" in message:
                    rate = float(json.loads(message)["config"].get("sample_rate", rate))
                    continue
                if recogniser is None:
                    recogniser = vosk.KaldiRecognizer(model, rate)
                    recogniser.SetWords(True)
                    recogniser.SetMaxAlternatives(0)
                await connection.send(
                    await loop.run_in_executor(pool, process, recogniser, message)
                )
                if isinstance(message, str):
                    return
        except ConnectionClosed:
            return

    async with serve(recognise, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    vosk.SetLogLevel(-1)
    asyncio.run(serve_forever(int(sys.argv[1]), vosk.Model(sys.argv[2])))
