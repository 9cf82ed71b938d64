"""Reading `nlu_data/spoken/*.yml`: what a caller says, and what must come of it.

The format is taught in `nlu_data/README.md`. A mistake is reported with the file, the conversation
and the field, in words for whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from contact_center.customers import Tier
from warmline.places import NLU_DATA

SPOKEN = NLU_DATA / "spoken"
KNOWN_GAPS = SPOKEN / "known_gaps.yml"
MONDAY: Final = date(2026, 9, 14)
"""Of the week in which calls take place: no holiday near it, and the clocks stay as they are."""
DEFAULT_AT: Final = "tuesday 10:30"

Task = Literal[
    "order_status",
    "order_problem",
    "cancel_order",
    "return_refund",
    "invoice_copy",
    "password_reset",
]
Reason = Literal[
    "requested",
    "emotion",
    "complaint",
    "complex",
    "low_confidence",
    "repeated_failure",
    "policy",
]
WrittenState = Literal[
    "processing",
    "shipped",
    "out for delivery",
    "late",
    "delivered",
    "cancelled",
    "being returned",
    "returned",
    "refunded",
    "partly shipped",
    "partly delivered",
]
CodeForm = Literal["", "wrong", "first", "last"]
NUMBER_FORMS: Final = frozenset({"", "pairs", "double", "first", "last", "wrong", "fix"})
CODE_FORMS: Final = frozenset(get_args(CodeForm))
BLANK: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHEN = re.compile(
    r"(?:(?P<verb>arrives|was due|delivered|placed) )"
    r"(?P<day>today|tomorrow|yesterday|in (?P<ahead>\d+) days?|(?P<ago>\d+) days? ago)"
)
_COSTS = re.compile(r"costs (\d+)(?:\.(\d\d))?")
_EMAIL_CHANGED = re.compile(r"(email|text) changed (\d+) days? ago")


class ConversationError(Exception):
    """A file of conversations cannot be used; the message is for whoever wrote it."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Written):
    """One thing the caller says.

    Attributes:
        say: The words, with blanks such as `{boots}`.
        press: What is keyed in instead of said.
        during: The question in whose place it is said.
        interrupts: Whether it is said over the bot.
        louder: Decibels above this caller's usual level.
        faster: Times this caller's usual pace.
        silent: Nothing is said at all.
    """

    say: str = ""
    press: str = ""
    during: str | None = None
    interrupts: bool = False
    louder: float = Field(default=0.0, ge=-20, le=20)
    faster: float = Field(default=1.0, ge=0.5, le=2.0)
    silent: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, written: object) -> object:
        return {"say": written} if isinstance(written, str | int) else written

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum((bool(self.say), bool(self.press), self.silent)) != 1:
            raise ValueError("needs exactly one of `say`, `press` and `silent`")
        return self

    @property
    def blanks(self) -> tuple[tuple[str, str], ...]:
        """The blanks in it, as (name, form)."""
        return tuple((name, form or "") for name, form in BLANK.findall(self.say + self.press))


class Answers(_Written):
    """What the caller answers to one question.

    Attributes:
        lines: The answers.
        always: Whether the only one is good for every time, or each for one time.
    """

    lines: tuple[Line, ...]
    always: bool

    @model_validator(mode="before")
    @classmethod
    def _from_written(cls, written: object) -> object:
        if isinstance(written, list):
            return {"lines": written, "always": False}
        return {"lines": [written], "always": True}


class OrderSpec(_Written):
    """An order as it stands when the call begins.

    Attributes:
        items: What is in it, as it is spoken.
        state: Where it stands.
        days: The day it arrives, was due or was delivered, counted from the call's; None without.
        placed_days_ago: When it was placed; None for some days before all else.
        price_cents: Of all of it.
        lettered: Whether its number begins with a letter.
    """

    items: tuple[str, ...]
    state: WrittenState
    days: int | None = None
    placed_days_ago: int | None = None
    price_cents: int = 12900
    lettered: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, written: object) -> object:
        if not isinstance(written, str):
            raise ValueError('must be text such as "hiking boots, shipped, arrives tomorrow"')
        return _read_order(written)


class Contacts(_Written):
    """What is on file for an account.

    Attributes:
        kinds: `email`, `text` or both.
        changed: Days since each was last set.
    """

    kinds: tuple[Literal["email", "text"], ...] = ("email", "text")
    changed: Mapping[str, int] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, written: object) -> object:
        if not isinstance(written, list):
            raise ValueError("must be a list such as [email, text]")
        kinds: list[str] = []
        changed: dict[str, int] = {}
        for each in written:
            found = _EMAIL_CHANGED.fullmatch(str(each))
            kind = found[1] if found else str(each)
            if found:
                changed[kind] = int(found[2])
            if kind not in kinds:
                kinds.append(kind)
        return {"kinds": kinds, "changed": changed}


class CallerSpec(_Written):
    """Who calls.

    Attributes:
        tier: How they are served.
        staff: Whether the account is one of the company's own people.
        number: `own`, `withheld`, or `other` for a number nobody knows.
        contacts: What is on file.
        keys: Whether they can press keys when the bot asks for nothing else.
        complaint_of: The agent who owns an open complaint of theirs.
        orders: Their orders by nickname.
    """

    tier: Tier = "standard"
    staff: bool = False
    number: Literal["own", "withheld", "other"] = "own"
    contacts: Contacts = Contacts.model_validate(["email", "text"])
    keys: bool = True
    complaint_of: str | None = None
    orders: Mapping[str, OrderSpec] = Field(default_factory=dict)


def _as_tuple(written: object) -> object:
    return tuple(written) if isinstance(written, list) else (written,)


def _as_regexes(written: object) -> object:
    patterns = tuple(str(each) for each in (written if isinstance(written, list) else [written]))
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return patterns


def _as_reasons(written: object) -> object:
    if written is False:
        return ()
    if written is True:
        return get_args(Reason)
    return _as_tuple(written)


Regexes = Annotated[tuple[str, ...], BeforeValidator(_as_regexes)]


class Must(_Written):
    """What must come of a call; see the table in `nlu_data/README.md`.

    Attributes:
        wants: The intent of the caller's first line.
        tells: Found in what the bot said.
        never_tells: Not found in anything it said.
        order: The nickname of the order the call ended with, or "none".
        hands_over: Reasons for which a person may take over; empty if nobody may.
        complaint_level: Of the complaint that is handed over.
        changes: Orders' states afterwards.
        sends: Kinds of the messages to the caller; None for any.
        done: Tasks that were finished.
        ends: Whether the bot hung up.
    """

    wants: str | None = None
    tells: Regexes = ()
    never_tells: Regexes = ()
    order: str | None = None
    hands_over: Annotated[tuple[Reason, ...], BeforeValidator(_as_reasons)] = ()
    complaint_level: Literal[1, 2, 3] | None = None
    changes: Mapping[str, str] = Field(default_factory=dict)
    sends: tuple[Literal["email", "text"], ...] | None = None
    done: Annotated[tuple[Task, ...], BeforeValidator(_as_tuple)] = ()
    ends: bool | None = None


class Conversation(_Written):
    """One written conversation.

    Attributes:
        conversation: Its name.
        tags: What it can be chosen by.
        at: When it takes place, as written.
        caller: Who calls; None for a number that nobody knows.
        others: Orders of somebody else, by nickname.
        says: What the caller comes up with.
        answers: What they answer, by question.
        must: What must come of it.
        file: Where it is written.
    """

    conversation: str = Field(min_length=3)
    tags: tuple[str, ...] = ()
    at: str = DEFAULT_AT
    caller: CallerSpec | None = None
    others: Mapping[str, OrderSpec] = Field(default_factory=dict)
    says: tuple[Line, ...]
    answers: Mapping[str, Answers] = Field(default_factory=dict)
    must: Must
    file: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.conversation

    @cached_property
    def orders(self) -> Mapping[str, OrderSpec]:
        """The caller's own orders and those of others, by nickname."""
        return {**(self.caller.orders if self.caller else {}), **self.others}

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything the caller may say."""
        return (*self.says, *(line for each in self.answers.values() for line in each.lines))

    def moment(self, zone: ZoneInfo) -> datetime:
        """Say when it takes place.

        Args:
            zone: Where the company is.

        Returns:
            An aware time in that zone.

        Raises:
            ValueError: What is written is no time.
        """
        return read_moment(self.at, zone)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        read_moment(self.at, ZoneInfo("UTC"))
        own = self.caller.orders if self.caller else {}
        if twice := own.keys() & self.others.keys():
            raise ValueError(f"the nickname {', '.join(sorted(twice))} is used twice")
        for name, form in (blank for line in self.lines for blank in line.blanks):
            forms = CODE_FORMS if name == "code" else NUMBER_FORMS
            if name != "code" and name not in self.orders:
                raise ValueError(f"{{{name}}} is none of its orders")
            if form not in forms:
                known = ", ".join(sorted(forms - {""}))
                raise ValueError(f"{{{name}:{form}}}: there is only {known}")
        named = {self.must.order} - {None, "none"} | set(self.must.changes)
        if unknown := named - self.orders.keys():
            raise ValueError(f"must: {', '.join(map(str, unknown))} is none of its orders")
        return self


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read when a conversation takes place.

    Args:
        text: A weekday and a time, or a day and a time.
        zone: Where the company is.

    Returns:
        An aware time in that zone.

    Raises:
        ValueError: It is neither.
    """
    day, _, hour = text.strip().lower().partition(" ")
    try:
        moment = time.fromisoformat(hour.strip().zfill(5))
        weekday = day in _DAYS
        on = MONDAY + timedelta(_DAYS.index(day)) if weekday else date.fromisoformat(day)
    except ValueError:
        raise ValueError(
            f'at: {text!r} is no time; write "tuesday 10:30" or "2026-12-24 18:00"'
        ) from None
    return datetime.combine(on, moment, zone)


def read_file(path: Path) -> list[Conversation]:
    """Read one file of conversations.

    Args:
        path: A YAML file.

    Returns:
        Its conversations, in their order.

    Raises:
        ConversationError: The file cannot be read, or something in it is wrong.
    """
    try:
        written = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise ConversationError(f"{path.name}: {' '.join(str(error).split())}") from None
    except OSError as error:
        raise ConversationError(f"{path.name} cannot be read: {error.strerror}") from None
    if not isinstance(written, list):
        raise ConversationError(f"{path.name}: must be a list of conversations")
    return [_read(path.name, at, each) for at, each in enumerate(written, start=1)]


def read_all(folder: Path = SPOKEN) -> list[Conversation]:
    """Read all conversations.

    Args:
        folder: Where their files are.

    Returns:
        The conversations, by file and place in it.

    Raises:
        ConversationError: A file is wrong, or two conversations have the same name.
    """
    found: dict[str, Conversation] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name == KNOWN_GAPS.name:
            continue
        for each in read_file(path):
            if each.name in found:
                first = found[each.name].file
                raise ConversationError(
                    f"{each.file}: there is already a conversation {each.name!r} in {first}"
                )
            found[each.name] = each
    return list(found.values())


def chosen(
    conversations: Iterable[Conversation], names: Sequence[str] = (), tags: Sequence[str] = ()
) -> list[Conversation]:
    """Pick conversations.

    Args:
        conversations: Where to pick from.
        names: Parts of names, case does not matter; none picks all.
        tags: Tags, of which one is enough; none picks all.

    Returns:
        Those that have one of the names and one of the tags.

    Raises:
        ConversationError: A name or a tag picks nothing.
    """
    known = list(conversations)
    for name in names:
        if not any(name.lower() in each.name.lower() for each in known):
            raise ConversationError(f"there is no conversation {name!r}")
    for tag in tags:
        if not any(tag in each.tags for each in known):
            there = sorted({tag for each in known for tag in each.tags})
            raise ConversationError(f"there is no tag {tag!r}; there are {', '.join(there)}")
    return [
        each
        for each in known
        if (not names or any(name.lower() in each.name.lower() for name in names))
        and (not tags or any(tag in each.tags for tag in tags))
    ]


def read_known_gaps(path: Path = KNOWN_GAPS) -> dict[str, str]:
    """Read which conversations cannot pass yet.

    Args:
        path: A YAML file of names and reasons; it may be missing or empty.

    Returns:
        The reason by name.

    Raises:
        ConversationError: It is no such list, or a reason is missing.
    """
    if not path.exists():
        return {}
    written = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(written, dict) or not all(written.values()):
        raise ConversationError(f"{path.name}: must give a reason for each conversation")
    return {str(name): str(reason) for name, reason in written.items()}


def _read(file: str, place: int, written: Any) -> Conversation:
    name = written.get("conversation") if isinstance(written, dict) else None
    where = f"{file}, conversation {place}" + (f" ({name!r})" if name else "")
    if not isinstance(written, dict):
        raise ConversationError(f"{where}: must have fields such as `conversation` and `says`")
    try:
        return Conversation.model_validate({**written, "file": file})
    except ValidationError as error:
        problems = [
            f"{_field(problem['loc'])}{problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
        raise ConversationError(f"{where}: {'; '.join(problems)}") from None


def _field(loc: Sequence[int | str]) -> str:
    path = ""
    for part in loc:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return f"{path.lstrip('.')}: " if path else ""


def _read_order(written: str) -> dict[str, Any]:
    items, *parts = [part.strip() for part in written.split(",")]
    if not parts:
        raise ValueError(f'{written!r} needs at least items and a state, like "floor lamp, late"')
    if parts[0].startswith("delivered "):
        parts.insert(0, "delivered")
    state, *more = parts
    if state not in get_args(WrittenState):
        raise ValueError(f"{state!r} is no state; there is {', '.join(get_args(WrittenState))}")
    told: dict[str, Any] = {
        "items": tuple(item.strip() for item in items.split("+")),
        "state": state,
    }
    for part in more:
        told |= _read_part(part)
    if state == "late" and told.get("days") is None:
        told["days"] = -3
    if state == "out for delivery":
        told.setdefault("days", 0)
    return told


def _read_part(part: str) -> dict[str, Any]:
    if part == "with a letter":
        return {"lettered": True}
    if found := _COSTS.fullmatch(part):
        return {"price_cents": int(found[1]) * 100 + int(found[2] or 0)}
    found = _WHEN.fullmatch(part)
    if found is None:
        raise ValueError(f'{part!r} is not understood; write it like "arrives in 3 days"')
    near = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if found["day"] in near:
        days = near[found["day"]]
    else:
        days = int(found["ahead"]) if found["ahead"] else -int(found["ago"])
    return {"placed_days_ago": -days} if found["verb"] == "placed" else {"days": days}
