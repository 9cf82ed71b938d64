from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from speech_model.evaluation import report
from speech_model.model_card import (
    Corpus,
    Facts,
    ModelCardError,
    main,
    model_card,
    read_figures,
    write_card,
)
from tests.speech_model.evaluation.test_report import evaluation

ABOUT = """
title = "Telephone English"
use = "Customer service. Not for dictation."
licence = "Apache-2.0."
how = "Trained."
limits = ["Accents are heard worse.", "It knows 12,000 words."]

[[corpora]]
name = "speechocean762"
licence = "CC BY 4.0"
used = "225 speakers | training"
url = "https://example.org/762"

[[corpora]]
name = "synthetic callers"
licence = "made here"
used = "training"
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "telephone"
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(bytes(2_000_000))
    (folder / "about.toml").write_text(ABOUT, encoding="utf-8")
    return folder


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(report.figures(evaluation("telephone"))))
    return path


def test_a_card_tells_data_licences_figures_and_limits(model: Path, figures: Path) -> None:
    card = write_card(model, read_figures(figures))
    text = card.read_text(encoding="utf-8")
    assert card == model / "README.md"
    assert text.startswith("# Telephone English\n")
    assert (
        "| [speechocean762](https://example.org/762) | CC BY 4.0 | 225 speakers / training |"
        in text
    )
    assert "| synthetic callers | made here | training |" in text
    assert "| answers | free | 3 | 33.3 % |" in text
    assert "2 MB on disk" in text
    assert "Not measured, because its sound was not there: sentences." in text
    assert "- It knows 12,000 words.\n" in text
    assert "not calibrated" in text


def test_the_reliability_curve_is_drawn_beside_it(model: Path, figures: Path) -> None:
    assert "](reliability.svg)" in write_card(model, read_figures(figures)).read_text()
    assert ElementTree.parse(model / "reliability.svg").getroot().tag.endswith("svg")


def test_a_card_without_confidence_shows_no_picture() -> None:
    told = {**report.figures(evaluation()), "confidence": []}
    facts = Facts("T", "U", "L", "H", (Corpus("c", "CC0-1.0", "all"),), ())
    assert "reliability.svg" not in model_card(facts, told, 1.0)


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        ("title = ", "is not TOML"),
        (ABOUT.replace("[[corpora]]", "[[texts]]"), "lacks 'corpora'"),
        (ABOUT.replace("how =", "why ="), "unexpected keyword argument 'why'"),
        (ABOUT.replace('how = "Trained."', ""), "missing 1 required positional argument: 'how'"),
    ],
)
def test_facts_that_are_not_complete_are_explained(
    model: Path, figures: Path, about: str, complaint: str
) -> None:
    (model / "about.toml").write_text(about)
    with pytest.raises(ModelCardError, match=complaint):
        write_card(model, read_figures(figures))


def test_figures_of_another_model_are_refused(model: Path) -> None:
    with pytest.raises(ModelCardError, match="of the model en_us, not of telephone"):
        write_card(model, report.figures(evaluation("en_us")))


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_figures_that_are_none_are_explained(tmp_path: Path, text: str) -> None:
    (tmp_path / "none.json").write_text(text)
    with pytest.raises(ModelCardError, match="does not hold the figures"):
        read_figures(tmp_path / "none.json")


def test_the_command_writes_it_or_says_why_not(
    model: Path, figures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(model), "--figures", str(figures)]) == 0
    assert "README.md" in capsys.readouterr().out
    assert main([str(model), "--figures", "nowhere.json"]) == 2
    assert "Could not read nowhere.json" in capsys.readouterr().err
