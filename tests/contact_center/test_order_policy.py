"""What may be promised about an order: the table, its mistakes, and what follows from it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contact_center.order_policy import (
    COSTLY,
    DEFAULT_PATH,
    PROBLEMS,
    History,
    NextStep,
    OrderPolicy,
    OrderPolicyError,
    OrderPolicyFile,
    Problem,
    Row,
    Within,
    decide,
    read,
)
from contact_center.orders import Order, OrderItem, OrderState
from contact_center.returns import Return, ReturnState

TODAY = date(2026, 3, 4)
RESPONSES = DEFAULT_PATH.parent / "responses"
POLICY = OrderPolicyFile().current()
STATES: tuple[OrderState, ...] = (
    "processing",
    "shipped",
    "out_for_delivery",
    "delivered",
    "cancelled",
    "returned",
    "refunded",
)


def order(
    state: OrderState,
    *,
    dollars: int = 50,
    expected: int | None = None,
    delivered: int | None = None,
) -> Order:
    """An order; days count back from today."""
    return Order(
        number="123456",
        customer_id=1,
        placed_on=TODAY - timedelta(days=90),
        state=state,
        items=(OrderItem("a tent", 1, dollars * 100),),
        shipments=(),
        expected_on=None if expected is None else TODAY - timedelta(days=expected),
        delivered_on=None if delivered is None else TODAY - timedelta(days=delivered),
        total_cents=dollars * 100,
    )


def returned(state: ReturnState, *, received: int | None = None) -> Return:
    came = None if received is None else TODAY - timedelta(days=received)
    return Return("123456", state, 5000, TODAY - timedelta(days=20), came, None)


def step(problem: Problem, about: Order, history: History | None = None) -> str:
    return decide(POLICY, problem, about, TODAY, history or History()).step


class TestTheTableOfTheProject:
    @pytest.mark.parametrize(
        ("days", "expected"), [(1, "wait"), (2, "wait"), (3, "trace"), (14, "replacement")]
    )
    def test_a_late_order_waits_then_is_traced_then_replaced(
        self, days: int, expected: str
    ) -> None:
        assert step("late", order("shipped", expected=days)) == expected

    def test_an_expensive_late_order_is_only_traced(self) -> None:
        assert step("late", order("shipped", expected=30, dollars=500)) == "trace"

    @pytest.mark.parametrize("problem", ["damaged", "wrong_item", "part_missing"])
    def test_what_arrived_wrong_is_replaced_within_limits(self, problem: Problem) -> None:
        assert step(problem, order("delivered", delivered=5)) == "replacement"
        assert step(problem, order("delivered", delivered=5, dollars=151)) == "person"
        assert step(problem, order("delivered", delivered=31)) == "person"
        assert step(problem, order("shipped", expected=1)) == "person"

    @pytest.mark.parametrize(
        ("state", "expected"),
        [("processing", "cancel"), ("shipped", "refuse"), ("cancelled", "tell")],
    )
    def test_an_order_is_cancelled_while_it_is_prepared(
        self, state: OrderState, expected: str
    ) -> None:
        assert step("cancel", order(state)) == expected

    @pytest.mark.parametrize(
        ("about", "expected"),
        [
            (order("delivered", delivered=30), "return_label"),
            (order("delivered", delivered=31), "refuse"),
            (order("shipped", expected=0), "wait"),
            (order("refunded", delivered=40), "tell"),
        ],
    )
    def test_an_order_is_sent_back_within_the_window(self, about: Order, expected: str) -> None:
        assert step("return", about) == expected

    @pytest.mark.parametrize(
        ("back", "expected"),
        [
            (returned("in_transit"), "tell"),
            (returned("received", received=7), "tell"),
            (returned("received", received=8), "person"),
            (None, "person"),
        ],
    )
    def test_a_refund_that_is_overdue_needs_a_person(
        self, back: Return | None, expected: str
    ) -> None:
        about = order("delivered", delivered=30)
        assert step("refund", about, History(returned=back)) == expected

    def test_the_third_promise_in_three_months_needs_a_person(self) -> None:
        about = order("delivered", delivered=5)
        recent = History(promised_on=(TODAY, TODAY - timedelta(days=89)))
        older = History(promised_on=(TODAY, TODAY - timedelta(days=90)))
        assert step("damaged", about, recent) == "person"
        assert step("damaged", about, older) == "replacement"

    def test_every_wording_it_names_is_there(self) -> None:
        there: set[str] = set()
        for path in RESPONSES.glob("*.yml"):
            there |= set(yaml.safe_load(path.read_text())["responses"])
        rows = [row for problem in PROBLEMS for row in POLICY.problems[problem]]
        assert {row.say for row in rows if row.say} <= there

    def test_it_tells_how_long_returns_and_refunds_take(self) -> None:
        assert (POLICY.return_days, POLICY.refund_days) == (30, 7)


rows = st.fixed_dictionaries(
    {
        "do": st.sampled_from(["replacement", "refund", "trace", "wait", "tell", "person"]),
        "dollars_at_most": st.integers(0, 300),
        "within": st.just("2 days"),
        "say": st.just("utter_x"),
    },
    optional={
        "or": st.sampled_from(["replacement", "refund"]),
        "states": st.lists(st.sampled_from(STATES), max_size=3),
        "days_late_at_least": st.integers(0, 20),
        "days_late_at_most": st.integers(0, 20),
        "days_since_delivery_at_most": st.integers(0, 40),
    },
)
policies = st.fixed_dictionaries(
    {
        "limits": st.fixed_dictionaries(
            {"promises": st.integers(0, 3), "within_days": st.integers(1, 100)}
        ),
        "problems": st.fixed_dictionaries(
            {problem: st.lists(rows, max_size=3) for problem in PROBLEMS}
        ),
    }
)
orders = st.builds(
    order,
    st.sampled_from(STATES),
    dollars=st.integers(0, 400),
    expected=st.none() | st.integers(-10, 40),
    delivered=st.none() | st.integers(0, 60),
)
histories = st.builds(
    History,
    promised_on=st.lists(st.integers(0, 120).map(lambda days: TODAY - timedelta(days=days))).map(
        tuple
    ),
)


class TestAnyTable:
    @given(policies, st.sampled_from(PROBLEMS), orders, histories)
    def test_never_promises_above_its_limits(
        self, written: dict[str, Any], problem: Problem, about: Order, history: History
    ) -> None:
        policy = OrderPolicy.model_validate(written)
        found = decide(policy, problem, about, TODAY, history)
        if not {found.step, found.alternative} & COSTLY:
            return
        highest = max(row.dollars_at_most or 0 for row in policy.problems[problem])
        assert about.total_cents <= highest * 100
        since = TODAY - timedelta(days=policy.limits.within_days)
        made = [day for day in history.promised_on if day > since]
        assert len(made) < policy.limits.promises

    @given(policies, st.sampled_from(PROBLEMS), orders, histories)
    def test_does_the_first_row_that_holds(
        self, written: dict[str, Any], problem: Problem, about: Order, history: History
    ) -> None:
        policy = OrderPolicy.model_validate(written)
        found = decide(policy, problem, about, TODAY, history)
        held = [row for row in policy.problems[problem] if row.holds(about, TODAY, None)]
        if not held:
            assert found == NextStep("person")
        elif not COSTLY & {held[0].do, held[0].or_}:
            assert found.step == held[0].do

    @given(policies, st.sampled_from(PROBLEMS), orders, histories)
    def test_decides_the_same_again(
        self, written: dict[str, Any], problem: Problem, about: Order, history: History
    ) -> None:
        policy = OrderPolicy.model_validate(written)
        again = OrderPolicy.model_validate(written)
        assert decide(policy, problem, about, TODAY, history) == decide(
            again, problem, about, TODAY, history
        )


class TestMistakes:
    """A manager learns the line and the field."""

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            (
                "promises: 2 ",
                "promises: many ",
                "limits, promises: Input should be a valid integer",
            ),
            (
                "      dollars_at_most: 100\n",
                "",
                "lost, row 2: a replacement or a refund needs a limit",
            ),
            (
                "within: 2 working days",
                "within: soon",
                "late, row 2, within: write it like '4 hours'",
            ),
            ("do: trace", "do: tracing", "late, row 3, do: Input should be 'tell'"),
            ("days_late_at_most: 2", "days_lat: 2", "late, row 1, days_lat: Extra inputs"),
            ("days_late_at_most: 2", "days_late_at_most: -2", "late, row 1, days_late_at_most"),
            (
                "    - states: [processing]\n      do: cancel",
                "    - do: cancel",
                "cancel, row 1: cancel is possible with states",
            ),
            ("  invoice:\n", "  invoyce:\n", "invoyce"),
            ("      say: utter_label_sent\n", "", "return, row 2: return_label needs words"),
        ],
    )
    def test_are_told_with_their_place(self, old: str, new: str, told: str) -> None:
        text = DEFAULT_PATH.read_text()
        assert old in text
        with pytest.raises(OrderPolicyError) as mistake:
            read(text.replace(old, new, 1), "order_policy.yml")
        assert told in str(mistake.value)
        assert str(mistake.value).startswith("order_policy.yml, line ")

    def test_name_the_line(self) -> None:
        text = DEFAULT_PATH.read_text()
        line = 1 + text[: text.index("dollars_at_most: 100")].count("\n")
        with pytest.raises(OrderPolicyError, match=f"line {line}, lost, row 2, dollars_at_most"):
            read(text.replace("dollars_at_most: 100", "dollars_at_most: lots"), "p.yml")

    @pytest.mark.parametrize("text", ["", "late", "- a\n- b", "problems: {", "limits: [1"])
    def test_in_the_form_are_told_too(self, text: str) -> None:
        with pytest.raises(OrderPolicyError, match=r"p\.yml, line \d+"):
            read(text, "p.yml")

    def test_a_missing_problem_is_named(self) -> None:
        text = DEFAULT_PATH.read_text()
        with pytest.raises(OrderPolicyError, match="there are no rows for invoice"):
            read(text[: text.index("  invoice:")], "p.yml")

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(OrderPolicyError, match=r"other\.yml: No such file"):
            OrderPolicyFile(tmp_path / "other.yml")


class TestTheFile:
    def test_is_read_again_when_it_changed(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        path.write_text(DEFAULT_PATH.read_text())
        table = OrderPolicyFile(path)
        path.write_text(DEFAULT_PATH.read_text().replace("promises: 2 ", "promises: 11 "))
        assert table.current().limits.promises == 11

    def test_stays_as_it_was_while_it_cannot_be_understood(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = tmp_path / "policy.yml"
        path.write_text(DEFAULT_PATH.read_text())
        table = OrderPolicyFile(path)
        path.write_text("limits: none of your business")
        assert table.current().limits.promises == 2
        assert "stays as it was" in caplog.text
        path.unlink()
        assert table.current().limits.promises == 2

    def test_is_not_read_again_without_need(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        path.write_text(DEFAULT_PATH.read_text())
        os.utime(path, (1, 1))
        table = OrderPolicyFile(path)
        assert table.current() is table.current()


@pytest.mark.parametrize(
    ("within", "weekday", "due"),
    [
        (Within(4, "hours"), 4, datetime(2026, 3, 4, 18, tzinfo=UTC)),
        (Within(3, "days"), 4, datetime(2026, 3, 7, 14, tzinfo=UTC)),
        (Within(2, "working days"), 4, datetime(2026, 3, 6, 14, tzinfo=UTC)),
        (Within(2, "working days"), 6, datetime(2026, 3, 10, 14, tzinfo=UTC)),
        (Within(1, "working days"), 7, datetime(2026, 3, 9, 14, tzinfo=UTC)),
    ],
)
def test_working_days_leave_out_the_weekend(within: Within, weekday: int, due: datetime) -> None:
    """The fourth of March 2026 is a Wednesday."""
    assert within.after(datetime(2026, 3, weekday, 14, tzinfo=UTC)) == due


def test_a_row_with_a_condition_on_an_unknown_day_does_not_hold() -> None:
    row = Row.model_validate({"do": "person", "days_since_delivery_at_most": 5})
    assert not row.holds(order("delivered"), TODAY, None)
