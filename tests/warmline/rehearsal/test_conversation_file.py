"""Reading conversations, and what is said to whoever wrote one wrongly."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from actions.questions import QUESTIONS
from warmline.rehearsal.conversation_file import (
    Conversation,
    ConversationError,
    chosen,
    read_all,
    read_file,
    read_known_gaps,
    read_moment,
)

NEW_YORK = ZoneInfo("America/New_York")
WHOLE = """
- conversation: Where is my order
  tags: [orders, late ones]
  at: saturday 9:45
  caller:
    tier: gold
    contacts: [email changed 2 days ago, text]
    orders:
      boots: hiking boots + wool hat, partly shipped, arrives in 3 days, costs 24.50, with a letter
      mug: enamel mug, delivered yesterday, placed 8 days ago
  says:
    - where is my order
    - {say: are you open tomorrow, during: order_number}
  answers:
    order_number: ["{boots:first}", {press: "{boots}"}]
    offer_person: no
  must:
    tells: tomorrow
    hands_over: true
    done: order_status
"""
PLAIN = {"conversation": "A call", "says": ["hello"], "must": {}}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "calls.yml"
    path.write_text(text)
    return path


def test_a_conversation_is_read_with_everything_in_it(tmp_path: Path) -> None:
    (read,) = read_file(written(tmp_path, WHOLE))
    assert read.caller is not None
    boots, mug = read.caller.orders["boots"], read.caller.orders["mug"]
    assert (boots.items, boots.state, boots.days) == (
        ("hiking boots", "wool hat"),
        "partly shipped",
        3,
    )
    assert (boots.price_cents, boots.lettered) == (2450, True)
    assert (mug.state, mug.days, mug.placed_days_ago) == ("delivered", -1, 8)
    assert read.caller.contacts.kinds == ("email", "text")
    assert read.caller.contacts.changed == {"email": 2}
    assert read.says[1].during == "order_number"
    assert not read.answers["order_number"].always
    assert read.answers["order_number"].lines[1].press == "{boots}"
    assert read.answers["offer_person"].lines[0].say == "no"
    assert read.must.tells == ("tomorrow",)
    assert "policy" in read.must.hands_over
    assert read.must.done == ("order_status",)


def test_by_default_it_is_a_tuesday_morning_and_nobody_takes_over() -> None:
    read = Conversation.model_validate(PLAIN)
    assert read.moment(NEW_YORK) == datetime(2026, 9, 15, 10, 30, tzinfo=NEW_YORK)
    assert read.must.hands_over == ()
    assert read.caller is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("sunday 9:05", datetime(2026, 9, 20, 9, 5, tzinfo=NEW_YORK)),
        ("2026-12-24 18:00", datetime(2026, 12, 24, 18, 0, tzinfo=NEW_YORK)),
    ],
)
def test_a_time_is_a_weekday_or_a_day(text: str, moment: datetime) -> None:
    assert read_moment(text, NEW_YORK) == moment


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"at": "someday 10:30"}, "is no time"),
        ({"say": []}, "say"),
        ({"caller": {"orders": {"boots": "hiking boots, flying"}}}, "caller.orders.boots"),
        ({"caller": {"orders": {"boots": "hiking boots"}}}, "needs at least items and a state"),
        ({"says": ["where is {boots}"]}, "{boots} is none of its orders"),
        ({"says": [{"say": "hi", "press": "1"}]}, "says[1]"),
        ({"says": ["it's {code:pairs}"]}, "there is only first, last, wrong"),
        ({"must": {"order": "boots"}}, "boots is none of its orders"),
        ({"must": {"tells": ["(open"]}}, "is no regular expression"),
        ({"must": {"hands_over": "boredom"}}, "must.hands_over"),
    ],
)
def test_a_mistake_is_told_with_file_conversation_and_field(
    tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    from ruamel.yaml import YAML

    path = tmp_path / "calls.yml"
    with path.open("w") as file:
        YAML().dump([{**PLAIN, **wrong}], file)
    with pytest.raises(ConversationError) as error:
        read_file(path)
    message = str(error.value)
    assert message.startswith("calls.yml, conversation 1 ('A call'): ")
    assert said in message


@pytest.mark.parametrize("text", ["conversation: one", "- just text", "- [", "- {says: [a]}"])
def test_what_is_no_list_of_conversations_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConversationError, match=r"calls\.yml"):
        read_file(written(tmp_path, text))


def test_two_conversations_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("- {conversation: Twice, says: [hi], must: {}}")
    (tmp_path / "b.yml").write_text("- {conversation: Twice, says: [hi], must: {}}")
    with pytest.raises(ConversationError, match=r"b\.yml.*'Twice' in a\.yml"):
        read_all(tmp_path)


def test_conversations_are_chosen_by_part_of_a_name_and_by_tag(tmp_path: Path) -> None:
    calls = [
        Conversation.model_validate({**PLAIN, "conversation": "Late lamp", "tags": ["orders"]}),
        Conversation.model_validate({**PLAIN, "conversation": "Open late", "tags": ["hours"]}),
    ]
    assert chosen(calls, ["late"]) == calls
    assert chosen(calls, ["late"], ["hours"]) == calls[1:]
    with pytest.raises(ConversationError, match="no conversation 'early'"):
        chosen(calls, ["early"])
    with pytest.raises(ConversationError, match="there are hours, orders"):
        chosen(calls, [], ["returns"])


def test_a_known_gap_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "known_gaps.yml"
    assert read_known_gaps(path) == {}
    path.write_text("Late lamp: The parcel service has no interface yet.\n")
    assert list(read_known_gaps(path)) == ["Late lamp"]
    path.write_text("Late lamp:\n")
    with pytest.raises(ConversationError, match="a reason"):
        read_known_gaps(path)


def test_the_suite_can_be_read_and_asks_only_known_questions() -> None:
    suite = read_all()
    assert len(suite) >= 150
    for each in suite:
        during = {line.during for line in each.says if line.during}
        assert during | set(each.answers) <= set(QUESTIONS), each.name


def test_known_gaps_name_conversations() -> None:
    assert set(read_known_gaps()) <= {each.name for each in read_all()}
