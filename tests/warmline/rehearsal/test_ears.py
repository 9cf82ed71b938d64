"""What is heard of a caller."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from warmline.rehearsal.caller import BotTurn, Spoken
from warmline.rehearsal.conversation_file import Line
from warmline.rehearsal.ears import SpeechEar, TextEar, recognisable


def said(words: str, **how: object) -> Spoken:
    return Spoken(Line.model_validate({"say": words, **how}), words=words)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechEar]:
    with SpeechEar(20.0, cache=tmp_path_factory.mktemp("speech")) as ear:
        yield ear


def test_words_are_written_as_the_recogniser_writes_them() -> None:
    assert recognisable("It's four eight two, nine!") == "it's four eight two nine"


async def test_text_is_heard_as_it_is() -> None:
    heard = await TextEar().hear(said("Where's my order?"), BotTurn(), call="a", turn=1)
    assert heard.text == "where's my order"
    assert len(heard.words) == 3


async def test_text_tells_how_loud_and_how_fast_it_was() -> None:
    plain = await TextEar().hear(said("where is it"), BotTurn(), call="a", turn=1)
    loud = await TextEar().hear(
        said("where is it", louder=8, faster=2), BotTurn(), call="a", turn=1
    )
    assert plain.level_db is not None
    assert loud.level_db == plain.level_db + 8
    assert loud.words[-1].end == plain.words[-1].end / 2


async def test_keys_are_heard_as_their_names() -> None:
    keyed = Spoken(Line(press="12"), keys="12")
    heard = await TextEar().hear(keyed, BotTurn(), call="a", turn=1)
    assert (heard.text, heard.confidence) == ("one two", 1.0)


async def test_silence_is_heard_as_nothing(speech: SpeechEar) -> None:
    silent = Spoken(Line(silent=True))
    for ear in (TextEar(), speech):
        assert (await ear.hear(silent, BotTurn(), call="a", turn=1)).text == ""


async def test_speech_is_recognised_the_same_way_every_time(speech: SpeechEar) -> None:
    number = BotTurn(question="order_number", grammar="digits", length=6)
    spoken = said("four eight two, nine one three")
    first = await speech.hear(spoken, number, call="a", turn=1)
    again = await speech.hear(spoken, number, call="a", turn=1)
    assert first == again
    assert first.text == "four eight two nine one three"
    assert first.level_db is not None


async def test_a_louder_caller_is_louder_on_the_line(speech: SpeechEar) -> None:
    plain = await speech.hear(said("where is my order"), BotTurn(), call="a", turn=1)
    loud = await speech.hear(said("where is my order", louder=8), BotTurn(), call="a", turn=1)
    assert plain.level_db is not None
    assert loud.level_db is not None
    assert loud.level_db - plain.level_db == pytest.approx(8, abs=1)
