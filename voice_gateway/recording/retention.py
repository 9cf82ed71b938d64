"""Deletes recordings when their time is over, and settles those that a dead server left open.

A file goes before its row says so: whatever dies between, the next look finds the file gone and
marks the row. What cannot be deleted now is tried again at the next look, and holds up nothing
else. Several servers with one folder may run one each.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

import structlog

from contact_center.database import StorageError
from contact_center.recordings import Recording, Recordings
from voice_gateway.recording.sound_file import length_of

log = structlog.get_logger(__name__)

LOST_AFTER: Final = timedelta(minutes=15)
"""A file that has not grown for so long has nobody who writes it; of a live one, each second is
written."""
SERVER_LOST: Final = "the server ended before the call did"

_OUR_FILES = re.compile(r"[\w-]+\.(opus|flac)")
_AT_ONCE = 200


class RecordingRetention:
    """Looks after the folder of recordings, from entering the context to leaving it.

    Args:
        recordings: What is known of them.
        folder: Where the files lie.
        keep: For how long they are kept.
        clock: The time, aware.
        look_every_s: Seconds between two looks.
    """

    def __init__(
        self,
        recordings: Recordings,
        folder: Path,
        keep: timedelta,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_every_s: float = 3600.0,
    ) -> None:
        self._recordings = recordings
        self._folder = folder
        self._keep = keep
        self._clock = clock
        self._look_every_s = look_every_s
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_looking(), name="recordings' retention")
        return self

    async def __aexit__(self, *_raised: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Do all that is due now.

        Raises:
            StorageError: The database cannot be used.
        """
        await self._settle_unfinished()
        await self._delete_old()
        await self._delete_strays()

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except StorageError as error:
                log.error("retention_failed", error=str(error))
            except Exception:
                log.exception("retention_failed")
            await asyncio.sleep(self._look_every_s)

    async def _settle_unfinished(self) -> None:
        before = self._clock() - LOST_AFTER
        for recording in await self._recordings.unfinished(before):
            path = self._folder / recording.file
            if await asyncio.to_thread(_written_since, path, before):
                continue
            seconds, size = await asyncio.to_thread(_length_and_size, path)
            await self._recordings.finish(
                recording.call_id,
                seconds,
                size,
                recording.paused,
                self._clock(),
                broken=SERVER_LOST,
            )
            log.warning("recording_settled", file=recording.file, seconds=round(seconds, 1))
            if not seconds:
                await self._delete(recording)

    async def _delete_old(self) -> None:
        before = self._clock() - self._keep
        deleted = kept = 0
        # What cannot be deleted stays in front of the others.
        while due := await self._recordings.older_than(before, limit=_AT_ONCE, skip=kept):
            for recording in due:
                if await self._delete(recording):
                    deleted += 1
                else:
                    kept += 1
        if deleted:
            log.info("recordings_deleted", recordings=deleted)

    async def _delete(self, recording: Recording) -> bool:
        """Returns whether it is gone."""
        if not await asyncio.to_thread(_unlink, self._folder / recording.file):
            return False
        await self._recordings.mark_deleted(recording.call_id, self._clock())
        return True

    async def _delete_strays(self) -> None:
        """Files that no recording has, as after going back to a backup of the database."""
        old = await asyncio.to_thread(_old_files, self._folder, self._clock() - self._keep)
        for at in range(0, len(old), _AT_ONCE):
            files = old[at : at + _AT_ONCE]
            for file in set(files) - await self._recordings.kept_files(files):
                if await asyncio.to_thread(_unlink, self._folder / file):
                    log.info("stray_recording_deleted", file=file)


def _written_since(path: Path, when: datetime) -> bool:
    try:
        return path.stat().st_mtime > when.timestamp()
    except OSError:
        return False


def _length_and_size(path: Path) -> tuple[float, int]:
    try:
        return length_of(path), path.stat().st_size
    except OSError:
        return 0.0, 0


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.error("recording_not_deleted", file=path.name, error=error.strerror)
        return False
    return True


def _old_files(folder: Path, before: datetime) -> list[str]:
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return []
    return [
        name
        for name in names
        if _OUR_FILES.fullmatch(name) and not _written_since(folder / name, before)
    ]
