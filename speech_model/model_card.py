"""The model card: what a model is made of, how well it hears, and where it does not.

`python -m speech_model.model_card MODEL --figures FILE` writes `README.md` and `reliability.svg`
into a model's folder, from its `about.toml` and the JSON of an evaluation. After Mitchell et al.,
"Model cards for model reporting", 2019.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from speech_model.evaluation.confidence import Bin, Reliability
from speech_model.evaluation.reliability_plot import reliability_svg
from speech_model.evaluation.report import VERSION

FACTS: Final = "about.toml"
CARD: Final = "README.md"
PICTURE: Final = "reliability.svg"
# Vosk reads nothing else; a card or a picture beside it is not part of the model's size.
_PARTS: Final = ("am", "conf", "graph", "ivector")


class ModelCardError(Exception):
    """A model card cannot be written; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Speech or text that a model is made from.

    Args:
        name: As its publisher calls it.
        licence: Its SPDX identifier, or in words.
        used: What of it, and what for: "250 speakers, 5.6 hours, training".
        url: Its publisher's page; empty for what is made here.
    """

    name: str
    licence: str
    used: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What figures cannot tell about a model.

    Args:
        title: What it is called.
        use: What it is for, and what not.
        licence: Under which it may be used, and what it grew from.
        how: How it was made.
        corpora: All that it was made from.
        limits: What it does not do well, a sentence each.
    """

    title: str
    use: str
    licence: str
    how: str
    corpora: tuple[Corpus, ...]
    limits: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Facts:
        """Read the facts.

        Args:
            path: A TOML file with `title`, `use`, `licence`, `how`, `limits` (a list) and a table
                `[[corpora]]` with `name`, `licence`, `used` and `url` for each.

        Returns:
            The facts.

        Raises:
            ModelCardError: The file is missing, no TOML, or not complete.
        """
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            corpora = tuple(Corpus(**each) for each in told.pop("corpora"))
            limits = tuple(told.pop("limits"))
            return cls(**told, corpora=corpora, limits=limits)
        except OSError as error:
            raise ModelCardError(f"Could not read {path}: {error.strerror}") from error
        except tomllib.TOMLDecodeError as error:
            raise ModelCardError(f"{path} is not TOML: {error}") from error
        except KeyError as error:
            raise ModelCardError(f"{path} lacks {error}.") from error
        except TypeError as error:
            raise ModelCardError(f"{path}: {str(error).partition(' ')[2]}") from error


def model_card(facts: Facts, figures: Mapping[str, Any], size_mb: float) -> str:
    """Write the card.

    Args:
        facts: What the model is.
        figures: The figures of an evaluation, as its JSON has them.
        size_mb: Of the model's files, in 10^6 bytes.

    Returns:
        Markdown.
    """
    taken = figures["resources"]
    fastest, slowest = (
        pick(each["real_time_factor"] for each in figures["results"]) for pick in (min, max)
    )
    sections = [
        f"# {facts.title}",
        facts.use,
        "## Licence",
        facts.licence,
        "## What it was made from",
        _table(
            ("speech or text", "licence", "used"),
            [
                (f"[{c.name}]({c.url})" if c.url else c.name, c.licence, c.used)
                for c in facts.corpora
            ],
        ),
        "## How",
        facts.how,
        "## How well it hears",
        f"Word error rates through the gateway's recogniser, {figures['band']} band, in frames of "
        "20 ms. The interval is the 95 % bootstrap over utterances. No recording and no speaker of "
        "these sets was trained on, except for the voice of the synthetic ones.",
        _table(
            ("set", "grammar", "words", "words wrong", "95 % interval", "sentences wrong"),
            [_result(each, figures) for each in figures["results"]],
        ),
        _table(
            ("set", "speech", "licence"),
            [(each["name"], each["source"], each["licence"]) for each in figures["sets"]],
        ),
        *_left_out(figures),
        "## What it takes",
        f"{size_mb:.0f} MB on disk; loads in {taken['load_s']:.1f} s. Memory: "
        f"{taken['model_mb']:.0f} MB for the model, {taken['recogniser_mb']:.1f} MB for each "
        f"recogniser, {taken['narrowed_recogniser_mb']:.1f} MB while a grammar is awaited. "
        f"One core is busy for {fastest:.3f} to {slowest:.3f} of the time of the audio, by set.",
        *_confidence(figures),
        "## Limits",
        "\n".join(f"- {limit}" for limit in facts.limits),
    ]
    return "\n\n".join(sections) + "\n"


def read_figures(path: Path) -> dict[str, Any]:
    """Read the figures of an evaluation.

    Args:
        path: The JSON that an evaluation wrote.

    Returns:
        The figures.

    Raises:
        ModelCardError: The file cannot be read, or holds something else.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelCardError(f"Could not read {path}: {error.strerror}") from error
    except ValueError:
        figures = None
    if not isinstance(figures, dict) or figures.get("version") != VERSION:
        raise ModelCardError(f"{path} does not hold the figures of an evaluation.")
    return figures


def write_card(model: Path, figures: Mapping[str, Any], facts: Path | None = None) -> Path:
    """Write a model's card and its picture beside it.

    Args:
        model: The model's folder.
        figures: Those of its evaluation.
        facts: By default the model's `about.toml`.

    Returns:
        The card.

    Raises:
        ModelCardError: The facts are missing or damaged, the figures are another model's, or the
            card cannot be written.
    """
    told = Facts.read(facts or model / FACTS)
    name = model.resolve().name
    if figures["model"] != name:
        raise ModelCardError(f"The figures are of the model {figures['model']}, not of {name}.")
    try:
        card = model / CARD
        card.write_text(model_card(told, figures, _size_mb(model)), encoding="utf-8")
        curves = _curves(figures)
        if curves:
            picture = reliability_svg(curves, "Word confidence")
            (model / PICTURE).write_text(picture, encoding="utf-8")
    except OSError as error:
        raise ModelCardError(f"Could not write {error.filename}: {error.strerror}") from error
    return card


def _result(each: Mapping[str, Any], figures: Mapping[str, Any]) -> tuple[str, ...]:
    real = {one["name"]: one["real"] for one in figures["sets"]}[each["set"]]
    return (
        each["set"] if real else f"{each['set']} (synthetic)",
        each["grammar"],
        str(each["words"]),
        f"{100 * each['word_error_rate']:.1f} %",
        f"{100 * each['low']:.1f} to {100 * each['high']:.1f} %",
        f"{each['wrong_sentences']} of {each['sentences']}",
    )


def _left_out(figures: Mapping[str, Any]) -> list[str]:
    names = [each["set"] for each in figures["left_out"]]
    return [f"Not measured, because its sound was not there: {', '.join(names)}."] if names else []


def _confidence(figures: Mapping[str, Any]) -> list[str]:
    if not figures["confidence"]:
        return []
    rows = [
        (
            each["kind"],
            str(sum(b["words"] for b in each["before"]["bins"])),
            f"{100 * each['before']['error']:.1f} %",
            f"{100 * each['after']['error']:.1f} %" if each["calibrated"] else "not calibrated",
            "" if (s := each["after"]["separation"]) is None else f"{100 * s:.0f} %",
        )
        for each in figures["confidence"]
    ]
    return [
        "## What its confidence means",
        "Of words with a confidence of 80 %, eight in ten should be right. Off by: the mean "
        "distance from that (expected calibration error), on utterances that the calibration was "
        "not fitted on. Separation: how often a right word is surer than a wrong one; 50 % is "
        "chance.",
        _table(("awaited", "words", "raw: off by", "calibrated: off by", "separation"), rows),
        f"![How often words of each confidence are right]({PICTURE})",
    ]


def _curves(figures: Mapping[str, Any]) -> dict[str, Reliability]:
    curves = {}
    for each in figures["confidence"]:
        for when in ("before", "after") if each["calibrated"] else ("before",):
            judged = each[when]
            bins = tuple(Bin(**one) for one in judged["bins"])
            name = f"{each['kind']}, {'raw' if when == 'before' else 'calibrated'}"
            curves[name] = Reliability(bins, judged["error"], judged["separation"])
    return curves


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines)


def _size_mb(model: Path) -> float:
    files = (path for part in _PARTS for path in (model / part).rglob("*"))
    return sum(path.stat().st_size for path in files if path.is_file()) / 1e6


def main(arguments: list[str] | None = None) -> int:
    """Write the card that the command line asks for.

    Args:
        arguments: Of the command line; by default this process's.

    Returns:
        0, or 2 when it could not be written.
    """
    parser = argparse.ArgumentParser(prog="python -m speech_model.model_card")
    parser.add_argument("model", type=Path, help="the model's folder")
    parser.add_argument("--figures", type=Path, required=True, help="the JSON of an evaluation")
    parser.add_argument("--facts", type=Path, help=f"by default {FACTS} in the model's folder")
    told = parser.parse_args(arguments)
    try:
        figures = read_figures(told.figures)
        print(f"Written: {write_card(told.model, figures, told.facts)}")
    except ModelCardError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
