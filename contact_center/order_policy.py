"""What the line may decide about an order by itself: a table that a manager edits, and its reading.

The table lies in `nlu_data/order_policy.yml`. For each problem it has rows; the first row whose
conditions all hold says what is done, and when none holds a person decides.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from contact_center.orders import Order, OrderState
from contact_center.returns import Return, ReturnState

Problem = Literal[
    "late",
    "lost",
    "damaged",
    "wrong_item",
    "part_missing",
    "cancel",
    "return",
    "refund",
    "invoice",
]
Step = Literal[
    "tell",
    "wait",
    "trace",
    "replacement",
    "refund",
    "return_label",
    "cancel",
    "send_copy",
    "refuse",
    "person",
]
PROBLEMS: Final[tuple[Problem, ...]] = get_args(Problem)
COSTLY: Final[frozenset[Step]] = frozenset({"replacement", "refund"})
DEFAULT_PATH: Final = Path(__file__).resolve().parents[1] / "nlu_data" / "order_policy.yml"

_ACTED_ON: Final = COSTLY | {"trace"}
_SILENT: Final[frozenset[Step]] = frozenset({"tell", "person"})
_SATURDAY = 5
_WITHIN = re.compile(r"(\d+) (hours?|days?|working days?)")

_log = logging.getLogger(__name__)


class OrderPolicyError(ValueError):
    """The table cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Within:
    """How soon somebody acts.

    Args:
        amount: How many units.
        unit: Hours, days, or days from Monday to Friday.
    """

    amount: int
    unit: Literal["hours", "days", "working days"]

    def after(self, now: datetime) -> datetime:
        """Tell by when it has been done.

        Args:
            now: The present instant, in the company's zone.

        Returns:
            The instant that was promised.
        """
        if self.unit == "hours":
            return now + timedelta(hours=self.amount)
        if self.unit == "days":
            return now + timedelta(days=self.amount)
        due, left = now, self.amount
        while left or due.weekday() >= _SATURDAY:
            due += timedelta(days=1)
            left -= 1 if left and due.weekday() < _SATURDAY else 0
        return due


def _within(value: object) -> object:
    if isinstance(value, Within):
        return value
    found = _WITHIN.fullmatch(str(value))
    if found is None:
        raise ValueError("write it like '4 hours', '2 days' or '3 working days'")
    unit = found[2] if found[2].endswith("s") else f"{found[2]}s"
    return Within(int(found[1]), unit)  # type: ignore[arg-type]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Row(_Model):
    """One row of a problem: conditions, and what is done when all of them hold.

    Args:
        states: States of the order, one of which it must be in.
        return_states: States of the order's return, one of which it must be in.
        days_late_at_least: Days since the order should have arrived.
        days_late_at_most: The same, the other way round.
        days_since_delivery_at_most: Days since the order arrived.
        days_since_received_at_most: Days since returned goods came back.
        dollars_at_most: Value of the order in dollars.
        do: What is done.
        or_: What is done instead if the caller prefers it; written `or`.
        within: How soon a colleague or the warehouse acts.
        say: Name of the response that tells or promises it; not needed to tell how things stand.
    """

    states: Annotated[tuple[OrderState, ...] | None, Field(strict=False)] = None
    return_states: Annotated[tuple[ReturnState, ...] | None, Field(strict=False)] = None
    days_late_at_least: Annotated[int, Field(ge=0)] | None = None
    days_late_at_most: Annotated[int, Field(ge=0)] | None = None
    days_since_delivery_at_most: Annotated[int, Field(ge=0)] | None = None
    days_since_received_at_most: Annotated[int, Field(ge=0)] | None = None
    dollars_at_most: Annotated[int, Field(ge=0)] | None = None
    do: Step
    or_: Annotated[Literal["replacement", "refund"] | None, Field(alias="or")] = None
    within: Annotated[Within, BeforeValidator(_within)] | None = None
    say: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Row:
        steps = {self.do, self.or_}
        if steps & COSTLY and self.dollars_at_most is None:
            raise ValueError("a replacement or a refund needs a limit: add dollars_at_most")
        if steps & _ACTED_ON and self.within is None:
            raise ValueError(f"{self.do} needs a time in which it is done: add within")
        if self.do == "return_label" and self.days_since_delivery_at_most is None:
            raise ValueError("return_label needs a window: add days_since_delivery_at_most")
        if self.do == "cancel" and self.states != ("processing",):
            raise ValueError("cancel is possible with states: [processing] only")
        if self.do not in _SILENT and self.say is None:
            raise ValueError(f"{self.do} needs words: add say, the name of a response")
        return self

    def holds(self, order: Order, today: date, returned: Return | None) -> bool:
        """Tell whether all conditions of this row hold.

        Args:
            order: The order.
            today: The day at the company.
            returned: The order's return, if there is one.

        Returns:
            True when they do; a condition on a date that is not known does not hold.
        """
        late = order.days_late(today)
        return (
            (self.states is None or order.state in self.states)
            and (
                self.return_states is None
                or (returned is not None and returned.state in self.return_states)
            )
            and (self.days_late_at_least is None or late >= self.days_late_at_least)
            and (self.days_late_at_most is None or late <= self.days_late_at_most)
            and _recent(self.days_since_delivery_at_most, order.delivered_on, today)
            and _recent(
                self.days_since_received_at_most, returned.received_on if returned else None, today
            )
            and (self.dollars_at_most is None or order.total_cents <= self.dollars_at_most * 100)
        )


class Limits(_Model):
    """How much the line may promise to one customer.

    Args:
        promises: How many replacements and refunds.
        within_days: In how many days.
    """

    promises: Annotated[int, Field(ge=0)]
    within_days: Annotated[int, Field(ge=1)]


class OrderPolicy(_Model):
    """The whole table.

    Args:
        limits: How much may be promised to one customer.
        problems: The rows of each problem.
    """

    limits: Limits
    problems: dict[Problem, Annotated[tuple[Row, ...], Field(strict=False)]]

    @model_validator(mode="after")
    def _all_problems(self) -> OrderPolicy:
        missing = [problem for problem in PROBLEMS if problem not in self.problems]
        if missing:
            raise ValueError(f"there are no rows for {', '.join(missing)}")
        return self

    @property
    def return_days(self) -> int | None:
        """For how many days after delivery something can be sent back, if it can."""
        return _longest(row.days_since_delivery_at_most for row in self.problems["return"])

    @property
    def refund_days(self) -> int | None:
        """How many days after the goods came back the money is paid, if the table says so."""
        return _longest(row.days_since_received_at_most for row in self.problems["refund"])


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a customer beside the order.

    Args:
        promised_on: Days on which the line promised this customer a replacement or a refund.
        returned: The order's return, if there is one.
    """

    promised_on: tuple[date, ...] = ()
    returned: Return | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is done about a problem.

    Args:
        step: What is done.
        say: Name of the response that tells or promises it, if the step has words of its own.
        within: How soon somebody acts.
        alternative: What may be done instead.
        window_days: For how many days after delivery it is possible.
    """

    step: Step
    say: str | None = None
    within: Within | None = None
    alternative: Step | None = None
    window_days: int | None = None


def decide(
    policy: OrderPolicy, problem: Problem, order: Order, today: date, history: History
) -> NextStep:
    """Decide what is done about a problem with an order.

    Args:
        policy: The table.
        problem: What is wrong, or wanted.
        order: The order.
        today: The day at the company.
        history: What was promised before, and the order's return.

    Returns:
        The step of the first row whose conditions hold; a person when there is none, or when the
        line has promised this customer enough.
    """
    since = today - timedelta(days=policy.limits.within_days)
    promises = sum(day > since for day in history.promised_on)
    spent = promises >= policy.limits.promises
    for row in policy.problems[problem]:
        if spent and COSTLY & {row.do, row.or_}:
            continue
        if row.holds(order, today, history.returned):
            return NextStep(row.do, row.say, row.within, row.or_, row.days_since_delivery_at_most)
    return NextStep("person")


def read(text: str, name: str) -> OrderPolicy:
    """Read the table.

    Args:
        text: YAML.
        name: What the text is called in messages, such as its path.

    Returns:
        The table.

    Raises:
        OrderPolicyError: It is no YAML, or a field of it is missing, unknown or out of range.
    """
    try:
        data = YAML(typ="rt").load(StringIO(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise OrderPolicyError(f"{name}, line {line}: {error.problem}.") from error
    try:
        return OrderPolicy.model_validate(_plain(data))
    except ValidationError as error:
        wrong = "\n".join(
            f"{name}, line {_line(data, each['loc'])}, {_place(each['loc'])}: {_why(each['msg'])}."
            for each in error.errors()
        )
        raise OrderPolicyError(wrong) from error


class OrderPolicyFile:
    """The table as it is now: read again when the file has changed.

    Args:
        path: The file; None for the one of the project.

    Raises:
        OrderPolicyError: The file is missing or cannot be understood.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or DEFAULT_PATH
        self._changed = self._stamp()
        self._policy = self._read()

    def current(self) -> OrderPolicy:
        """Give the table.

        Returns:
            As the file has it; as it had it before, with a warning in the log, while what was
            written last cannot be understood.
        """
        try:
            changed = self._stamp()
            if changed != self._changed:
                self._changed = changed
                self._policy = self._read()
        except OrderPolicyError as error:
            _log.warning("The order policy stays as it was: %s", error)
        return self._policy

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError as error:
            raise OrderPolicyError(f"{self._path}: {error.strerror}.") from error
        return found.st_mtime_ns, found.st_size

    def _read(self) -> OrderPolicy:
        return read(self._path.read_text(encoding="utf-8"), self._path.name)


def _recent(at_most: int | None, day: date | None, today: date) -> bool:
    return at_most is None or (day is not None and (today - day).days <= at_most)


def _longest(days: Iterable[int | None]) -> int | None:
    return max((each for each in days if each is not None), default=None)


def _plain(value: Any) -> Any:
    """Take the YAML library's own kinds of mappings, lists and numbers for plain ones."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def _line(data: Any, place: tuple[int | str, ...]) -> int:
    """Find the line, counted from 1, of the innermost part of a place that is in the file."""
    line = 0
    for key in place:
        marks = getattr(data, "lc", None)
        if marks is None:
            break
        try:
            position = marks.item(key) if isinstance(data, list) else marks.key(key)
            data = data[key]
        except (KeyError, IndexError, TypeError):
            break
        line = position[0]
    return line + 1


def _place(place: tuple[int | str, ...]) -> str:
    parts = [f"row {key + 1}" if isinstance(key, int) else key for key in place if key != "[key]"]
    return ", ".join(part for part in parts if part != "problems") or "the table"


def _why(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")
