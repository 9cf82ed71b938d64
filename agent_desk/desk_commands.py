"""What an agent types at the terminal desk, understood: pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from agent_desk.desk_protocol import MAX_TEXT
from contact_center.wrap_up import DISPOSITIONS, Disposition

HELP = f"""\
When you are asked to take a caller
  a              take them
  d              leave them to others
Between calls
  l              list who waits
  /break REASON  be asked for nobody
  /back          be asked again
On a call
  any line       is spoken to the caller (at most {MAX_TEXT} characters)
  /close OUTCOME NOTES
                 end the call; OUTCOME by name, its beginning or its number:
                 {", ".join(f"{number} {name}" for number, name in enumerate(DISPOSITIONS, 1))}
  /pass QUEUE NOTE
                 give the caller on to a queue, with a note for the next agent
  /hangup        end the call; /close is still to follow
  /packet        show the hand-off packet again
  /transcript    show the whole transcript again
Always
  /accept, /decline, /list, /help, /quit"""


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """Accept the caller who is offered."""


@dataclass(frozen=True, slots=True)
class LeaveOffer:
    """Decline the caller who is offered."""


@dataclass(frozen=True, slots=True)
class GoOnBreak:
    """Be offered nobody."""

    reason: str


@dataclass(frozen=True, slots=True)
class EndBreak:
    """Be offered callers again."""


@dataclass(frozen=True, slots=True)
class GiveOn:
    """Give the caller on to a queue."""

    queue: str
    note: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """End the call before the wrap-up."""


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


Command = (
    TakeOffer
    | LeaveOffer
    | GoOnBreak
    | EndBreak
    | GiveOn
    | EndCall
    | Speak
    | CloseCall
    | Show
    | Quit
    | NotUnderstood
)

_SHOW = {
    "l": "waiting",
    "list": "waiting",
    "packet": "packet",
    "transcript": "transcript",
    "h": "help",
    "help": "help",
    "?": "help",
}
_PLAIN: dict[str, Command] = {
    "a": TakeOffer(),
    "accept": TakeOffer(),
    "d": LeaveOffer(),
    "decline": LeaveOffer(),
    "back": EndBreak(),
    "hangup": EndCall(),
    "quit": Quit(),
    "exit": Quit(),
    "q": Quit(),
}
_DISPOSITION_HINT = "How did it end? /close " + " | ".join(
    f"{number} {name}" for number, name in enumerate(DISPOSITIONS, 1)
)


_QUEUE_HINT = "To which queue? For example: /pass billing wants the money back"


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
    if word in _PLAIN and not rest:
        return _PLAIN[word]
    if word in _SHOW:
        return Show(_SHOW[word])
    if word == "break":
        return GoOnBreak(rest or "break")
    if word == "pass":
        queue, _, note = rest.partition(" ")
        return GiveOn(queue, note.strip()) if queue else NotUnderstood(_QUEUE_HINT)
    if word == "close":
        return _close(rest)
    if on_call:
        return NotUnderstood("That is no command; /help lists them. Nothing was spoken.")
    return NotUnderstood("You are not on a call; a takes who is offered, /help lists commands.")


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
