"""Whole models with new graphs, and what Vosk hears with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from speech_model.catalogue import SHIPPED_PATH
from speech_model.graph import fst_file, look_ahead_file
from speech_model.graph.build import GraphError, build_graph, regrammar, words_of
from speech_model.graph.fst_file import const_bytes
from speech_model.graph.look_ahead import add_look_ahead
from speech_model.graph.look_ahead_file import look_ahead_bytes
from tests.speech_model.graph.hearing import heard, spoken
from tests.speech_model.graph.language import phrases, sentences
from voice_gateway.speech.caller_voice import CallerVoice

CARD = {Path("about.toml"), Path("README.md"), Path("reliability.svg")}
SENTENCE = "where is my order"
PRONUNCIATIONS = {
    "where": (("W", "EH", "R"), ("HH", "W", "EH", "R")),
    "is": (("IH", "Z"),),
    "my": (("M", "AY"),),
    "order": (("AO", "R", "D", "ER"),),
    "zyrtex": (("Z", "ER", "T", "EH", "K", "S"),),
    "tent": (("T", "EH", "N", "T"),),
    "of": (("AH", "V"),),
    "canvas": (("K", "AE", "N", "V", "AH", "S"),),
}
PRODUCTS = {"<product>": phrases("zyrtex", "tent of canvas", "order")}
SAID = ("where is my <product>", "is my <product> <product>", "my <product>")


@pytest.fixture(scope="module")
def voice() -> CallerVoice:
    return CallerVoice()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "built"
    report = build_graph(PRONUNCIATIONS, sentences(*SAID, classes=PRODUCTS), SHIPPED_PATH, out)
    assert (report.words, report.missing) == (len(PRONUNCIATIONS), ())
    return out


def test_vosk_hears_the_same_with_a_graph_that_openfst_did_not_make(
    tmp_path: Path, voice: CallerVoice
) -> None:
    shutil.copytree(SHIPPED_PATH, tmp_path / "again")
    graph = tmp_path / "again" / "graph"
    lexicon = look_ahead_file.read(graph / "HCLr.fst").fst
    shuffled = np.random.default_rng(6).permutation(lexicon.arcs["olabel"].max()) + 1
    shuffled = np.append(0, shuffled).astype(np.int32)
    told, labels = add_look_ahead(lexicon.relabelled(outputs=shuffled))
    names = labels[shuffled]
    grammar = fst_file.read(graph / "Gr.fst").relabelled(inputs=names, outputs=names)
    words = {word: names[at] for word, at in words_of(SHIPPED_PATH).items() if at < len(names)}
    (graph / "HCLr.fst").write_bytes(look_ahead_bytes(told))
    (graph / "Gr.fst").write_bytes(const_bytes(grammar.sorted_by("ilabel")))
    (graph / "words.txt").write_text("".join(f"{word} {at}\n" for word, at in words.items()))
    audio = spoken(voice, "i would like to know where my order is please")
    assert heard(tmp_path / "again", audio) == heard(SHIPPED_PATH, audio)


@pytest.mark.parametrize(
    "said", ["where is my zyrtex", "my tent of canvas", "where is my order", "is my zyrtex order"]
)
def test_vosk_hears_what_a_new_model_was_made_for(
    built: Path, voice: CallerVoice, said: str
) -> None:
    assert heard(built, spoken(voice, said)) == said


def test_a_new_model_takes_grammars_and_refuses_other_words(
    built: Path, voice: CallerVoice
) -> None:
    grammar = ["where is my zyrtex", "canvas", "[unk]"]
    assert heard(built, spoken(voice, "where is my zyrtex"), grammar) == "where is my zyrtex"
    other = heard(built, spoken(voice, "i have been waiting for weeks"), grammar)
    assert set(other.split()) == {"[unk]"}


def test_a_new_model_has_every_file_of_a_model(built: Path) -> None:
    files = {path.relative_to(SHIPPED_PATH) for path in SHIPPED_PATH.rglob("*") if path.is_file()}
    made = {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    assert made == files - CARD
    for name in ("am/final.mdl", "graph/phones.txt", "graph/phones/word_boundary.int"):
        assert (built / name).read_bytes() == (SHIPPED_PATH / name).read_bytes()


def test_a_model_is_the_same_however_often_it_is_built(built: Path, tmp_path: Path) -> None:
    backwards = dict(reversed(PRONUNCIATIONS.items()))
    build_graph(backwards, sentences(*SAID, classes=PRODUCTS), SHIPPED_PATH, tmp_path / "again")
    for path in (path for path in built.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / path.relative_to(built)).read_bytes() == path.read_bytes()


def test_words_without_pronunciation_are_told(tmp_path: Path) -> None:
    report = build_graph(
        PRONUNCIATIONS, sentences("where is my parcel", "my order"), SHIPPED_PATH, tmp_path / "out"
    )
    assert report.missing == ("parcel",)


def test_another_model_gets_a_language_model_and_keeps_its_words(
    tmp_path: Path, voice: CallerVoice
) -> None:
    model = sentences("where is my order", "where is my zyrtex please")
    report = regrammar(SHIPPED_PATH, model, tmp_path / "taught")
    assert report.missing == ("zyrtex",)
    assert heard(tmp_path / "taught", spoken(voice, SENTENCE)) == SENTENCE
    # Nothing else is left that could be heard.
    assert heard(tmp_path / "taught", spoken(voice, "where is my number")) == SENTENCE
    assert words_of(tmp_path / "taught") == words_of(SHIPPED_PATH)


def test_the_base_stays_as_it_is(tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(SHIPPED_PATH, base)
    before = {path: path.read_bytes() for path in base.rglob("*") if path.is_file()}
    regrammar(base, sentences("where is my order"), tmp_path / "taught")
    (tmp_path / "taught" / "conf" / "model.conf").write_text("--beam=9\n")
    assert before == {path: path.read_bytes() for path in base.rglob("*") if path.is_file()}


def test_what_rescores_the_old_language_model_is_not_taken_over(tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(SHIPPED_PATH, base)
    (base / "rescore").mkdir()
    (base / "rescore" / "G.carpa").write_bytes(b"another language model")
    regrammar(base, sentences("where is my order"), tmp_path / "taught")
    assert not (tmp_path / "taught" / "rescore").exists()
    assert (tmp_path / "taught" / "about.toml").exists()


def test_a_model_with_a_fixed_graph_cannot_be_taught(tmp_path: Path) -> None:
    (tmp_path / "base" / "graph").mkdir(parents=True)
    (tmp_path / "base" / "graph" / "HCLG.fst").write_bytes(b"fixed")
    with pytest.raises(GraphError, match="fixed graph"):
        regrammar(tmp_path / "base", sentences("where is my order"), tmp_path / "taught")


@pytest.mark.parametrize("words", [None, "not a table", "two three four\n"])
def test_a_model_without_readable_words_cannot_be_taught(tmp_path: Path, words: str | None) -> None:
    base = tmp_path / "base"
    shutil.copytree(SHIPPED_PATH, base)
    (base / "graph" / "words.txt").unlink()
    if words is not None:
        (base / "graph" / "words.txt").write_text(words)
    with pytest.raises(GraphError, match=r"words of the model in .*base"):
        regrammar(base, sentences("where is my order"), tmp_path / "taught")
