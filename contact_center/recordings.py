"""What is known of the recordings of calls: where each lies, how long it is, and what became of it.

The audio itself is a file that somebody else writes, plays and deletes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import or_, select, update

from contact_center.calls import TurnRecord
from contact_center.database import Database
from contact_center.models import HandoffChangeRow, HandoffRow, RecordingRow

RecordingFormat = Literal["flac", "opus"]

MEDIA_TYPES: Final[dict[RecordingFormat, str]] = {"flac": "audio/flac", "opus": "audio/ogg"}

_ABOUT_THE_START_S = 2.0
_SENSES_AN_END_S = 0.7


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a recording.

    Args:
        start: Seconds from the recording's beginning.
        end: Seconds from the recording's beginning.
    """

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ClockMark:
    """Where a moment of the caller's audio lies in the recording; it holds until the next mark.

    Args:
        heard: Seconds of the caller's audio since the call began, which words' times count.
        at: Seconds from the recording's beginning.
    """

    heard: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The recording of one call.

    Args:
        call_id: The call.
        file: The file's name in the folder of recordings.
        format: `flac` or `opus`.
        started_at: When it began, which may be later than the call.
        finished_at: When it ended; None while the call is being recorded.
        seconds: How long it is; None while the call is being recorded.
        size: How many bytes the file has; None while the call is being recorded.
        paused: The parts that are silence because a code was spoken.
        caller_clock: How the caller's audio lies in it, in order.
        broken: Why it ended before the call did; None when nothing went wrong.
        deleted_at: When its file was deleted; None while there is one.
    """

    call_id: str
    file: str
    format: RecordingFormat
    started_at: datetime
    finished_at: datetime | None = None
    seconds: float | None = None
    size: int | None = None
    paused: tuple[Span, ...] = ()
    caller_clock: tuple[ClockMark, ...] = (ClockMark(0.0, 0.0),)
    broken: str | None = None
    deleted_at: datetime | None = None

    @property
    def playable(self) -> bool:
        """Whether there is something to listen to, now and until it is deleted."""
        return self.deleted_at is None and bool(self.seconds)

    @property
    def media_type(self) -> str:
        """What the file is, in a browser's words."""
        return MEDIA_TYPES[self.format]


class UnknownRecording(LookupError):
    """The call was not recorded.

    Args:
        call_id: The call.
    """

    def __init__(self, call_id: str) -> None:
        super().__init__(f"Call {call_id} has no recording.")
        self.call_id = call_id


class Recordings:
    """Keeps what is known of the recordings.

    Args:
        db: Where it is stored.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(
        self,
        call_id: str,
        file: str,
        format: RecordingFormat,
        now: datetime,
        *,
        heard_s: float = 0.0,
    ) -> None:
        """Store that a call is being recorded, before its file is made.

        Args:
            call_id: The call, stored already; it is recorded once at most.
            file: The file's name in the folder of recordings.
            format: `flac` or `opus`.
            now: The present instant.
            heard_s: How much of the caller's audio has gone by unrecorded, in seconds.

        Raises:
            StorageError: It could not be stored.
        """
        async with self._db.session() as session:
            session.add(
                RecordingRow(
                    call_id=call_id,
                    file=file,
                    format=format,
                    started_at=now,
                    caller_clock=[asdict(ClockMark(heard_s, 0.0))],
                    paused=[],
                )
            )

    async def finish(
        self,
        call_id: str,
        seconds: float,
        size: int,
        paused: Iterable[Span],
        now: datetime,
        *,
        caller_clock: Sequence[ClockMark] = (),
        broken: str | None = None,
    ) -> None:
        """Store that a recording has ended.

        Args:
            call_id: The call.
            seconds: How long it is; 0 when there is nothing to listen to.
            size: How many bytes the file has.
            paused: The parts that are silence because a code was spoken.
            now: The present instant.
            caller_clock: How the caller's audio lies in it; empty leaves what is known.
            broken: Why it ended before the call did.

        Raises:
            UnknownRecording: It was never begun.
            StorageError: It could not be stored.
        """
        values: dict[str, object] = {
            "seconds": seconds,
            "size": size,
            "paused": [asdict(span) for span in paused],
            "finished_at": now,
            "broken": broken,
        }
        if caller_clock:
            values["caller_clock"] = [asdict(mark) for mark in caller_clock]
        query = (
            update(RecordingRow)
            .where(RecordingRow.call_id == call_id)
            .values(**values)
            .returning(RecordingRow.call_id)
        )
        async with self._db.session() as session:
            known = await session.scalar(query)
        if known is None:
            raise UnknownRecording(call_id)

    async def of_call(self, call_id: str) -> Recording | None:
        """Read a call's recording.

        Args:
            call_id: The call.

        Returns:
            The recording, deleted or not; None when the call was not recorded.
        """
        async with self._db.reading() as session:
            row = await session.get(RecordingRow, call_id)
        return _recording(row) if row else None

    async def older_than(
        self, when: datetime, *, limit: int = 200, skip: int = 0
    ) -> list[Recording]:
        """Find the recordings that have been kept for long enough.

        Args:
            when: Those that began earlier than this.
            limit: How many at most.
            skip: How many of the oldest are left out.

        Returns:
            The recordings that are not marked as deleted, oldest first.
        """
        query = (
            select(RecordingRow)
            .where(RecordingRow.deleted_at.is_(None), RecordingRow.started_at < when)
            .order_by(RecordingRow.started_at, RecordingRow.call_id)
            .offset(skip)
            .limit(limit)
        )
        async with self._db.reading() as session:
            return [_recording(row) for row in await session.scalars(query)]

    async def unfinished(self, before: datetime) -> list[Recording]:
        """Find the recordings that were begun and of whose end nothing is known.

        Args:
            before: Those that began earlier than this.

        Returns:
            The recordings of live calls, and of calls whose server died.
        """
        query = select(RecordingRow).where(
            RecordingRow.finished_at.is_(None),
            RecordingRow.deleted_at.is_(None),
            RecordingRow.started_at < before,
        )
        async with self._db.reading() as session:
            return [_recording(row) for row in await session.scalars(query)]

    async def kept_files(self, files: Sequence[str]) -> set[str]:
        """Tell which files belong to recordings that are kept.

        Args:
            files: Names of files in the folder of recordings, some hundreds at most.

        Returns:
            Those of recordings that are not deleted.
        """
        query = select(RecordingRow.file).where(
            RecordingRow.file.in_(files), RecordingRow.deleted_at.is_(None)
        )
        async with self._db.reading() as session:
            return set(await session.scalars(query))

    async def mark_deleted(self, call_id: str, now: datetime) -> None:
        """Store that a recording's file is no more; marking it again changes nothing.

        Args:
            call_id: The call.
            now: The present instant.

        Raises:
            UnknownRecording: It was never begun.
            StorageError: It could not be stored.
        """
        async with self._db.session() as session:
            row = await session.get(RecordingRow, call_id)
            if row is None:
                raise UnknownRecording(call_id)
            row.deleted_at = row.deleted_at or now

    async def had_call(self, call_id: str, agent_name: str) -> bool:
        """Tell whether an agent has spoken with a call's caller, and so may listen to it.

        Args:
            call_id: The call.
            agent_name: Who asks.

        Returns:
            Whether they accepted one of its hand-offs, even if it was passed on afterwards.
        """
        accepted = (
            select(HandoffRow.id)
            .outerjoin(HandoffChangeRow)
            .where(HandoffRow.call_id == call_id)
            .where(
                or_(
                    HandoffRow.agent_name == agent_name,
                    (HandoffChangeRow.agent_name == agent_name)
                    & HandoffChangeRow.state.in_(("accepted", "connected")),
                )
            )
            .limit(1)
        )
        async with self._db.reading() as session:
            return await session.scalar(accepted) is not None


def turn_offsets(recording: Recording, turns: Iterable[TurnRecord]) -> dict[str, float]:
    """Tell where the turns of a call begin in its recording.

    A caller's words have times on the caller's own audio, from which the place is exact; other
    turns are placed by the clock on the wall.

    Args:
        recording: The call's recording.
        turns: What was said in the call.

    Returns:
        Seconds by turn id; turns from before or after the recording are left out.
    """
    last = recording.seconds if recording.seconds is not None else float("inf")
    offsets: dict[str, float] = {}
    for turn in turns:
        at = _offset(recording, turn)
        if -_ABOUT_THE_START_S <= at <= last:
            offsets[turn.turn_id] = max(at, 0.0)
    return offsets


def _offset(recording: Recording, turn: TurnRecord) -> float:
    since = (turn.started_at - recording.started_at).total_seconds()
    if not turn.words:
        return since
    first, last = float(turn.words[0]["start"]), float(turn.words[-1]["end"])
    if turn.speaker == "caller":
        past = [mark for mark in recording.caller_clock if mark.heard <= first]
        mark = past[-1] if past else recording.caller_clock[0]
        return mark.at + first - mark.heard
    # What an agent said is stored when they have ended; their words count on their own clock.
    return since - (last - first) - _SENSES_AN_END_S


def _recording(row: RecordingRow) -> Recording:
    return Recording(
        call_id=row.call_id,
        file=row.file,
        format=cast(RecordingFormat, row.format),
        started_at=row.started_at,
        finished_at=row.finished_at,
        seconds=row.seconds,
        size=row.size,
        paused=tuple(Span(**span) for span in row.paused),
        caller_clock=tuple(ClockMark(**mark) for mark in row.caller_clock),
        broken=row.broken,
        deleted_at=row.deleted_at,
    )
