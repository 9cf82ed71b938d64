"""What a run comes to, and how it is told."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from warmline.rehearsal.cast import CastOrder
from warmline.rehearsal.conversation_file import Conversation
from warmline.rehearsal.figures import Recognised, confusions, figures, macro_f1
from warmline.rehearsal.judgement import Verdict, judge
from warmline.rehearsal.rehearse import Exchange, Played
from warmline.rehearsal.report import Chapter, dialogue, page, summary

BOOTS = CastOrder("boots", "482913", "482513", ("hiking boots",))


def verdict(name: str, *exchanges: Exchange, must: dict[str, Any], **told: Any) -> Verdict:
    conversation = Conversation.model_validate(
        {"conversation": name, "says": ["hi"], "must": must, "file": "calls.yml"}
    )
    return judge(Played(conversation, exchanges, orders={"boots": BOOTS}, **told))


def run() -> list[Verdict]:
    """Four calls: one good, one handed over as it should be, one wrongly, one not at all."""
    number = "four eight two nine one three"
    misheard = Exchange(number, "four eight", full_number="482913", number="482913",
                        candidate="48", texts=("Is it 4 8?",))  # fmt: skip
    right = Exchange(number, number, full_number="482913", number="482913", candidate="482913")
    return [
        verdict("Good", right, must={"wants": "order_status"}, confirmed=("482913",)),
        verdict("Person wanted", must={"hands_over": "requested"}, handoff={"reason": "requested"}),
        verdict("Given up", misheard, must={}, handoff={"reason": "repeated_failure"}),
        verdict("Nobody came", must={"hands_over": "emotion"}),
    ]


def test_each_share_names_the_conversations_behind_it() -> None:
    found = figures(run())
    assert (found.tasks.good, found.tasks.others) == (2, ("Given up", "Nobody came"))
    assert found.contained.others == ("Person wanted", "Given up")
    assert (found.wrong_escalations.of, found.wrong_escalations.others) == (2, ("Given up",))
    assert (found.missed_escalations.of, found.missed_escalations.others) == (2, ("Nobody came",))
    assert str(found.tasks) == "50.0 % (2 of 4)"


def test_numbers_are_counted_before_and_after_confirmation() -> None:
    found = figures(run())
    assert (found.heard_right.of, found.heard_right.others) == (2, ("Given up",))
    assert (found.confirmed_right.good, found.confirmed_right.others) == (1, ("Given up",))


def test_confusions_are_listed_most_frequent_first() -> None:
    said = [
        Recognised("a", "a", "thanks", "goodbye"),
        Recognised("b", "b", "greet", "goodbye"),
        Recognised("c", "c", "greet", "goodbye"),
        Recognised("d", "d", "greet", "greet"),
    ]
    assert [(wanted, found, len(each)) for wanted, found, each in confusions(said)] == [
        ("greet", "goodbye", 2),
        ("thanks", "goodbye", 1),
    ]


def test_f1_is_averaged_over_intents() -> None:
    assert macro_f1([]) == 1.0
    said = [Recognised("a", "a", "greet", "greet"), Recognised("b", "b", "thanks", "greet")]
    assert round(macro_f1(said), 3) == 0.333


def test_the_page_has_the_dialogue_of_what_failed_and_no_markup_of_callers() -> None:
    bad = verdict(
        "Odd <b>", Exchange("<script>", "<script>", texts=("Sorry.",)), must={"ends": True}
    )
    text = page([Chapter("As text", [bad, *run()], [Recognised("a", "b", "c", "d")])], "A report")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    for told in ("A report", "Nobody came", "calls.yml", "Held-out utterances", "the bot did not"):
        assert told in text


def test_the_table_tells_every_figure() -> None:
    console = Console(width=160, record=True, file=None, force_terminal=False)
    with console.capture() as shown:
        console.print(summary(Chapter("As text", run())))
    assert "tasks completed" in shown.get()
    assert "50.0 % (2 of 4)" in shown.get()


def test_a_dialogue_shows_what_was_heard_and_what_did_not_hold() -> None:
    lines = dialogue(run()[2])
    assert any("(heard: four eight)" in line for line in lines)
    assert lines[-1] == "FAILED  hands over: a person took over (repeated_failure)"
