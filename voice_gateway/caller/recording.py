"""Records a call as it goes: the caller on the left, the bot on the right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import structlog

log = structlog.get_logger(__name__)


class StereoRecording:
    """A WAV file that grows with the call.

    A disk that fills up costs the recording, never the call.

    Args:
        path: Where to write; folders are made.
        sample_rate: In hertz.

    Raises:
        OSError: The file cannot be made.
    """

    def __init__(self, path: Path, sample_rate: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file: soundfile.SoundFile | None = soundfile.SoundFile(
                path, "w", samplerate=sample_rate, channels=2, subtype="PCM_16", format="WAV"
            )
        except (soundfile.SoundFileError, RuntimeError) as error:
            raise OSError(f"cannot write the recording {path}: {error}") from error
        self.path = path

    def write(self, caller: bytes, bot: bytes) -> None:
        """Add audio.

        Args:
            caller: Signed 16-bit mono samples.
            bot: As many samples.
        """
        if self._file is None:
            return
        left = np.frombuffer(caller, dtype="<i2")
        right = np.frombuffer(bot, dtype="<i2")
        try:
            self._file.write(np.column_stack((left, right)))
        except (soundfile.SoundFileError, OSError, RuntimeError) as error:
            log.warning("recording_stopped", path=str(self.path), error=str(error))
            self.close()

    def close(self) -> None:
        """Finish the file; closing twice is no error."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except (soundfile.SoundFileError, OSError, RuntimeError) as error:
                log.warning("recording_incomplete", path=str(self.path), error=str(error))
