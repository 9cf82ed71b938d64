"""Labelled calls are read as they are written, and a mistake in them is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmline.escalation_calls import TUNING, LabelledCallsError, read_calls


def written(folder: Path, text: str) -> Path:
    path = folder / "calls.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_call_is_its_turns_and_who_must_take_over(tmp_path: Path) -> None:
    (call,) = read_calls(
        written(
            tmp_path,
            """
- call: Late and loud
  tier: vip
  turns:
    - say: no
    - {say: it caught fire, interrupts: true, louder: 8, faster: 1.3, person: complaint, level: 1}
""",
        )
    )
    assert (call.call, call.tier) == ("Late and loud", "vip")
    calm, alarmed = call.turns
    assert (calm.say, calm.person, calm.interrupts) == ("no", None, False)
    assert (alarmed.person, alarmed.level) == ("complaint", 1)
    assert (alarmed.interrupts, alarmed.louder, alarmed.faster) == (True, 8.0, 1.3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- call: a\n  turns: [{say: x, person: whim}]", "call 'a', turns, 0, person: Input"),
        ("- call: a\n  turns: [{say: x, louder: much}]", "call 'a', turns, 0, louder"),
        ("- call: a\n  turns: [{say: x, loud: 1}]", "call 'a', turns, 0, loud: Extra"),
        ("- call: a\n  turns: []", "call 'a', turns"),
        (
            "- call: a\n  turns: [{say: x, person: policy}, {say: y}]",
            "a call ends at the first turn that needs a person",
        ),
        ("- call: a\n  turns: [{say: x}]\n- call: a\n  turns: [{say: y}]", "two calls are named"),
        ("call: a", "a list of calls is expected"),
        ("- [", "cannot be read"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(LabelledCallsError) as refused:
        read_calls(written(tmp_path, text))
    assert complaint in str(refused.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LabelledCallsError, match=r"^nowhere\.yml cannot be read"):
        read_calls(tmp_path / "nowhere.yml")


def test_the_calls_for_tuning_cover_every_reason_and_at_least_as_much_that_must_stay() -> None:
    turns = [turn for call in read_calls(TUNING) for turn in call.turns]
    needed = [turn for turn in turns if turn.person]
    assert len(turns) >= 320
    assert len(needed) <= len(turns) / 2
    assert {turn.person for turn in needed} == {
        *("requested", "emotion", "complaint", "complex", "low_confidence", "policy")
    }
    assert any(turn.level == 1 for turn in needed)
