"""A trial plays labelled calls against the real assistant and tells what went wrong where."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmline.escalation_calls import LabelledCall, LabelledTurn, read_calls
from warmline.escalation_trial import Trial, TriedTurn, Voice, try_calls
from warmline.rehearsal.stage import set_stage
from warmline.training import model_path

NOBODY = LabelledTurn(say="where is my order")
PERSON = LabelledTurn(say="get me a person", person="requested")
SAFETY = LabelledTurn(say="it caught fire", person="complaint", level=1)

HANDFUL = """
- call: Wants a person
  turns:
    - say: when are you open on saturday
    - {say: i want to talk to a person, person: requested}
- call: Danger
  turns:
    - {say: the lamp caught fire, person: complaint, level: 1}
- call: Only looks like danger
  turns:
    - say: where is the fire pit that i ordered
- call: Upset
  turns:
    - say: when are you open on sunday
    - say: this is ridiculous i have called three times nobody is helping me
      louder: 8
      interrupts: true
      person: emotion
- call: Annoyed but served
  turns:
    - say: this is annoying when are you open
    - {say: sorry about the noise here, louder: 9}
- call: Important
  tier: vip
  turns:
    - {say: where is my order, person: policy}
- call: Wrongly labelled on purpose
  turns:
    - say: i want to talk to a person
"""


def test_shares_are_of_the_turns_that_need_a_person_and_of_those_that_do_not() -> None:
    trial = Trial(
        [
            TriedTurn("a", NOBODY),
            TriedTurn("a", PERSON, reason="requested"),
            TriedTurn("b", PERSON),
            TriedTurn("c", NOBODY, reason="emotion"),
            TriedTurn("c", PERSON, reached=False),
            TriedTurn("d", NOBODY, reached=False),
        ]
    )
    assert trial.recall == 1 / 3
    assert trial.false_alarms == 1 / 2
    assert not trial.good


def test_nothing_to_find_is_nothing_missed() -> None:
    assert Trial([TriedTurn("a", NOBODY)]).good


def test_the_report_splits_by_reason_and_shows_the_turn_behind_each_error() -> None:
    report = "\n".join(
        Trial(
            [
                TriedTurn("Calm call", NOBODY, reason="emotion", intent="order_status"),
                TriedTurn("Missed call", PERSON, intent="greet"),
                TriedTurn("Fire call", SAFETY, reason="complaint", level=3),
            ]
        ).report()
    )
    assert "50.0%  1 of 2 turns that need a person" in report
    assert "100.0%  1 of 1 turns that need nobody" in report
    missed, _, rest = report.split("Missed (1):")[1].partition("False alarms (1):")
    assert "Missed call" in missed
    assert "needs requested, came nobody" in missed
    alarms, _, others = rest.partition("A person came for another reason (1):")
    assert "needs nobody, came emotion" in alarms
    assert "needs complaint, came complaint of level 3" in others


def test_a_caller_always_sounds_the_same_and_varies_a_little() -> None:
    first, second = Voice("Anna"), Voice("Anna")
    turns = [NOBODY, PERSON, SAFETY]
    assert [first.says(turn) for turn in turns] == [second.says(turn) for turn in turns]
    levels = {Voice(name).says(NOBODY).level_db for name in ("Anna", "Bob", "Cleo")}
    assert len(levels) == 3


@pytest.mark.skipif(not model_path().exists(), reason="needs the trained assistant (make train)")
async def test_a_handful_of_calls_against_the_real_assistant(tmp_path: Path) -> None:
    (tmp_path / "calls.yml").write_text(HANDFUL, encoding="utf-8")
    calls: tuple[LabelledCall, ...] = read_calls(tmp_path / "calls.yml")
    played: list[int] = []
    async with set_stage(tmp_path) as stage:
        trial = await try_calls(calls, stage, lambda done, of: played.append(done))
    assert played == [1, 2, 3, 4, 5, 6, 7]
    assert trial.recall == 1.0
    assert [turn.call for turn in trial.turns if turn.false_alarm] == [
        "Wrongly labelled on purpose"
    ]
    assert [turn for turn in trial.turns if turn.mislabelled] == []
