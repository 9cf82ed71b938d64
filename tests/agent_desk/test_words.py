"""What things are called on the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_desk import words
from contact_center.handoff_packet import HANDOFF_REASONS, Identity
from contact_center.wrap_up import DISPOSITIONS
from tests.agent_desk.pages.fake_desk import caller_packet, stranger, upset_parent

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)


def test_every_reason_and_every_disposition_has_words() -> None:
    assert set(HANDOFF_REASONS) == set(words.REASONS)
    assert set(DISPOSITIONS) <= set(words.DISPOSITIONS)


def test_what_has_no_words_yet_is_made_readable() -> None:
    assert words.named(words.REASONS, "new_kind_of_trouble") == "New kind of trouble"


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0:00"), (65, "1:05"), (-3, "0:00"), (3725, "1:02:05")]
)
def test_durations(seconds: float, written: str) -> None:
    assert words.clock(seconds) == written


def test_instants_are_in_the_companys_zone_and_name_another_day() -> None:
    assert words.at(NOW, NEW_YORK, NOW) == "15:00"
    assert words.at(NOW + timedelta(days=1), NEW_YORK, NOW) == "Thu Mar 5, 15:00"


def test_badges_say_what_makes_a_caller_urgent() -> None:
    assert [badge.text for badge in words.badges(upset_parent())] == ["L1 safety complaint", "VIP"]
    assert [badge.text for badge in words.badges(caller_packet())] == ["Gold"]
    assert words.badges(stranger("h3", "requested", "+15550100088")) == ()


@pytest.mark.parametrize(
    ("known", "shown", "kind"),
    [
        (Identity(), "Identity not known", "alarm"),
        (Identity(level="claimed", how="caller_number"), "Not verified, known by caller number",
         "warn"),
        (Identity(level="verified", how="one-time code", until=NOW + timedelta(minutes=5)),
         "Verified by one-time code until 15:05", "good"),
        (Identity(level="verified", how="one-time code", until=NOW - timedelta(minutes=5)),
         "Was verified, has run out", "warn"),
    ],
)  # fmt: skip
def test_how_far_the_caller_is_known(known: Identity, shown: str, kind: str) -> None:
    badge = words.identity(known, NEW_YORK, NOW)
    assert (badge.text, badge.kind) == (shown, kind)


def test_what_was_given_names_orders_first_and_marks_what_was_not_confirmed() -> None:
    given = words.given(caller_packet())
    assert given[0] == words.Given("order number", "715204", True)
    assert words.Given("name", "Maria Delgado") in given
    assert words.Given("delivery town", "Portland", False) in given
    # These two stand elsewhere in the briefing.
    names = {item.name for item in given}
    assert not names & {"reason for the call", "proof of identity"}


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([], "Mood not known"),
        ([0.1], "Calm"),
        ([0.2, 0.35, 0.8], "Very upset, rising"),
        ([0.8, 0.7, 0.3], "A little tense, falling"),
        ([0.6, 0.6], "Upset, steady"),
    ],
)
def test_the_mood_in_words(scores: list[float], said: str) -> None:
    assert words.mood(scores, words.direction(scores)) == said


def test_callers_without_a_name() -> None:
    unknown = stranger("h3", "requested", "+15550100088")
    assert words.caller_name(unknown) == "+15550100088"
    assert words.short_name(unknown) == "Caller"
    withheld = unknown.model_copy(
        update={"call": unknown.call.model_copy(update={"caller_number": None})}
    )
    assert words.caller_name(withheld) == "Unknown caller"
    assert words.short_name(caller_packet()) == "Maria"


def test_initials() -> None:
    assert words.initials("Maria Delgado") == "MD"
    assert words.initials("Cher") == "C"
    assert words.initials("+15550100088") == "?"


def test_an_order_in_a_line() -> None:
    customer = caller_packet(now=NOW).customer
    assert customer is not None
    late, delivered = customer.recent_orders
    assert words.order_words(late) == "placed Feb 17, expected Feb 26, $89.99"
    assert words.order_words(delivered) == "placed Jan 2, delivered Jan 5, $112.50"


def test_a_ticket_says_when_it_is_overdue() -> None:
    customer = caller_packet(now=NOW).customer
    assert customer is not None
    ticket = customer.open_tickets[0]
    assert words.ticket_words(ticket, NEW_YORK, NOW) == ("Callback, overdue since Tue Mar 3, 15:00")


def test_a_follow_up_is_proposed_for_the_next_working_day() -> None:
    friday = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert f"{words.usual_follow_up(friday, NEW_YORK):%a %H:%M}" == "Mon 10:00"
