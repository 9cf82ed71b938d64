"""The log file of one child process, which stops growing."""

from __future__ import annotations

from pathlib import Path


class ChildLog:
    """Lines of one child, in a file that is renamed to `<name>.1` when it is full.

    A full disk costs lines, never the child.

    Args:
        path: The file.
        max_bytes: How large it may grow; at most twice that is kept.
    """

    def __init__(self, path: Path, max_bytes: int = 10_000_000) -> None:
        self._path = path
        self._max_bytes = max_bytes

    @property
    def path(self) -> Path:
        """The file that is being written."""
        return self._path

    def write(self, line: str) -> None:
        """Append a line.

        Args:
            line: Without its end of line.
        """
        data = line.encode(errors="replace") + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size + len(data) > self._max_bytes:
                self._path.replace(self._path.with_name(self._path.name + ".1"))
            with self._path.open("ab") as file:
                file.write(data)
        except OSError:
            return
