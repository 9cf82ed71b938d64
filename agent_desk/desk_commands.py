"""What an agent types at the terminal desk, understood: pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from agent_desk.desk_protocol import DISPOSITIONS, MAX_TEXT, Disposition

HELP = f"""\
While hand-offs wait
  a 1            take hand-off 1
  d 1            leave hand-off 1 to others
  l              list what waits
On a call
  any line       is spoken to the caller (at most {MAX_TEXT} characters)
  /close OUTCOME NOTES
                 end the call; OUTCOME by name, its beginning or its number:
                 {", ".join(f"{number} {name}" for number, name in enumerate(DISPOSITIONS, 1))}
  /packet        show the hand-off packet again
  /transcript    show the whole transcript again
Always
  /accept 1, /decline 1, /list, /help, /quit"""


@dataclass(frozen=True, slots=True)
class TakeHandoff:
    """Accept the hand-off of that number."""

    number: int


@dataclass(frozen=True, slots=True)
class LeaveHandoff:
    """Decline the hand-off of that number."""

    number: int


@dataclass(frozen=True, slots=True)
class Speak:
    """Speak a line to the caller."""

    text: str


@dataclass(frozen=True, slots=True)
class CloseCall:
    """End the conversation."""

    disposition: Disposition
    notes: str


@dataclass(frozen=True, slots=True)
class Show:
    """Print something: `waiting`, `packet`, `transcript` or `help`."""

    what: str


@dataclass(frozen=True, slots=True)
class Quit:
    """Close the desk."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The line is no command; says what would be."""

    hint: str


Command = TakeHandoff | LeaveHandoff | Speak | CloseCall | Show | Quit | NotUnderstood

_SHOW = {
    "l": "waiting",
    "list": "waiting",
    "packet": "packet",
    "transcript": "transcript",
    "h": "help",
    "help": "help",
    "?": "help",
}
_DISPOSITION_HINT = "How did it end? /close " + " | ".join(
    f"{number} {name}" for number, name in enumerate(DISPOSITIONS, 1)
)


def parse_command(line: str, *, on_call: bool) -> Command | None:
    """Understand a typed line.

    Args:
        line: As typed.
        on_call: Whether the agent speaks with a caller; then only lines that begin with a slash
            are commands, everything else is spoken.

    Returns:
        What to do; None for an empty line.
    """
    line = line.strip()
    if not line:
        return None
    if on_call and not line.startswith("/"):
        return Speak(line)
    word, _, rest = line.removeprefix("/").partition(" ")
    word, rest = word.lower(), rest.strip()
    # "a1" is "a 1".
    if word[:1] in {"a", "d"} and word[1:].isdigit() and not rest:
        word, rest = word[0], word[1:]
    if word in {"a", "accept"}:
        return _numbered(TakeHandoff, rest, "Which one? For example: a 1")
    if word in {"d", "decline"}:
        return _numbered(LeaveHandoff, rest, "Which one? For example: d 1")
    if word in _SHOW:
        return Show(_SHOW[word])
    if word in {"quit", "exit", "q"}:
        return Quit()
    if word == "close":
        return _close(rest)
    if on_call:
        return NotUnderstood("That is no command; /help lists them. Nothing was spoken.")
    return NotUnderstood("You are not on a call; a 1 takes hand-off 1, /help lists commands.")


def _numbered(
    kind: type[TakeHandoff] | type[LeaveHandoff], rest: str, hint: str
) -> TakeHandoff | LeaveHandoff | NotUnderstood:
    if rest.isascii() and rest.isdigit() and len(rest) <= 6:
        return kind(int(rest))
    return NotUnderstood(hint)


def _close(rest: str) -> CloseCall | NotUnderstood:
    name, _, notes = rest.partition(" ")
    disposition = _disposition(name.lower().replace("-", "_"))
    if disposition is None:
        return NotUnderstood(_DISPOSITION_HINT)
    return CloseCall(disposition, notes.strip())


def _disposition(name: str) -> Disposition | None:
    if name.isascii() and name.isdigit():
        index = int(name[:3]) - 1
        return DISPOSITIONS[index] if 0 <= index < len(DISPOSITIONS) else None
    fitting = [known for known in DISPOSITIONS if name and known.startswith(name)]
    return fitting[0] if len(fitting) == 1 else None
