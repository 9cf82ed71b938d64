"""Run a command that ends when its parent does, however the parent ends.

Run by path with a bare interpreter (`python -I -S tether.py PARENT_PID COMMAND ...`), so it imports
the standard library only. On Linux the kernel is asked to send SIGTERM to this process when its
parent dies; the command then takes this process over, with its id. Elsewhere it only runs the
command.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie_to(parent: int) -> None:
    """Have this process end when its parent does.

    Args:
        parent: The id that the parent had when it started this process.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # The parent may have died before the kernel was told.
    if os.getppid() != parent:
        sys.exit(128 + signal.SIGTERM)


def main(arguments: list[str]) -> None:
    """Tie this process to its parent and become the command.

    Args:
        arguments: The parent's process id, then the command.
    """
    tie_to(int(arguments[0]))
    command = arguments[1:]
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
